"""Alerts and evacuations: what a case of these kinds needs beside its row."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, says
from models.case import CASE_LIFE


class Alert(Base):
    """What an alert says, gathered from all its sources: one cluster is one case."""

    __tablename__ = "alert"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), primary_key=True, info=says("S1", "the case", CASE_LIFE)
    )
    kind: Mapped[str] = mapped_column(
        String(24), info=says("S1", "flood ... closed, distribution.late ...", CASE_LIFE)
    )
    households: Mapped[int | None] = mapped_column(
        info=says("S1", "estimate, the highest said", CASE_LIFE)
    )
    persons: Mapped[int | None] = mapped_column(
        info=says("S1", "the same in persons, where persons were counted", CASE_LIFE)
    )
    size: Mapped[str | None] = mapped_column(
        String(8), info=says("S1", "highest line of G4: few, some, many, most", CASE_LIFE)
    )
    happened_on: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when it happened, the earliest said; rough beyond a day", CASE_LIFE)
    )
    committee_told_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when the committee's secretary was due to be told (D3)", CASE_LIFE)
    )
    acknowledged_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "taken by its holder: 24 h", CASE_LIFE)
    )
    decided_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "decision said: 72 h", CASE_LIFE)
    )
    passed_to: Mapped[str | None] = mapped_column(
        String(40), info=says("S1", "organisation named by a refusal", CASE_LIFE)
    )

    sources: Mapped[list["AlertSource"]] = relationship(
        order_by="AlertSource.id", cascade="all, delete-orphan"
    )


class AlertSource(Base):
    """One telling of an alert: one phone is one voice. Who else reported is told to nobody."""

    __tablename__ = "alert_source"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("alert.case_id"), index=True, info=says("S1", "the alert", CASE_LIFE)
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=says("S3", "registered person who reported", CASE_LIFE)
    )
    contact: Mapped[str | None] = mapped_column(
        String(64), info=says("S3", "pseudonym of who reported", CASE_LIFE)
    )
    own_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"),
        unique=True,
        info=says("S2", "the case a speaker's receipt opens, when it joined this one", CASE_LIFE),
    )
    at: Mapped[datetime] = mapped_column(info=says("S2", "when", CASE_LIFE))


class Evacuation(Base):
    """A call for an ambulance: who is rung next, every five minutes, until somebody takes it."""

    __tablename__ = "evacuation"
    __table_args__ = (Index("ix_evacuation_next", "next_at"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_.id"), primary_key=True, info=says("S1", "the case", CASE_LIFE)
    )
    what: Mapped[str] = mapped_column(
        String(16), info=says("S2", "birth, child, malnutrition, wounded, other", CASE_LIFE)
    )
    facility_id: Mapped[str | None] = mapped_column(
        ForeignKey("facility.id"), info=says("S2", "centre of the place", CASE_LIFE)
    )
    relay_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), info=says("S2", "registered person to be rung back", CASE_LIFE)
    )
    next_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when the next is rung; none once somebody took it", CASE_LIFE)
    )
    taken_at: Mapped[datetime | None] = mapped_column(info=says("S1", "taken", CASE_LIFE))
    refund: Mapped[str | None] = mapped_column(
        String(12), info=says("S1", "owed or paid; none where nobody refunds", CASE_LIFE)
    )
    refund_id: Mapped[int | None] = mapped_column(
        ForeignKey("case_.id"), info=says("S1", "case by which the refund is followed", CASE_LIFE)
    )


class EvacuationRing(Base):
    """Somebody who was rung for an evacuation: they may take it until somebody did."""

    __tablename__ = "evacuation_ring"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", CASE_LIFE))
    case_id: Mapped[int] = mapped_column(
        ForeignKey("evacuation.case_id"), info=says("S1", "the evacuation", CASE_LIFE)
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=says("S1", "who was rung", CASE_LIFE)
    )
    function: Mapped[str] = mapped_column(
        String(24), info=says("S1", "as what they were rung", CASE_LIFE)
    )
    at: Mapped[datetime] = mapped_column(info=says("S1", "when", CASE_LIFE))


class EvacuationMeans(Base):
    """What carries the sick of one centre: ambulance, hired vehicle, fund, cart or boat."""

    __tablename__ = "evacuation_means"
    __table_args__ = (UniqueConstraint("facility_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", "while used"))
    facility_id: Mapped[str] = mapped_column(
        ForeignKey("facility.id"), info=says("S0", "centre served", "while used")
    )
    rank: Mapped[int] = mapped_column(info=says("S0", "who is rung first", "while used"))
    what: Mapped[str] = mapped_column(
        String(16), info=says("S0", "ambulance, vehicle, fund, cart, boat", "while used")
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=says("S1", "who is rung", "while used")
    )
    payer_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"), info=says("S0", "who refunds it", "while used")
    )
