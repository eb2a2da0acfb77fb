"""The matron's keypad behind her PIN: her list, one code, what was given, who came without one."""

import pytest

from models.db import Job
from models.services import referral_effects
from models.services.handling import desk_at
from tests import referral_world as world
from tests.factories import phone_of
from tests.referral_world import referral, refers, stock


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def listed(stage, number):
    outcome = stage.signed_in(number, "my_codes")
    return outcome.name, [one["name"] for one in outcome.values.get("referrals", ())]


def test_a_centre_sees_whom_it_awaits_by_band_and_days_left(loop):
    first, second = refers(loop), refers(loop, "REF 6143 14")
    refers(loop, "REF 6160 14")
    loop.later(days=4)
    assert listed(loop, "P0202") == (
        "received",
        [f"{first}, 20-24, 26 j", f"{second}, <15, 26 j"],
    )
    assert loop.signed_in("P0202", "show_code", referral=first).values == {
        "n2": first,
        "band": "20-24 ans",
    }


def test_a_relay_sees_where_her_last_five_stand(loop):
    codes = [refers(loop) for _ in range(6)]
    loop.writes("P0202", f"DONNE {codes[-1]} 3")
    name, lines = listed(loop, "R128")
    assert (name, len(lines)) == ("sent", 5)
    assert lines[0] == f"{codes[-1]}: passee au centre"
    assert loop.signed_in("R128", "show_code", referral=codes[0]).name == "mine"
    assert loop.signed_in("R129", "show_code", referral=codes[0]).name == "gone"
    assert loop.signed_in("R128", "code_come", referral=codes[0]).name == "gone"


def test_without_the_pin_of_this_dialogue_nothing_is_seen_or_done(loop):
    code = refers(loop)
    for effect in ("show_code", "code_come", "code_serve", "code_not_serve", "code_send_on"):
        answers = {"agent": "P0202", "referral": code}
        assert loop.does(effect, answers, phone_of("R129")).name == "gone"
        assert loop.does(effect, {"referral": code}, phone_of("P0202")).name == "gone"
    assert loop.does("my_codes", {"agent": "P0202"}, phone_of("R129")).name == "none"
    assert referral(loop, code).status == "sent"


@pytest.mark.parametrize(
    ("chosen", "given"),
    [("3", "3"), ("8", "8"), ("removal", "9"), ("care", "9"), ("advice", "CONS")],
)
def test_what_was_given_is_kept_by_its_digit(loop, chosen, given):
    code = refers(loop)
    assert loop.signed_in("P0202", "code_serve", referral=code, given=chosen).name == "noted"
    assert referral(loop, code).given == given
    again = loop.signed_in("P0202", "code_serve", referral=code, given=chosen)
    assert (again.name, again.values["state"]) == ("known", "passee au centre")


def test_three_sent_away_by_keypad_count_like_three_by_sms(loop):
    for _ in range(3):
        code = refers(loop)
        loop.signed_in("P0202", "code_not_serve", referral=code, reason="1")
    assert stock(loop, "F1", "3").quantity == 0
    assert len(loop.outbox("case_new")) == 1


def test_she_is_sent_to_another_centre_of_the_list_or_to_the_reference_centre(loop):
    code = refers(loop)
    around = loop.signed_in("P0202", "centres_around", referral=code).values["facilities"]
    assert {one["value"] for one in around} >= {"f:F2", "f:F3"}
    assert "f:F1" not in {one["value"] for one in around}
    loop.signed_in("P0202", "code_send_on", referral=code, centre="f:F2")
    assert referral(loop, code).facility_id == "F2"
    other = refers(loop)
    loop.signed_in("P0202", "code_send_on", referral=other, centre="")
    assert referral(loop, other).facility_id == "F9"
    loop.signed_in("P0112", "code_come", referral=other)
    last = refers(loop, "REF 6160 20")
    loop.signed_in("P0112", "code_come", referral=last)
    assert loop.signed_in("P0112", "code_send_on", referral=last, centre="").name == "nowhere"


def test_who_has_no_code_is_found_or_counted(loop):
    code = refers(loop)
    found = loop.signed_in("P0202", "find_without_code", came={"age": 22, "relay": "R128"})
    assert [one["value"] for one in found.values["referrals"]] == [code]
    none = loop.signed_in("P0202", "find_without_code", came={"age": 40, "relay": "R128"})
    assert none.name == "none"
    nobody = loop.signed_in("P0202", "find_without_code", came={"age": 40, "relay": "R999"})
    assert nobody.name == "stranger"
    number = loop.signed_in("P0202", "count_walk_in", came={"age": 31, "relay": ""}).values["n2"]
    assert (referral(loop, number).source, referral(loop, number).age_band) == ("walk_in", "25plus")
    assert loop.signed_in("R128", "count_walk_in", came={"age": 31, "relay": ""}).name == "gone"


def test_an_act_by_keypad_is_undone_by_sms(loop):
    code = refers(loop)
    loop.signed_in("P0202", "code_come", referral=code)
    assert loop.writes("P0202", f"ANNULE {code}") == f"{code}: annule."
    assert referral(loop, code).status == "sent"


def test_the_menu_counts_what_is_open(loop):
    codes = [refers(loop) for _ in range(3)]
    loop.writes("P0202", f"DONNE {codes[0]} 3")

    def count(number):
        with loop.store.work(Job("test")) as work:
            return referral_effects.count_codes(desk_at(work, loop.scene(phone_of(number))))

    assert (count("P0202"), count("R128"), count("R129"), count("P0161")) == (2, 2, 0, 0)


def test_stock_is_seen_with_its_age_and_put_by_keypad(loop):
    assert loop.signed_in("P0203", "stock_level", product="3").name == "unknown"
    loop.signed_in("P0203", "put_stock", product="3", quantity=12)
    loop.later(days=9)
    assert loop.signed_in("P0203", "stock_level", product="3").values == {"quantity": 12, "k": 9}
    loop.signed_in("P0203", "same_stock")
    assert loop.signed_in("P0203", "stock_level", product="3").values["k"] == 0
    loop.signed_in("P0203", "put_stock", product="3", quantity="0")
    assert len(loop.outbox("case_new")) == 1
    for effect in ("stock_level", "put_stock", "same_stock"):
        assert loop.signed_in("R128", effect, product="3", quantity=4).name == "stranger"
