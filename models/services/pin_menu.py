"""Signing in by USSD with a PIN, changing it, and how much waits behind it."""

from collections.abc import Mapping
from typing import Any

from flows.pins import is_trivial
from models.db import Work
from models.person import Person
from models.services import handling, phones, pins
from models.services.handling import desk_of, desk_signed_in
from models.services.referral_effects import count_codes
from models.services.scene import EffectFunction, Outcome, Scene

Answers = Mapping[str, Any]


def knock(work: Work, scene: Scene, _answers: Answers) -> Outcome:
    """Say whether this phone is registered; nobody knows whose it is while the keeper is away."""
    if desk_of(work, scene.house, scene.person_id, scene.now) is not None:
        return Outcome("known")
    return Outcome("away" if scene.contact is None else "stranger")


def sign_in(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Check the PIN of the registered person behind this phone.

    Outcomes: ok, temporary (only to be changed), wrong (with the tries left), last (one try left),
    blocked for some minutes, stranger, away.
    """
    desk = desk_of(work, scene.house, scene.person_id, scene.now)
    if desk is None or desk.person.pin_hash is None:
        return Outcome("away" if scene.contact is None else "stranger")
    person = work.session.get_one(Person, desk.person.id, with_for_update=True)
    waits = pins.must_wait(person, scene.now)
    if waits:
        return Outcome("blocked", {"k": waits})
    if not pins.is_right(person, str(answers["pin"])):
        return _missed(person, scene)
    person.pin_misses, person.pin_free_at = 0, None
    return Outcome("temporary" if person.pin_temporary else "ok", {"agent": person.number})


def my_counts(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Count what waits for this person, and say whether they answer for the phones of others."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return Outcome("gone")
    counts = {"k": len(handling.open_items(desk)), "k_codes": count_codes(desk)}
    return Outcome("counted", {**counts, "supervisor": desk.person.role == phones.SUPERVISOR})


def weigh_pin(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Say whether a new PIN is too easy, or the one there was."""
    person = _person(work, scene, answers)
    pin = str(answers.get("pin_new", ""))
    if person is None:
        return Outcome("gone")
    if is_trivial(pin, person.phone_ends or ""):
        return Outcome("trivial")
    return Outcome("same" if pins.is_right(person, pin) else "fine")


def change_pin(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Keep a new PIN that was typed twice the same."""
    pin, again = str(answers.get("pin_new", "")), str(answers.get("pin_again", ""))
    if weigh_pin(work, scene, answers).name != "fine":
        return Outcome("gone")
    if pin != again:
        return Outcome("different")
    person = _person(work, scene, answers)
    if person is None:
        return Outcome("gone")
    pins.put(person, pin)
    return Outcome("changed")


def _missed(person: Person, scene: Scene) -> Outcome:
    left = pins.missed(person, scene.now)
    if left:
        return Outcome("last" if left == 1 else "wrong", {"k": left})
    return Outcome("blocked", {"k": pins.must_wait(person, scene.now)})


def _person(work: Work, scene: Scene, answers: Answers) -> Person | None:
    """Return who gave the right PIN in this dialogue, be it one that only serves to be changed."""
    desk = desk_of(work, scene.house, scene.person_id, scene.now)
    return desk.person if desk is not None and answers.get("agent") == desk.person.number else None


PIN_EFFECTS: Mapping[str, EffectFunction] = {
    "knock": knock,
    "sign_in": sign_in,
    "my_counts": my_counts,
    "weigh_pin": weigh_pin,
    "change_pin": change_pin,
}
