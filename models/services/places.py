"""Effects of a conversation that say where: by code, name, list or the phone's last place."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from flows.place_names import CERCLE_WIDTH, fold, shown
from flows.places import Place, choices
from models.area import Area
from models.conversation import Contact
from models.db import Work
from models.services.facilities import (
    facilities_near,
    facility_facts,
    help_numbers,
    urgent_numbers,
)
from models.services.programme import CERCLE, programme_areas
from models.services.scene import EffectFunction, Outcome, Scene

REMEMBERED = timedelta(days=30)  # how long a phone's last commune is offered again


def start_place(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give the place dialled through, else the phone's last commune, never on a private path."""
    code = str(answers.get("dialled") or "")
    dialled = scene.house.places(work).by_code(code) if code else None
    if dialled is not None:
        return Outcome("dialled", _said(dialled))
    last = None if answers.get("private") else _last_place(work, scene)
    return Outcome("known", _said(last)) if last else Outcome("unknown")


def find_place(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Find the place typed: one, up to three to choose from, or none."""
    found = scene.house.places(work).find(str(answers.get("said") or ""), programme_areas(work))
    if len(found) == 1:
        return Outcome("one", _said(found[0]))
    return Outcome("many", {"places": choices(found)}) if found else Outcome("none")


def list_cercles(work: Work, _scene: Scene, _answers: Mapping[str, Any]) -> Outcome:
    """List the cercles of the programme."""
    return Outcome("listed", {"cercles": programme_cercles(work)})


def list_communes(work: Work, _scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """List the communes of a cercle: the programme's first, then by name."""
    cercle = str(answers.get("cercle") or "").removeprefix("z:")
    ours = programme_areas(work)
    rows = work.session.execute(
        select(Area.pcode, Area.name).where(Area.parent_pcode == cercle, Area.level > CERCLE)
    )
    communes = sorted((pcode not in ours, fold(name), pcode, name) for pcode, name in rows)
    listed = [{"value": f"c:{pcode}", "name": shown(name)} for *_, pcode, name in communes]
    return Outcome("listed", {"communes": listed})


def name_place(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give the name of a place chosen in a list."""
    place = scene.house.places(work).place(str(answers.get("place") or ""))
    names = {"place_name": place.name, "cercle_name": place.cercle_name} if place else {}
    return Outcome("named", names or {"place_name": "", "cercle_name": ""})


def programme_cercles(work: Work) -> list[dict[str, str]]:
    """Return the cercles of the programme by name, as a list to choose from.

    All cercles of the country while the programme has not said where it works.
    """
    ours = programme_areas(work)
    commune = aliased(Area)
    here = select(Area.pcode, Area.name).where(Area.level == CERCLE)
    if ours:
        home = select(commune.parent_pcode).where(commune.pcode.in_(ours))
        here = here.where(Area.pcode.in_(ours) | Area.pcode.in_(home))
    cercles = sorted((fold(name), pcode, name) for pcode, name in work.session.execute(here))
    return [
        {"value": f"z:{pcode}", "name": shown(name, CERCLE_WIDTH)} for _, pcode, name in cercles
    ]


def _last_place(work: Work, scene: Scene) -> Place | None:
    if scene.contact is None:
        return None
    commune = work.session.scalar(
        select(Contact.last_commune).where(
            Contact.pseudonym == scene.contact,
            Contact.last_place_at > scene.now - REMEMBERED,
        )
    )
    return scene.house.places(work).place(f"c:{commune}") if commune else None


def _said(place: Place) -> dict[str, str]:
    return {
        "place": place.ref,
        "place_name": place.name,
        "cercle_name": place.cercle_name,
    }


PLACE_EFFECTS: Mapping[str, EffectFunction] = {
    "start_place": start_place,
    "find_place": find_place,
    "list_cercles": list_cercles,
    "list_communes": list_communes,
    "name_place": name_place,
    "help_numbers": help_numbers,
    "urgent_numbers": urgent_numbers,
    "facilities_near": facilities_near,
    "facility_facts": facility_facts,
}
