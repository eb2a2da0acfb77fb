"""A case: one thing said that needs an answer, who it is about, and what happened to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, says
from models.case_indexes import RETURNED, case_indexes

CASE_LIFE = "90 days after closing; C5 to C7 as the protection rule says, 30 where it says nothing"
ITEM_LIFE = "as long as its item"
OWED = "while an SMS or a call is owed, 30 days after closing at most"
UNNAMED = "seconds, until the keeper named it"
COLLECTED = "seconds, until the keeper collected it"
YEARS = "5 years"


class ItemNumber(Base):
    """A number staff say aloud. Cases, alerts and referrals share one space; freed by the purge."""

    __tablename__ = "item_number"

    number: Mapped[str] = mapped_column(
        String(7), primary_key=True, info=says("S1", "the item's name among staff", ITEM_LIFE)
    )
    kind: Mapped[str] = mapped_column(
        String(16), info=says("S1", "which table it names", ITEM_LIFE)
    )


class Case(Base):
    """What was said, without who said it: a pseudonym at most, never a number, no words."""

    __tablename__ = "case_"
    __table_args__ = case_indexes()

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    number: Mapped[str] = mapped_column(
        ForeignKey("item_number.number"), unique=True, info=says("S1", "item number", CASE_LIFE)
    )
    kind: Mapped[str] = mapped_column(
        String(16),
        info=says("S1", "complaint, alert, evacuation, stock_out, referral, call_back", CASE_LIFE),
    )
    category: Mapped[str] = mapped_column(String(3), info=says("S2", "what about", CASE_LIFE))
    case_class: Mapped[str] = mapped_column(
        "class",
        String(2),
        index=True,
        info=says("S2", "C0 to C9: who may know, which clock", CASE_LIFE),
    )
    area_pcode: Mapped[str | None] = mapped_column(
        String(16), info=says("S2", "commune, or cercle when nothing finer was said", CASE_LIFE)
    )
    place_ref: Mapped[str | None] = mapped_column(
        String(40),
        info=says("S2", "settlement or facility meant (never on the sensitive path)", CASE_LIFE),
    )
    source: Mapped[str] = mapped_column(
        String(16), info=says("S1", "by which road it came", CASE_LIFE)
    )
    channel: Mapped[str] = mapped_column(
        String(40), info=says("S1", "channel that brought it", CASE_LIFE)
    )
    language: Mapped[str] = mapped_column(String(8), info=says("S1", "language spoken", CASE_LIFE))
    about: Mapped[str] = mapped_column(
        String(24),
        default="unknown",
        info=says("S2", "who is said to be concerned (W1 to W6)", CASE_LIFE),
    )
    sex: Mapped[str | None] = mapped_column(
        String(1), info=says("S2", "F or M, if an operator noted it", CASE_LIFE)
    )
    age_band: Mapped[str | None] = mapped_column(
        String(8), info=says("S2", "under18, 18-24, 25-59 or 60plus, if noted", CASE_LIFE)
    )
    answer_wanted: Mapped[str] = mapped_column(
        String(8), default="none", info=says("S1", "code, sms, call or none (R1)", CASE_LIFE)
    )
    status: Mapped[str] = mapped_column(String(16), info=says("S1", "where it stands", CASE_LIFE))
    level: Mapped[int] = mapped_column(
        default=0, info=says("S1", "0 first desk, then one more for each move up", CASE_LIFE)
    )
    escalated_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "last time it moved up because a clock ended", CASE_LIFE)
    )
    opened_at: Mapped[datetime] = mapped_column(info=says("S2", "start of the clock", CASE_LIFE))
    act_by: Mapped[datetime | None] = mapped_column(
        info=says("S1", "first action: when it moves on if nobody took it", CASE_LIFE)
    )
    due_at: Mapped[datetime] = mapped_column(
        info=says("S1", "when this holder's clock ends", CASE_LIFE)
    )
    remind_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when its holder is reminded of the end", CASE_LIFE)
    )
    reminded_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "the one reminder of this holder's clock", CASE_LIFE)
    )
    answered_at: Mapped[datetime | None] = mapped_column(info=says("S1", "answer ready", CASE_LIFE))
    closed_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "end; retention starts", CASE_LIFE)
    )
    # What counts need of its history (models/services/counters.py).
    promised_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "until when its speaker was told at first", CASE_LIFE)
    )
    acted_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when somebody first took it or answered it", CASE_LIFE)
    )
    replied_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when it was first answered", CASE_LIFE)
    )
    content: Mapped[bool | None] = mapped_column(
        info=says("S1", "whether its speaker said to be content with the answer", CASE_LIFE)
    )
    contact: Mapped[str | None] = mapped_column(
        String(64),
        index=True,
        info=says("S3", "pseudonym of the speaker; none if nameless", CASE_LIFE),
    )
    address: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=says(
            "S3",
            "number sealed for the keeper",
            OWED,
        ),
    )
    receipt_short: Mapped[str | None] = mapped_column(
        String(64),
        unique=True,
        info=says("S3", "keyed digest of pseudonym and six digits", CASE_LIFE),
    )
    receipt_long: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=says("S3", "keyed digest of the twelve digits", CASE_LIFE)
    )
    receipt_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "receipt waiting for the keeper to digest it", UNNAMED)
    )
    sender_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary,
        info=says("S3", "number waiting for the keeper to name its pseudonym", UNNAMED),
    )
    repair_allowed: Mapped[bool | None] = mapped_column(
        info=says("S1", "speaker's yes or no to a repair request (R6)", CASE_LIFE)
    )
    holder_organisation: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"), info=says("S1", "organisation that has it now", CASE_LIFE)
    )
    holder_function: Mapped[str | None] = mapped_column(
        String(24), info=says("S1", "function that has it now", CASE_LIFE)
    )
    holder_person: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"),
        info=says("S1", "person it was announced to, or who took it", CASE_LIFE),
    )
    why: Mapped[list[str]] = mapped_column(
        info=says("S1", "reasons of the routing, in words", CASE_LIFE)
    )
    subject_line: Mapped[str | None] = mapped_column(
        String(120),
        info=says("S2", "neutral line written at triage (objet); never in C5 to C7", CASE_LIFE),
    )

    subjects: Mapped[list["Subject"]] = relationship(
        back_populates="case", cascade="all, delete-orphan", lazy="selectin"
    )
    events: Mapped[list["CaseEvent"]] = relationship(
        back_populates="case", order_by="CaseEvent.id", cascade="all, delete-orphan"
    )


class Subject(Base):
    """One of those a case is about: barred from it everywhere."""

    __tablename__ = "subject"
    __table_args__ = (Index("ix_subject_ref", "kind", "ref", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case", CASE_LIFE)
    )
    kind: Mapped[str] = mapped_column(
        String(16), info=says("S3", "organisation, facility, function or person", CASE_LIFE)
    )
    ref: Mapped[str] = mapped_column(
        String(64),
        info=says("S3", "organisation id, facility id, function[@area], person number", CASE_LIFE),
    )

    case: Mapped[Case] = relationship(back_populates="subjects")


class CaseEvent(Base):
    """One thing done to a case. Rows are only added."""

    __tablename__ = "case_event"
    __table_args__ = (
        Index("ix_case_event_returned", "at", sqlite_where=RETURNED, postgresql_where=RETURNED),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case", CASE_LIFE)
    )
    transition: Mapped[str] = mapped_column(String(16), info=says("S1", "what was done", CASE_LIFE))
    status: Mapped[str] = mapped_column(String(16), info=says("S1", "status after it", CASE_LIFE))
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "actor", CASE_LIFE))
    at: Mapped[datetime] = mapped_column(info=says("S1", "when", CASE_LIFE))
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        info=says("S1", "coded facts: holder before, reason digit; no words", CASE_LIFE),
    )

    case: Mapped[Case] = relationship(back_populates="events")


class Story(Base):
    """Words of a case, sealed under a key of its own: said, asked, answered, noted, returned."""

    __tablename__ = "story"
    __table_args__ = (Index("ix_story_leaving", "status", "leaves_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case", CASE_LIFE)
    )
    what: Mapped[str] = mapped_column(
        String(8),
        info=says("S1", "said, voice, question, answer, resolved, missed, note, ...", CASE_LIFE),
    )
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "actor", CASE_LIFE))
    at: Mapped[datetime] = mapped_column(info=says("S2", "when", CASE_LIFE))
    status: Mapped[str] = mapped_column(
        String(10),
        default="kept",
        info=says("S1", "leaving (for ten minutes), asked, replied, kept, cancelled", CASE_LIFE),
    )
    leaves_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when an act that can be undone takes effect", CASE_LIFE)
    )
    sealed: Mapped[bytes] = mapped_column(
        LargeBinary, info=says("S3", "the words, sealed", CASE_LIFE)
    )


class CaseKey(Base):
    """The key of one story, wrapped for the keeper, until it has it in a store of its own."""

    __tablename__ = "case_key"

    story_id: Mapped[int] = mapped_column(
        ForeignKey("story.id"), primary_key=True, info=says("S1", "the story", COLLECTED)
    )
    case_id: Mapped[int] = mapped_column(index=True, info=says("S1", "the case", COLLECTED))
    key_id: Mapped[str] = mapped_column(
        String(16), info=says("S1", "which class key wraps it", COLLECTED)
    )
    wrapped: Mapped[bytes] = mapped_column(
        LargeBinary, info=says("S3", "case key, wrapped", COLLECTED)
    )


class CallBack(Base):
    """What a call-back needs beside its case: in which language, when, a woman or a man."""

    __tablename__ = "call_back"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), primary_key=True, info=says("S1", "the case", CASE_LIFE)
    )
    language: Mapped[str] = mapped_column(
        String(16), info=says("S1", "language of the call", CASE_LIFE)
    )
    hour: Mapped[str] = mapped_column(String(16), info=says("S2", "safe or wished hour", CASE_LIFE))
    voice: Mapped[str] = mapped_column(String(8), info=says("S1", "woman, man or any", CASE_LIFE))
    consent_at: Mapped[datetime] = mapped_column(
        info=says("S1", "when the speaker agreed to be called (K1, P9)", CASE_LIFE)
    )
    about_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"),
        index=True,
        info=says("S1", "the case to be spoken of, if it was filed before", CASE_LIFE),
    )


class Tally(Base):
    """Things counted without any trace of who: one row a day and kind."""

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("day", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", YEARS))
    day: Mapped[str] = mapped_column(String(10), info=says("S1", "ISO date", YEARS))
    what: Mapped[str] = mapped_column(String(24), info=says("S1", "what is counted", YEARS))
    count: Mapped[int] = mapped_column(default=0, info=says("S1", "how often", YEARS))
