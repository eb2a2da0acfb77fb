"""Routes a case inside the unit of work that files it: the directory as it stands, then choose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, Executable, String, cast, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from flows.bars import bars
from flows.concerned import UNKNOWN, Told, most_present, subjects
from flows.deadlines import due, promised
from flows.directory import Body, Cover, Directory, Seat, Subject
from flows.policy import Policy
from flows.routing import CaseFacts, Choice, choose
from models.area import Facility, Settlement
from models.db import Work
from models.organisation import Coverage, Organisation
from models.person import Hat, Person, Tie
from models.programme import ProgrammeSetting
from models.services import policy_in_force
from models.services.scene import EffectFunction, Outcome, Scene

SHOWN = 3  # organisations on W5

# A row for each hat, and one for whoever wears none.
_PEOPLE = (
    select(
        Person.id,
        Person.number,
        Person.role,
        Person.organisation_id.label("employer"),
        Person.area_pcode.label("own_area"),
        Person.language,
        Person.stopped_at,
        Person.blocked_at,
        Person.pseudonym.is_not(None).label("has_phone"),
        Hat.id.label("hat_id"),
        Hat.function,
        Hat.organisation_id,
        Hat.area_pcode,
        Hat.voice,
        Hat.on_duty,
    )
    .outerjoin(Hat, Hat.person_id == Person.id)
    .where(Person.revoked_at.is_(None))
    .order_by(Hat.id)
)
# One row more and no question more: which policy is in force.
_POLICY_ROW = "#policy"
_BODIES = select(
    Organisation.id,
    Organisation.name,
    Organisation.kind,
    Organisation.area_pcode,
    Organisation.facility_id,
    Organisation.pair_id,
).union_all(
    select(literal(_POLICY_ROW), ProgrammeSetting.value, *[cast(null(), String)] * 4).where(
        ProgrammeSetting.name == policy_in_force.SETTING
    )
)
_ONE, _OTHER = aliased(Person), aliased(Person)
_TIES = (
    select(_ONE.number, _OTHER.number)
    .select_from(Tie)
    .join(_ONE, _ONE.id == Tie.person_id)
    .join(_OTHER, _OTHER.id == Tie.other_id)
)
_COVERAGE = select(
    Coverage.organisation_id, Coverage.sector, Coverage.role, Coverage.area_pcode
).order_by(Coverage.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed(Choice):
    """A choice with its dates: when the holder's clock ends, and what the speaker is told."""

    due_at: datetime
    promised_at: datetime


def policy() -> Policy:
    """Return the policy in force, as whoever read the directory last has seen it.

    What asks without having read it, and looks at more than what no policy may change (who is
    outside, who judges a compartment), asks `policy_in_force.in_force`.
    """
    return policy_in_force.last_seen()


def route(work: Work, facts: CaseFacts, now: datetime) -> Routed:
    """Return who receives a case whose desk begins its clock ``now``, never whom it is about."""
    choice = choose(facts, snapshot(work, now), policy())
    found = {name: getattr(choice, name) for name in Choice.__slots__}
    due_at = due(facts.case_class, now)
    return Routed(**found, due_at=due_at, promised_at=promised(due_at))


def subjects_of(
    work: Work, category: str, place: str, about: str, about_org: str
) -> list[tuple[str, str]]:
    """Return whom a case is about, by its answer to W1 to W6: (kind, ref) as rows keep them.

    ``place`` is a place reference or empty; ``about_org`` the organisation of W5 or empty. Coverage
    counts even when it is over: what somebody complains of may be last month's distribution.
    """
    area, facility = where(work, place)
    told = Told(category, about or UNKNOWN, area or "", facility, about_org)
    known = Directory(organisations=_bodies(work), coverage=tuple(_coverage(work)))
    return list(subjects(told, known, policy()))


def where(work: Work, place: str) -> tuple[str | None, str]:
    """Return the p-code of a place reference (commune, or cercle) and the facility it names."""
    kind, _, ref = place.partition(":")
    if kind == "s":
        commune = select(Settlement.commune_pcode).where(Settlement.id == ref)
        return work.session.scalar(commune), ""
    if kind == "f":
        area = func.coalesce(Facility.commune_pcode, Facility.cercle_pcode)
        return work.session.scalar(select(area).where(Facility.id == ref)), ref
    return (ref or None, "") if kind in {"c", "z"} else (None, "")


def snapshot(work: Work, now: datetime, *, urgent: bool = False) -> Directory:
    """Return the directory as it stands, read anew: whoever left a minute ago is not chosen.

    A work that changes nothing reads it once.

    ``urgent``: whoever said STOP is rung all the same (an evacuation).
    """
    known = _people(work, urgent=True) if urgent else people(work)
    return replace(known, coverage=tuple(_coverage(work, now)))


def barred(work: Work, subjects: Sequence[Subject]) -> set[int]:
    """Return the row ids of the registered people who may not know of what is about these."""
    seats = bars(subjects, people(work)) if subjects else {}
    return {seat.person_id for seat in seats if seat.person_id is not None}


def people(work: Work) -> Directory:
    """Return who works where and who is kin, without coverage: enough to say who is barred."""
    found: Directory | None = work.session.info.get(__name__)
    if found is None:
        found = _people(work)
        if work.session.get_bind().get_execution_options().get("reading"):
            work.session.info[__name__] = found
    return found


def concerned(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Say which organisations W5 offers: the three most present in the sector at the place."""
    area, _ = where(work, str(answers.get("place") or ""))
    told = Told(str(answers.get("category") or ""), area=area or "")
    known = Directory(organisations=_bodies(work), coverage=tuple(_coverage(work, scene.now)))
    bodies = most_present(told, known, policy())[:SHOWN]
    if not bodies:
        return Outcome("none", {"org": "", "orgs": []})
    if len(bodies) == 1:
        return Outcome("one", {"org": bodies[0].id, "orgs": []})
    orgs = [{"value": body.id, "name": body.name[:20]} for body in bodies]
    return Outcome("several", {"org": "", "orgs": orgs})


ROUTING_EFFECTS: Mapping[str, EffectFunction] = {"concerned": concerned}


def _rows(work: Work, statement: Executable) -> CursorResult[*tuple[Any, ...]]:
    """Read plain rows: objects of the tables would cost filing twice the time."""
    work.session.flush()
    return work.session.connection().execute(statement)


def _people(work: Work, *, urgent: bool = False) -> Directory:
    seats = tuple(_seats(work, urgent=urgent))
    return Directory(organisations=_bodies(work), seats=seats, ties=_ties(work))


def _bodies(work: Work) -> dict[str, Body]:
    bodies = {row[0]: Body(*row) for row in _rows(work, _BODIES)}
    said = bodies.pop(_POLICY_ROW, None)
    policy_in_force.follow(work, None if said is None else said.name)
    return bodies


def _seats(work: Work, *, urgent: bool = False) -> Iterable[Seat]:
    """Give every hat, and each person's own role and employer, which bars but receives nothing."""
    rows = _rows(work, _PEOPLE).all()
    for one in {row.id: row for row in rows}.values():
        own = (one.number, one.role, one.employer, one.own_area, None, one.language)
        yield Seat(*own, receives=False, person_id=one.id)
    for hat in rows:
        if hat.hat_id is not None:
            worn = (hat.function, hat.organisation_id, hat.area_pcode, hat.voice, hat.language)
            # A lost phone receives nothing; its person still bars, and is barred.
            # Who has none reads in the console, where nobody looks in the five minutes of a ring.
            stays = hat.has_phone if urgent else hat.stopped_at is None
            reached = hat.blocked_at is None and stays
            receives = hat.on_duty and reached
            yield Seat(hat.number, *worn, receives=receives, person_id=hat.id)


def _ties(work: Work) -> frozenset[tuple[str, str]]:
    return frozenset((one, other) for one, other in _rows(work, _TIES))


def _coverage(work: Work, now: datetime | None = None) -> Iterable[Cover]:
    rows = _COVERAGE
    if now is not None:
        in_force = or_(Coverage.until.is_(None), Coverage.until > now)
        rows = rows.where(Coverage.since <= now, in_force)
    return (Cover(*row) for row in _rows(work, rows))
