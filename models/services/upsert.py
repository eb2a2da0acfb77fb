"""The one statement both databases spell alike and SQLAlchemy keeps apart."""

from sqlalchemy.dialects import postgresql, sqlite

from models.base import Base
from models.db import Work


def insert(work: Work, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    if work.session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)
