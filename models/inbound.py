"""The inbox: each message received, known for ever by its provider's id, its words for days."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

FOR_EVER = "for ever: the same id is the same event"
DAYS = "7 days"
ROUGH = "to the second 7 days; then the day alone, for ever"
ANSWERED = "until answered, 7 days at most"
_OPEN = text("settled_at IS NULL")


class InboundMessage(Base):
    """One SMS received. Its answer is 2xx only after this row is committed."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index("ix_inbound_due", "status", "due_at"),
        Index("ix_inbound_contact", "contact", "received_at"),
        # Whose turn it is: only the rows that wait are in it, however many there were before.
        Index("ix_inbound_open", "contact", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", FOR_EVER))
    channel: Mapped[str] = mapped_column(String(40), info=says("S1", "channel", FOR_EVER))
    provider_id: Mapped[str] = mapped_column(String(80), info=says("S1", "provider's id", FOR_EVER))
    likeness: Mapped[str | None] = mapped_column(
        String(32), info=says("S2", "digest of who, what and when, to know a repeat", DAYS)
    )
    contact: Mapped[str | None] = mapped_column(
        String(64), info=says("S3", "pseudonym; none until the keeper named it", DAYS)
    )
    sender_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "number sealed for the keeper", ANSWERED)
    )
    text_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "the words under the transit key", DAYS)
    )
    received_at: Mapped[datetime] = mapped_column(info=says("S2", "our commit time", ROUGH))
    provider_at: Mapped[str | None] = mapped_column(
        String(40), info=says("S2", "provider's time, kept, not trusted", DAYS)
    )
    status: Mapped[str] = mapped_column(
        String(12),
        default="waiting",
        info=says("S1", "waiting, processing, processed, ignored, dead", FOR_EVER),
    )
    rank: Mapped[int] = mapped_column(
        default=0,
        server_default="0",
        info=says(
            "S1",
            "how many of this contact came within the hour before: the fewer, the sooner",
            FOR_EVER,
        ),
    )
    tries: Mapped[int] = mapped_column(default=0, info=says("S1", "how often taken up", FOR_EVER))
    due_at: Mapped[datetime] = mapped_column(
        info=says(
            "S1", "next try, or end of the lease; after it came: nobody waits for its name", ROUGH
        )
    )
    cause: Mapped[str | None] = mapped_column(
        String(80), info=says("S1", "why ignored or dead", FOR_EVER)
    )
    settled_at: Mapped[datetime | None] = mapped_column(info=says("S1", "end", ROUGH))
