"""Who works where: organisations, what they cover, and the pairs that answer for one another."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "while the programme lives"


class Organisation(Base):
    """An organisation, service or centre that can hold a case or be what a case is about."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=says("S0", "short name, e.g. ngo-a", LIFE)
    )
    name: Mapped[str] = mapped_column(
        String(80), info=says("S0", "name shown, 20 characters on phones", LIFE)
    )
    kind: Mapped[str] = mapped_column(
        String(24),
        info=says(
            "S0",
            "cell, outside, ngo, cscom, csref, drs, sldses, drdses, felascom, rrm, sap, school,"
            " protection, asaco, mine_action",
            LIFE,
        ),
    )
    area_pcode: Mapped[str | None] = mapped_column(
        String(16), info=says("S0", "area it answers for", LIFE)
    )
    facility_id: Mapped[str | None] = mapped_column(
        String(24), info=says("S0", "its facility, for a centre", LIFE)
    )
    pair_id: Mapped[str | None] = mapped_column(
        String(40), info=says("S0", "organisation whose MEAL stands in", LIFE)
    )


class Coverage(Base):
    """Who does what where, from when to when (3W)."""

    __tablename__ = "coverage"
    __table_args__ = (
        UniqueConstraint("organisation_id", "sector", "role", "area_pcode", "since"),
        Index("ix_coverage_place", "area_pcode", "sector"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", LIFE))
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id"), info=says("S0", "who", LIFE)
    )
    sector: Mapped[str] = mapped_column(
        String(24),
        info=says("S0", "food, cash, health, education, wash, shelter, agriculture, work", LIFE),
    )
    role: Mapped[str] = mapped_column(
        String(16),
        default="implements",
        info=says("S0", "distributes, implements, supports, transports, sells, pays", LIFE),
    )
    area_pcode: Mapped[str] = mapped_column(
        String(16), info=says("S0", "where: commune or cercle", LIFE)
    )
    since: Mapped[datetime] = mapped_column(info=says("S0", "from", LIFE))
    until: Mapped[datetime | None] = mapped_column(info=says("S0", "to", LIFE))
