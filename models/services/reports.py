"""Delivery reports: kept whatever they name, and only ever moving a message forward."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, select, update

from models.db import Work
from models.outbound import DeliveryReport, OutboundMessage
from models.services import messages
from models.services.upsert import insert

FINAL = frozenset({"delivered", "failed"})
MATCHED_AT_ONCE = 500


class Report(Protocol):
    """What a channel read in a provider's report: see gateway.channels.base.Report."""

    @property
    def provider_id(self) -> str:
        """The provider's id of the message."""

    @property
    def status(self) -> str:
        """What the word means: handed_over, delivered, failed or unknown."""

    @property
    def word(self) -> str:
        """The provider's own word."""

    @property
    def reason(self) -> str | None:
        """The provider's own reason."""

    @property
    def opted_out(self) -> bool:
        """Whether the number refuses our texts."""


def apply_report(work: Work, channel: str, report: Report, now: datetime) -> None:
    """Keep a report and apply it to its message, now or once that message is known.

    A provider repeats itself, says things late and out of order: a report heard before does
    nothing, and no message moves backwards.
    """
    heard = work.session.scalar(
        insert(work, DeliveryReport)
        .values(
            channel=channel,
            provider_id=report.provider_id,
            status=report.word,
            reason=report.reason,
            meaning=report.status,
            opted_out=report.opted_out,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel", "provider_id", "status"])
        .returning(DeliveryReport.id)
    )
    if heard is not None:
        _match(work, DeliveryReport.id == heard, now)


def match_early(work: Work, now: datetime) -> int:
    """Apply reports that came before their message was settled; return how many found theirs."""
    return _match(work, DeliveryReport.matched.is_(False), now)


def _match(work: Work, which: ColumnElement[bool], now: datetime) -> int:
    same = and_(
        OutboundMessage.channel == DeliveryReport.channel,
        OutboundMessage.provider_id == DeliveryReport.provider_id,
    )
    pairs = work.session.execute(
        select(DeliveryReport, OutboundMessage.id)
        .join(OutboundMessage, same)
        .where(which)
        .order_by(DeliveryReport.id)
        .limit(MATCHED_AT_ONCE)
    ).all()
    for report, message_id in pairs:
        _move(work, message_id, report, now)
        report.matched = True
    return len(pairs)


def _move(work: Work, message_id: int, report: DeliveryReport, now: datetime) -> None:
    if report.meaning in FINAL:
        work.session.execute(
            update(OutboundMessage)
            .where(OutboundMessage.id == message_id, OutboundMessage.status == "handed_over")
            .values(status=report.meaning, reason=report.reason, settled_at=now)
            .execution_options(synchronize_session=False)
        )
    if report.opted_out:
        whose = work.session.execute(
            select(OutboundMessage.contact, OutboundMessage.person_id).where(
                OutboundMessage.id == message_id
            )
        ).one()
        messages.stop(work, *whose, now)
