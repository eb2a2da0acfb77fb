"""A referral: a woman sent to a centre, by the code she says there, and what became of it.

No name, no number, no exact age: a code, an age band, a centre, and steps with their times.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, says

REFERRAL_LIFE = "30 days after the last visit, or after it expired"


class Referral(Base):
    """One woman on her way to one centre, known by its code alone."""

    __tablename__ = "referral"
    __table_args__ = (
        Index("ix_referral_open", "status", "due_at"),
        Index("ix_referral_centre", "facility_id", "status"),
        Index("ix_referral_relay", "relay_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", REFERRAL_LIFE))
    number: Mapped[str] = mapped_column(
        ForeignKey("item_number.number"),
        unique=True,
        info=says("S2", "code said at the centre", REFERRAL_LIFE),
    )
    source: Mapped[str] = mapped_column(
        String(12), info=says("S1", "relay, herself or walk_in", REFERRAL_LIFE)
    )
    relay_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "relay who sent her", REFERRAL_LIFE)
    )
    facility_id: Mapped[str | None] = mapped_column(
        ForeignKey("facility.id"), info=says("S2", "centre she is awaited at", REFERRAL_LIFE)
    )
    area_pcode: Mapped[str | None] = mapped_column(
        String(16), info=says("S2", "commune she was sent from", REFERRAL_LIFE)
    )
    age_band: Mapped[str] = mapped_column(
        String(8), info=says("S2", "under15, 15-19, 20-24, 25plus or unsaid", REFERRAL_LIFE)
    )
    wish: Mapped[str | None] = mapped_column(
        String(1), info=says("S3", "digit of the method card, if said", REFERRAL_LIFE)
    )
    given: Mapped[str | None] = mapped_column(
        String(4), info=says("S3", "digit of what was given", REFERRAL_LIFE)
    )
    reason: Mapped[str | None] = mapped_column(
        String(16), info=says("S2", "why not served (G9), or why she did not come", REFERRAL_LIFE)
    )
    status: Mapped[str] = mapped_column(
        String(12), info=says("S2", "where it stands", REFERRAL_LIFE)
    )
    consent_at: Mapped[datetime | None] = mapped_column(
        info=says("S2", "when she agreed, before anything left; none for a walk-in", REFERRAL_LIFE)
    )
    remind: Mapped[bool] = mapped_column(
        default=True, info=says("S1", "she allowed reminders to the relay", REFERRAL_LIFE)
    )
    reminded: Mapped[int] = mapped_column(
        default=0, info=says("S1", "reminders sent to the relay: two at most", REFERRAL_LIFE)
    )
    client_said: Mapped[str | None] = mapped_column(
        String(8), info=says("S2", "received, by her own code: yes, no or not_yet", REFERRAL_LIFE)
    )
    sent_at: Mapped[datetime] = mapped_column(info=says("S2", "start", REFERRAL_LIFE))
    due_at: Mapped[datetime] = mapped_column(
        info=says("S1", "day 30: expired after it", REFERRAL_LIFE)
    )
    closed_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "end; retention starts", REFERRAL_LIFE)
    )

    steps: Mapped[list["ReferralStep"]] = relationship(
        back_populates="referral", order_by="ReferralStep.id", cascade="all, delete-orphan"
    )


class ReferralStep(Base):
    """One thing done to a referral. Rows are only added."""

    __tablename__ = "referral_step"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", REFERRAL_LIFE))
    referral_id: Mapped[int] = mapped_column(
        ForeignKey("referral.id"), index=True, info=says("S1", "the referral", REFERRAL_LIFE)
    )
    transition: Mapped[str] = mapped_column(
        String(16), info=says("S2", "what was done", REFERRAL_LIFE)
    )
    status: Mapped[str] = mapped_column(String(12), info=says("S2", "after it", REFERRAL_LIFE))
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "actor", REFERRAL_LIFE))
    road: Mapped[str] = mapped_column(
        String(8), info=says("S1", "ussd, sms or clock", REFERRAL_LIFE)
    )
    at: Mapped[datetime] = mapped_column(info=says("S2", "when", REFERRAL_LIFE))
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict, info=says("S2", "coded facts, what it was before", REFERRAL_LIFE)
    )

    referral: Mapped[Referral] = relationship(back_populates="steps")
