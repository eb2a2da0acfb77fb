"""Repair requests and checks: what an organisation is asked to mend, and what is looked at.

A repair request names no case and no source; only its row knows which cases it speaks for.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.case import CASE_LIFE


class Repair(Base):
    """One question to the organisation that can mend something, with a number and a clock."""

    __tablename__ = "repair"
    __table_args__ = (
        Index("ix_repair_open", "status", "due_at"),
        Index("ix_repair_alike", "organisation_id", "category", "area_pcode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    number: Mapped[str] = mapped_column(
        ForeignKey("item_number.number"), unique=True, info=says("S1", "item number", CASE_LIFE)
    )
    category: Mapped[str] = mapped_column(String(3), info=says("S1", "what is broken", CASE_LIFE))
    area_pcode: Mapped[str | None] = mapped_column(
        String(16), info=says("S1", "commune or wider", CASE_LIFE)
    )
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id"), info=says("S1", "who can mend it", CASE_LIFE)
    )
    function: Mapped[str] = mapped_column(String(24), info=says("S1", "function asked", CASE_LIFE))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "person it was sent to", CASE_LIFE)
    )
    status: Mapped[str] = mapped_column(
        String(12), info=says("S1", "asked, taken, answered, late, closed", CASE_LIFE)
    )
    why: Mapped[str] = mapped_column(
        String(12), info=says("S1", "visible, sources or allowed", CASE_LIFE)
    )
    asked_at: Mapped[datetime] = mapped_column(info=says("S1", "when", CASE_LIFE))
    due_at: Mapped[datetime] = mapped_column(info=says("S1", "answer wanted before", CASE_LIFE))
    reminded_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "its one reminder", CASE_LIFE)
    )
    answered_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "answered by the organisation", CASE_LIFE)
    )


class RepairCase(Base):
    """A case that a repair request speaks for; known to the handlers of the case only."""

    __tablename__ = "repair_case"

    repair_id: Mapped[int] = mapped_column(
        ForeignKey("repair.id"), primary_key=True, info=says("S2", "the request", CASE_LIFE)
    )
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"),
        primary_key=True,
        index=True,
        info=says("S2", "the case", CASE_LIFE),
    )


class Check(Base):
    """A look on the spot at what was said to be done; known to handlers only."""

    __tablename__ = "check_"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case", CASE_LIFE)
    )
    why: Mapped[str] = mapped_column(
        String(16), info=says("S1", "not_arrived, few_sources", CASE_LIFE)
    )
    asked_at: Mapped[datetime] = mapped_column(info=says("S1", "when", CASE_LIFE))
    who: Mapped[str | None] = mapped_column(
        String(12), info=says("S1", "meal, third_party or pair", CASE_LIFE)
    )
    how: Mapped[str | None] = mapped_column(
        String(12), info=says("S1", "visit, call or unannounced", CASE_LIFE)
    )
    result: Mapped[str | None] = mapped_column(
        String(12), info=says("S1", "confirmed, partly, not or no_access", CASE_LIFE)
    )
    done_at: Mapped[datetime | None] = mapped_column(info=says("S1", "when done", CASE_LIFE))
