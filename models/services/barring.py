"""What bars one person: read from the part of the directory that can, whatever cases there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from flows.barring import Barring, Judge, barring
from flows.directory import Body, Directory, Seat
from models.alert import EvacuationRing
from models.case import Case, Subject
from models.db import Work
from models.lowering import Lowering
from models.organisation import Organisation
from models.person import Hat, Person, Tie

_OWN = (Person.id, Person.number, Person.role, Person.organisation_id, Person.area_pcode)
_NOTHING = (*(cast(null(), String) for _ in range(3)), false())
_WORN = (Person.id, Person.number, Hat.function, Hat.organisation_id, Hat.area_pcode)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is near a person, and the few cases that they may know of though others hold them."""

    person: Person
    directory: Directory
    rung: tuple[int, ...]  # row ids
    judging: tuple[int, ...]
    barring: dict[str, Barring] = field(default_factory=dict)


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


def standing(work: Work, person_id: int) -> Standing | None:
    """Return what is to be known of a person; read once in a work that changes nothing."""
    kept = (__name__, person_id)
    found: Standing | None = work.session.info.get(kept)
    if found is None:
        person = work.session.get(Person, person_id)
        found = None if person is None else _read(work, person)
        if work.session.get_bind().get_execution_options().get("reading"):
            work.session.info[kept] = found
    return found


def _barring(work: Work, person_id: int, judge: Judge) -> Barring:
    found = standing(work, person_id)
    if found is None:
        return Barring(frozenset(), frozenset())
    if not found.barring:
        found.barring[""] = barring(person_id, found.directory, judge)
    return found.barring[""]


def _read(work: Work, person: Person) -> Standing:
    """Read the person's kin, all of their employers, and what they were asked for: at once."""
    rows: Sequence[Any] = work.session.execute(
        union_all(
            *_seats(person),
            select(EvacuationRing.case_id, cast(null(), String), literal("rung"), *_NOTHING).where(
                EvacuationRing.person_id == person.id
            ),
            select(Lowering.case_id, cast(null(), String), literal("judging"), *_NOTHING).where(
                Lowering.second_id == person.id, Lowering.decided_at.is_(None)
            ),
        )
    ).all()
    seated = [row for row in rows if row[1] is not None]
    bodies = {row[3]: Body(row[3], "", "", facility=row[5]) for row in seated}
    seats = tuple(Seat(row[1], row[2], row[3], row[4], person_id=row[0]) for row in seated)
    ties = frozenset((person.number, row[1]) for row in seated if row[6])
    called = {(row[2], row[0]) for row in rows if row[1] is None}
    rung, judging = (
        tuple(sorted(case for why, case in called if why == one)) for one in ("rung", "judging")
    )
    return Standing(person, Directory(bodies, seats, ties), rung, judging)


def _seats(person: Person) -> tuple[Select[*tuple[Any, ...]], ...]:
    tied = union(
        select(Tie.other_id).where(Tie.person_id == person.id),
        select(Tie.person_id).where(Tie.other_id == person.id),
    )
    kin = Person.id.in_(tied)
    employers = {person.organisation_id, *(hat.organisation_id for hat in person.hats)}
    either = or_(Person.id == person.id, kin)
    known = Person.revoked_at.is_(None)
    return (
        select(*_OWN, Organisation.facility_id, kin)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(known, or_(either, Person.organisation_id.in_(employers))),
        select(*_WORN, Organisation.facility_id, kin)
        .select_from(Hat)
        .join(Person, Person.id == Hat.person_id)
        .join(Organisation, Organisation.id == Hat.organisation_id)
        .where(known, or_(either, Hat.organisation_id.in_(employers))),
    )
