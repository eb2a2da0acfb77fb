"""What a speaker does after filing: words that raise the class, judging, reopening, stopping."""

import pytest
from sqlalchemy import select

from models.area import PlaceCode
from models.case import CaseKey, Story, Tally
from models.conversation import Contact
from models.db import Job
from models.repair import Check
from models.services.stories import Words, keep
from tests.factories import ANSONGO, NEIGHBOUR, SPEAKER, TESSIT

MORE = "Le camion a tout donne aux gens du haut du village."
BRIBE = "Le chef a pris de l'argent a chaque famille avant la distribution"
FRAUD = "detournement des vivres"
HARM = "un homme a viole ma fille"


def answered(stage, given, text="Le camion arrive jeudi."):
    number = stage.case(given["case"]).number
    stage.writes(stage.holder(given["case"]), f"DIRE {number} {text}")
    stage.later(minutes=10)
    stage.settles()


def stories(stage, case_id):
    with stage.store.work(Job("test")) as work:
        rows = select(Story, CaseKey).outerjoin(CaseKey).where(Story.case_id == case_id)
        return [(story, key) for story, key in work.session.execute(rows).all()]


def opened(stage, case_id):
    return [
        stage.vault.story(story.sealed, key.key_id, key.wrapped)
        for story, key in stories(stage, case_id)
        if key is not None
    ]


def test_words_are_sealed_into_the_case_without_telephone_numbers(stage):
    given = stage.files()
    said = {"case": given["case"], "words": f"{MORE} Appelez le 70 00 00 07."}
    assert stage.does("add_words", said).name == "added"
    assert opened(stage, given["case"]) == [f"{MORE} Appelez le [numero]."]
    [(story, _)] = stories(stage, given["case"])
    assert MORE.encode() not in story.sealed
    assert stage.case(given["case"]).case_class == "C4"


def test_words_of_a_compartment_take_the_case_out_of_the_ordinary_queue(stage):
    given = stage.files(answer="sms")
    before = stage.holder(given["case"])
    added = stage.does("add_words", {"case": given["case"], "words": HARM})
    case = stage.case(given["case"])
    assert added.name == "private"
    assert case.case_class == "C7"
    assert stage.holder(given["case"]) == "P0155" != before
    assert case.answer_wanted == "code"
    assert case.address is case.place_ref is None
    with stage.store.work(Job("test")) as work:
        contact = work.session.get(Contact, stage.vault.pseudonym(SPEAKER))
        assert contact.last_commune is contact.last_place_at is None
    assert [person for person, _ in stage.outbox("case_new")] == ["P0155"]
    assert len(stage.outbox("case_new", "withheld")) == 1
    assert stage.outbox("answer_ready") == []


def test_an_answer_on_its_way_does_not_leave_once_words_raised_the_class(stage):
    given = stage.files(answer="sms")
    number, holder = stage.case(given["case"]).number, stage.holder(given["case"])
    stage.writes(holder, f"DIRE {number} Le camion arrive.")
    stage.does("add_words", {"case": given["case"], "words": HARM})
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(given["case"]).status == "routed"
    assert stage.outbox("answer_ready") == []


def test_words_raise_from_fraud_to_harm_but_never_lower(stage):
    given = stage.files(category="17")
    assert stage.does("add_words", {"case": given["case"], "words": HARM}).name == "added"
    assert stage.case(given["case"]).case_class == "C7"
    stage.does("add_words", {"case": given["case"], "words": BRIBE})
    assert stage.case(given["case"]).case_class == "C7"


def test_words_of_exclusion_shorten_the_clock_and_move_nothing(stage):
    given = stage.files(category="41")
    before, holder = stage.case(given["case"]), stage.holder(given["case"])
    said = {"case": given["case"], "words": "notre quartier est oublie"}
    assert stage.does("add_words", said).name == "added"
    after = stage.case(given["case"])
    assert (before.case_class, after.case_class) == ("C3", "C4")
    assert after.due_at < before.due_at
    assert stage.holder(given["case"]) == holder


def test_whoever_is_content_closes_the_case_and_owes_nobody_a_number(stage):
    given = stage.files(answer="sms")
    answered(stage, given)
    for _ in range(2):
        assert stage.does("satisfied", {"case": given["case"]}).name == "done"
    case = stage.case(given["case"])
    assert (case.status, case.address) == ("closed", None)
    assert case.closed_at == stage.now
    assert stage.outbox("answer_ready") == []


def test_no_reopens_with_the_same_holder_and_a_new_date(stage):
    given = stage.files(answer="sms")
    holder = stage.holder(given["case"])
    answered(stage, given)
    stage.follows(given["c6"])
    stage.later(days=3)
    reopened = stage.does("reopen", {"case": given["case"], "how": "no"})
    case = stage.case(given["case"])
    assert (case.status, case.level, stage.holder(case.id)) == ("reopened", 0, holder)
    assert reopened.values["date"] != given["date"]
    assert stage.vault.number(case.address) == SPEAKER  # an SMS is owed again
    assert [person for person, _ in stage.outbox("case_new")] == [holder]
    assert stage.follows(given["c6"]).values["sentence"] == "On s'en occupe."


def test_reopening_from_another_phone_keeps_no_number_of_it(stage):
    given = stage.files(answer="sms")
    answered(stage, given)
    stage.follows(given["c6"])
    stage.does("reopen", {"case": given["case"], "how": "no"}, NEIGHBOUR)
    assert stage.case(given["case"]).address is None


def test_what_never_arrived_goes_one_level_up_and_asks_for_a_check(stage):
    given = stage.files()
    holder = stage.holder(given["case"])
    answered(stage, given)
    stage.does("reopen", {"case": given["case"], "how": "not_arrived"})
    case = stage.case(given["case"])
    assert case.status == "reopened"
    assert case.level >= 1
    assert stage.holder(case.id) != holder
    assert ("reopened", "gateway") in stage.events(case.id)
    with stage.store.work(Job("test")) as work:
        assert [(one.case_id, one.why) for one in work.session.scalars(select(Check))] == [
            (case.id, "not_arrived")
        ]


KINDS = {
    "complaint": ("open_case", {"category": "12", "place": f"c:{TESSIT}", "words": MORE}),
    "alert": ("open_case", {"category": "61", "place": f"c:{TESSIT}", "words": MORE}),
    "sensitive": ("open_case", {"category": "93", "private": True, "words": MORE}),
    "call_back": ("open_call_back", {"call_language": "ses", "call_when": "morning"}),
    "private call": ("open_call_back", {"call_when": "evening", "private": True}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_was_filed_is_followed_and_stopped_by_its_code(stage, kind):
    effect, said = KINDS[kind]
    given = stage.does(effect, {"answer": "code", **said}).values
    opened = stage.follows(given["c6"])
    assert (opened.name, opened.values["sentence"]) == ("waiting", "Recu, pas encore lu.")
    stage.does("withdraw", {"case": opened.values["case"]})
    stopped = stage.case(opened.values["case"])
    assert stopped.status in {"withdrawn", "closed"}
    assert (stopped.contact, stopped.address, stopped.receipt_short) == (None, None, None)
    assert [key for _, key in stories(stage, stopped.id) if key is not None] == []
    assert stage.outbox("case_new") == []
    assert stage.follows(given["c6"]).name == "unknown"


def test_an_unanswered_case_is_not_reopened_and_no_press_is_an_error(stage):
    given = stage.files()
    assert stage.does("reopen", {"case": given["case"], "how": "no"}).name == "reopened"
    assert stage.does("satisfied", {"case": given["case"]}).name == "done"
    assert stage.case(given["case"]).status == "routed"


def test_stopping_everything_takes_words_number_and_unsent_texts_away(stage):
    given = stage.files(answer="sms")
    stage.does("add_words", {"case": given["case"], "words": MORE})
    for _ in range(2):
        assert stage.does("withdraw", {"case": given["case"]}).name == "done"
    case = stage.case(given["case"])
    assert case.status == "withdrawn"
    assert case.address is case.contact is case.receipt_short is case.receipt_long is None
    assert opened(stage, case.id) == []
    assert stage.outbox("case_new") == []
    assert stage.follows(given["c6"]).name == "unknown"


def test_a_stopped_case_is_gone_from_its_holders_phone(stage):
    given = stage.files()
    number, holder = stage.case(given["case"]).number, stage.holder(given["case"])
    stage.does("withdraw", {"case": given["case"]})
    assert "n'existe pas chez vous" in stage.writes(holder, f"VOIR {number}")


@pytest.mark.parametrize(("said", "allowed"), [("yes", True), ("no", False)])
def test_the_yes_or_no_to_a_repair_is_kept(stage, said, allowed):
    given = stage.files()
    stage.does("allow_repair", {"case": given["case"], "repair": said})
    assert stage.case(given["case"]).repair_allowed is allowed


def private(stage, **said):
    answers = {"category": "93", "private": True, "answer": "code", "kind": "complaint"}
    return stage.does("open_case", {**answers, **said}).values


def test_the_optional_questions_move_a_private_case_to_whom_it_concerns(stage):
    given = private(stage)
    assert stage.holder(given["case"]) == "P0155"
    minor = {"case": given["case"], "age_group": "me_minor"}
    stage.does("refine_private", minor)
    assert stage.case(given["case"]).category == "94"
    assert stage.holder(given["case"]) == "P0158"
    stage.does("refine_private", {**minor, "aid_worker": "yes"})
    case = stage.case(given["case"])
    assert (case.category, case.case_class, stage.holder(case.id)) == ("92", "C6", "P0154")
    stage.does("refine_private", {**minor, "aid_worker": "yes", "zone": f"z:{ANSONGO}"})
    assert stage.case(given["case"]).area_pcode == ANSONGO
    assert [person for person, _ in stage.outbox("case_new")] == ["P0154"]


def test_nothing_moves_for_what_is_not_said(stage):
    given = private(stage)
    unsaid = {"case": given["case"], "age_group": "unsaid", "aid_worker": "unsaid", "zone": ""}
    stage.does("refine_private", unsaid)
    case = stage.case(given["case"])
    assert (case.category, case.area_pcode, stage.holder(case.id)) == ("93", None, "P0155")
    assert len(stage.outbox("case_new", "withheld")) == 0


def test_a_zone_said_later_lowers_no_class_that_words_raised(stage):
    given = stage.files(category="24", about="staff", place="")
    stage.does("add_words", {"case": given["case"], "words": HARM})
    stage.does("refine_private", {"case": given["case"], "zone": f"z:{ANSONGO}"})
    case = stage.case(given["case"])
    assert (case.case_class, case.area_pcode, stage.holder(case.id)) == ("C7", ANSONGO, "P0155")


@pytest.mark.parametrize(
    ("words", "said", "category", "case_class", "holder"),
    [
        (HARM, {"aid_worker": "yes"}, "92", "C6", "P0154"),
        (HARM, {"age_group": "child"}, "94", "C7", "P0158"),
        (HARM, {"category": "94"}, "94", "C7", "P0158"),
        (FRAUD, {"category": "93"}, "93", "C7", "P0155"),
        (FRAUD, {"category": "94"}, "94", "C7", "P0158"),
        (FRAUD, {"category": "93", "aid_worker": "yes"}, "92", "C6", "P0154"),
        (FRAUD, {"category": "91", "aid_worker": "yes"}, "12", "C5", "P0153"),
    ],
)
def test_what_words_made_private_follows_what_is_said_next(
    stage, words, said, category, case_class, holder
):
    given = stage.files()
    stage.does("add_words", {"case": given["case"], "words": words})
    stage.does("refine_private", {"case": given["case"], **said})
    case = stage.case(given["case"])
    assert (case.category, case.case_class) == (category, case_class)
    assert stage.holder(case.id) == holder


def test_a_code_dialled_through_says_the_zone_and_never_the_village(stage):
    with stage.store.work(Job("test")) as work:
        work.session.add(PlaceCode(code="6143", ref=f"c:{TESSIT}"))
    given = private(stage)
    assert stage.case(given["case"]).area_pcode is None
    stage.does("refine_private", {"case": given["case"], "dialled": "6143"})
    case = stage.case(given["case"])
    assert (case.area_pcode, case.place_ref) == (ANSONGO, None)


def test_things_are_counted_without_a_trace_of_who(stage):
    for _ in range(3):
        stage.does("tally", {"what": "private_calls_herself"})
    with stage.store.work(Job("test")) as work:
        [row] = work.session.scalars(select(Tally))
        assert (row.what, row.count, row.day) == ("private_calls_herself", 3, "2026-11-23")


@pytest.mark.parametrize(
    "effect", ["add_words", "allow_repair", "satisfied", "reopen", "withdraw", "refine_private"]
)
def test_a_dialogue_without_a_case_in_hand_meets_no_error(stage, effect):
    said = {"words": "x", "repair": "yes", "how": "no", "case": ""}
    assert stage.does(effect, said).name in {"added", "noted", "done", "reopened"}


def test_words_are_unreadable_once_their_key_is_gone(stage):
    given = stage.files()
    with stage.store.work(Job("test")) as work:
        keep(work, stage.house.sealer, stage.case(given["case"]), Words("said", MORE), stage.now)
    assert opened(stage, given["case"]) == [MORE]
    stage.does("withdraw", {"case": given["case"]})
    assert [key for _, key in stories(stage, given["case"])] == [None]
