"""Sounds that came by chat: fetched from the provider, sealed like words, deleted over there."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.case import CASE_LIFE

DAYS = "7 days"


class VoiceNote(Base):
    """One sound of one message. Its bytes lie in a story of the case, under a key of their own."""

    __tablename__ = "voice_note"
    __table_args__ = (
        UniqueConstraint("inbound_id", "place"),
        Index("ix_voice_note_due", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    inbound_id: Mapped[int] = mapped_column(
        ForeignKey("inbound_message.id"), info=says("S1", "message it came with", CASE_LIFE)
    )
    place: Mapped[int] = mapped_column(info=says("S1", "which of its sounds, from 0", CASE_LIFE))
    channel: Mapped[str] = mapped_column(String(40), info=says("S1", "channel", CASE_LIFE))
    kind: Mapped[str] = mapped_column(String(40), info=says("S1", "MIME type", CASE_LIFE))
    url_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "where the provider keeps it, under the transit key", DAYS)
    )
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case it belongs to", CASE_LIFE)
    )
    story_id: Mapped[int | None] = mapped_column(
        ForeignKey("story.id"), info=says("S1", "where its bytes lie, sealed", CASE_LIFE)
    )
    size: Mapped[int | None] = mapped_column(info=says("S1", "bytes", CASE_LIFE))
    status: Mapped[str] = mapped_column(
        String(12),
        default="waiting",
        info=says(
            "S1",
            "waiting, kept (still at the provider), done, refused (too large), dead",
            CASE_LIFE,
        ),
    )
    reason: Mapped[str | None] = mapped_column(
        String(80), info=says("S1", "why refused or dead", CASE_LIFE)
    )
    tries: Mapped[int] = mapped_column(default=0, info=says("S1", "how often fetched", CASE_LIFE))
    due_at: Mapped[datetime] = mapped_column(
        info=says("S1", "next try, or end of the lease", CASE_LIFE)
    )
    received_at: Mapped[datetime] = mapped_column(info=says("S2", "our commit time", CASE_LIFE))
    settled_at: Mapped[datetime | None] = mapped_column(info=says("S1", "end", CASE_LIFE))
