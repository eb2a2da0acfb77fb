"""Which place a registered person means by what they wrote: a code, a name, their own one first."""

from collections.abc import Sequence

from flows.places import Place
from models.services.handling import Desk
from models.services.programme import programme_areas


def places_said(desk: Desk, said: str) -> Sequence[Place]:
    """Return the places a code or a name may mean; of several those of the person's own area."""
    found = desk.house.places(desk.work).find(said, programme_areas(desk.work)) if said else []
    own = desk.person.area_pcode
    here = [one for one in found if own and _lies_in(one, own)]
    return here if len(found) > 1 and here else found


def own_place(desk: Desk) -> Place | None:
    """Return the area a person serves, as a place."""
    area = desk.person.area_pcode
    places = desk.house.places(desk.work)
    return None if area is None else places.place(f"c:{area}") or places.place(f"z:{area}")


def _lies_in(place: Place, area: str) -> bool:
    # P-codes of the 2021 edition nest by their digits (flows/directory.py).
    return (place.commune_pcode or place.cercle_pcode).startswith(area)
