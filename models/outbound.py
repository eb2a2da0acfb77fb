"""The outbox: every message to send, written with its cause; and the reports that come back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

DAYS = "until settled, 7 days at most"
YEAR = "12 months"
LINKED = "as long as its case, 12 months at most"


class OutboundMessage(Base):
    """One SMS to send. Unique by cause and purpose, so the same act never speaks twice."""

    __tablename__ = "outbound_message"
    __table_args__ = (
        UniqueConstraint("cause", "purpose"),
        Index("ix_outbound_due", "status", "due_at"),
        Index("ix_outbound_provider", "channel", "provider_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", YEAR))
    cause: Mapped[str] = mapped_column(
        String(80), info=says("S1", "row that made it, e.g. case-event:17", LINKED)
    )
    purpose: Mapped[str] = mapped_column(String(40), info=says("S1", "which text for whom", YEAR))
    channel: Mapped[str | None] = mapped_column(
        String(40), info=says("S1", "channel chosen when sent", YEAR)
    )
    via: Mapped[str | None] = mapped_column(
        String(40), info=says("S1", "chat channel whose message this answers, if one", YEAR)
    )
    priority: Mapped[int] = mapped_column(
        default=2,
        server_default="2",
        info=says(
            "S1", "0 evacuation, 1 sensitive or receipt, 2 ordinary, 3 reminder or many", YEAR
        ),
    )
    contact: Mapped[str | None] = mapped_column(
        String(64), index=True, info=says("S3", "pseudonym", DAYS)
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "registered person addressed", YEAR)
    )
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "case it speaks of", LINKED)
    )
    address: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "number sealed for the keeper", DAYS)
    )
    text_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "text under the transit key", DAYS)
    )
    fills: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True),
        info=says("S1", "what the keeper puts in at sending: tel: person:P0101", DAYS),
    )
    status: Mapped[str] = mapped_column(
        String(12),
        default="waiting",
        info=says(
            "S1", "waiting, sending, handed_over, delivered, unknown, failed, withheld", YEAR
        ),
    )
    sensitive: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "never repeated by itself once its fate is unknown", YEAR)
    )
    repeated: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "its one repeat after an unknown fate is spent", YEAR)
    )
    tries: Mapped[int] = mapped_column(
        default=0, info=says("S1", "how often handed to the provider", YEAR)
    )
    due_at: Mapped[datetime] = mapped_column(
        info=says("S1", "not before; end of the lease while sending", YEAR)
    )
    expires_at: Mapped[datetime] = mapped_column(info=says("S1", "useless after", YEAR))
    provider_id: Mapped[str | None] = mapped_column(
        String(80), info=says("S1", "provider's id", YEAR)
    )
    segments: Mapped[int | None] = mapped_column(info=says("S1", "parts billed", YEAR))
    reason: Mapped[str | None] = mapped_column(
        String(80), info=says("S1", "why refused, failed or withheld", YEAR)
    )
    created_at: Mapped[datetime] = mapped_column(info=says("S1", "written", YEAR))
    settled_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "final state reached", YEAR)
    )


class DeliveryReport(Base):
    """What a provider said of one message, kept even when it came early or for nobody we know."""

    __tablename__ = "delivery_report"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", "status"),
        Index("ix_delivery_report_unmatched", "matched", "received_at"),
        Index("ix_delivery_report_reference", "reference"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", YEAR))
    channel: Mapped[str] = mapped_column(String(40), info=says("S1", "channel", YEAR))
    provider_id: Mapped[str] = mapped_column(
        String(80), info=says("S1", "provider's id of the message", YEAR)
    )
    reference: Mapped[str | None] = mapped_column(
        String(20), info=says("S1", "our row id, where the provider carries it back", YEAR)
    )
    status: Mapped[str] = mapped_column(String(40), info=says("S1", "provider's word", YEAR))
    reason: Mapped[str | None] = mapped_column(
        String(80), info=says("S1", "provider's reason", YEAR)
    )
    meaning: Mapped[str] = mapped_column(
        String(12),
        info=says("S1", "what the word means: handed_over, delivered, read, failed, unknown", YEAR),
    )
    opted_out: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "the number refuses our texts", YEAR)
    )
    remedy: Mapped[str | None] = mapped_column(
        String(10), info=says("S1", "what may be tried if it failed: again, elsewhere", YEAR)
    )
    received_at: Mapped[datetime] = mapped_column(info=says("S1", "our commit time", YEAR))
    matched: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "applied to a message", YEAR)
    )
