"""Numbers: what was counted of rows that are gone, and what was published once and for all."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

UNTIL_TOLD = "until its period is published"
FIVE_YEARS = "5 years"


class Departed(Base):
    """How many of those purged stood in one cell of a table that is still to be published."""

    __tablename__ = "departed"
    __table_args__ = (UniqueConstraint("publication", "period", "area", "split", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", UNTIL_TOLD))
    publication: Mapped[str] = mapped_column(
        String(16), info=says("S1", "table, flows/publications.py", UNTIL_TOLD)
    )
    period: Mapped[str] = mapped_column(
        String(7), info=says("S1", "2026-11 or 2026-Q4", UNTIL_TOLD)
    )
    area: Mapped[str] = mapped_column(
        String(16), info=says("S2", "p-code, as fine as the table is", UNTIL_TOLD)
    )
    split: Mapped[str] = mapped_column(
        String(20), info=says("S2", "fact it is divided by; none = everybody", UNTIL_TOLD)
    )
    value: Mapped[str] = mapped_column(String(16), info=says("S2", "its value", UNTIL_TOLD))
    count: Mapped[int] = mapped_column(info=says("S2", "how many", UNTIL_TOLD))


class Figure(Base):
    """One published cell: written once, never corrected, so that nothing is learnt between two."""

    __tablename__ = "figure"
    __table_args__ = (UniqueConstraint("publication", "period", "area", "split", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", FIVE_YEARS))
    publication: Mapped[str] = mapped_column(
        String(16), info=says("S0", "table, flows/publications.py", FIVE_YEARS)
    )
    period: Mapped[str] = mapped_column(
        String(7), info=says("S0", "2026-11 or 2026-Q4", FIVE_YEARS)
    )
    area: Mapped[str] = mapped_column(String(16), info=says("S0", "p-code", FIVE_YEARS))
    split: Mapped[str] = mapped_column(
        String(20), info=says("S0", "fact it is divided by; none = everybody", FIVE_YEARS)
    )
    value: Mapped[str] = mapped_column(String(16), info=says("S0", "its value", FIVE_YEARS))
    shown: Mapped[int | None] = mapped_column(
        info=says("S0", "released number; none = below what follows, or withheld", FIVE_YEARS)
    )
    below: Mapped[int | None] = mapped_column(
        info=says("S0", "told as less than this; none = a number, or withheld", FIVE_YEARS)
    )
    is_public: Mapped[bool] = mapped_column(
        info=says("S0", "false: for the officers of its compartment alone", FIVE_YEARS)
    )
    published_at: Mapped[datetime] = mapped_column(info=says("S0", "when", FIVE_YEARS))
