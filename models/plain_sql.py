"""Statements that go to the driver as they are, spelt for both databases.

On the path of whoever waits for an answer, SQLAlchemy's own layers cost more than the database.
"""

from datetime import datetime
from typing import Any


def spelt(sql: str, *, sqlite: bool) -> str:
    """Return a statement with the marks of its database: SQLite ``?``, PostgreSQL ``%s``."""
    return sql if sqlite else sql.replace("?", "%s")


def stamp(at: datetime | None, *, sqlite: bool) -> Any:
    """Return a UTC time as its column holds it: SQLite has text without zone."""
    if at is None or not sqlite:
        return at
    return at.isoformat(" ", "microseconds")[:26]
