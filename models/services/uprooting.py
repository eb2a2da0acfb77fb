"""Takes rows out for ever, with what means nothing without them; what can stand alone forgets them.

Which tables hang on which is read from their foreign keys, so a table added later is purged too.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Table, delete, select, update

from models.base import Base
from models.db import Work
from models.schema import metadata

ALONG = "CASCADE"


def take_out(work: Work, rows: type[Base], ids: Collection[Any]) -> None:
    """Delete the rows of a table that have these primary keys, and what hangs on them.

    A row that must name one of them goes along; one that may name none names none from then on.
    """
    work.session.flush()
    _take_out(work, cast("Table", rows.__table__), ids)


def taken_along(rows: type[Base]) -> frozenset[str]:
    """Return the names of the tables whose rows go with those of this one, its own among them."""
    return _along(cast("Table", rows.__table__))


@cache
def _along(table: Table) -> frozenset[str]:
    going = (_along(one.table) for one in _naming(table) if _goes_along(one))
    return frozenset({table.name}).union(*going)


def _take_out(work: Work, table: Table, ids: Collection[Any]) -> None:
    if not ids:
        return
    for column in _naming(table):
        if _goes_along(column):
            _take_along(work, column, ids)
        else:
            blank = update(column.table).where(column.in_(ids)).values({column: None})
            work.session.execute(blank)
    key = table.primary_key.columns[0]
    work.session.execute(delete(table).where(key.in_(ids)))


def _take_along(work: Work, column: Column[Any], ids: Collection[Any]) -> None:
    table = column.table
    if not _naming(table):
        work.session.execute(delete(table).where(column.in_(ids)))
        return
    theirs = select(table.primary_key.columns[0]).where(column.in_(ids))
    _take_out(work, table, work.session.scalars(theirs).all())


@cache
def _naming(table: Table) -> Sequence[Column[Any]]:
    """Return the columns of all tables that name a row of this one."""
    return [
        one.parent
        for other in metadata.sorted_tables
        for one in other.foreign_keys
        if one.column.table is table and one.parent.table is not table
    ]


def _goes_along(column: Column[Any]) -> bool:
    return not column.nullable or any(one.ondelete == ALONG for one in column.foreign_keys)
