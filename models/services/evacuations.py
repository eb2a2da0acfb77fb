"""Evacuations: called for by a registered phone, rung, done, and refunded.

The refund is a case of its own for whoever pays (field.md 7.3, row 11), closed when it is paid.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from flows.case_lifecycle import OPEN, allows
from flows.deadlines import due
from flows.places import Place
from flows.policy import Desk
from flows.routing import seats_of
from models.alert import Evacuation, EvacuationMeans
from models.case import Case, CaseEvent
from models.db import Job, Work
from models.person import Person
from models.services import cases, filing, messages, rings
from models.services.facilities import CSREF, centres_near
from models.services.filing import Asked
from models.services.leases import alone
from models.services.messages import RING
from models.services.ring_texts import Said
from models.services.routing import policy, snapshot
from models.services.scene import House, Scene

EVACUATION, HEALTH_OTHER, REFUND = "evacuation", "28", "27"
EVACUATION_CLASS, REFUND_CLASS = "C9", "C2"
ACTOR = Job("evacuations")
SAME_WITHIN = timedelta(hours=1)
OWED, PAID = "owed", "paid"
MEAL = "meal"


def call(work: Work, scene: Scene, person: Person, what: str, place: Place | None) -> Case:
    """Call for an evacuation and ring the first; the same call within the hour is the same item."""
    area = (place and (place.commune_pcode or place.cercle_pcode)) or person.area_pcode
    own = replace(work, actor=ACTOR)
    alone(own, Person, person.id)  # a second call by another road waits, and finds the first
    known = same(own, person, what, area, scene.now)
    if known is not None:
        return known
    case = filing.unfiled(own, replace(scene, kind="relay"), _asked(place.ref if place else ""))
    case.area_pcode = area
    case.number = filing.free_number(own, scene.house, "case")
    case.why = []
    cases.wind(case, scene.now, due(EVACUATION_CLASS, scene.now))
    own.session.add(case)
    own.session.flush()
    here = place or (scene.house.places(own).place(f"c:{area}") if area else None)
    centre = None if here is None else centre_of(own, here)
    own.session.add(Evacuation(case_id=case.id, what=what, facility_id=centre, relay_id=person.id))
    own.session.flush()
    cases.record(own, case, "opened", scene.now, due=case.due_at.isoformat())
    rings.ring_next(own, scene.house, case, scene.now)
    return case


def cancel(work: Work, house: House, case: Case, now: datetime) -> None:
    """Call it off: whoever was rung is told that nothing is to be done."""
    messages.withhold(work, case.id, (RING,), "cancelled", now)
    work.session.get_one(Evacuation, case.id).next_at = None
    cases.withdraw(work, case, now)
    event = cases.record(work, case, "cancelled", now)
    text = house.say("evacuation_cancelled", n=case.number)
    for row in rings.rung(work, case):
        rings.tell(work, house, event, Said(text), row.person_id)


def finished(work: Work, house: House, case: Case, now: datetime) -> None:
    """Ask the refund of whoever pays, once the evacuation is done; nothing where nobody does."""
    evacuation = work.session.get_one(Evacuation, case.id)
    own = replace(work, actor=ACTOR)
    payer = _payer(own, evacuation)
    if evacuation.refund_id is not None or (payer is None and not _is_covered(own, case, now)):
        return
    place = case.place_ref or (f"c:{case.area_pcode}" if case.area_pcode else "")
    asked = replace(
        _asked(place), kind="complaint", category=REFUND, case_class=REFUND_CLASS, about="nobody"
    )
    refund, _ = filing.file(
        own, _nobody(house, case, now), asked, lambda one: _seat_payer(own, one, payer, now)
    )
    evacuation.refund, evacuation.refund_id = OWED, refund.id


def paid(work: Work, case: Case, now: datetime) -> None:
    """Close the refund of an evacuation: whoever pays said that it is settled."""
    evacuation = work.session.scalar(select(Evacuation).where(Evacuation.refund_id == case.id))
    if evacuation is not None and allows(case.kind, case.status, "closed"):
        evacuation.refund = PAID
        cases.close(work, case, now, why="paid")


def centre_of(work: Work, place: Place) -> str | None:
    """Return the centre a place calls: itself if it is one, else the nearest below the cercle's."""
    if place.ref.startswith("f:"):
        return place.ref.removeprefix("f:")
    near = centres_near(work, place)
    own = [one.id for one in near if one.kind != CSREF] or [one.id for one in near]
    return own[0] if own else None


def centre_called(work: Work, case: Case) -> str | None:
    """Return the centre an evacuation was called from."""
    return work.session.get_one(Evacuation, case.id).facility_id


def called_by(work: Work, number: str, person: Person) -> Case | None:
    """Return the evacuation of this number if this person called for it and it is still open."""
    own = select(Evacuation.case_id).where(Evacuation.relay_id == person.id)
    wanted = select(Case).where(Case.number == number, Case.id.in_(own), Case.status.in_(OPEN))
    return work.session.scalar(wanted.with_for_update(of=Case))


def noted(work: Work, case: Case, now: datetime) -> CaseEvent:
    """Write down that whoever called is given numbers to ring."""
    return cases.record(replace(work, actor=ACTOR), case, "noted", now)


def same(work: Work, person: Person, what: str, area: str | None, now: datetime) -> Case | None:
    """Return the call this person made for the same at the same place within the hour."""
    wanted = (
        select(Case)
        .join(Evacuation, Evacuation.case_id == Case.id)
        .where(
            Evacuation.relay_id == person.id,
            Evacuation.what == what,
            Case.area_pcode == area,
            Case.opened_at > now - SAME_WITHIN,
            Case.status.in_(OPEN),
        )
        .order_by(Case.id.desc())
        .limit(1)
    )
    return work.session.scalar(wanted)


def _asked(place: str) -> Asked:
    return Asked(
        kind=EVACUATION,
        category=HEALTH_OTHER,
        case_class=EVACUATION_CLASS,
        place=place,
        answer="none",
    )


def _payer(work: Work, evacuation: Evacuation) -> str | None:
    """Return who refunds what carries the sick of this centre."""
    rows = (
        select(EvacuationMeans.payer_id)
        .where(
            EvacuationMeans.facility_id == evacuation.facility_id,
            EvacuationMeans.payer_id.is_not(None),
        )
        .order_by(EvacuationMeans.rank)
    )
    return work.session.scalar(rows.limit(1))


def _is_covered(work: Work, case: Case, now: datetime) -> bool:
    known = snapshot(work, now).covering(frozenset({"health"}), case.area_pcode or "")
    return any(cover.role == "pays" for cover in known)


def _seat_payer(work: Work, case: Case, payer: str | None, now: datetime) -> None:
    facts = cases.facts_of(work, case)
    seats = seats_of(Desk(MEAL), facts, snapshot(work, now), policy())
    seat = next((one for one in seats if one.organisation == payer), None)
    if seat is not None:
        case.holder_organisation, case.holder_function = seat.organisation, seat.function
        case.holder_person = seat.person_id


def _nobody(house: House, case: Case, now: datetime) -> Scene:
    """Return the scene of what follows by itself: nobody speaks, and nobody can be written to."""
    return Scene(
        house=house,
        kind="relay",
        channel=case.channel,
        conversation="",
        contact=None,
        seal_sender=lambda: b"",
        person_id=None,
        language=case.language,
        now=now,
    )
