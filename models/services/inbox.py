"""The inbox's rows taken one by one: in order for each contact, never two of one at a time."""

from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, select, update
from sqlalchemy.orm import aliased

from models.db import Work
from models.inbound import InboundMessage

LEASE = timedelta(seconds=60)
TRIES = 5
AWAY = timedelta(seconds=5)  # the keeper comes back within seconds, or is started again

OPEN = ("waiting", "processing")


def claim_next(work: Work, now: datetime) -> int | None:
    """Take the oldest message that may be handled now, and return its row id.

    A contact's next message waits until the one before has its end; a lease that ran out, because
    its worker died, lets the row be taken again. After TRIES it is a dead letter.
    """
    due = (
        select(InboundMessage.id)
        .where(
            InboundMessage.status.in_(OPEN),
            InboundMessage.due_at <= now,
            InboundMessage.tries < TRIES,
            InboundMessage.contact.is_not(None),
            ~_earlier_unsettled(),
        )
        .order_by(InboundMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return work.session.scalar(
        update(InboundMessage)
        .where(InboundMessage.id == due.scalar_subquery())
        .values(status="processing", due_at=now + LEASE, tries=InboundMessage.tries + 1)
        .returning(InboundMessage.id)
    )


def _earlier_unsettled() -> Exists:
    earlier = aliased(InboundMessage)
    return exists().where(
        earlier.contact == InboundMessage.contact,
        earlier.id < InboundMessage.id,
        earlier.status.in_(OPEN),
    )


def settle(row: InboundMessage, now: datetime, *, cause: str | None = None) -> None:
    """Record that a message had its effect; its words and its sender are let go."""
    row.status = "processed"
    row.cause = cause or row.cause
    row.settled_at = now
    row.text_sealed = None
    row.sender_sealed = None


def put_back(work: Work, row_id: int, now: datetime) -> None:
    """Let a message wait for the keeper, without counting the try."""
    work.session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == row_id)
        .values(status="waiting", due_at=now + AWAY, tries=InboundMessage.tries - 1)
    )


def bury(work: Work, now: datetime) -> list[int]:
    """Make dead letters of what was tried too often, and return their row ids."""
    rows = work.session.scalars(
        update(InboundMessage)
        .where(
            InboundMessage.status == "processing",
            InboundMessage.tries >= TRIES,
            InboundMessage.due_at <= now,
        )
        .values(status="dead", cause="tried five times", settled_at=now)
        .returning(InboundMessage.id)
    )
    return list(rows)
