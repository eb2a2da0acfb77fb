"""The texts of an evacuation (D5 to D7), each with a number to ring: life before discretion.

A person's number is put in by the keeper alone, as it sends, and of those only who agreed to it;
telephones of centres are public and stand in clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from flows.msisdn import HOME_CODE
from flows.ringing import CENTRE
from models.alert import Evacuation, EvacuationRing
from models.area import Facility
from models.case import Case
from models.db import Work
from models.organisation import Organisation
from models.person import Hat, Person
from models.services.alert_texts import evacuation_values
from models.services.facilities import CSREF
from models.services.scene import House

MCD = "mcd"

# By how many numbers there are to give.
_WARNED = ("evacuation_relay_alone", "evacuation_relay_one", "evacuation_relay")
_SEARCHING = ("evacuation_search_alone", "evacuation_search_one", "evacuation_search")


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and what the keeper puts into it."""

    text: str
    fills: Mapping[str, str] = field(default_factory=dict)


def centre_text(work: Work, house: House, case: Case) -> Said:
    """Return what the head of the centre is told (D5)."""
    return _to_ring_back(work, house, case, "evacuation_centre")


def voice_text(work: Work, house: House, case: Case) -> Said:
    """Return what the supervisor is told when nobody took it."""
    return _to_ring_back(work, house, case, "evacuation_voice")


def vehicle_text(work: Work, house: House, case: Case) -> Said:
    """Return what whoever has or hires a vehicle is told (D6)."""
    facility_id = work.session.get_one(Evacuation, case.id).facility_id
    number, fills = _number(work, facility_id, CENTRE, "tel")
    back = centre_text(work, house, case)
    if not number and back.fills:  # nobody there to ring: whoever called knows where it is
        return back
    name = "evacuation_vehicle" if number else "evacuation_vehicle_alone"
    values = evacuation_values(work, case)
    return Said(house.say(name, **values, tel=number), fills)


def relay_text(work: Work, house: House, case: Case) -> Said:
    """Return what whoever called is told (D7): the centre, then the centre of the cercle.

    Never that the centre is warned where nobody is there to be rung.
    """
    facility_id = work.session.get_one(Evacuation, case.id).facility_id
    centre = _number(work, facility_id, CENTRE, "tel")
    above = _number(work, csref_of(work, facility_id), MCD, "tel2")
    numbers = [one for one in (centre, above) if one[0]]
    names = _WARNED if _is_centre_rung(work, case) else _SEARCHING
    shown = {key: number for key, (number, _) in zip(("tel", "tel2"), numbers, strict=False)}
    fills = {key: what for _, found in numbers for key, what in found.items()}
    return Said(house.say(names[len(numbers)], n=case.number, **shown), fills)


def telephone(work: Work, facility_id: str | None) -> str:
    """Return the public telephone of a centre as it is dialled there, or nothing."""
    facility = None if facility_id is None else work.session.get(Facility, facility_id)
    return ((facility and facility.telephone) or "").removeprefix(f"+{HOME_CODE}")


def csref_of(work: Work, facility_id: str | None) -> str | None:
    """Return the reference centre of the cercle a centre lies in."""
    facility = None if facility_id is None else work.session.get(Facility, facility_id)
    if facility is None:
        return None
    alike = (Facility.cercle_pcode == facility.cercle_pcode, Facility.kind == CSREF)
    return work.session.scalar(select(Facility.id).where(*alike).order_by(Facility.id).limit(1))


def _is_centre_rung(work: Work, case: Case) -> bool:
    rung = select(EvacuationRing.id).where(
        EvacuationRing.case_id == case.id, EvacuationRing.function == CENTRE
    )
    return work.session.scalar(rung.limit(1)) is not None


def _to_ring_back(work: Work, house: House, case: Case, name: str) -> Said:
    relay_id = work.session.get_one(Evacuation, case.id).relay_id
    relay = None if relay_id is None else work.session.get(Person, relay_id)
    values = evacuation_values(work, case)
    if relay is None or not _agreed(relay):
        return Said(house.say(f"{name}_alone", **values))
    text = house.say(name, **values, tel="{tel}")
    return Said(text, {"tel": f"person:{relay.number}"})


def _number(
    work: Work, facility_id: str | None, function: str, name: str
) -> tuple[str, Mapping[str, str]]:
    """Return a centre's public telephone, else the place of its head's own; else nothing."""
    public = telephone(work, facility_id)
    if public:
        return public, {}
    rows = (
        select(Person)
        .join(Hat, Hat.person_id == Person.id)
        .join(Organisation, Organisation.id == Hat.organisation_id)
        .where(Organisation.facility_id == facility_id, Hat.function == function)
        .order_by(Person.id)
    )
    head = next((one for one in work.session.scalars(rows).unique() if _agreed(one)), None)
    return (f"{{{name}}}", {name: f"person:{head.number}"}) if head else ("", {})


def _agreed(person: Person) -> bool:
    return person.usable and person.ring_agreed_at is not None
