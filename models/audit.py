"""Who looked at what and who did what to whom: rows are only added, and chained by the keeper.

An entry is written and committed by whoever acts, before it acts. The keeper links it to the one
before by a keyed digest (workers/keeper/chain.py); nobody else holds that key.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

YEARS = "5 years"


class AuditEntry(Base):
    """One act by one actor. Names items and registered people by number; no words, no phone."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_actor", "actor", "at"),
        Index("ix_audit_entry_about", "about", "row_id"),
        Index("ix_audit_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", YEARS))
    at: Mapped[datetime] = mapped_column(info=says("S1", "when", YEARS))
    actor: Mapped[str] = mapped_column(
        String(40), info=says("S1", "who: P0151, R128, account:3, operator, job:...", YEARS)
    )
    act: Mapped[str] = mapped_column(
        String(24), info=says("S1", "read, break_glass, lower, block, export, ...", YEARS)
    )
    about: Mapped[str] = mapped_column(
        String(16), info=says("S1", "kind of thing: case, referral, person, export, ...", YEARS)
    )
    row_id: Mapped[int | None] = mapped_column(info=says("S1", "its row, if it has one", YEARS))
    number: Mapped[str | None] = mapped_column(
        String(8), info=says("S1", "its number, as staff say it", YEARS)
    )
    reason: Mapped[str | None] = mapped_column(
        String(24), info=says("S1", "coded reason, where one must be given", YEARS)
    )
    details: Mapped[dict[str, Any]] = mapped_column(
        default=dict, info=says("S1", "coded facts; no words and no phone", YEARS)
    )


class AuditLink(Base):
    """The place of an entry in the chain, given once by the keeper."""

    __tablename__ = "audit_link"

    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, info=says("S1", "1, 2, 3 ... without gaps", YEARS)
    )
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("audit_entry.id"), unique=True, info=says("S1", "the entry", YEARS)
    )
    mac: Mapped[str] = mapped_column(
        String(64), info=says("S1", "HMAC-SHA-256 of the mac before and this entry", YEARS)
    )
