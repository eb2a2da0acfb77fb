"""The inbox's rows taken one by one: in order for each contact, never two of one at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Exists, exists, select, update
from sqlalchemy.orm import aliased

from models.db import Work
from models.inbound import InboundMessage

LEASE = timedelta(seconds=4)  # a killed worker's message is another's within ten seconds
TRIES = 5
BACK_OFF = (5, 30, 120, 600)  # seconds after each try that failed; the fifth is the last
AWAY = timedelta(seconds=5)  # the keeper comes back within seconds, or is started again

OPEN = ("waiting", "processing")


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to handle. ``tries`` tells this claim from a later one."""

    row: int
    tries: int


def claim_next(work: Work, now: datetime) -> Claim | None:
    """Take the oldest message that may be handled now.

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
    taken = work.session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == due.scalar_subquery())
        .values(status="processing", due_at=now + LEASE, tries=InboundMessage.tries + 1)
        .returning(InboundMessage.id, InboundMessage.tries)
    ).one_or_none()
    return None if taken is None else Claim(*taken)


def held(work: Work, claim: Claim) -> InboundMessage | None:
    """Return the row while it is still ours, locked till the end of this work; else None.

    The lease is short, so a worker may wake up after another took its message. The lock keeps
    others off for as long as handling takes, and the number of tries says whose it is.
    """
    ours = select(InboundMessage).where(*_still(claim)).with_for_update()
    return work.session.scalar(ours)


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


def put_back(work: Work, claim: Claim, now: datetime) -> None:
    """Let a message wait for the keeper, or for somebody else's lock, without counting the try."""
    work.session.execute(
        update(InboundMessage)
        .where(*_still(claim))
        .values(status="waiting", due_at=now + AWAY, tries=InboundMessage.tries - 1)
    )


def failed(work: Work, claim: Claim, now: datetime) -> None:
    """Let a message wait after an error of ours, each time longer, until it is buried."""
    waits = BACK_OFF[claim.tries - 1] if claim.tries < TRIES else 0
    work.session.execute(
        update(InboundMessage)
        .where(*_still(claim))
        .values(status="waiting", due_at=now + timedelta(seconds=waits))
    )


def _still(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (
        InboundMessage.id == claim.row,
        InboundMessage.tries == claim.tries,
        InboundMessage.status == "processing",
    )


def bury(work: Work, now: datetime) -> list[int]:
    """Make dead letters of what was tried too often, and return their row ids."""
    rows = work.session.scalars(
        update(InboundMessage)
        .where(
            InboundMessage.status.in_(OPEN),
            InboundMessage.tries >= TRIES,
            InboundMessage.due_at <= now,
        )
        .values(status="dead", cause="tried five times", settled_at=now)
        .returning(InboundMessage.id)
    )
    return list(rows)
