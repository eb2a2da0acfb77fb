"""What is due in the outbox and may not leave: expired, met a STOP, or its sender died."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update

from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage as Message
from models.person import Person
from models.services.messages import ANSWERS_TO_STOP, RING, end, repeatable

REPEAT_AFTER = timedelta(minutes=10)  # time for a delivery report to say what nobody else can
DIED = "sender died"


def may_not_leave(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return what tells the texts that are of no use any more, or that nobody may be sent."""
    return or_(Message.expires_at <= now, _revoked(), _stop_said())


def sweep(work: Work, now: datetime) -> None:
    """Settle what is due and may not leave: expired, met a STOP, or lapsed with a dead sender."""
    opened = Message.status.in_(("waiting", "sending", "unknown")) & Message.settled_at.is_(None)
    due = select(Message.status).where(opened, Message.due_at <= now).distinct()
    statuses = set(work.session.scalars(due))
    if "sending" in statuses:
        _abandon(work, Message.due_at <= now, now)
    if statuses & {"waiting", "unknown"}:
        _settle_overdue(work, now, statuses)


def abandon(work: Work, now: datetime) -> None:
    """Call unknown what a sender that is no more had in hand. Only one sender lives at a time."""
    _abandon(work, Message.status == "sending", now)


def _revoked() -> ColumnElement[bool]:
    return exists().where(Person.id == Message.person_id, ~Person.usable)


def _stop_said() -> ColumnElement[bool]:
    stopped = exists().where(Contact.pseudonym == Message.contact, Contact.stopped_at.is_not(None))
    silent = exists().where(Person.id == Message.person_id, Person.stopped_at.is_not(None))
    return and_(Message.purpose.not_in({*ANSWERS_TO_STOP, RING}), or_(stopped, silent))


def _settle_overdue(work: Work, now: datetime, due: Collection[str]) -> None:
    expired = Message.expires_at <= now
    over = and_(Message.due_at <= now, may_not_leave(now))
    reason = case((expired, "expired"), (_revoked(), "revoked"), else_="stop")
    if "waiting" in due:
        ended = case((expired, "failed"), else_="withheld")
        end(work, and_(over, Message.status == "waiting"), ended, reason, now)
    if "unknown" in due:
        end(work, and_(over, repeatable()), "unknown", reason, now)


def _abandon(work: Work, which: ColumnElement[bool], now: datetime) -> None:
    lapsed = and_(Message.status == "sending", which)
    end(work, and_(lapsed, or_(Message.sensitive, Message.repeated)), "unknown", DIED, now)
    work.session.execute(
        update(Message)
        .where(lapsed)
        .values(status="unknown", reason=DIED, due_at=now + REPEAT_AFTER)
        .execution_options(synchronize_session=False)
    )
