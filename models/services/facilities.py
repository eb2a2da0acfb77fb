"""Effects of a conversation that say where to go and whom to ring: the nearest centres."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import cos, hypot, inf, radians
from typing import Any

from sqlalchemy import Row, select

from flows.place_names import shown, words_of
from flows.place_words import CENTRE_HERE, FEE_UNKNOWN, HOURS_UNKNOWN, NUMBER_UNKNOWN
from flows.places import Place
from models.area import Area, Facility, Settlement
from models.db import Work
from models.services.programme import GREEN_LINE, WOMAN_TO_TALK, setting
from models.services.scene import Outcome, Scene

SHOWN = 3  # lines of H4
SUSPECT = "suspect"  # quality of a point that cannot be trusted: the commune's is used
CSREF = "csref"
FIRST_ASKED = {"cscom": 0, CSREF: 1, "hospital": 2, "hospital_regional": 2}
LAST_ASKED = 3  # clinics, which are mostly private, and university hospitals
_KM_PER_DEGREE = 111.2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Centre:
    """A facility as one place sees it."""

    id: str
    name: str
    kind: str
    commune: str | None
    cercle: str | None
    point: Point | None
    telephone: str | None


def facilities_near(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """List up to three facilities: of the commune, then of the cercle, then the nearest.

    Points are rough (half lie more than 8 km off), so commune and cercle come before distance.
    """
    place = _place(work, scene, answers)
    if place is None:
        return Outcome("none")
    near = centres_near(work, place)
    if len(near) < SHOWN:
        near += centres_beyond(work, place)
    listed = [{"value": f"f:{one.id}", "name": shown(one.name)} for one in near[:SHOWN]]
    return Outcome("listed", {"facilities": listed}) if listed else Outcome("none")


def facility_facts(work: Work, _scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give name, fee and hours of a facility, or words that say what is not known."""
    facility = work.session.get(Facility, str(answers.get("facility") or "").removeprefix("f:"))
    return Outcome(
        "known",
        {
            "facility_name": shown(facility.name) if facility else "",
            "fee": (facility and facility.fee) or FEE_UNKNOWN,
            "hours": (facility and facility.hours) or HOURS_UNKNOWN,
        },
    )


def help_numbers(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give the numbers of P11: green line, centre of the place if one was said, a woman."""
    place = _place(work, scene, answers)
    centre = _telephone(centres_near(work, place)) if place else None
    return Outcome(
        "known",
        {
            "tel_green": dialled(setting(work, GREEN_LINE)) or NUMBER_UNKNOWN,
            "tel_centre": centre or CENTRE_HERE,
            "tel_woman": dialled(setting(work, WOMAN_TO_TALK)) or NUMBER_UNKNOWN,
        },
    )


def urgent_numbers(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give the numbers of C4c: the centre nearest to the place and the CSRef of its cercle."""
    place = _place(work, scene, answers)
    near = centres_near(work, place) if place else []
    return Outcome(
        "known",
        {
            "tel_centre": _telephone(one for one in near if one.kind != CSREF) or NUMBER_UNKNOWN,
            "tel_cercle": _telephone(one for one in near if one.kind == CSREF) or NUMBER_UNKNOWN,
        },
    )


def dialled(number: str | None) -> str:
    """Return an E.164 number of Mali as it is dialled there, in pairs; any other as it stands."""
    digits = (number or "").removeprefix("+223")
    if len(digits) == 8 and digits.isdecimal():
        return " ".join(digits[first : first + 2] for first in range(0, 8, 2))
    return number or ""


def _place(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Place | None:
    ref = str(answers.get("place") or "")
    return scene.house.places(work).place(ref) if ref else None


def _telephone(centres: Iterable[Centre]) -> str | None:
    return next((dialled(one.telephone) for one in centres if one.telephone), None)


def centres_near(work: Work, place: Place) -> list[Centre]:
    """Return the facilities of the place's cercle, those of its commune first."""
    chosen = _CENTRES.where(Facility.cercle_pcode == place.cercle_pcode)
    centres = [_centre(row) for row in work.session.execute(chosen)]
    here, name = _point(work, place), set(words_of(place.name))

    def rank(centre: Centre) -> tuple[bool, bool, int, float, str]:
        at_hand = centre.commune == place.commune_pcode
        asked = FIRST_ASKED.get(centre.kind, LAST_ASKED)
        return (
            not at_hand,
            not (at_hand and name <= set(words_of(centre.name))),
            asked if at_hand else asked // LAST_ASKED,
            _km(here, centre.point),
            centre.name,
        )

    return sorted(centres, key=rank)


def centres_beyond(work: Work, place: Place) -> list[Centre]:
    """Return the facilities of other cercles, nearest first."""
    here = _point(work, place)
    chosen = _CENTRES.where(Facility.cercle_pcode != place.cercle_pcode)
    centres = [_centre(row) for row in work.session.execute(chosen)] if here else []
    return sorted(
        (one for one in centres if one.point and one.kind in FIRST_ASKED),
        key=lambda one: (_km(here, one.point), one.name),
    )


_CENTRES = select(
    Facility.id,
    Facility.name,
    Facility.kind,
    Facility.commune_pcode,
    Facility.cercle_pcode,
    Facility.telephone,
    Facility.quality,
    Facility.lat,
    Facility.lon,
    Area.lat.label("area_lat"),
    Area.lon.label("area_lon"),
).join(Area, Area.pcode == Facility.commune_pcode, isouter=True)


def _centre(row: Row[*tuple[Any, ...]]) -> Centre:
    doubtful = row.quality == SUSPECT
    return Centre(
        id=row.id,
        name=row.name,
        kind=row.kind,
        commune=row.commune_pcode,
        cercle=row.cercle_pcode,
        point=_known(row.area_lat, row.area_lon) if doubtful else _known(row.lat, row.lon),
        telephone=row.telephone,
    )


def _point(work: Work, place: Place) -> Point | None:
    kind, _, identifier = place.ref.partition(":")
    if kind == "s":
        village = work.session.get(Settlement, identifier)
        if village is not None:
            return _known(village.lat, village.lon)
    area = work.session.get(Area, place.commune_pcode or place.cercle_pcode)
    return _known(area.lat, area.lon) if area else None


def _known(lat: float | None, lon: float | None) -> Point | None:
    return None if lat is None or lon is None else (lat, lon)


def _km(one: Point | None, other: Point | None) -> float:
    if one is None or other is None:
        return inf
    east = (one[1] - other[1]) * cos(radians((one[0] + other[0]) / 2))
    return hypot(one[0] - other[0], east) * _KM_PER_DEGREE
