"""The one statement both databases spell alike and SQLAlchemy keeps apart."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from models.base import Base
from models.db import Work

Insert = postgresql.Insert | sqlite.Insert
Inserter = Callable[[Any], Insert]


def inserter(work: Work) -> Inserter:
    """Return what makes an INSERT that knows ``on_conflict_do_nothing`` and ``_do_update``."""
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert


def insert(work: Work, table: type[Base]) -> Insert:
    """Return such an INSERT into a table."""
    return inserter(work)(table)
