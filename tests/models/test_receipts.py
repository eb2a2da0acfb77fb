"""The speaker's own door: what a code opens, for whom, and how seldom one may guess."""

import itertools
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from models.case import Case
from models.conversation import WrongCode
from models.db import Job
from models.services.guessing import WRONG_A_DAY, WRONG_A_DAY_TOGETHER, is_over
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


def guessed_by_others(stage, count):
    today = stage.now.date().isoformat()
    with stage.store.work(Job("test")) as work:
        work.session.add(WrongCode(contact="*", day=today, count=count))


def minutes_later(stage, code, phone):
    stage.later(minutes=1)
    return stage.follows(code, phone).name


def test_after_a_thousand_wrong_codes_one_long_code_a_minute_is_tried_for_all(stage):
    given = stage.files()
    guessed_by_others(stage, WRONG_A_DAY_TOGETHER - 1)
    assert stage.follows(long_code(given), NEIGHBOUR).name == "waiting"
    assert stage.follows(wrong(given), "+22370000003").name == "unknown"
    assert stage.follows("000000000000", "+22370000003").name == "unknown"  # this minute's try
    assert stage.follows(long_code(given), NEIGHBOUR).name == "unknown"
    assert minutes_later(stage, long_code(given), NEIGHBOUR) == "waiting"
    assert stage.follows(long_code(given), NEIGHBOUR).name == "waiting"  # right ones use up none
    stage.later(days=1)
    assert stage.follows("000000000000", "+22370000003").name == "unknown"
    assert stage.follows(long_code(given), NEIGHBOUR).name == "waiting"


def test_six_digits_open_for_whoever_filed_however_many_others_guess(stage):
    given = stage.files()
    guessed_by_others(stage, WRONG_A_DAY_TOGETHER * 2)
    assert stage.follows(given["c6"]).name == "waiting"


def test_the_thousandth_wrong_code_raises_the_alarm_once(stage, caplog):
    given = stage.files()
    guessed_by_others(stage, WRONG_A_DAY_TOGETHER - 2)
    for place in range(4):
        with stage.store.work(Job("test")) as work:
            assert is_over(work, stage.now) == (place > 1)
        stage.follows(wrong(given), f"+2237000900{place}")
    assert [one.getMessage() for one in caplog.records] == ["codes are being guessed"]
    assert given["c6"] not in caplog.text


def test_eight_phones_at_once_get_no_try_beyond_the_programmes_thousand(stage):
    guessed_by_others(stage, WRONG_A_DAY_TOGETHER - 3)
    phones = [f"+2237000910{place}" for place in range(8)]
    with ThreadPoolExecutor(8) as clients:
        told = list(clients.map(lambda phone: stage.follows("482173061549", phone), phones))
    assert {one.name for one in told} == {"unknown"}
    with stage.store.work(Job("test")) as work:
        rows = {row.contact: row.count for row in work.session.scalars(select(WrongCode))}
    # Three of the day's, and the one of this minute: the others were never compared.
    assert rows["*"] == WRONG_A_DAY_TOGETHER + 1
    assert sum(count for contact, count in rows.items() if len(contact) == 64) == 8


def test_eight_clients_at_once_with_the_right_code_all_hear_it(stage):
    given = stage.files()
    phones = [f"+2237000920{place}" for place in range(8)]
    with ThreadPoolExecutor(8) as clients:
        told = list(clients.map(lambda phone: stage.follows(long_code(given), phone), phones))
    assert {one.name for one in told} == {"waiting"}
    with stage.store.work(Job("test")) as work:
        assert {row.count for row in work.session.scalars(select(WrongCode))} == {0}


def test_a_right_code_and_a_wrong_one_take_as_long(stage):
    given = stage.files()
    phones = itertools.cycle(f"+223700093{place:02d}" for place in range(100))
    lasted = {"waiting": [], "unknown": []}

    def follow(code):
        phone = next(phones)
        begun = time.thread_time()  # our own work: what else runs on this machine is no matter
        told = stage.follows(code, phone)
        lasted[told.name].append(time.thread_time() - begun)

    for _ in range(100):
        follow(long_code(given))
        follow("482173061549")
    apart = abs(statistics.median(lasted["waiting"]) - statistics.median(lasted["unknown"]))
    assert apart < 0.005  # threat model, T8


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


def test_who_wanted_no_receipt_may_ask_for_one_after_all(stage):
    nameless = stage.files(answer="none")
    assert stage.case(nameless["case"]).contact is None
    outcome = stage.does("issue_receipt", {"case": str(nameless["case"])})
    given = {**outcome.values, "case": nameless["case"]}
    assert (outcome.name, given["date"]) == ("filed", nameless["date"])
    assert [len(given[half]) for half in ("c6", "c6b")] == [8, 8]
    case = stage.case(nameless["case"])
    assert (case.answer_wanted, case.contact) == ("code", stage.vault.pseudonym(SPEAKER))
    assert stage.events(case.id)[-1] == ("receipt", "gateway")
    for code, phone in ((given["c6"], SPEAKER), (long_code(given), NEIGHBOUR)):
        opened = stage.follows(code, phone)
        assert (opened.name, opened.values["case"]) == ("waiting", case.id)
        assert (opened.values["date"], opened.values["pages"]) == (given["date"], [])


def test_without_a_case_there_is_no_receipt_to_ask_for(stage):
    nothing = {"c6": "", "c6b": "", "date": ""}
    for answers in ({}, {"case": ""}, {"case": None}):
        outcome = stage.does("issue_receipt", answers)
        assert (outcome.name, outcome.values) == ("filed", nothing)
