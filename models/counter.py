"""Counts kept as things happen, so that a dashboard reads a few rows and never all cases.

Each changes in the transaction that changes what it counts. C5 to C7 are in none of them.
"""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.case import YEARS


class Counter(Base):
    """How many of one day's cases had one thing happen to them, split by one fact."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("day", "measure", "split", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", YEARS))
    day: Mapped[str] = mapped_column(
        String(10), info=says("S1", "ISO date on which the cases were opened", YEARS)
    )
    measure: Mapped[str] = mapped_column(
        String(20), info=says("S1", "received, answered, in_time, ...", YEARS)
    )
    split: Mapped[str] = mapped_column(
        String(16), info=says("S1", "fact it is divided by; empty = all", YEARS)
    )
    value: Mapped[str] = mapped_column(String(40), info=says("S1", "value of the fact", YEARS))
    count: Mapped[int] = mapped_column(default=0, info=says("S1", "how many", YEARS))
