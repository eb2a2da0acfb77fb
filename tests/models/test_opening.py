"""Filing: all of it in one unit of work, and nothing kept that is not owed."""

import re

import pytest
from sqlalchemy import func, select

from flows import numbers
from models.case import Case, CaseEvent, ItemNumber, Subject
from models.conversation import Contact
from models.db import Gateway, Job
from models.outbound import OutboundMessage
from models.services import settling
from models.services.effects import EFFECTS
from models.services.opening import keep_incomplete
from models.services.places import start_place
from tests.factories import NEIGHBOUR, SPEAKER, TESSIT
from tests.outbox import claim_due


def count(stage, table):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_a_case_is_filed_with_number_receipt_holder_clock_and_announcement(stage):
    given = stage.files()
    case = stage.case(given["case"])
    assert re.fullmatch(r"\d\d \d\d \d\d", given["c6"])
    assert re.fullmatch(r"\d\d \d\d \d\d", given["c6b"])
    assert numbers.is_receipt((given["c6"] + given["c6b"]).replace(" ", ""))
    assert re.fullmatch(r"\d\d/\d\d", given["date"])
    assert numbers.is_item_number(case.number)
    assert len(case.number) == 5
    assert (case.status, case.case_class, case.area_pcode) == ("routed", "C4", TESSIT)
    assert stage.holder(case.id) in {"P0150", "P0151"}
    assert case.due_at > stage.now
    assert case.why
    assert stage.events(case.id) == [("opened", "gateway")]
    assert {(one.kind, one.ref) for one in case.subjects} == {("organisation", "ngo-a")}


def test_only_the_chosen_person_is_told_a_number_and_a_date(stage):
    given = stage.files()
    [(person, text)] = stage.outbox("case_new")
    number = stage.case(given["case"]).number
    assert person == stage.holder(given["case"])
    assert number in text
    assert given["date"] in text
    assert "Tessit" not in text
    assert "vivres" not in text


def test_the_announcement_waits_for_the_end_of_the_session_or_five_minutes(stage):
    given = stage.files()

    def due():
        with stage.store.work(Job("sender")) as work:
            return claim_due(work, stage.now, 10)

    assert due() == []
    with stage.store.work(Gateway()) as work:
        settling.release_announcements(work, given["case"], stage.now)
        assert work.queues == {"outbox"}
    assert len(due()) == 1


def test_without_an_end_of_session_it_leaves_after_five_minutes(stage):
    stage.files()
    with stage.store.work(Job("sender")) as work:
        assert claim_due(work, stage.now, 10) == []
        assert len(claim_due(work, stage.later(minutes=5), 10)) == 1


def test_what_is_interrupted_leaves_nothing_behind(stage):
    def file_and_die():
        with stage.store.work(Gateway()) as work:
            answers = {"category": "12", "place": f"c:{TESSIT}", "answer": "code"}
            EFFECTS["open_case"](work, stage.scene(SPEAKER), answers)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        file_and_die()
    for table in (Case, ItemNumber, CaseEvent, Subject, OutboundMessage, Contact):
        assert count(stage, table) == 0


def test_a_number_is_kept_only_while_an_sms_or_a_call_is_owed(stage):
    assert stage.case(stage.files(answer="code")["case"]).address is None
    assert stage.case(stage.files(answer="none")["case"]).address is None
    assert stage.case(stage.files(answer="call")["case"]).address is None  # not agreed to yet
    kept = stage.case(stage.files(answer="sms")["case"]).address
    assert stage.vault.number(kept) == SPEAKER


def test_a_nameless_case_keeps_nothing_of_who_spoke_until_a_code_is_asked_for(stage):
    given = stage.files(answer="none")
    case = stage.case(given["case"])
    assert "c6" not in given
    assert case.contact is case.receipt_short is case.receipt_long is None
    assert case.receipt_sealed is case.sender_sealed is case.address is None
    assert count(stage, Contact) == 0
    issued = stage.does("issue_receipt", {"case": case.id})
    assert issued.name == "filed"
    assert stage.follows(issued.values["c6"]).name == "waiting"


def test_while_the_keeper_is_away_the_receipt_waits_sealed_in_its_row(stage, keeperless):
    known = stage.does("open_case", {"category": "12", "answer": "code"}, house=keeperless).values
    case = stage.case(known["case"])
    assert case.contact is not None
    assert case.sender_sealed is None
    assert case.receipt_short is None
    assert stage.vault.receipt(case.receipt_sealed) == (known["c6"] + known["c6b"]).replace(" ", "")
    stranger = stage.does(
        "open_case", {"category": "12", "answer": "code"}, house=keeperless, contact=False
    ).values
    case = stage.case(stranger["case"])
    assert case.contact is None
    assert stage.vault.number(case.sender_sealed) == SPEAKER


@pytest.mark.parametrize(
    ("said", "kind", "case_class", "status"),
    [
        ({"category": "61", "answer": "none"}, "alert", "C9", "routed"),
        ({"category": "7"}, "complaint", "C0", "routed"),
        ({"category": ""}, "complaint", "C3", "routed"),
        ({"category": "17"}, "complaint", "C5", "routed"),
        ({"category": 8, "kind": "complaint"}, "complaint", "C3", "routed"),
    ],
)
def test_kind_and_class_come_from_what_was_chosen(stage, said, kind, case_class, status):
    case = stage.case(stage.files(**said)["case"])
    assert (case.kind, case.case_class, case.status) == (kind, case_class, status)


def test_the_sensitive_goes_to_its_officer_without_sms_choice_or_fine_place(stage):
    given = stage.files(category="17", answer="sms", place=f"c:{TESSIT}")
    case = stage.case(given["case"])
    assert stage.holder(case.id) == "P0153"
    assert case.answer_wanted == "code"
    assert case.address is case.place_ref is None
    assert given["private"] is True
    assert "private" not in stage.files()


def test_the_last_place_is_remembered_for_ordinary_classes_only(stage):
    stage.files(NEIGHBOUR, category="17")
    assert stage.does("start_place", {"dialled": ""}, NEIGHBOUR).name == "unknown"
    stage.files(SPEAKER)
    with stage.store.work(Gateway()) as work:
        assert start_place(work, stage.scene(SPEAKER), {"dialled": ""}).name == "known"


def test_a_repair_is_asked_about_only_while_few_have_said_the_same(stage):
    phones = [f"+2237000900{n}" for n in range(4)]
    assert [stage.files(phone)["ask_repair"] for phone in phones] == [True, True, False, False]
    assert stage.files(category="13")["ask_repair"] is False  # a fact that everybody sees
    assert stage.files(category="17")["ask_repair"] is False


def test_one_phone_is_one_voice_however_often_it_speaks(stage):
    assert [stage.files()["ask_repair"] for _ in range(4)] == [True] * 4


def test_a_number_already_taken_is_drawn_again(stage):
    drawn = iter([5736, 5736, 5737])
    house = stage.house
    object.__setattr__(house, "draw", lambda n: next(drawn) if n == 9000 else n // 3)
    first, second = stage.files(answer="none"), stage.files(answer="none")
    assert first["n"] != second["n"]
    assert (first["n"][:4], second["n"][:4]) == ("6736", "6737")


def test_above_four_thousand_live_items_numbers_have_seven_digits(stage):
    with stage.store.work(Job("test")) as work:
        work.session.add_all(
            ItemNumber(number=f"{body:04d}{numbers.damm_digit(f'{body:04d}')}", kind="complaint")
            for body in range(1000, 5001)
        )
    number = stage.files()["n"]
    assert len(number) == 7
    assert numbers.is_item_number(number)


def test_what_was_dropped_before_filing_is_kept_without_a_way_back(stage):
    said = {"category": "12", "place": f"c:{TESSIT}", "about": "ngo", "answer": "sms"}
    with stage.store.work(Job("timetable")) as work:
        case_id = keep_incomplete(work, stage.scene(SPEAKER), said).id
    case = stage.case(case_id)
    assert (case.status, case.category, case.area_pcode) == ("incomplete", "12", TESSIT)
    assert case.contact is case.address is case.receipt_short is case.holder_person is None
    assert stage.outbox("case_new") == []


@pytest.mark.parametrize("said", [{"category": "17"}, {"private": True}, {"place": ""}])
def test_what_was_dropped_on_a_sensitive_path_or_nowhere_is_not_kept(stage, said):
    answers = {"category": "12", "place": f"c:{TESSIT}", **said}
    with stage.store.work(Job("timetable")) as work:
        assert keep_incomplete(work, stage.scene(SPEAKER), answers) is None
