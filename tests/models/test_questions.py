"""One question to the speaker while the case stays open: asked, read by the receipt, replied to."""

import pytest
from sqlalchemy import select

from models.case import Case, CaseEvent, Story, Subject
from models.db import Job
from models.errors import KeeperRefused
from models.person import Person
from models.services import case_acts, clocks, counters, handling
from models.services.case_acts import Refused
from models.services.counters import totals
from models.services.listing import Asking
from models.services.morning import lately, morning
from tests.factories import NEIGHBOUR, phone_of

ASKED = "Dans quel village, et quel jour?"
SAID = "A Tintihigrene, jeudi."


def acts(stage, number, case_id, does):
    """Let a registered person do something to a case at the console."""
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == number))
        desk = handling.desk_of(work, stage.house, person.id, stage.now)
        case = handling.find(desk, work.session.get_one(Case, case_id).number)
        return does(desk, case)


def asks(stage, given, words=ASKED, by="P0150"):
    acts(stage, by, given["case"], lambda desk, case: case_acts.ask(desk, case, words))


def let_go(stage):
    stage.later(minutes=10)
    stage.settles()


def said(stage, given):
    with stage.store.work(Job("test")) as work:
        asked = select(Story).where(Story.case_id == given["case"]).order_by(Story.id)
        return [(one.what, one.status) for one in work.session.scalars(asked)]


def replies(stage, given, words=SAID):
    return stage.does("add_words", {"case": given["case"], "words": words})


def details(stage, given, transition):
    with stage.store.work(Job("test")) as work:
        asked = select(CaseEvent.details).where(
            CaseEvent.case_id == given["case"], CaseEvent.transition == transition
        )
        return list(work.session.scalars(asked))


def came_back(stage, number="P0150"):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == number))
        desk = handling.desk_of(work, stage.house, person.id, stage.now)
        block = morning(Asking(desk.work, stage.now), lately(stage.now), []).blocks["replied"]
        return [line.row.number for line in block.lines]


@pytest.fixture
def given(stage):
    return stage.files(answer="sms")


@pytest.fixture
def asked(stage, given):
    """A case whose speaker is asked one thing; the text that says so has left."""
    asks(stage, given)
    let_go(stage)
    return given


def test_the_case_stays_with_who_asked_and_its_clock_runs_on(stage, given):
    stage.writes("P0150", f"PRIS {given['n']}")
    before = stage.case(given["case"])
    asks(stage, given)
    let_go(stage)
    after = stage.case(given["case"])
    assert (after.status, stage.holder(given["case"])) == ("taken", "P0150")
    clock = ("due_at", "act_by", "remind_at", "promised_at", "answered_at", "replied_at")
    assert [getattr(after, one) for one in clock] == [getattr(before, one) for one in clock]
    assert [done for done, _ in stage.events(given["case"])] == [
        "opened",
        "taken",
        "questioning",
        "questioned",
    ]


def test_it_is_counted_as_no_answer(stage, asked):
    with stage.store.work(Job("test")) as work:
        day = stage.now.date().isoformat()
        found = totals(work, "", day, day)[""]
        assert counters.differences(work) == {}
    assert (found["received"], found["answered"], found["waiting"]) == (1, 0, 1)


def test_a_question_about_to_leave_does_not_hold_the_clock(stage, given):
    stage.writes("P0150", f"PRIS {given['n']}")
    stage.clock[0] = stage.case(given["case"]).due_at
    asks(stage, given)
    with stage.store.work(Job("clocks")) as work:
        assert clocks.hand_over(work, stage.house, stage.now) == 1
    let_go(stage)
    assert said(stage, given) == [("question", "cancelled")]  # whoever asked has it no longer
    assert stage.outbox("answer_ready") == []


def test_within_ten_minutes_it_is_taken_back_and_never_read(stage, given):
    asks(stage, given)
    assert stage.follows(given["c6"]).name == "waiting"
    assert acts(stage, "P0150", given["case"], handling.undo)
    let_go(stage)
    assert said(stage, given) == [("question", "cancelled")]
    assert stage.follows(given["c6"]).name == "waiting"
    assert stage.outbox("answer_ready") == []


def test_it_takes_effect_once_however_often_it_is_settled(stage, given):
    asks(stage, given)
    stage.later(minutes=10)
    assert [stage.settles() for _ in range(3)] == [1, 0, 0]
    assert len(stage.outbox("answer_ready")) == 1


def test_whoever_wanted_an_sms_is_told_that_a_message_waits_and_is_owed_one_still(stage, asked):
    assert stage.outbox("answer_ready") == [
        ("speaker", "Jaabi: un message vous attend. Composez *123# puis 4.")
    ]
    stage.follows(asked["c6"])
    assert stage.case(asked["case"]).address is not None


def test_only_the_receipt_opens_it_and_by_sms_no_page_is(stage, asked):
    opened = stage.follows(asked["c6"])
    assert (opened.name, opened.values["pages"]) == ("asked", [ASKED])
    assert stage.follows(asked["c6"], NEIGHBOUR).name == "unknown"
    assert stage.follows(asked["c6"], kind="sms").name == "waiting"
    with pytest.raises(KeeperRefused):
        stage.house.keeper.question(asked["case"], None, "482173061549")
    with pytest.raises(KeeperRefused):
        stage.house.keeper.question(10_000, None, "482173061549")


def test_words_said_to_it_are_its_reply_and_come_back_to_who_asked(stage, asked):
    stage.follows(asked["c6"])
    assert came_back(stage) == []
    assert replies(stage, asked).name == "added"
    assert said(stage, asked) == [("question", "replied"), ("said", "kept")]
    assert came_back(stage) == [asked["n"]]
    assert came_back(stage, "P0121") == []
    assert stage.follows(asked["c6"]).name == "waiting"
    assert stage.outbox("answer_ready") == []  # by night it had been about to leave
    [question] = details(stage, asked, "questioned")
    assert details(stage, asked, "added") == [{"question": question["story"]}]
    assert details(stage, asked, "heard") == [{"question": question["story"]}]


def test_words_said_before_it_left_are_no_reply(stage, given):
    asks(stage, given)
    replies(stage, given)
    let_go(stage)
    assert stage.follows(given["c6"]).name == "asked"
    assert details(stage, given, "added") == [{}]


def test_one_at_a_time_and_the_next_after_the_reply(stage, given):
    asks(stage, given)
    for _ in range(2):  # about to leave, then waiting for words
        with pytest.raises(Refused, match="questioned"):
            asks(stage, given)
        let_go(stage)
    replies(stage, given)
    asks(stage, given, "Combien de sacs?")
    assert came_back(stage) == [given["n"]]
    let_go(stage)
    assert came_back(stage) == []
    assert stage.follows(given["c6"]).values["pages"] == ["Combien de sacs?"]


def test_none_is_asked_while_an_answer_leaves_and_an_answer_takes_its_place(stage, given):
    stage.writes("P0150", f"DIRE {given['n']} Le camion arrive.")
    with pytest.raises(Refused, match="answering"):
        asks(stage, given)
    acts(stage, "P0150", given["case"], handling.undo)
    asks(stage, given)
    stage.writes("P0150", f"DIRE {given['n']} Le camion arrive.")
    let_go(stage)
    assert [one for one in said(stage, given) if one[0] == "question"] == [
        ("question", "cancelled")
    ]
    assert stage.case(given["case"]).status == "answered"


def test_after_the_answer_nothing_waits_for_words_any_more(stage, asked):
    replies(stage, asked)
    stage.writes("P0150", f"DIRE {asked['n']} Le camion arrive.")
    let_go(stage)
    assert said(stage, asked)[0] == ("question", "kept")
    opened = stage.follows(asked["c6"])
    assert (opened.name, opened.values["pages"]) == ("answered", ["Le camion arrive."])
    stage.does("reopen", {"case": asked["case"], "how": "no"})
    stage.writes("P0150", f"PRIS {asked['n']}")
    assert stage.follows(asked["c6"]).name == "waiting"
    assert came_back(stage) == []


def test_nobody_is_asked_who_cannot_read_it(stage):
    nameless, call = stage.files(answer="none"), stage.files(answer="call")
    with pytest.raises(Refused, match="unasked"):
        asks(stage, nameless)
    asks(stage, call)
    let_go(stage)
    assert stage.outbox("answer_ready") == []
    assert stage.follows(call["c6"]).name == "asked"


def test_in_a_compartment_no_text_leaves_and_its_officer_asks(stage):
    given = stage.files(category="92", private="1", answer="sms")
    officer = stage.holder(given["case"])
    asks(stage, given, by=officer)
    let_go(stage)
    assert stage.outbox("answer_ready") == []
    assert stage.follows(given["c6"]).values["pages"] == [ASKED]


def test_raised_into_a_compartment_it_is_over_and_its_text_withheld(stage, asked):
    replies(stage, asked, "un homme a viole ma fille")
    assert said(stage, asked)[0] == ("question", "kept")
    assert stage.follows(asked["c6"]).name == "waiting"
    assert stage.outbox("answer_ready") == []


@pytest.mark.parametrize("change", ["lost", "given on", "barred"])
def test_it_does_not_leave_once_the_case_is_no_longer_theirs(stage, given, change):
    asks(stage, given)
    if change == "lost":
        stage.change(Person, {"number": "P0150"}, revoked_at=stage.now)
    elif change == "given on":
        other = stage.person_by_phone(phone_of("P0152"))
        stage.change(Case, {"id": given["case"]}, holder_person=other)
    else:
        with stage.store.work(Job("test")) as work:
            work.session.add(Subject(case_id=given["case"], kind="person", ref="P0150"))
    let_go(stage)
    assert said(stage, given) == [("question", "cancelled")]
    assert stage.outbox("answer_ready") == []


def test_stopping_everything_takes_the_question_too(stage, asked):
    stage.does("withdraw", {"case": asked["case"]})
    assert stage.follows(asked["c6"]).name == "unknown"
    assert stage.outbox("answer_ready") == []
