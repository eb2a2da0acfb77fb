"""What a centre has of each product group, and how old that figure is."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

YEARS = "5 years"


class Stock(Base):
    """The last figure of one product digit at one centre."""

    __tablename__ = "stock"

    facility_id: Mapped[str] = mapped_column(
        ForeignKey("facility.id"), primary_key=True, info=says("S0", "centre", YEARS)
    )
    product: Mapped[str] = mapped_column(
        String(1), primary_key=True, info=says("S0", "digit of the method card", YEARS)
    )
    quantity: Mapped[int] = mapped_column(info=says("S0", "units left", YEARS))
    as_of: Mapped[datetime] = mapped_column(info=says("S0", "when it was said", YEARS))
    out_since: Mapped[datetime | None] = mapped_column(
        info=says("S0", "at zero since; none while there is some", YEARS)
    )


class StockReport(Base):
    """One figure as it was said. Rows are only added."""

    __tablename__ = "stock_report"
    __table_args__ = (Index("ix_stock_report_centre", "facility_id", "product", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", YEARS))
    facility_id: Mapped[str] = mapped_column(
        ForeignKey("facility.id"), info=says("S0", "centre", YEARS)
    )
    product: Mapped[str] = mapped_column(String(1), info=says("S0", "digit of the card", YEARS))
    quantity: Mapped[int] = mapped_column(info=says("S0", "units left", YEARS))
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "actor", YEARS))
    at: Mapped[datetime] = mapped_column(info=says("S0", "when", YEARS))
