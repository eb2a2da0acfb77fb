"""Who of several equal processes does what only one should: a row with an end."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update

from models.base import Base
from models.conversation import Lease
from models.db import Work
from models.services.upsert import insert

TIMETABLE = "timetable"  # held by the one worker that goes through the timetable
AHEAD = timedelta(minutes=1)  # by so much the clocks of two machines may differ


def take(work: Work, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take or renew the lease ``name`` until then; return False while another holds it.

    One conditional statement decides, so of two who try at once exactly one wins.
    """
    # An end far behind the one asked for was written by a clock that ran ahead.
    wrong = Lease.until > until + AHEAD
    free = or_(Lease.holder == holder, Lease.until <= now, wrong)
    renewed = work.session.scalar(
        update(Lease)
        .where(Lease.name == name, free)
        .values(holder=holder, until=until)
        .returning(Lease.name)
    )
    if renewed is not None:
        return True
    made = insert(work, Lease).values(name=name, holder=holder, until=until)
    inserted = work.session.scalar(made.on_conflict_do_nothing().returning(Lease.name))
    return inserted is not None


def alone(work: Work, table: type[Base], key: int | str) -> None:
    """Let nobody else pass here for this row until the commit: what was not there may be written.

    Whoever only refers to the row does not wait.
    """
    work.session.get(table, key, with_for_update={"key_share": True})


def release(work: Work, name: str, holder: str) -> None:
    """Give the lease back, so that the next one need not wait for its end."""
    work.session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


def is_held(work: Work, name: str, now: datetime) -> bool:
    """Whether somebody holds the lease now."""
    held = select(Lease.name).where(Lease.name == name, Lease.until > now)
    return work.session.scalar(held) is not None
