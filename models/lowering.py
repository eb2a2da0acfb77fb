"""Taking a case out of its compartment: one officer asks, another person decides."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.case import CASE_LIFE

_OPEN = text("decided_at IS NULL")


class Lowering(Base):
    """One officer's wish that a case be ordinary. Until somebody else agrees nothing changes."""

    __tablename__ = "lowering"
    __table_args__ = (
        # One at a time; and whom it waits for is asked at each look at a list.
        Index(
            "uq_lowering_open", "case_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_lowering_second", "second_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("second_id <> first_id", "two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), index=True, info=says("S1", "the case", CASE_LIFE)
    )
    from_class: Mapped[str] = mapped_column(
        String(2), info=says("S2", "the compartment it was in when it was asked", CASE_LIFE)
    )
    reason: Mapped[str] = mapped_column(
        String(12), info=says("S1", "misheard, mischosen or nobody", CASE_LIFE)
    )
    first_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "officer who asks", CASE_LIFE)
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "whoever is to decide", CASE_LIFE)
    )
    asked_at: Mapped[datetime] = mapped_column(info=says("S1", "when it was asked", CASE_LIFE))
    decided_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when it was decided, or was no longer to be", CASE_LIFE)
    )
    agreed: Mapped[bool | None] = mapped_column(
        info=says("S1", "the decision; none if nobody took it", CASE_LIFE)
    )
