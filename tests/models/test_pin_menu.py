"""Signing in: five tries, then waits that grow; a PIN of one's own, and none too easy."""

import pytest
from sqlalchemy import select

from models.db import Job
from models.person import Person
from models.services import pins, waiting
from models.services.directory import new_pin
from tests.factories import NEIGHBOUR, PIN, phone_of
from tests.models.talking import Talking


def sign_in(stage, pin, number="P0150"):
    return stage.does("sign_in", {"pin": pin}, phone_of(number))


def person(stage, number="P0150"):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(Person).filter_by(number=number))


def choose(stage, pin, again=None, number="P0150"):
    """Choose a PIN behind the one there is; return how it ended."""
    weighed = stage.signed_in(number, "weigh_pin", pin_new=pin)
    if weighed.name != "fine":
        return weighed.name
    return stage.signed_in(number, "change_pin", pin_new=pin, pin_again=again or pin).name


def test_the_right_pin_opens_and_says_how_much_waits(stage):
    stage.files()
    signed = sign_in(stage, PIN)
    assert (signed.name, signed.values) == ("ok", {"agent": "P0150"})
    counted = stage.signed_in("P0150", "my_counts")
    assert (counted.name, counted.values) == (
        "counted",
        {"k": 1, "k_codes": 0, "supervisor": False},
    )


def test_a_phone_that_is_not_registered_or_has_no_pin_is_a_stranger(stage):
    assert stage.does("knock", {}, NEIGHBOUR).name == "stranger"
    assert stage.does("sign_in", {"pin": PIN}, NEIGHBOUR).name == "stranger"
    stage.change(Person, {"number": "P0151"}, pin_hash=None)
    assert sign_in(stage, PIN, "P0151").name == "stranger"
    for field in ("blocked_at", "revoked_at"):
        stage.change(Person, {"number": "P0150"}, **{field: stage.now})
        assert stage.does("knock", {}, phone_of("P0150")).name == "stranger"
        assert sign_in(stage, PIN).name == "stranger"


def test_while_the_keeper_is_away_nobody_can_say_whose_phone_it_is(stage, keeperless):
    unnamed = {"house": keeperless, "contact": False}
    assert stage.does("knock", {}, NEIGHBOUR, **unnamed).name == "away"
    assert stage.does("sign_in", {"pin": PIN}, NEIGHBOUR, **unnamed).name == "away"


def test_whoever_dials_8_while_the_keeper_is_away_is_told_to_dial_again(stage, keeperless):
    talking = Talking(stage)
    talking.dial(phone_of("P0150"), "s1", "", keeperless)
    said = talking.dial(phone_of("P0150"), "s1", "8", keeperless)
    assert said == "Jaabi ne peut pas repondre maintenant. Recomposez *123# dans un moment."


def test_who_is_named_meanwhile_goes_on_to_the_pin(stage, keeperless):
    talking, phone = Talking(stage), phone_of("P0150")
    talking.dial(phone, "s1", "", keeperless)
    with stage.store.work(Job("fill")) as work:
        waiting.fill(work, stage.vault)
    assert talking.dial(phone, "s1", "8").startswith("Votre PIN")


def test_wrong_pins_are_counted_and_the_right_one_starts_anew(stage):
    tried = [sign_in(stage, "0000") for _ in range(pins.TRIES - 1)]
    assert [one.values["k"] for one in tried] == [4, 3, 2, 1]
    assert [one.name for one in tried] == ["wrong", "wrong", "wrong", "last"]
    assert sign_in(stage, PIN).name == "ok"
    assert sign_in(stage, "0000").values["k"] == 4


def test_after_five_wrong_pins_the_wait_grows_and_never_lasts_for_ever(stage):
    for _ in range(pins.TRIES - 1):
        sign_in(stage, "0000")
    waits = []
    for _ in range(12):
        blocked = sign_in(stage, "0000")
        assert blocked.name == "blocked"
        assert sign_in(stage, PIN) == blocked
        waits.append(blocked.values["k"])
        stage.clock[0] = person(stage).pin_free_at
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == pins.LONGEST_WAIT.total_seconds() / 60
    assert sign_in(stage, PIN).name == "ok"


def test_a_new_pin_is_typed_twice_the_same(stage):
    assert choose(stage, "7351", again="7352") == "different"
    assert sign_in(stage, "7351").name == "wrong"
    assert choose(stage, "7351") == "changed"
    assert sign_in(stage, PIN).name == "wrong"
    assert sign_in(stage, "7351").name == "ok"


@pytest.mark.parametrize("pin", ["0000", "1234", "9876", "7890", "1212", "1122", "1987", "2026"])
def test_a_pin_that_is_guessed_at_once_is_refused(stage, pin):
    assert choose(stage, pin) == "trivial"
    assert stage.signed_in("P0150", "change_pin", pin_new=pin, pin_again=pin).name == "gone"
    assert sign_in(stage, PIN).name == "ok"


def test_the_end_of_her_own_number_and_the_pin_before_are_refused(stage):
    assert choose(stage, "9150") == "trivial"
    assert choose(stage, PIN) == "same"


def test_nobody_changes_a_pin_without_having_given_the_one_there_is(stage):
    new = {"pin_new": "7351", "pin_again": "7351"}
    assert stage.does("change_pin", new, phone_of("P0150")).name == "gone"
    assert stage.does("change_pin", {**new, "agent": "P0151"}, phone_of("P0150")).name == "gone"
    assert sign_in(stage, PIN).name == "ok"


def test_a_pin_that_somebody_else_knows_only_serves_to_be_changed(stage):
    item = stage.files()["n"]
    with stage.store.work(Job("test")) as work:
        told = new_pin(work, "P0150", stage.house.draw, temporary=True)
    assert sign_in(stage, told).name == "temporary"
    assert stage.signed_in("P0150", "my_counts").name == "gone"
    assert stage.signed_in("P0150", "my_items").name == "none"
    assert stage.signed_in("P0150", "open_item", item=item).name == "gone"
    assert choose(stage, told) == "same"
    assert choose(stage, "7351") == "changed"
    assert sign_in(stage, "7351").name == "ok"
    assert stage.signed_in("P0150", "open_item", item=item).name == "opened"


def test_a_drawn_pin_is_never_a_trivial_one(stage):
    drawn = iter([0, 1234, 1111, 8150, 4071])
    with stage.store.work(Job("test")) as work:
        assert new_pin(work, "P0150", lambda _: next(drawn)) == "4071"
