"""What bars one person: read from the part of the directory that can, whatever cases there are."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, literal, or_, select, union, union_all

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
    """Return what holds of a subject that bars; an index finds those subjects."""
    refs: dict[str, list[str]] = {}
    for name in sorted(found.names):
        kind, _, ref = name.partition(":")
        refs.setdefault(kind, []).append(ref)
    named = [and_(Subject.kind == kind, Subject.ref.in_(some)) for kind, some in refs.items()]
    begun = []
    for start in sorted(found.starts):
        kind, _, ref = start.partition(":")
        begun.append(and_(Subject.kind == kind, Subject.ref.startswith(ref, autoescape=True)))
    return or_(false(), *named, *begun)


def _barring(work: Work, person_id: int, judge: Judge) -> Barring:
    kept = _Kept(person_id)
    known: Barring | None = work.session.info.get(kept, (None, None))[0]
    if known is None:
        person = work.session.get(Person, person_id)
        known = barring(person_id, Directory() if person is None else _around(work, person), judge)
        if work.session.get_bind().get_execution_options().get("reading"):
            work.session.info[kept] = known, person  # held: whoever asks for them finds them
    return known


def _around(work: Work, person: Person) -> Directory:
    """Return who is near somebody: themselves, their kin, and all of their employers."""
    person_id = person.id
    tied = union(
        select(Tie.other_id).where(Tie.person_id == person_id),
        select(Tie.person_id).where(Tie.other_id == person_id),
    )
    kin = Person.id.in_(tied)
    employers = {person.organisation_id, *(hat.organisation_id for hat in person.hats)}
    either = or_(Person.id == person_id, kin)
    known = Person.revoked_at.is_(None)
    rows = work.session.execute(
        union_all(
            select(*_OWN, Organisation.facility_id, kin)
            .join(Organisation, Organisation.id == Person.organisation_id)
            .where(known, or_(either, Person.organisation_id.in_(employers))),
            select(*_WORN, Organisation.facility_id, kin)
            .select_from(Hat)
            .join(Person, Person.id == Hat.person_id)
            .join(Organisation, Organisation.id == Hat.organisation_id)
            .where(known, or_(either, Hat.organisation_id.in_(employers))),
        )
    ).all()
    bodies = {row[3]: Body(row[3], "", "", facility=row[5]) for row in rows}
    seats = tuple(Seat(row[1], row[2], row[3], row[4], person_id=row[0]) for row in rows)
    ties = frozenset((person.number, row[1]) for row in rows if row[6])
    return Directory(bodies, seats, ties)
