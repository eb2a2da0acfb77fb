"""Booklets as the console lists them: whose, which numbers, used and left; no code is anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.db import Work
from models.person import Person
from models.slip import Booklet, Slip

SILENT = timedelta(days=30)  # a booklet out so long without one slip used is a warning
LISTED = 200


@dataclass(frozen=True, slots=True)
class Book:
    """One booklet as it stands."""

    id: int
    operator: str
    first: str
    last: str
    slips: int
    used: int
    used_at: datetime | None
    issued_at: datetime
    revoked_at: datetime | None
    on_screen: bool

    @property
    def left(self) -> int:
        """How many are to be used yet."""
        return 0 if self.revoked_at else self.slips - self.used

    def is_silent(self, now: datetime) -> bool:
        """Whether it was given out long ago and none of it was ever used, or not lately."""
        return bool(self.left) and now - (self.used_at or self.issued_at) >= SILENT


def books(work: Work, person_id: int | None = None) -> Sequence[Book]:
    """Return the booklets of one person, or of all, the newest first."""
    asked = (
        select(
            Booklet.id,
            Person.number,
            func.min(Slip.number),
            func.max(Slip.number),
            func.count(Slip.id),
            func.count(Slip.used_at),
            func.max(Slip.used_at),
            Booklet.issued_at,
            Booklet.revoked_at,
            Booklet.on_screen,
        )
        .join(Person, Person.id == Booklet.person_id)
        .join(Slip, Slip.booklet_id == Booklet.id)
        .group_by(Booklet.id, Person.number)
        .order_by(Booklet.id.desc())
        .limit(LISTED)
    )
    if person_id is not None:
        asked = asked.where(Booklet.person_id == person_id)
    return [Book(*tuple(row)) for row in work.session.execute(asked)]


def operators(work: Work) -> Sequence[str]:
    """Return the numbers of those who may be given a booklet."""
    asked = select(Person.number).where(Person.role == "operator", Person.usable)
    return work.session.scalars(asked.order_by(Person.number)).all()
