"""Alerts and evacuations in USSD behind the PIN (G2 to G7): the road for what a text betrays."""

from collections.abc import Mapping
from typing import Any

from flows.alert_kinds import EVACUATIONS, KINDS, Estimate, dated, estimated, happened, said_of
from flows.place_words import NUMBER_UNKNOWN
from flows.places import Place
from models.db import Work
from models.services import alerts, evacuations, rings, settling
from models.services.alerts import Raised
from models.services.facilities import dialled
from models.services.handling import Desk, desk_signed_in
from models.services.ring_texts import csref_of, relay_text, telephone
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.spoken_places import own_place

UNSAID = "Lieu non dit"


def read_alert(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Say what was understood before it is sent: the name of the place, kind, size, when (G6)."""
    raised = _raised(scene, answers)
    facts = ", ".join(
        (
            said_of(raised.kind.name, raised.category).capitalize(),
            estimated(raised.estimate),
            dated(raised.happened_on, scene.now),
        )
    )
    return Outcome("read", {"alert_facts": facts, "place_name": _place_name(work, scene, answers)})


def raise_alert(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Raise it, or add a voice to what is known of it; nothing follows by SMS."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return Outcome("gone")
    case = alerts.raise_alert(work, scene, desk.person, _raised(scene, answers))
    settling.release_announcements(work, case.id, scene.now)
    return Outcome("noted", {"n": case.number})


def centre_telephone(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give the telephone of the centre of the caller's own area: nobody waits for us (G7)."""
    desk = desk_signed_in(work, scene, answers)
    place = None if desk is None else own_place(desk)
    centre = None if place is None else evacuations.centre_of(work, place)
    return Outcome("known", {"tel_centre": _shown(work, centre)})


def read_evacuation(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Say what was understood before anybody is rung."""
    desk = desk_signed_in(work, scene, answers)
    name = _place_name(work, scene, answers, desk)
    return Outcome("read", {"sick": EVACUATIONS[str(answers["evacuation"])], "place_name": name})


def call_evacuation(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Ring the first, and show whom to ring oneself; the numbers come in a text too (D7)."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return Outcome("gone")
    place = _place(work, scene, answers) or own_place(desk)
    what = str(answers["evacuation"])
    case = evacuations.call(work, scene, desk.person, what, place)
    event = evacuations.noted(work, case, scene.now)
    rings.tell(work, scene.house, event, relay_text(work, scene.house, case), desk.person.id)
    centre = evacuations.centre_called(work, case)
    return Outcome(
        "called",
        {
            "n": case.number,
            "tel_centre": _shown(work, centre),
            "tel_cercle": _shown(work, csref_of(work, centre)),
        },
    )


def _raised(scene: Scene, answers: Mapping[str, Any]) -> Raised:
    kind = KINDS[str(answers["alert_kind"])]
    return Raised(
        kind=kind,
        category=str(answers.get("alert_category") or kind.category),
        place=str(answers.get("place") or ""),
        estimate=Estimate(size=str(answers.get("alert_size") or "") or None),
        happened_on=happened(str(answers.get("alert_when") or ""), scene.now),
    )


def _place(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Place | None:
    ref = str(answers.get("place") or "")
    return scene.house.places(work).place(ref) if ref else None


def _place_name(
    work: Work, scene: Scene, answers: Mapping[str, Any], desk: Desk | None = None
) -> str:
    place = _place(work, scene, answers) or (own_place(desk) if desk else None)
    return place.name if place else UNSAID


def _shown(work: Work, facility_id: str | None) -> str:
    return dialled(telephone(work, facility_id)) or NUMBER_UNKNOWN


ALERT_EFFECTS: Mapping[str, EffectFunction] = {
    "read_alert": read_alert,
    "raise_alert": raise_alert,
    "centre_telephone": centre_telephone,
    "read_evacuation": read_evacuation,
    "call_evacuation": call_evacuation,
}
ALERT_LOOKS = frozenset({"read_alert", "centre_telephone", "read_evacuation"})
