"""What a supervisor does in USSD about the phones they are in charge of: a new PIN, or a block."""

from collections.abc import Mapping
from typing import Any

from models.db import Work
from models.person import Person
from models.services import phones, pins
from models.services.audit import about_person, note
from models.services.handling import Desk, desk_signed_in
from models.services.scene import EffectFunction, Outcome, Scene

SHOWN = 8  # as many as a choice of one digit offers

Answers = Mapping[str, Any]


def find_phone(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Find by the number said aloud, with its letter or without."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return Outcome("gone")
    found = phones.find(desk, str(answers["wanted"]))
    if not found:
        return Outcome("none")
    if len(found) > 1:
        named = [{"value": one.number, "name": one.number} for one in found[:SHOWN]]
        return Outcome("many", {"phones": named})
    return Outcome("one", {"relay": found[0].number, "phone_ends": found[0].phone_ends})


def reset_pin(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Give a new PIN, seen once and to be said aloud; its owner changes it at the first sign-in."""
    found = _theirs(work, scene, answers)
    if found is None:
        return Outcome("gone")
    desk, person = found
    note(desk.work, about_person("pin", person.number, temporary=True), scene.now)
    pin = pins.give(person, scene.house.draw, temporary=True)
    return Outcome("reset", {"relay": person.number, "pin_given": pin})


def block_phone(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Block a lost phone at once."""
    found = _theirs(work, scene, answers)
    if found is None:
        return Outcome("gone")
    phones.report_lost(*found)
    return Outcome("blocked", {"relay": found[1].number})


def _theirs(work: Work, scene: Scene, answers: Answers) -> tuple[Desk, Person] | None:
    desk = desk_signed_in(work, scene, answers)
    found = [] if desk is None else phones.find(desk, str(answers["relay"]))
    return None if desk is None or len(found) != 1 else (desk, found[0])


PHONE_EFFECTS: Mapping[str, EffectFunction] = {
    "find_phone": find_phone,
    "reset_pin": reset_pin,
    "block_phone": block_phone,
}
