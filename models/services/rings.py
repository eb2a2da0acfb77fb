"""Rings for an evacuation: one after the other, five minutes each, until somebody takes it.

Neither a STOP nor the hour of the night keeps these texts back.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from flows.case_lifecycle import WAITING
from flows.directory import Seat
from flows.ringing import CENTRE, MEANS, ring_order, supervisor_level
from models.alert import Evacuation, EvacuationMeans, EvacuationRing
from models.case import Case, CaseEvent
from models.db import Work
from models.person import Person
from models.services import cases, messages, telling
from models.services.messages import RING
from models.services.policy_in_force import in_force
from models.services.ring_texts import Said, centre_text, vehicle_text, voice_text
from models.services.routing import policy, snapshot
from models.services.scene import House
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice

BETWEEN = timedelta(minutes=5)
USEFUL = timedelta(hours=1)  # what leaves later than that is of no use to the sick
TEXTS: Mapping[str, Callable[[Work, House, Case], Said]] = {CENTRE: centre_text}


def ring_due(work: Work, house: House, now: datetime) -> int:
    """Ring the next of each evacuation whose five minutes are over; return for how many.

    Call it again while it returns AT_ONCE. Two workers never ring twice for the same one.
    """
    waiting = (
        select(Case)
        .join(Evacuation, Evacuation.case_id == Case.id)
        .where(Evacuation.next_at <= now, Case.status.in_(WAITING), Case.id.not_in(work.passed))
        .order_by(Evacuation.next_at)
        .limit(AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )
    found = work.session.scalars(waiting).all()
    return each(work, found, lambda case: ring_next(work, house, case, now))


def ring_next(work: Work, house: House, case: Case, now: datetime) -> None:
    """Ring who was not rung yet; when nobody is left, the supervisor has it, to speak by voice."""
    evacuation = work.session.get_one(Evacuation, case.id)
    known = {row.person_id for row in rung(work, case)} | {evacuation.relay_id}
    left = (one for one in _order(work, case, evacuation, now) if one.person_id not in known)
    seat = next(left, None)
    if seat is None or seat.person_id is None:
        _give_to_supervisor(work, house, case, now)
        evacuation.next_at = None
        return
    work.session.add(_row(case, seat.person_id, seat.function, now))
    _hold(case, seat)
    event = cases.record(work, case, "rung", now, person=seat.person, function=seat.function)
    said = TEXTS.get(seat.function, vehicle_text)(work, house, case)
    tell(work, house, event, said, seat.person_id)
    evacuation.next_at = now + BETWEEN


def taken(work: Work, house: House, case: Case, person: Person, now: datetime) -> None:
    """Stop ringing, because somebody has it; the others rung, and who called, are told."""
    evacuation = work.session.get_one(Evacuation, case.id)
    evacuation.next_at, evacuation.taken_at = None, now
    # Who lets it lie loses it to the supervisor: one level more.
    case.level = supervisor_level(cases.facts_of(work, case), in_force(work)) - 1
    messages.withhold(work, case.id, (RING,), "taken", now)
    event = cases.record(work, case, "stopped", now)
    say = house.say
    for row in rung(work, case):
        if row.person_id == person.id:
            case.holder_organisation, case.holder_function = person.organisation_id, row.function
        else:
            tell(work, house, event, Said(say("already_taken", n=case.number)), row.person_id)
    if evacuation.relay_id is not None:
        thanks = Said(say("evacuation_taken", n=case.number))
        tell(work, house, event, thanks, evacuation.relay_id)


def refused(work: Work, house: House, case: Case, person: Person, now: datetime) -> None:
    """Ring on at once for whoever refuses; who refuses behind the others changes nothing."""
    evacuation = work.session.get_one(Evacuation, case.id)
    had_it, is_ringing = case.holder_person == person.id, case.status not in WAITING
    if case.status not in WAITING:
        cases.move(work, case, "returned", now, had=person.id)
    else:
        cases.record(work, case, "refused", now, had=person.id)
    if not had_it:
        return
    if is_ringing or evacuation.next_at is not None:
        released(work, house, case, now)
    else:
        _give_to_supervisor(work, house, case, now, up=1)


def released(work: Work, house: House, case: Case, now: datetime) -> None:
    """Ring on at once: it is not for whoever was rung, or who had it took that back."""
    work.session.get_one(Evacuation, case.id).taken_at = None
    ring_next(work, house, case, now)


def rung(work: Work, case: Case) -> Iterable[EvacuationRing]:
    """Return who was rung for it so far, in order."""
    rows = select(EvacuationRing).where(EvacuationRing.case_id == case.id)
    return work.session.scalars(rows.order_by(EvacuationRing.id)).all()


def tell(work: Work, house: House, event: CaseEvent, said: Said, person_id: int) -> None:
    """Write a text of an evacuation to a registered phone, whatever the hour."""
    notice = Notice(
        purpose=RING,
        text=said.text,
        cause=f"case-event:{event.id}:{person_id}",
        case_id=event.case_id,
        expires_in=USEFUL,
        fills=said.fills,
    )
    telling.tell(work, house, person_id, notice, event.at)


def _row(case: Case, person_id: int, function: str, now: datetime) -> EvacuationRing:
    return EvacuationRing(case_id=case.id, person_id=person_id, function=function, at=now)


def _hold(case: Case, seat: Seat) -> None:
    case.holder_organisation, case.holder_function = seat.organisation, seat.function
    case.holder_person = seat.person_id
    case.why = [f"Regle 24: evacuation, {policy().label(seat.function)} {seat.person}"]


def _order(work: Work, case: Case, evacuation: Evacuation, now: datetime) -> list[Seat]:
    if case.area_pcode is None:
        return []
    directory = snapshot(work, now, urgent=True)
    means = list(_means(work, evacuation))
    order = ring_order(cases.facts_of(work, case), directory, policy(), means)
    here = {
        one.person
        for one in order
        if (body := directory.organisations.get(one.organisation)) is not None
        and body.facility == evacuation.facility_id
    }
    heads = [one for one in order if one.function == CENTRE]
    own = [one for one in heads if one.person in here]
    # In a commune of two centres only the head of this one: minutes count.
    return [one for one in order if one not in heads or one in (own or heads)]


def _means(work: Work, evacuation: Evacuation) -> Iterable[Seat]:
    rows = (
        select(Person)
        .join(EvacuationMeans, EvacuationMeans.person_id == Person.id)
        .where(EvacuationMeans.facility_id == evacuation.facility_id)
        .order_by(EvacuationMeans.rank)
    )
    for one in work.session.scalars(rows):
        if one.usable and one.pseudonym is not None:
            yield Seat(one.number, MEANS, one.organisation_id, one.area_pcode, person_id=one.id)


def _give_to_supervisor(
    work: Work, house: House, case: Case, now: datetime, *, up: int = 0
) -> None:
    """Give it to whoever speaks for it: the supervisor, or who stands ``up`` levels above."""
    facts = cases.facts_of(work, case)
    event = cases.move(work, case, "escalated", now)
    case.level = supervisor_level(facts, in_force(work)) + up
    choice = cases.seat(work, case, now)
    if choice.person is not None:
        if choice.person not in {row.person_id for row in rung(work, case)}:
            work.session.add(_row(case, choice.person, choice.function or "", now))
        tell(work, house, event, voice_text(work, house, case), choice.person)
