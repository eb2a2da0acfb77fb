"""The speaker's own door: what a code opens, for whom, and how seldom one may guess."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.case import Case
from models.conversation import WrongCode
from models.db import Job
from models.services.receipts import WRONG_A_DAY, WRONG_A_DAY_TOGETHER
from tests.factories import NEIGHBOUR, SPEAKER


def long_code(given):
    return (given["c6"] + given["c6b"]).replace(" ", "")


def wrong(given):
    """Another six digits than those given."""
    return f"{(int(given['c6'].replace(' ', '')) + 1) % 1_000_000:06d}"


def answered(stage, given, text="Le camion arrive jeudi."):
    number = stage.case(given["case"]).number
    stage.writes(stage.holder(given["case"]), f"DIRE {number} {text}")
    stage.later(minutes=10)
    stage.settles()


def test_six_digits_open_a_case_from_its_own_phone_only(stage):
    given = stage.files()
    assert stage.follows(given["c6"]).values["case"] == given["case"]
    assert stage.follows(given["c6"], NEIGHBOUR).name == "unknown"


def test_twelve_digits_open_it_from_any_phone(stage):
    given = stage.files()
    opened = stage.follows(long_code(given), NEIGHBOUR)
    assert (opened.name, opened.values["case"]) == ("waiting", given["case"])


def test_the_four_sentences_follow_the_case(stage):
    given = stage.files()
    said = [stage.follows(given["c6"]).values["sentence"]]
    number, holder = stage.case(given["case"]).number, stage.holder(given["case"])
    stage.writes(holder, f"PRIS {number}")
    said.append(stage.follows(given["c6"]).values["sentence"])
    answered(stage, given)
    said.append(stage.follows(given["c6"]).values["sentence"])
    stage.does("satisfied", {"case": given["case"]})
    said.append(stage.follows(given["c6"]).values["sentence"])
    assert said == [
        "Recu, pas encore lu.",
        "On s'en occupe.",
        "Une reponse est prete.",
        "C'est fini.",
    ]


def test_the_answer_is_opened_page_by_page_and_can_be_read_again_when_closed(stage):
    given = stage.files()
    answered(stage, given, "Le camion arrive jeudi. " + "La liste est revue. " * 10)
    opened = stage.follows(long_code(given), NEIGHBOUR)
    assert opened.name == "answered"
    assert len(opened.values["pages"]) > 1
    assert " ".join(opened.values["pages"]).startswith("Le camion arrive jeudi.")
    stage.does("satisfied", {"case": given["case"]})
    again = stage.follows(given["c6"])
    assert (again.name, again.values["pages"]) == ("closed", opened.values["pages"])


def test_late_is_said_only_after_the_case_moved_up(stage):
    given = stage.files()
    stage.later(days=60)
    assert stage.follows(given["c6"]).name == "waiting"
    stage.change(Case, {"id": given["case"]}, escalated_at=stage.now)
    assert stage.follows(given["c6"]).name == "late"


def test_an_answer_heard_frees_the_number_that_an_sms_would_have_needed(stage):
    given = stage.files(answer="sms")
    answered(stage, given)
    stage.follows(given["c6"], kind="sms")  # T12 tells nothing, so nothing was heard
    assert stage.case(given["case"]).address is not None
    stage.follows(given["c6"])
    assert stage.case(given["case"]).address is None
    assert ("heard", "gateway") in stage.events(given["case"])


def test_by_sms_a_code_is_good_or_not_and_no_page_is_opened(stage):
    given = stage.files()
    answered(stage, given)
    opened = stage.follows(given["c6"], kind="sms")
    assert (opened.name, opened.values["pages"]) == ("answered", [])


def test_after_five_wrong_codes_even_the_right_one_is_unknown_until_tomorrow(stage):
    given = stage.files()
    for _ in range(WRONG_A_DAY):
        assert stage.follows(wrong(given)).name == "unknown"
    assert stage.follows(given["c6"]).name == "unknown"
    assert stage.follows(long_code(given), NEIGHBOUR).name == "waiting"
    stage.later(days=1)
    assert stage.follows(given["c6"]).name == "waiting"


def test_right_codes_use_up_no_tries(stage):
    given = stage.files()
    assert {stage.follows(given["c6"]).name for _ in range(WRONG_A_DAY + 3)} == {"waiting"}


def test_eight_guesses_at_once_get_no_sixth_try(stage):
    given = stage.files()
    with ThreadPoolExecutor(8) as phones:
        list(phones.map(lambda _: stage.follows(wrong(given)), range(8)))
    assert stage.follows(given["c6"]).name == "unknown"


def test_a_thousand_wrong_codes_a_day_close_the_door_for_everybody(stage):
    given = stage.files()
    today = stage.now.date().isoformat()
    with stage.store.work(Job("test")) as work:
        work.session.add(WrongCode(contact="*", day=today, count=WRONG_A_DAY_TOGETHER - 1))
    assert stage.follows(given["c6"]).name == "waiting"
    assert stage.follows(wrong(given), NEIGHBOUR).name == "unknown"
    assert stage.follows(given["c6"]).name == "unknown"


@pytest.mark.parametrize(
    "how", ["never was", "withdrawn", "not yours", "tried too often", "of five"]
)
def test_whatever_does_not_open_looks_the_same(stage, how):
    given = stage.files()
    code, phone = given["c6"], SPEAKER
    if how == "never was":
        code = wrong(given)
    elif how == "withdrawn":
        stage.does("withdraw", {"case": given["case"]})
    elif how == "not yours":
        phone = NEIGHBOUR
    elif how == "tried too often":
        for _ in range(WRONG_A_DAY):
            stage.follows(wrong(given))
    else:
        code = "15736"
    opened = stage.follows(code, phone)
    assert (opened.name, opened.values) == ("unknown", {})


def test_while_the_keeper_is_away_nobody_is_told_that_a_code_is_wrong(stage, keeperless):
    given = stage.files()
    assert stage.follows(given["c6"], house=keeperless).name == "away"
    assert stage.follows(given["c6"], contact=False).name == "away"
    for _ in range(WRONG_A_DAY + 1):  # and the keeper's absence costs the speaker no try
        stage.follows(given["c6"], house=keeperless)
    assert stage.follows(given["c6"]).name == "waiting"


def test_a_code_whose_digest_is_still_to_be_written_is_not_called_wrong(stage, keeperless):
    said = {"category": "12", "answer": "code"}
    given = stage.does("open_case", said, house=keeperless).values
    assert stage.follows(given["c6"]).name == "away"


def test_a_sensitive_case_says_so_to_the_dialogue_and_shows_no_other_words(stage):
    given = stage.files(category="17")
    opened = stage.follows(given["c6"]).values
    assert opened["private"] is True
    assert opened["sentence"] == "Recu, pas encore lu."
