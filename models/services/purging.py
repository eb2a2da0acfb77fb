"""What every rule of retention is: which columns' words it keeps, and one batch of forgetting.

A batch is small, because whoever writes to SQLite meanwhile waits for it. It may run twice, or die
half way and run again; it is called until it says that nothing was left.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from models.base import Base
from models.db import Work

Key = InstrumentedAttribute[int] | InstrumentedAttribute[str]
Batch = Callable[[Work, datetime], int]
"""Forgets some of what is over its time at a moment and returns how many rows; 0 when none is."""

AT_ONCE = 500  # rows that one statement changes
UPROOTED = 5  # rows taken out with all that hangs on them: 10 ms each
YEAR = timedelta(days=365)
FIVE_YEARS = timedelta(days=1827)  # two leap days at most, and never short of five


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data: in which tables, and by which words their columns say how long it stays.

    How much is forgotten is counted and told, unless that would tell how many spoke in private.
    """

    name: str
    tables: frozenset[str]
    keeps: frozenset[str]
    batch: Batch
    is_told: bool = True


def rule(name: str, tables: Iterable[type[Base] | str], keeps: Iterable[str], batch: Batch) -> Rule:
    """Return a rule; tables are given as mapped classes, or by name."""
    names = (one if isinstance(one, str) else one.__tablename__ for one in tables)
    return Rule(name, frozenset(names), frozenset(keeps), batch)


def delete_some(work: Work, key: Key, *which: ColumnElement[bool]) -> int:
    """Delete rows that nothing hangs on, some at once; return how many."""
    some = select(key).where(*which).limit(AT_ONCE)
    gone = delete(key.class_).where(key.in_(some)).returning(key)
    return len(work.session.execute(gone.execution_options(synchronize_session=False)).all())
