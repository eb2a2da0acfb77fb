"""Booklets of numbered slips: receipts issued beforehand, to be read out during a call."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.case import CASE_LIFE, UNNAMED

_UNNAMED = text("receipt_sealed IS NOT NULL")
LIFE = "12 months after its booklet was issued"


class Booklet(Base):
    """Up to 99 slips of one operator: printed beforehand, or of one day at the screen."""

    __tablename__ = "booklet"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=says("S1", "who works with it", LIFE)
    )
    issued_at: Mapped[datetime] = mapped_column(info=says("S1", "when it was made", LIFE))
    revoked_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "lost or destroyed: its slips are worth nothing", LIFE)
    )
    on_screen: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "its codes were read from the screen, not printed", LIFE)
    )


class Slip(Base):
    """One slip: two digits among an operator's, and a long receipt known only as a digest."""

    __tablename__ = "slip"
    __table_args__ = (
        UniqueConstraint("booklet_id", "number"),
        Index("ix_slip_case", "case_id"),
        # The keeper looks here every other second: only the few rows that wait are in it.
        Index("ix_slip_unnamed", "id", sqlite_where=_UNNAMED, postgresql_where=_UNNAMED),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    booklet_id: Mapped[int] = mapped_column(
        ForeignKey("booklet.id"), info=says("S1", "its booklet", LIFE)
    )
    number: Mapped[str] = mapped_column(String(2), info=says("S1", "01 to 99", LIFE))
    receipt_long: Mapped[str | None] = mapped_column(
        String(64), unique=True, info=says("S3", "keyed digest, moved to the case when used", LIFE)
    )
    receipt_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "receipt waiting for the keeper to digest it", UNNAMED)
    )
    used_at: Mapped[datetime | None] = mapped_column(info=says("S1", "logged", LIFE))
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"), info=says("S1", "what was logged on it", CASE_LIFE)
    )
