"""What was agreed to, when, and in which words; and the wordings themselves.

A text of a referral cannot be written without the consent of whom it is about: the database
itself refuses it (migration 0012, trigger on the outbox).
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

ITEM_LIFE = "as long as its case or referral"
LIFE = "while the programme lives"


class Consent(Base):
    """One yes to one thing. Without a version no words of ours were shown: it was said aloud."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("(case_id IS NULL) <> (referral_id IS NULL)", name="of_one_item"),
        Index("ix_consent_case", "case_id"),
        Index("ix_consent_referral", "referral_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", ITEM_LIFE))
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id", ondelete="CASCADE"), info=says("S1", "the case", ITEM_LIFE)
    )
    referral_id: Mapped[int | None] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), info=says("S1", "the referral", ITEM_LIFE)
    )
    what: Mapped[str] = mapped_column(
        String(16), info=says("S1", "to what: referral, call, private_call, sms, ...", ITEM_LIFE)
    )
    version: Mapped[str | None] = mapped_column(
        ForeignKey("wording.version"), info=says("S1", "the words that asked for it", ITEM_LIFE)
    )
    language: Mapped[str | None] = mapped_column(
        String(8), info=says("S1", "language of the dialogue, if we had it", ITEM_LIFE)
    )
    road: Mapped[str] = mapped_column(
        String(8), info=says("S1", "ussd, sms, chat, voice, relay or operator", ITEM_LIFE)
    )
    at: Mapped[datetime] = mapped_column(info=says("S2", "when", ITEM_LIFE))
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        info=says("S2", "when it was taken back", ITEM_LIFE)
    )


class Wording(Base):
    """Words of ours that somebody agreed to, as they stood that day."""

    __tablename__ = "wording"

    version: Mapped[str] = mapped_column(
        String(16), primary_key=True, info=says("S0", "digest of the words", LIFE)
    )
    words: Mapped[str] = mapped_column(String(600), info=says("S0", "the words", LIFE))
