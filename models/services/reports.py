"""Delivery reports: kept whatever they name, and only ever moving a message forward."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol, cast

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    String,
    Table,
    Update,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from flows.readers import without_numbers
from models.db import Work
from models.outbound import DeliveryReport, OutboundMessage
from models.services import messages

# What a report makes of a message, by what the message is now; all else stays as it is. A text that
# waits to be said again was taken after all; one that failed to arrive by one road still waits.
MOVES: Mapping[str, tuple[str, Collection[str]]] = {
    "handed_over": ("handed_over", {"unknown", "waiting"}),
    "delivered": ("delivered", {"handed_over", "unknown", "waiting"}),
    "read": ("delivered", {"handed_over", "unknown", "waiting"}),
    "failed": ("failed", {"handed_over", "unknown"}),
}
MATCHED_AT_ONCE = 500
TRIES = 3  # hand-overs of one text, when its reports say that it did not arrive
LATER = timedelta(minutes=10)
ELSEWHERE = "elsewhere"  # DeliveryReport.remedy: the road is closed, another may be open
ROW = re.compile(r"[1-9][0-9]{0,8}")


class Report(Protocol):
    """What a channel read in a provider's report: see gateway.channels.base.Report."""

    @property
    def provider_id(self) -> str:
        """The provider's id of the message."""

    @property
    def status(self) -> str:
        """What the word means: handed_over, delivered, read, failed or unknown."""

    @property
    def reference(self) -> str | None:
        """Our own reference, where the provider carries it back: the row id of the message."""

    @property
    def word(self) -> str:
        """The provider's own word."""

    @property
    def reason(self) -> str | None:
        """The provider's own reason."""

    @property
    def opted_out(self) -> bool:
        """Whether the number refuses our texts."""

    @property
    def again(self) -> bool:
        """Whether a text that failed may be tried again."""

    @property
    def elsewhere(self) -> bool:
        """Whether a text that failed may be tried by another road."""


def apply_report(work: Work, channel: str, report: Report, now: datetime) -> None:
    """Keep a report and apply it to its message, now or once that message is known.

    A provider repeats itself, says things late and out of order: a report heard before does
    nothing, and no message moves backwards.
    """
    reason = None if report.reason is None else without_numbers(report.reason)
    said = {
        "channel": channel,
        "provider_id": report.provider_id,
        "reference": report.reference,
        # The provider's own words, which may name whom they are about.
        "status": without_numbers(report.word),
        "reason": reason,
        "meaning": report.status,
        "opted_out": report.opted_out,
        "remedy": ELSEWHERE if report.elsewhere else "again" if report.again else None,
        "received_at": now,
        "matched": False,
    }
    link = work.session.connection()
    heard = link.execute(HEARD[link.dialect.name], said).scalar()
    if heard is None:
        return
    if not _match(work, THIS, now, report=heard) and _is_row(report.reference):
        this = DeliveryReport.id == heard
        _match(work, _by_reference([int(report.reference or 0)]).where(this), now)


def match(work: Work, messages_settled: Collection[int], now: datetime) -> None:
    """Apply the reports that came while these messages were still in their sender's hands."""
    if messages_settled:
        ours = OutboundMessage.id.in_(messages_settled)
        _match(work, _by_provider_id().where(ours), now)
        _match(work, _by_reference(messages_settled), now)


def match_early(work: Work, now: datetime) -> int:
    """Apply reports that came before their message was settled; return how many found theirs.

    Also those that only name our row: its sender may have died before it heard the provider's id,
    and what arrived may not be said again.
    """
    ours = OutboundMessage.id.cast(String)
    unknown = _pairs(and_(_same_channel(), DeliveryReport.reference == ours))
    unknown = unknown.where(OutboundMessage.status == "unknown")
    return _match(work, _by_provider_id(), now) + _match(work, unknown, now)


def _by_provider_id() -> Select[DeliveryReport, int]:
    same = OutboundMessage.provider_id == DeliveryReport.provider_id
    return _pairs(and_(_same_channel(), same))


def _by_reference(rows: Collection[int]) -> Select[DeliveryReport, int]:
    named = case({row: str(row) for row in rows}, value=OutboundMessage.id)
    own = OutboundMessage.provider_id
    # One that left once, under another id, is another text: after a restore row ids are given anew.
    its = or_(own.is_(None), own == DeliveryReport.provider_id, OutboundMessage.tries > 1)
    same = and_(_same_channel(), DeliveryReport.reference == named, its)
    references = DeliveryReport.reference.in_([str(row) for row in rows])
    return _pairs(same).where(OutboundMessage.id.in_(rows), references)


def _same_channel() -> ColumnElement[bool]:
    return OutboundMessage.channel == DeliveryReport.channel


def _pairs(same: ColumnElement[bool]) -> Select[DeliveryReport, int]:
    return (
        select(DeliveryReport, OutboundMessage.id)
        .join(OutboundMessage, same)
        .where(DeliveryReport.matched.is_(False), OutboundMessage.status != "sending")
        .order_by(DeliveryReport.id)
        .limit(MATCHED_AT_ONCE)
    )


def _match(work: Work, pairs: Select[DeliveryReport, int], now: datetime, **about: object) -> int:
    found = work.session.execute(pairs, about).all()
    for report, message_id in found:
        _move(work, message_id, report, now)
        report.matched = True
    return len(found)


def _move(work: Work, message_id: int, report: DeliveryReport, now: datetime) -> None:
    if report.meaning == "failed" and _tried_again(work, message_id, report, now):
        return
    if report.meaning in MOVES:
        status, before = MOVES[report.meaning]
        about = {
            "message": message_id,
            "before": list(before),
            "becomes": status,
            "own": report.provider_id,
            "why": report.reason,
            "at": now,
            "failed": report.meaning == "failed",
        }
        work.session.connection().execute(MOVED, about)
    if report.opted_out:
        whose = work.session.execute(
            select(OutboundMessage.contact, OutboundMessage.person_id).where(
                OutboundMessage.id == message_id
            )
        ).one()
        messages.stop(work, *whose, now)


def _tried_again(work: Work, message_id: int, report: DeliveryReport, now: datetime) -> bool:
    """Let a text leave again whose words are still there, as those that a chat took are.

    Into a chat that is closed nothing leaves any more: then it goes by SMS.
    """
    if report.remedy is None:
        return False
    # No late word of this try may be taken for one of the next.
    anew = {"status": "waiting", "settled_at": None, "channel": None, "provider_id": None}
    road = {"via": None, "due_at": now} if report.remedy == ELSEWHERE else {"due_at": now + LATER}
    waits = work.session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.id == message_id,
            _is_of_this_try(report.provider_id),
            OutboundMessage.status == "handed_over",
            OutboundMessage.text_sealed.is_not(None),
            OutboundMessage.tries < TRIES,
            OutboundMessage.expires_at > now,
        )
        .values(reason=report.reason, **anew, **road)
        .returning(OutboundMessage.id)
        .execution_options(synchronize_session=False)
    )
    if waits.scalar() is None:
        return False
    work.wake(messages.QUEUE)
    return True


def _is_of_this_try(provider_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Return what tells that a report of this id is news of the text as it last left.

    That an earlier try of it failed says nothing of the repeat; that it arrived says all.
    """
    own = OutboundMessage.provider_id
    return or_(own.is_(None), own == provider_id)


def _is_row(reference: str | None) -> bool:
    return bool(reference and ROW.fullmatch(reference))


def _moving() -> Update:
    ours: BindParameter[str] = bindparam("own", type_=String)
    arrived = bindparam("failed", type_=Boolean).is_(False)
    return (
        update(messages.TABLE)
        .where(OutboundMessage.id == bindparam("message"))
        .where(OutboundMessage.status.in_(bindparam("before", expanding=True)))
        .where(or_(arrived, _is_of_this_try(ours)))
        .values(
            status=bindparam("becomes"),
            provider_id=ours,
            reason=bindparam("why"),
            settled_at=bindparam("at"),
            **messages.FORGOTTEN,
        )
    )


# Built once: every text that leaves is reported, and building these cost more than running them.
REPORTS = cast("Table", DeliveryReport.__table__)
REPEATED = ("channel", "provider_id", "status")
HEARD = {
    name: insert(REPORTS).on_conflict_do_nothing(index_elements=REPEATED).returning(REPORTS.c.id)
    for name, insert in (("postgresql", postgresql.insert), ("sqlite", sqlite.insert))
}
THIS = _by_provider_id().where(DeliveryReport.id == bindparam("report"))
MOVED = _moving()
