"""Takes rows out for ever, with what means nothing without them; what can stand alone forgets them.

Which tables hang on which is read from their foreign keys, so a table added later is purged too.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Delete, Select, Table, Update, bindparam, delete, select, update

from models.base import Base
from models.db import Work
from models.schema import metadata

ALONG = "CASCADE"


def take_out(work: Work, rows: type[Base], ids: Collection[Any]) -> None:
    """Delete the rows of a table that have these primary keys, and what hangs on them.

    A row that must name one of them goes along; one that may name none names none from then on.
    """
    work.session.flush()
    _take_out(work, cast("Table", rows.__table__), list(ids))


def taken_along(rows: type[Base]) -> frozenset[str]:
    """Return the names of the tables whose rows go with those of this one, its own among them."""
    return _along(cast("Table", rows.__table__))


def _take_out(work: Work, table: Table, ids: Sequence[Any]) -> None:
    if not ids:
        return
    for column in _naming(table):
        if not _goes_along(column):
            work.session.execute(_blanking(column), {"ids": ids})
        elif _naming(column.table):
            theirs = work.session.scalars(_finding(column), {"ids": ids}).all()
            _take_out(work, column.table, theirs)
        else:
            work.session.execute(_deleting(column), {"ids": ids})
    work.session.execute(_deleting(table.primary_key.columns[0]), {"ids": ids})


@cache
def _along(table: Table) -> frozenset[str]:
    going = (_along(one.table) for one in _naming(table) if _goes_along(one))
    return frozenset({table.name}).union(*going)


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


# Built once a column: a case is named by thirty of them, and building cost more than running.
@cache
def _blanking(column: Column[Any]) -> Update:
    return update(column.table).where(_is_one(column)).values({column: None})


@cache
def _finding(column: Column[Any]) -> Select[Any]:
    return select(column.table.primary_key.columns[0]).where(_is_one(column))


@cache
def _deleting(column: Column[Any]) -> Delete:
    return delete(column.table).where(_is_one(column))


def _is_one(column: Column[Any]) -> Any:
    return column.in_(bindparam("ids", expanding=True))
