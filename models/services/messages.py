"""The outbox: a text is written with its cause, claimed, handed over once, and then forgotten."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update

from flows.fills import at_longest
from flows.gsm7 import segments
from flows.rendering import narrowed, render_sms
from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage as Message
from models.person import Person
from models.seal import Transit
from models.services.drafts import Draft as Draft
from models.services.upsert import insert

QUEUE = "outbox"
LEASE = timedelta(seconds=60)  # longer than any provider may think (12 s), even several in a row
REPEAT_AFTER = timedelta(minutes=10)  # time for a delivery report to say what nobody else can
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
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

_FORGET = {"address": None, "text_sealed": None}


@dataclass(frozen=True, slots=True, repr=False)
class Claimed:
    """A message that is ours to send until its lease lapses. ``tries`` counts this time too."""

    id: int
    tries: int
    address: bytes | None
    text_sealed: bytes | None
    contact: str | None
    person_id: int | None
    fills: Mapping[str, str] | None
    unrepeatable: bool
    urgent: bool

    @property
    def recipient(self) -> str:
        """Whose it is: texts to one phone leave one after the other."""
        return self.contact or f"person:{self.person_id}"


CLAIMED = (
    Message.id,
    Message.tries,
    Message.address,
    Message.text_sealed,
    Message.contact,
    Message.person_id,
    Message.fills,
    or_(Message.sensitive, Message.repeated),
    Message.purpose == RING,
)


def queue(work: Work, message: Draft, transit: Transit, now: datetime) -> None:
    """Write a text into the outbox with its cause. Doing it twice is doing it once."""
    due_at = message.due_at or now
    text, fills = render_sms(message.text), dict(message.fills or {})
    work.session.flush()  # the case or event it speaks of may still wait in this session
    work.session.execute(
        insert(work, Message)
        .values(
            cause=message.cause,
            purpose=message.purpose,
            contact=message.contact,
            person_id=message.person_id,
            case_id=message.case_id,
            address=message.address,
            text_sealed=transit.wrap(text),
            fills=fills or None,
            segments=segments(narrowed(at_longest(text, fills))),
            sensitive=message.sensitive,
            via=message.via,
            priority=priority_of(message),
            due_at=due_at,
            expires_at=due_at + message.expires_in,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["cause", "purpose"])
    )
    if due_at <= now:
        work.wake(QUEUE)


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
    _end(work, and_(of_case, _repeatable()), "unknown", reason, now)
    return _end(work, and_(of_case, Message.status == "waiting"), "withheld", reason, now)


def withhold_cause(work: Work, cause: str, reason: str, now: datetime) -> int:
    """Keep back what has not left of one cause that is no case's; return how many texts."""
    waiting = and_(Message.cause == cause, Message.status == "waiting")
    return _end(work, waiting, "withheld", reason, now)


def claim_due(work: Work, now: datetime, limit: int) -> list[Claimed]:
    """Take up to ``limit`` due messages for sending, urgent ones first, then oldest due first.

    One conditional update decides, so of two senders exactly one wins a row. What expired, met a
    STOP or lapsed in the hands of a sender that died is settled on the way.
    """
    due = _statuses_due(work, now)
    if "sending" in due:
        _settle_lapsed(work, now)
    if due.isdisjoint({"waiting", "unknown"}):
        return []
    _settle_overdue(work, now, due)
    taken = work.session.execute(
        update(Message)
        .where(Message.id.in_(_due_rows(now, limit)))
        .values(
            status="sending",
            due_at=now + LEASE,
            tries=Message.tries + 1,
            repeated=or_(Message.repeated, Message.status == "unknown"),
        )
        .returning(*CLAIMED),
        execution_options={"synchronize_session": False},
    )
    return sorted((Claimed(*row) for row in taken), key=lambda one: one.id)


def handed_over(work: Work, ours: Claimed, channel: str, provider_id: str, now: datetime) -> bool:
    """Record that the provider took it and forget number and words; False if it was too late."""
    late = Message.status == "unknown"  # the lease lapsed while the provider was still thinking
    return _settle(
        work,
        ours,
        or_(Message.status == "sending", late),
        status="handed_over",
        channel=channel,
        provider_id=provider_id,
        reason=None,
        settled_at=now,
        **_FORGET,
    )


def refused(work: Work, ours: Claimed, reason: str, now: datetime, *, again: bool) -> None:
    """Record a refusal: due again after a back-off, or failed for good after five tries.

    What is urgent is tried until it is of no use any more.
    """
    if again and (ours.urgent or ours.tries <= len(BACK_OFF)):
        due_at = now + (RING_AGAIN if ours.urgent else BACK_OFF[ours.tries - 1])
        _settle(work, ours, status="waiting", due_at=due_at, reason=reason)
    else:
        _settle(work, ours, status="failed", reason=reason, settled_at=now, **_FORGET)


def held(work: Work, ours: Claimed, reason: str, until: datetime) -> None:
    """Put back what was never handed to a provider, as if it had not been claimed."""
    tries = Message.tries - 1
    _settle(work, ours, status="waiting", due_at=until, tries=tries, reason=reason)


def opted_out(work: Work, ours: Claimed, now: datetime) -> None:
    """Record that this number refuses our texts: failed, and none is tried again."""
    stop(work, ours.contact, ours.person_id, now)
    refused(work, ours, "opted out", now, again=False)


def unknown(work: Work, ours: Claimed, reason: str, now: datetime) -> None:
    """Record that nobody can say what became of it.

    Sensitive, or repeated already: never again. Else once more after REPEAT_AFTER, unless a
    report has told its fate by then.
    """
    if ours.unrepeatable:
        _settle(work, ours, status="unknown", reason=reason, settled_at=now, **_FORGET)
    else:
        _settle(work, ours, status="unknown", reason=reason, due_at=now + REPEAT_AFTER)


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


def forget_old(work: Work, now: datetime) -> None:
    """Forget whose the texts of more than seven days ago were."""
    old = and_(Message.created_at < now - FORGOTTEN_AFTER, Message.settled_at.is_not(None))
    work.session.execute(
        update(Message).where(old, Message.contact.is_not(None)).values(contact=None)
    )


def _due_rows(now: datetime, limit: int) -> Select[tuple[int]]:
    named = or_(Message.contact.is_not(None), Message.person_id.is_not(None))
    ours = (
        select(Message.id)
        .where(or_(Message.status == "waiting", _repeatable()), Message.due_at <= now, named)
        .order_by(Message.purpose != RING, Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has one writer and needs no such words
        .cte("ours")
    )
    return select(ours.c.id)


def _repeatable() -> ColumnElement[bool]:
    return and_(Message.status == "unknown", Message.settled_at.is_(None))


def _statuses_due(work: Work, now: datetime) -> set[str]:
    # Mostly nothing is due, or only what waits: one look saves the statements for the rest.
    opened = Message.status.in_(("waiting", "sending", "unknown")) & Message.settled_at.is_(None)
    due = select(Message.status).where(opened, Message.due_at <= now).distinct()
    return set(work.session.scalars(due))


def _settle_overdue(work: Work, now: datetime, due: Collection[str]) -> None:
    stopped = select(Contact.pseudonym).where(Contact.stopped_at.is_not(None))
    silent = select(Person.id).where(Person.stopped_at.is_not(None))
    gone = select(Person.id).where(~Person.usable)
    expired, revoked = Message.expires_at <= now, Message.person_id.in_(gone)
    stop_said = and_(
        Message.purpose.not_in({*ANSWERS_TO_STOP, RING}),
        or_(Message.contact.in_(stopped), Message.person_id.in_(silent)),
    )
    over = and_(Message.due_at <= now, or_(expired, revoked, stop_said))
    reason = case((expired, "expired"), (revoked, "revoked"), else_="stop")
    if "waiting" in due:
        ended = case((expired, "failed"), else_="withheld")
        _end(work, and_(over, Message.status == "waiting"), ended, reason, now)
    if "unknown" in due:
        _end(work, and_(over, _repeatable()), "unknown", reason, now)


def _settle_lapsed(work: Work, now: datetime) -> None:
    lapsed = and_(Message.status == "sending", Message.due_at <= now)
    last = or_(Message.sensitive, Message.repeated)
    _end(work, and_(lapsed, last), "unknown", "sender died", now)
    work.session.execute(
        update(Message)
        .where(lapsed)
        .values(status="unknown", reason="sender died", due_at=now + REPEAT_AFTER)
        .execution_options(synchronize_session=False)
    )


def _end(
    work: Work,
    which: ColumnElement[bool],
    status: str | ColumnElement[str],
    reason: str | ColumnElement[str],
    now: datetime,
) -> int:
    ended = work.session.execute(
        update(Message)
        .where(which)
        .values(status=status, reason=reason, settled_at=now, **_FORGET)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(ended.all())


def _settle(
    work: Work, ours: Claimed, holds: ColumnElement[bool] | None = None, **values: object
) -> bool:
    # Whoever lost the lease meanwhile has no say any more: ``tries`` tells one claim from the next.
    where = Message.status == "sending" if holds is None else holds
    settled = work.session.execute(
        update(Message)
        .where(Message.id == ours.id, Message.tries == ours.tries, where)
        .values(**values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return settled.scalar() is not None
