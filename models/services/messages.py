"""The outbox: a text is written with its cause, kept back where it must be, and forgotten.

What its sender does with it: models/services/turns.py, models/services/outbox.py.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Table, and_, update
from sqlalchemy.dialects import postgresql, sqlite

from flows.fills import at_longest
from flows.gsm7 import segments
from flows.rendering import narrowed, render_sms
from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage as Message
from models.person import Person
from models.seal import Transit
from models.services import erasures
from models.services.drafts import Draft as Draft
from models.services.upsert import insert

QUEUE = "outbox"
ANSWERS_TO_STOP = frozenset({"stopped", "stop_confirm"})
RING = "ring"  # of evacuations: no STOP keeps them back, and nothing leaves before them
MANY = frozenset(
    {
        "check_asked",
        "reminder",
        "repair_reminder",
        "stock_out_told",
        "stock_question",
        "week_at_centre",
    }
)
EVACUATION, SENSITIVE, ORDINARY, LAST = 0, 1, 2, 3  # OutboundMessage.priority
RING_AGAIN = timedelta(seconds=30)  # after each failure, as long as it is of use
FORGOTTEN_AFTER = timedelta(days=7)
TOLD_AFTER = timedelta(hours=24)  # by then a chat has told whether it was closed
SAID_ONCE = ("cause", "purpose")

FORGOTTEN: Mapping[str, None] = {"address": None, "text_sealed": None}

TABLE = cast("Table", Message.__table__)
# Built once, and for the table: with mapped rows the statement cost more than the whole answer.
QUEUED: Mapping[str, Insert] = {
    "postgresql": postgresql.insert(TABLE).on_conflict_do_nothing(index_elements=SAID_ONCE),
    "sqlite": sqlite.insert(TABLE).on_conflict_do_nothing(index_elements=SAID_ONCE),
}


def queue(work: Work, message: Draft, transit: Transit, now: datetime) -> None:
    """Write a text into the outbox with its cause. Doing it twice is doing it once."""
    queue_all(work, [message], transit, now)


def queue_all(work: Work, drafts: Sequence[Draft], transit: Transit, now: datetime) -> None:
    """Write several texts at once, in this order: one way to the database and back."""
    if not drafts:
        return
    work.session.flush()  # the case or event they speak of may still wait in this session
    link = work.session.connection()
    link.execute(QUEUED[link.dialect.name], [_row(one, transit, now) for one in drafts])
    if any((one.due_at or now) <= now for one in drafts):
        work.wake(QUEUE)


def _row(message: Draft, transit: Transit, now: datetime) -> dict[str, Any]:
    due_at = message.due_at or now
    text, fills = render_sms(message.text), dict(message.fills or {})
    return {
        "cause": message.cause,
        "purpose": message.purpose,
        "contact": message.contact,
        "person_id": message.person_id,
        "case_id": message.case_id,
        "address": message.address,
        "text_sealed": transit.wrap(text),
        "fills": fills or None,
        "segments": segments(narrowed(at_longest(text, fills))),
        "sensitive": message.sensitive,
        "via": message.via,
        "priority": priority_of(message),
        "due_at": due_at,
        "expires_at": due_at + message.expires_in,
        "created_at": now,
    }


def priority_of(message: Draft) -> int:
    """Return who goes first: 0 evacuations, 1 the sensitive and receipts, 2 most, 3 reminders."""
    if message.priority is not None:
        return message.priority
    if message.purpose == RING:
        return EVACUATION
    if message.sensitive:
        return SENSITIVE
    return LAST if message.purpose in MANY else ORDINARY


def withhold(
    work: Work, case_id: int, purposes: Collection[str], reason: str, now: datetime
) -> int:
    """Keep back what this case has not yet sent for these purposes; return how many texts."""
    of_case = and_(Message.case_id == case_id, Message.purpose.in_(purposes))
    end(work, and_(of_case, repeatable()), "unknown", reason, now)
    return end(work, and_(of_case, Message.status == "waiting"), "withheld", reason, now)


def withhold_cause(work: Work, cause: str, reason: str, now: datetime) -> int:
    """Keep back what has not left of one cause that is no case's; return how many texts."""
    waiting = and_(Message.cause == cause, Message.status == "waiting")
    return end(work, waiting, "withheld", reason, now)


def stop(work: Work, contact: str | None, person_id: int | None, now: datetime) -> None:
    """Remember that whoever this is refuses our texts. Saying it twice is harmless."""
    if contact is not None:
        work.session.execute(
            insert(work, Contact)
            .values(pseudonym=contact, stopped_at=now, seen_at=now)
            .on_conflict_do_update(index_elements=["pseudonym"], set_={"stopped_at": now})
        )
    if person_id is not None:
        work.session.execute(update(Person).where(Person.id == person_id).values(stopped_at=now))
    erasures.stopped(work, contact, person_id)


def forget_old(work: Work, now: datetime) -> None:
    """Forget whose the texts of more than seven days ago were, and the last words kept."""
    old = and_(Message.created_at < now - FORGOTTEN_AFTER, Message.settled_at.is_not(None))
    work.session.execute(
        update(Message).where(old, Message.contact.is_not(None)).values(contact=None)
    )
    told = and_(Message.status == "handed_over", Message.settled_at < now - TOLD_AFTER)
    work.session.execute(
        update(Message).where(told, Message.text_sealed.is_not(None)).values(**FORGOTTEN)
    )


def repeatable() -> ColumnElement[bool]:
    """Return what tells the texts of unknown fate whose one repeat is still to come."""
    return and_(Message.status == "unknown", Message.settled_at.is_(None))


def end(
    work: Work,
    which: ColumnElement[bool],
    status: str | ColumnElement[str],
    reason: str | ColumnElement[str],
    now: datetime,
) -> int:
    """Settle what has not left, forget its number and words; return how many texts."""
    ended = work.session.execute(
        update(Message)
        .where(which)
        .values(status=status, reason=reason, settled_at=now, **FORGOTTEN)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())
