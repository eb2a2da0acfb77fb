"""Which place a registered person means by what they wrote: a code, a name, their own one first."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.places import Place, choices
from models.services.handling import Desk
from models.services.programme import programme_areas
from models.services.replies import Question

DIGITS = "123"  # places to choose from in one SMS


def places_found(desk: Desk, said: str) -> Sequence[Place]:
    """Return the places a code or a name may mean."""
    return desk.house.places(desk.work).find(said, programme_areas(desk.work)) if said else []


def places_said(desk: Desk, said: str) -> Sequence[Place]:
    """Return the places a code or a name may mean; of several those of the person's own area."""
    found = places_found(desk, said)
    own = desk.person.area_pcode
    here = [one for one in found if own and _lies_in(one, own)]
    return here if len(found) > 1 and here else found


def which_place(
    desk: Desk, name: str, found: Sequence[Place], pending: Mapping[str, Any]
) -> Question:
    """Ask which of several places is meant, a digit each, by the text of this name."""
    some = found[: len(DIGITS)]
    lines = zip(DIGITS, choices(some), strict=False)
    listed = " ".join(f"{digit} {one['name']} ({one['cercle']})" for digit, one in lines)
    return Question(desk.say(name, list=listed), {**pending, "refs": [one.ref for one in some]})


def place_chosen(desk: Desk, pending: Mapping[str, Any], line: str) -> Place | None:
    """Return the place whose digit was sent after which_place; None if the line is none."""
    ref = dict(zip(DIGITS, pending["refs"], strict=False)).get(line.strip())
    return None if ref is None else desk.house.places(desk.work).place(ref)


def own_place(desk: Desk) -> Place | None:
    """Return the area a person serves, as a place."""
    area = desk.person.area_pcode
    places = desk.house.places(desk.work)
    return None if area is None else places.place(f"c:{area}") or places.place(f"z:{area}")


def _lies_in(place: Place, area: str) -> bool:
    # P-codes of the 2021 edition nest by their digits (flows/directory.py).
    return (place.commune_pcode or place.cercle_pcode).startswith(area)
