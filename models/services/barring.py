"""What bars one person: read from the part of the directory that can, whatever cases there are."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from flows.barring import Barring, Judge, barring
from flows.directory import Body, Directory, Seat
from models.case import Case, Subject
from models.db import Work
from models.organisation import Organisation
from models.person import Hat, Person, Tie

_OWN = (Person.id, Person.number, Person.role, Person.organisation_id, Person.area_pcode)
_WORN = (Person.id, Person.number, Hat.function, Hat.organisation_id, Hat.area_pcode)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Name of what a work that changes nothing needs to find once only."""

    person_id: int


def unbarred(work: Work, person_id: int, judge: Judge) -> ColumnElement[bool]:
    """Return what holds of a case that is about nothing by which this person is barred."""
    found = _barring(work, person_id, judge)
    if not found.names and not found.starts:
        return literal(value=True)
    return ~exists().where(Subject.case_id == Case.id, meets(found))


def barred(work: Work, person_id: int, judge: Judge) -> ColumnElement[bool]:
    """Return what holds of a case from which this person is barred: few, found by their subjects.

    For sums that were counted for everybody, and of which some are to be taken away again.
    """
    return Case.id.in_(select(Subject.case_id).where(meets(_barring(work, person_id, judge))))


def meets(found: Barring) -> ColumnElement[bool]:
    """Return what holds of a subject that bars."""
    name = Subject.kind + ":" + Subject.ref
    begins = (name.startswith(start, autoescape=True) for start in sorted(found.starts))
    return or_(name.in_(sorted(found.names)), *begins)


def _barring(work: Work, person_id: int, judge: Judge) -> Barring:
    kept = _Kept(person_id)
    known: Barring | None = work.session.info.get(kept)
    if known is None:
        known = barring(person_id, _around(work, person_id), judge)
        if work.session.get_bind().get_execution_options().get("reading"):
            work.session.info[kept] = known
    return known


def _around(work: Work, person_id: int) -> Directory:
    """Return who is near somebody: themselves, their kin, and all of their employers."""
    person = work.session.get(Person, person_id)
    if person is None:
        return Directory()
    tied = select(Tie.person_id, Tie.other_id).where(
        or_(Tie.person_id == person_id, Tie.other_id == person_id)
    )
    circle = {person_id, *(one for row in work.session.execute(tied) for one in row)}
    employers = {person.organisation_id, *(hat.organisation_id for hat in person.hats)}
    own = and_(Person.revoked_at.is_(None), _near(Person.organisation_id, employers, circle))
    worn = and_(Person.revoked_at.is_(None), _near(Hat.organisation_id, employers, circle))
    rows = work.session.execute(
        union_all(
            select(*_OWN, Organisation.facility_id).join(Organisation).where(own),
            select(*_WORN, Organisation.facility_id)
            .select_from(Hat)
            .join(Person, Person.id == Hat.person_id)
            .join(Organisation, Organisation.id == Hat.organisation_id)
            .where(worn),
        )
    ).all()
    bodies = {row[3]: Body(row[3], "", "", facility=row[5]) for row in rows}
    seats = tuple(Seat(row[1], row[2], row[3], row[4], person_id=row[0]) for row in rows)
    return Directory(bodies, seats, frozenset(_kin(person, seats, circle)))


def _near(
    employer: InstrumentedAttribute[str], employers: set[str], circle: set[int]
) -> ColumnElement[bool]:
    return or_(employer.in_(employers), Person.id.in_(circle))


def _kin(person: Person, seats: tuple[Seat, ...], circle: set[int]) -> Iterator[tuple[str, str]]:
    for seat in seats:
        if seat.person_id in circle and seat.person_id != person.id:
            yield person.number, seat.person
