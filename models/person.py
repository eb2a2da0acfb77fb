"""Registered people: their phone as pseudonym and sealed number, and the several hats they wear."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, says

LIFE = "while registered, 12 months after"
NAMED = "while registered, 5 years after: as long as the audit log that names it"


class Person(Base):
    """A relay, operator, focal point or supervisor with a basic phone."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", NAMED))
    number: Mapped[str] = mapped_column(
        String(8), unique=True, info=says("S1", "R128, P0151: said aloud", NAMED)
    )
    role: Mapped[str] = mapped_column(
        String(16), info=says("S1", "relay, operator, focal_point, supervisor", NAMED)
    )
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id"), info=says("S1", "employer", NAMED)
    )
    area_pcode: Mapped[str | None] = mapped_column(String(16), info=says("S1", "area served", LIFE))
    language: Mapped[str] = mapped_column(
        String(8), default="fr", info=says("S1", "language", LIFE)
    )
    pseudonym: Mapped[str | None] = mapped_column(
        String(64),
        info=says("S3", "keyed hash of the number; none for a console only", LIFE),
        index=True,
    )
    phone_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "number sealed for the keeper", LIFE)
    )
    phone_ends: Mapped[str | None] = mapped_column(
        String(3), info=says("S1", "last three digits, to recognise it", LIFE)
    )
    pin_hash: Mapped[str | None] = mapped_column(
        String(160), info=says("S1", "argon2 of the PIN", LIFE)
    )
    pin_misses: Mapped[int] = mapped_column(default=0, info=says("S1", "wrong PINs in a row", LIFE))
    pin_free_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "no PIN is tried before", LIFE)
    )
    stop_asked_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "first STOP, to be confirmed", LIFE)
    )
    stopped_at: Mapped[datetime | None] = mapped_column(info=says("S1", "STOP confirmed", LIFE))
    pin_temporary: Mapped[bool] = mapped_column(
        default=False, info=says("S1", "told by a supervisor: to be changed at once", LIFE)
    )
    ring_agreed_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "agreed at registration to be rung by number (D5 to D7)", LIFE)
    )
    blocked_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "phone lost (PERDU): nothing opens on it, until a new number", LIFE)
    )
    revoked_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "no longer registered", NAMED)
    )

    hats: Mapped[list["Hat"]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @hybrid_property
    def usable(self) -> bool:
        """Whether anything opens on this phone: registered, and not reported lost."""
        return self.revoked_at is None and self.blocked_at is None

    @usable.inplace.expression
    @classmethod
    def _usable(cls) -> ColumnElement[bool]:
        return and_(cls.revoked_at.is_(None), cls.blocked_at.is_(None))


class Hat(Base):
    """One function of a person, in an organisation and an area. A bar follows through all hats."""

    __tablename__ = "hat"
    __table_args__ = (
        UniqueConstraint("person_id", "function", "organisation_id", "area_pcode"),
        Index("ix_hat_function", "function", "area_pcode"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=says("S1", "who", LIFE))
    function: Mapped[str] = mapped_column(
        String(24), info=says("S1", "function of the contract", LIFE)
    )
    organisation_id: Mapped[str] = mapped_column(
        ForeignKey("organisation.id"), info=says("S1", "where employed", LIFE)
    )
    area_pcode: Mapped[str | None] = mapped_column(
        String(16), info=says("S1", "for which area; none = everywhere", LIFE)
    )
    on_duty: Mapped[bool] = mapped_column(default=True, info=says("S1", "receives now", LIFE))
    voice: Mapped[str | None] = mapped_column(
        String(8), info=says("S1", "woman or man, for call-backs", LIFE)
    )


class Tie(Base):
    """A declared family or household tie: who is tied to the accused does not judge."""

    __tablename__ = "tie"
    __table_args__ = (UniqueConstraint("person_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S2", "row id", LIFE))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), info=says("S2", "one", LIFE))
    other_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), info=says("S2", "the other", LIFE)
    )
