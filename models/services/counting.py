"""Counters in the database: one statement a step, so that two at once never lose one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from models.case import Tally
from models.conversation import WrongCode
from models.db import Work
from models.services.upsert import insert


def count_up(
    work: Work, counter: type[Tally] | type[WrongCode], keys: Mapping[str, Any], by: int = 1
) -> int:
    """Add one, or more, to the counter with these keys and return what it says now.

    The row stays locked until the commit: whoever counts the same thing waits.
    """
    step = (
        insert(work, counter)
        .values(count=by, **keys)
        .on_conflict_do_update(index_elements=list(keys), set_={"count": counter.count + by})
        .returning(counter.count)
    )
    return int(work.session.execute(step).scalar_one())


def count_down(work: Work, keys: Mapping[str, Any]) -> None:
    """Take one away again from the wrong codes counted with these keys."""
    step = update(WrongCode).filter_by(**keys).values(count=WrongCode.count - 1)
    work.session.execute(step.execution_options(synchronize_session=False))
