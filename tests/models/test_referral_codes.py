"""A woman and her own code: asked for with consent, said at the centre, followed, stopped."""

import pytest
from sqlalchemy import func, select

from models.db import Job
from models.outbound import OutboundMessage
from models.services.guessing import WRONG_A_DAY
from tests import referral_world as world
from tests.factories import NEIGHBOUR, SPEAKER, TESSIT
from tests.referral_world import referral, refers

UNKNOWN = "10008"


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def asks(stage, age=24, **said):
    answers = {"facility": "f:F1", "age": age, "place": f"c:{TESSIT}", **said}
    return stage.does("refer_herself", answers)


def texts(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(OutboundMessage))


def test_her_code_is_on_her_screen_and_nothing_of_hers_is_kept(loop):
    given = asks(loop).values
    assert (given["facility_name"], given["hours"], given["date"]) == (
        "CSCOM Tessit", "8 h a 16 h", "23/12",
    )  # fmt: skip
    one = referral(loop, given["n2"])
    assert [step.transition for step in one.steps] == ["consented", "sent"]
    assert (one.source, one.relay_id, one.age_band, one.remind) == ("herself", None, "20-24", False)
    assert {step.by for step in one.steps} == {"gateway"}


def test_the_centre_hears_of_her_without_relay_and_she_gets_no_sms(loop):
    code = asks(loop, age="").values["n2"]
    assert loop.outbox("referral_new_herself") == [
        (
            "P0202",
            f"{code}: age non dit, souhait conseil, sans relais, avant le 23/12. Repondez {code} "
            "puis 1 venue 2 servie 3 pas servie 4 CSRef",
        )
    ]
    loop.writes("P0202", f"{code} 2")
    assert texts(loop) == 1


def test_a_centre_that_is_none_files_nothing(loop):
    assert asks(loop, facility="f:nowhere").name == "gone"


def test_she_says_whether_she_was_received_and_the_centre_learns_nothing_of_it(loop):
    code = refers(loop)
    loop.writes("P0202", f"DONNE {code} 3")
    before = texts(loop)
    assert loop.follows(code).name == "referral"
    loop.does("say_received", {"referral": code, "received": "no"})
    assert referral(loop, code).client_said == "no"
    assert texts(loop) == before
    assert "non" not in loop.writes("P0202", f"VOIR {code}").lower().replace("non dit", "")


def test_what_she_is_shown_says_neither_centre_nor_state(loop):
    code = refers(loop)
    assert loop.follows(code).values == {"referral": code}
    loop.writes("P0202", f"DONNE {code} 3")
    assert loop.follows(code, NEIGHBOUR).values == {"referral": code}


def test_when_she_stops_it_nothing_more_leaves_and_the_code_means_nothing(loop):
    code = refers(loop)
    loop.does("stop_referral", {"referral": code})
    loop.does("stop_referral", {"referral": code})
    one = referral(loop, code)
    assert (one.status, one.closed_at) == ("cancelled", loop.now)
    assert [step.transition for step in one.steps] == ["consented", "sent", "withdrawn"]
    assert loop.outbox("referral_new") == []
    assert "inconnu" in loop.writes("P0202", f"{code} 2")
    assert "n'existe pas chez vous" in loop.writes("R128", f"{code} 5")
    assert loop.follows(code).name == "unknown"


def test_by_sms_a_code_of_five_digits_tells_nothing(loop):
    code = refers(loop)
    assert loop.follows(code, kind="sms").name == "unknown"
    assert loop.follows(UNKNOWN, kind="sms").name == "unknown"


def test_five_digits_are_guessed_five_times_a_day_even_when_they_are_right(loop):
    codes = [refers(loop) for _ in range(WRONG_A_DAY + 1)]
    seen = [loop.follows(code).name for code in codes]
    assert seen == ["referral"] * WRONG_A_DAY + ["unknown"]
    assert loop.follows(codes[0], NEIGHBOUR).name == "referral"
    loop.later(days=1)
    assert loop.follows(codes[0], SPEAKER).name == "referral"


def test_the_number_of_a_case_opens_no_referral(loop):
    assert loop.follows(loop.files()["n"]).name == "unknown"
