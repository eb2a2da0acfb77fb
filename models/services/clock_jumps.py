"""What was written while a clock ran ahead is due long after it should be: found, and made due.

A machine that starts with a wrong clock is put right minutes later; nobody who wrote meanwhile may
wait for as long as that clock was ahead.
"""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, or_, update

from models.db import Work
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services.leases import AHEAD
from models.services.messages import EVACUATION, QUEUE
from models.services.outbox import BACK_OFF
from models.services.overdue import REPEAT_AFTER

FARTHEST = timedelta(minutes=15)  # no message waits longer for its next try (inbox.BACK_OFF)


def mend(work: Work, now: datetime) -> None:
    """Make due what only a wrong clock put off. Doing it twice is harmless."""
    inbound = work.session.execute(
        update(InboundMessage)
        .where(InboundMessage.settled_at.is_(None), InboundMessage.due_at > now + AHEAD)
        .where(
            or_(
                InboundMessage.received_at > now + AHEAD,
                InboundMessage.due_at > now + FARTHEST,
                InboundMessage.status == "processing",  # a lease is seconds
            )
        )
        .values(due_at=now)
        .returning(InboundMessage.id)
    )
    if inbound.all():
        work.wake("inbox")
    _mend_outbox(work, now)


def _mend_outbox(work: Work, now: datetime) -> None:
    """Let leave now what was to leave at once, or was put off; let a repeat wait as repeats do."""
    row = OutboundMessage
    at_once = and_(
        row.status == "waiting", row.created_at > now + AHEAD, row.due_at <= row.created_at
    )
    # What its sender put off says why. A road that asked for more time is left alone all the same.
    longest = case((row.priority == EVACUATION, now + AHEAD), else_=now + BACK_OFF[-1] + AHEAD)
    put_off = and_(row.status == "waiting", row.reason.is_not(None), row.due_at > longest)
    repeat = and_(row.status == "unknown", row.due_at > now + REPEAT_AFTER + AHEAD)
    for which, due_at in ((or_(at_once, put_off), now), (repeat, now + REPEAT_AFTER)):
        changed = work.session.execute(
            update(row)
            .where(which, row.settled_at.is_(None))
            .values(due_at=due_at)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        if changed.all():
            work.wake(QUEUE)
