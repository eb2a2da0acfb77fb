"""Counters in the database: one statement a step, so that two at once never lose one."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, update
from sqlalchemy.sql.dml import ReturningInsert

from models.case import Tally
from models.conversation import WrongCode
from models.db import Work
from models.services.upsert import Inserter, inserter


def count_up(
    work: Work, counter: type[Tally] | type[WrongCode], keys: Mapping[str, Any], by: int = 1
) -> int:
    """Add one, or more, to the counter with these keys and return what it says now.

    The row stays locked until the commit: whoever counts the same thing waits.
    """
    step = _step(inserter(work), counter, tuple(keys))
    return int(work.session.execute(step, {**keys, "by": by}).scalar_one())


@cache  # built once: building a statement costs more than running it
def _step(
    insert: Inserter, counter: type[Tally] | type[WrongCode], keys: tuple[str, ...]
) -> ReturningInsert[int]:
    more = bindparam("by", type_=Integer)
    return (
        insert(counter.__table__)
        .values(count=more, **{key: bindparam(key) for key in keys})
        .on_conflict_do_update(index_elements=keys, set_={"count": counter.count + more})
        .returning(counter.count)
    )


def count_down(work: Work, keys: Mapping[str, Any]) -> None:
    """Take one away again from the wrong codes counted with these keys."""
    step = update(WrongCode).filter_by(**keys).values(count=WrongCode.count - 1)
    work.session.execute(step.execution_options(synchronize_session=False))
