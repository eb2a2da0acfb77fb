"""The sender's hand in the outbox: what is due, whose turn it is, and how each turn ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    func,
    or_,
    select,
    tuple_,
    update,
)

from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage as Message
from models.services.messages import (
    EVACUATION,
    FORGOTTEN,
    LAST,
    RING_AGAIN,
    SENSITIVE,
    end,
    repeatable,
    stop,
)
from models.services.overdue import REPEAT_AFTER, may_not_leave

LEASE = timedelta(seconds=60)  # longer than any provider may think (15 s), even several in a row
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
LONGEST_ID = 80
# As a table, where it is hot: updating mapped rows costs more than the statement itself.
TABLE = cast("Table", Message.__table__)


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A message whose time has come. ``tries`` counts its claims, once claimed this one too.

    ``chat_at`` is when its phone last wrote into the chat it would answer, if ever.
    """

    id: int
    tries: int
    address: bytes | None
    text_sealed: bytes | None
    contact: str | None
    person_id: int | None
    fills: Mapping[str, str] | None
    unrepeatable: bool
    priority: int
    via: str | None
    segments: int
    chat_at: datetime | None
    sensitive: bool

    @property
    def recipient(self) -> str:
        """Whose it is: texts to one phone leave one after the other."""
        return self.contact or f"person:{self.person_id}"

    @property
    def urgent(self) -> bool:
        """Whether it is tried as long as it is of use."""
        return self.priority == EVACUATION

    def claimed(self) -> "Due":
        """Return it as it is once claimed."""
        return replace(self, tries=self.tries + 1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a provider took: by which channel, under what id, in how many segments."""

    ours: Due
    channel: str
    provider_id: str
    segments: int


DUE = (
    Message.id,
    Message.tries,
    Message.address,
    Message.text_sealed,
    Message.contact,
    Message.person_id,
    Message.fills,
    or_(Message.sensitive, Message.repeated, Message.status == "unknown"),
    Message.priority,
    Message.via,
    func.coalesce(Message.segments, 1),
    case((Contact.chat_channel == Message.via, Contact.chat_at)),
    Message.sensitive,
)


def look(work: Work, now: datetime, limit: int, *, urgent: bool = False) -> list[Due]:
    """Return up to ``limit`` due messages, most urgent first.

    Only the ``urgent`` ones if asked: evacuations, sensitive texts and receipts.
    """
    named = or_(Message.contact.is_not(None), Message.person_id.is_not(None))
    found = work.session.execute(
        select(*DUE)
        .outerjoin(Contact, Contact.pseudonym == Message.contact)
        .where(_open(), Message.due_at <= now, named)
        .where(Message.priority <= (SENSITIVE if urgent else LAST))
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(limit)
    )
    return [Due(*row) for row in found]


def claim(work: Work, rows: Sequence[tuple[Due, str]], now: datetime) -> set[int]:
    """Take these messages for the channels named; return the ids of those that are ours now.

    One conditional update decides, so of two senders exactly one wins a row; what expired, was
    withheld or met a STOP since it was looked at is not taken.
    """
    if not rows:
        return set()
    taken = work.session.execute(
        update(TABLE)
        .where(Message.id.in_(_takeable([one for one, _ in rows], now)))
        .values(
            status="sending",
            due_at=now + LEASE,
            tries=Message.tries + 1,
            channel=_each({one.id: channel for one, channel in rows}),
            repeated=or_(Message.repeated, Message.status == "unknown"),
        )
        .returning(TABLE.c.id)
    )
    return set(taken.scalars())


def handed_over(work: Work, taken: Sequence[Taken], now: datetime) -> set[int]:
    """Record what providers took, forget numbers and words; return whose news came in time."""
    if not taken:
        return set()
    late = Message.status == "unknown"  # the lease lapsed while the provider was still thinking
    settled = work.session.execute(
        update(TABLE)
        .where(_same([one.ours for one in taken]), or_(Message.status == "sending", late))
        .values(
            status="handed_over",
            channel=_each({one.ours.id: one.channel for one in taken}),
            provider_id=_each({one.ours.id: one.provider_id[:LONGEST_ID] for one in taken}),
            segments=case({one.ours.id: one.segments for one in taken}, value=Message.id),
            reason=None,
            settled_at=now,
            **_unless_into_a_chat({one.ours.id: one.channel for one in taken}),
        )
        .returning(TABLE.c.id)
    )
    return set(settled.scalars())


def refused(work: Work, ours: Due, reason: str, now: datetime, *, again: bool) -> None:
    """Record a refusal: due again after a back-off, or failed for good after five tries.

    What is urgent is tried until it is of no use any more.
    """
    if again and (ours.urgent or ours.tries <= len(BACK_OFF)):
        due_at = now + (RING_AGAIN if ours.urgent else BACK_OFF[ours.tries - 1])
        _settle(work, ours, status="waiting", due_at=due_at, reason=reason)
    else:
        _settle(work, ours, status="failed", reason=reason, settled_at=now, **FORGOTTEN)


def held(work: Work, ours: Due, reason: str, until: datetime) -> None:
    """Put back what was claimed and that no provider took, as if it had not been claimed."""
    tries = Message.tries - 1
    _settle(work, ours, status="waiting", due_at=until, tries=tries, reason=reason)


def delayed(work: Work, rows: Sequence[tuple[Due, datetime]], reason: str) -> None:
    """Let what was looked at and not claimed wait, each until then."""
    if not rows:
        return
    until = case({one.id: at for one, at in rows}, value=Message.id)
    work.session.execute(
        update(Message)
        .where(_same([one for one, _ in rows]), _open())
        .values(due_at=until, reason=reason)
        .execution_options(synchronize_session=False)
    )


def lost(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Fail what nobody can send: number or words sealed under a key that is gone, no road."""
    ours_still = and_(_same([ours]), Message.settled_at.is_(None))
    end(work, ours_still, "failed", reason, now)


def withheld(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Keep back for good what was claimed."""
    _settle(work, ours, status="withheld", reason=reason, settled_at=now, **FORGOTTEN)


def opted_out(work: Work, ours: Due, now: datetime) -> None:
    """Record that this number refuses our texts: failed, and none is tried again."""
    stop(work, ours.contact, ours.person_id, now)
    refused(work, ours, "opted out", now, again=False)


def unknown(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Record that nobody can say what became of it.

    Sensitive, or repeated already: never again. Else once more after REPEAT_AFTER, unless a
    report has told its fate by then.
    """
    if ours.unrepeatable:
        _settle(work, ours, status="unknown", reason=reason, settled_at=now, **FORGOTTEN)
    else:
        _settle(work, ours, status="unknown", reason=reason, due_at=now + REPEAT_AFTER)


def _unless_into_a_chat(channels: Mapping[int, str]) -> Mapping[str, ColumnElement[bytes | None]]:
    """Forget number and words, but of what a chat took: it may tell later that it is closed."""
    kept = and_(Message.via == _each(channels), ~Message.sensitive)
    return {
        "address": case((kept, Message.address)),
        "text_sealed": case((kept, Message.text_sealed)),
    }


def _open() -> ColumnElement[bool]:
    return or_(Message.status == "waiting", repeatable())


def _takeable(rows: Sequence[Due], now: datetime) -> Select[tuple[int]]:
    ours = (
        select(Message.id)
        .where(_same(rows), _open(), ~may_not_leave(now))
        .where(Message.due_at <= now)
        .with_for_update(of=Message, skip_locked=True)  # SQLite has one writer and needs no words
        .cte("ours")
    )
    return select(ours.c.id)


def _same(rows: Sequence[Due]) -> ColumnElement[bool]:
    # Whoever lost the lease meanwhile has no say any more: ``tries`` tells one claim from the next.
    return tuple_(Message.id, Message.tries).in_([(one.id, one.tries) for one in rows])


def _each(values: Mapping[int, str]) -> ColumnElement[str]:
    return case(dict(values), value=Message.id)


def _settle(work: Work, ours: Due, **values: object) -> None:
    work.session.execute(
        update(Message)
        .where(Message.id == ours.id, Message.tries == ours.tries, Message.status == "sending")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
