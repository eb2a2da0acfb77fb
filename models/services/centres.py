"""Which centre is meant: of a registered person, of a place, and who works there for what."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from flows.places import Place
from models.area import Facility
from models.db import Work
from models.organisation import Organisation
from models.person import Hat, Person
from models.services.facilities import CSREF, Centre, centres_beyond, centres_near
from models.services.scene import House

# Who is told of a referral, and who is asked for the stock, the first that is there (field.md 8).
RECEIVES = ("cscom_maternity", "csref_fp", "cscom_head", "mcd")
COUNTS = ("cscom_store", "csref_store", "cscom_maternity", "csref_fp")
RELAY = "relay"


def centre_of(work: Work, person: Person) -> Facility | None:
    """Return the centre a person works at; None for relays: who sends does not also receive."""
    if person.role == RELAY:
        return None
    hats = [hat.organisation_id for hat in person.hats]
    found = work.session.scalars(
        select(Organisation.facility_id)
        .where(Organisation.id.in_([person.organisation_id, *hats]))
        .where(Organisation.facility_id.is_not(None))
        .order_by(Organisation.id != person.organisation_id, Organisation.id)
    ).first()
    return None if found is None else work.session.get(Facility, found)


def who_at(work: Work, facility_id: str | None, functions: Sequence[str]) -> Person | None:
    """Return who wears the first of these functions at a centre and may be written to."""
    rows = work.session.execute(
        select(Person, Hat.function)
        .join(Hat, Hat.person_id == Person.id)
        .join(Organisation, Organisation.id == Hat.organisation_id)
        .where(
            Organisation.facility_id == facility_id,
            Hat.function.in_(functions),
            Hat.on_duty,
            Person.usable,
            Person.stopped_at.is_(None),
        )
        .order_by(Person.id)
    ).all()
    found = sorted(rows, key=lambda row: functions.index(row.function))
    return found[0].Person if found else None


def nearest(work: Work, place: Place) -> Iterator[Centre]:
    """Return the centres a woman of this place may go to, the nearest first.

    Points are rough, so the commune comes before the cercle and the cercle before any distance.
    """
    yield from centres_near(work, place)
    yield from centres_beyond(work, place)


def centre_at(work: Work, place: Place) -> Facility | None:
    """Return the centre a place means: itself if it is one, else the nearest."""
    kind, _, identifier = place.ref.partition(":")
    meant = identifier if kind == "f" else next((one.id for one in nearest(work, place)), None)
    return None if meant is None else work.session.get(Facility, meant)


def place_of(work: Work, house: House, facility_id: str | None) -> Place | None:
    """Return a centre as the place it is, or its commune where it is not in the gazetteer."""
    facility = None if facility_id is None else work.session.get(Facility, facility_id)
    if facility is None:
        return None
    places = house.places(work)
    home = facility.commune_pcode and f"c:{facility.commune_pcode}"
    return places.place(f"f:{facility.id}") or places.place(home or f"z:{facility.cercle_pcode}")


def seat_of_cercle(work: Work, facility: Facility) -> Facility | None:
    """Return the reference centre above a centre: of its cercle, and not itself."""
    return work.session.scalars(
        select(Facility)
        .where(
            Facility.cercle_pcode == facility.cercle_pcode,
            Facility.kind == CSREF,
            Facility.id != facility.id,
        )
        .order_by(Facility.id)
    ).first()
