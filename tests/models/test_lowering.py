"""A case leaves its compartment when two people say so, and not before (domain.md 4.2, rule 2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.audit import AuditEntry
from models.case import Subject
from models.db import Handler, Job
from models.lowering import Lowering
from models.person import Hat, Person
from models.services import agent_menu, handling, lowering
from tests.factories import SPEAKER, phone_of

FIRST = "P0153"
ORDINARY = ("P0150", "P0151", "P0152")


@pytest.fixture
def two(stage):
    """The programme with two officers of integrity."""
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == "P0122"))
        hat = Hat(function="integrity", organisation_id="ngo-b", area_pcode=None)
        person.hats = [hat]
    return stage


@pytest.fixture
def filed(two):
    given = two.files(category="17")
    assert two.holder(given["case"]) in {FIRST, "P0122"}
    return given


def first_of(stage, given):
    return stage.holder(given["case"])


def second_of(stage, given):
    return "P0122" if first_of(stage, given) == FIRST else FIRST


def ask(stage, number, given, reason="misheard"):
    return stage.signed_in(number, "propose_lowering", item=given["n"], reason=reason).name


def say(stage, number, given, verdict):
    return stage.signed_in(number, "judge_lowering", item=given["n"], verdict=verdict).name


def marks(stage, given):
    with stage.store.work(Job("test")) as work:
        rows = select(AuditEntry).where(AuditEntry.row_id == given["case"])
        rows = rows.where(AuditEntry.act.startswith("lower")).order_by(AuditEntry.id)
        found = work.session.scalars(rows).all()
        assert {one.about for one in found} <= {"compartment"}  # the command line lists none
        return [(one.actor, one.act, one.reason) for one in found]


def test_one_person_alone_changes_nothing(two, filed):
    first = first_of(two, filed)
    assert ask(two, first, filed) == "asked"
    assert say(two, first, filed, "lower") == "gone"
    case = two.case(filed["case"])
    assert (case.case_class, case.category) == ("C5", "17")
    for number in ORDINARY:
        assert two.signed_in(number, "my_items").name == "none"


def test_the_second_person_lets_it_go_the_ordinary_road(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    assert say(two, second, filed, "lower") == "lowered"
    case = two.case(filed["case"])
    assert (case.case_class, case.category, case.status) == ("C3", "8", "routed")
    assert two.holder(case.id) in ORDINARY
    assert two.signed_in(first, "my_items").name == "none"
    assert marks(two, filed) == [(first, "lower_asked", "misheard"), (second, "lower", "misheard")]
    assert two.outbox("answer_ready") == []


def test_a_topic_that_was_ordinary_is_ordinary_again(two):
    given = two.files(category="12", words="le chef a pris de l'argent a chaque famille")
    assert two.case(given["case"]).case_class == "C5"
    ask(two, first_of(two, given), given)
    assert say(two, second_of(two, given), given, "lower") == "lowered"
    case = two.case(given["case"])
    assert (case.case_class, case.category) == ("C4", "12")


def test_the_second_person_may_say_no(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    assert say(two, second, filed, "keep") == "kept"
    assert two.case(filed["case"]).case_class == "C5"
    assert two.holder(filed["case"]) == first
    assert marks(two, filed)[-1] == (second, "lower_refused", "misheard")
    assert say(two, second, filed, "lower") == "gone"  # said is said
    assert ask(two, first, filed, "nobody") == "asked"  # but it may be asked anew


@pytest.mark.parametrize("number", [*ORDINARY, "P0154", "P0155", "P0121"])
def test_nobody_else_asks_or_decides(two, filed, number):
    assert ask(two, number, filed) == "gone"
    ask(two, first_of(two, filed), filed)
    assert say(two, number, filed, "lower") == "gone"
    assert two.case(filed["case"]).case_class == "C5"
    assert len(marks(two, filed)) == 1


def test_the_outside_body_is_the_second_where_there_is_one_officer_only(stage):
    given = stage.files(category="17")
    assert ask(stage, FIRST, given) == "asked"
    assert sorted(one for one, _ in stage.outbox("case_new")) == [FIRST, "P0159"]
    assert stage.signed_in("P0159", "my_items").values["items"][0]["value"] == given["n"]
    assert say(stage, "P0159", given, "lower") == "lowered"
    assert stage.signed_in("P0159", "my_items").name == "none"


def test_where_nobody_else_may_judge_it_stays(stage):
    stage.change(Person, {"number": "P0159"}, blocked_at=stage.now)
    given = stage.files(category="17")
    assert ask(stage, FIRST, given) == "alone"
    assert stage.case(given["case"]).case_class == "C5"
    assert marks(stage, given) == []


def test_whoever_it_is_about_is_not_the_second(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    with two.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=filed["case"], kind="person", ref=second))
    ask(two, first, filed)
    assert say(two, second, filed, "lower") == "gone"
    with two.store.work(Job("test")) as work:
        [row] = work.session.scalars(select(Lowering))
        assert work.session.get_one(Person, row.second_id).number == "P0159"


def test_who_is_barred_after_being_asked_decides_nothing(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    with two.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=filed["case"], kind="person", ref=second))
    assert say(two, second, filed, "lower") == "gone"


def test_words_said_since_were_not_judged(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    two.later(minutes=1)
    two.does("add_words", {"case": filed["case"], "words": "ils gardent tout pour eux"})
    assert say(two, second, filed, "lower") == "gone"
    assert two.case(filed["case"]).case_class == "C5"
    assert ask(two, first, filed) == "asked"


def test_a_class_raised_since_was_not_judged(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    two.later(minutes=1)
    two.does("add_words", {"case": filed["case"], "words": "un homme a viole ma fille"})
    assert two.case(filed["case"]).case_class == "C7"
    assert say(two, second, filed, "lower") == "gone"


def test_a_wish_that_nobody_answers_is_over_and_another_is_asked(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    two.later(hours=73)
    assert say(two, second, filed, "lower") == "gone"
    assert ask(two, first, filed) == "asked"
    assert say(two, "P0159", filed, "keep") == "kept"


def test_asking_twice_is_asking_once(two, filed):
    first = first_of(two, filed)
    assert [ask(two, first, filed) for _ in range(3)] == ["asked"] * 3
    assert len(marks(two, filed)) == 1


def test_the_second_reads_the_words_before_deciding(two):
    given = two.files(category="17", words="ils ont tout pris")
    first, second = first_of(two, given), second_of(two, given)
    ask(two, first, given)
    begin, finish = agent_menu.AGENT_READS["read_words"]
    with two.store.work(Job("test")) as work:
        answers = {"agent": second, "item": given["n"]}
        reading = begin(work, two.scene(phone_of(second)), answers)
    assert finish(two.house, reading) == ["ils ont tout pris"]


def test_the_outside_body_reads_what_it_is_to_judge_and_nothing_afterwards(stage):
    given = stage.files(category="17", words="ils ont tout pris")
    begin, finish = agent_menu.AGENT_READS["read_words"]

    def reads():
        with stage.store.work(Job("test")) as work:
            answers = {"agent": "P0159", "item": given["n"]}
            return begin(work, stage.scene(phone_of("P0159")), answers)

    assert reads() is None
    ask(stage, FIRST, given)
    assert finish(stage.house, reads()) == ["ils ont tout pris"]
    say(stage, "P0159", given, "keep")
    assert reads() is None


def test_only_the_screens_of_the_two_offer_it(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    assert two.signed_in(first, "open_item", item=filed["n"]).values["may_lower"]
    ask(two, first, filed)
    asked = two.signed_in(first, "open_item", item=filed["n"]).values
    assert not {"may_lower", "judges"} & asked.keys()
    assert two.signed_in(second, "open_item", item=filed["n"]).values["judges"]
    ordinary = two.files()
    shown = two.signed_in(two.holder(ordinary["case"]), "open_item", item=ordinary["n"]).values
    assert not {"may_lower", "judges"} & shown.keys()


def test_nothing_of_it_is_told_to_the_speaker(two, filed):
    before = two.follows(filed["c6"]).values["sentence"]
    ask(two, first_of(two, filed), filed)
    say(two, second_of(two, filed), filed, "lower")
    assert two.follows(filed["c6"]).values["sentence"] == before
    with two.store.work(Job("test")) as work:
        assert work.session.scalars(select(Lowering)).one().agreed is True
    assert all(person != "speaker" for person, _ in two.outbox("case_new"))


def test_a_private_call_that_is_none_goes_to_the_call_back_agents(stage):
    stage.does("open_call_back", {"private": True, "call_when": "evening"}, SPEAKER)
    [(officer, text)] = stage.outbox("case_new")
    with stage.store.work(Job("test")) as work:
        [row] = work.session.scalars(select(Lowering)).all() or [None]
        assert row is None
    given = {"n": text.split()[3].strip(".")}
    assert ask(stage, officer, given) == "asked"
    with stage.store.work(Job("test")) as work:
        row = work.session.scalars(select(Lowering)).one()
        second = work.session.get_one(Person, row.second_id).number
        case = row.case_id
    assert say(stage, second, given, "lower") == "lowered"
    assert stage.case(case).case_class == "C1"
    assert stage.holder(case) in {"P0156", "P0157"}


def test_the_database_itself_refuses_one_person_for_both(two, filed):
    with two.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person.id).where(Person.number == FIRST))
    said = {"case_id": filed["case"], "from_class": "C5", "reason": "nobody"}
    row = Lowering(**said, first_id=person, second_id=person, asked_at=two.now)
    with pytest.raises(IntegrityError), two.store.work(Job("test")) as work:
        work.session.add(row)


def test_two_answers_at_once_are_one(two, filed):
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    with ThreadPoolExecutor(2) as hands:
        told = list(hands.map(lambda one: say(two, second, filed, one), ["lower", "lower"]))
    assert sorted(told) == ["gone", "lowered"]
    assert len(marks(two, filed)) == 2


def test_from_the_console_the_second_person_works_under_their_own_name(two, filed):
    """The database hides the case from them as soon as it left: that must not undo the act."""
    first, second = first_of(two, filed), second_of(two, filed)
    ask(two, first, filed)
    with two.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == second))
    with two.store.work(Handler(person.id, person.number)) as work:
        desk = handling.desk_of(work, two.house, person.id, two.now)
        case = handling.find(desk, filed["n"])
        assert lowering.decide(desk, case, agrees=True)
    assert two.case(filed["case"]).case_class == "C3"


def test_from_the_console_the_first_person_asks_under_their_own_name(two, filed):
    first = first_of(two, filed)
    with two.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == first))
    with two.store.work(Handler(person.id, person.number)) as work:
        desk = handling.desk_of(work, two.house, person.id, two.now)
        assert lowering.ask(desk, handling.find(desk, filed["n"]), "misheard") is not None
    assert say(two, second_of(two, filed), filed, "keep") == "kept"
