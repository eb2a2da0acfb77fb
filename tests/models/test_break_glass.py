"""Cases opened by whom they were not given to, and reading that is not as usual."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.case import Case, Subject
from models.db import Handler, Job
from models.errors import KeeperRefused
from models.person import Hat, Person, Tie
from models.services import break_glass, readings, unusual
from models.services.audit import about_case, note
from models.services.handling import desk_of
from tests.factories import ANSONGO

WORDS = "Nous avons recu la moitie des vivres"
OUTSIDE = "P0159"


@pytest.fixture
def filed(stage):
    """An ordinary case that P0122 of another organisation has; the cell only triages."""
    filed = stage.files(words=WORDS)
    given_to(stage, filed)
    return filed


def given_to(stage, case):
    desk = {"holder_organisation": "ngo-b", "holder_function": "meal"}
    holder = person(stage, "P0122").id
    stage.change(Case, {"id": case["case"]}, holder_person=holder, **desk)


def person(stage, number):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(Person).where(Person.number == number)).one()


def opens(stage, number, case, reason="absent"):
    """Break the glass; return the entry's row id, or None."""
    with stage.store.work(Job("test")) as work:
        desk = desk_of(work, stage.house, person(stage, number).id, stage.now)
        entry = break_glass.break_open(desk, case["n"], reason)
        return None if entry is None else entry.id


def begins(stage, number, case):
    """Note a reading as somebody does who has the case."""
    who = person(stage, number)
    with stage.store.work(Job("test")) as work:
        own = replace(work, actor=Handler(who.id, who.number))
        return readings.begin(own, work.session.get_one(Case, case["case"]), stage.now)


def refused(stage, entry):
    with pytest.raises(KeeperRefused):
        stage.house.keeper.words(entry)
    return True


def concern(stage, case, kind, ref):
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=case["case"], kind=kind, ref=ref))


def told(stage):
    purposes = ("glass_broken", "unusual", "glass_week")
    return [one for purpose in purposes for one in stage.outbox(purpose)]


def test_with_a_reason_a_case_of_another_is_opened_and_a_second_person_told_at_once(stage, filed):
    assert refused(stage, begins(stage, "P0151", filed))
    entry = opens(stage, "P0151", filed)
    assert stage.house.keeper.words(entry) == [WORDS]
    [(who, text)] = told(stage)
    assert who == "P0152"
    assert filed["n"] in text
    assert "P0151" not in text
    with stage.store.reading(Job("test")) as work:
        noted = work.session.get_one(AuditEntry, entry)
        assert (noted.actor, noted.act, noted.reason) == ("P0151", "break_glass", "absent")
        assert noted.details == {"second": "P0152"}


def test_a_page_of_the_console_may_open_it_that_sees_no_case_of_others(stage, filed):
    who = person(stage, "P0151")
    actor = Handler(who.id, who.number)
    with stage.store.work(actor) as work:
        desk = desk_of(work, stage.house, who.id, stage.now)
        if not stage.store.is_sqlite:
            assert work.session.get(Case, filed["case"]) is None
        entry = break_glass.break_open(desk, filed["n"], "urgent").id
        assert break_glass.break_open(desk, "99999", "urgent") is None
    assert stage.house.keeper.words(entry) == [WORDS]
    assert [who for who, _ in told(stage)] == ["P0152"]


def test_it_stays_open_for_half_an_hour_each_reading_noted(stage, filed):
    opened = opens(stage, "P0151", filed)
    stage.later(minutes=29)
    assert refused(stage, opened)
    assert stage.house.keeper.words(begins(stage, "P0151", filed)) == [WORDS]
    assert refused(stage, begins(stage, "P0150", filed))
    stage.later(minutes=1)
    assert refused(stage, begins(stage, "P0151", filed))


def test_no_other_entry_opens_words_while_it_lasts(stage, filed):
    assert opens(stage, "P0151", filed)
    who = person(stage, "P0151")
    with stage.store.work(Job("test")) as work:
        case = work.session.get_one(Case, filed["case"])
        own = replace(work, actor=Handler(who.id, who.number))
        entry = note(own, about_case("lower_asked", case), stage.now).id
    assert refused(stage, entry)


def test_the_supervisors_own_act_is_told_to_another(stage, filed):
    assert opens(stage, "P0152", filed)
    assert [who for who, _ in told(stage)] == ["P0151"]


def test_who_may_not_know_of_it_is_not_told(stage, filed):
    one, other = sorted(person(stage, number).id for number in ("P0161", "P0152"))
    with stage.store.work(Job("test")) as work:
        work.session.add(Tie(person_id=one, other_id=other))
    concern(stage, filed, "person", "P0161")
    assert opens(stage, "P0151", filed)
    assert [who for who, _ in told(stage)] == ["P0150"]


def test_where_nobody_else_is_left_nobody_looks_alone(stage, filed):
    for number in ("P0150", "P0152", OUTSIDE):
        stage.change(Person, {"number": number}, blocked_at=stage.now)
    assert opens(stage, "P0151", filed) is None
    stage.change(Person, {"number": OUTSIDE}, blocked_at=None)
    assert opens(stage, "P0151", filed)
    assert [who for who, _ in told(stage)] == [OUTSIDE]


def test_a_reason_is_one_of_those_there_are(stage, filed):
    with pytest.raises(ValueError, match="reason"):
        opens(stage, "P0151", filed, "curious")


@pytest.mark.parametrize("number", ["P0121", "P0111", "P0153", "P0155", "P0156", OUTSIDE])
def test_who_does_not_triage_in_the_cell_opens_nothing_of_others(stage, filed, number):
    assert opens(stage, number, filed) is None
    assert told(stage) == []


def test_who_triages_for_another_organisation_is_not_of_the_cell(stage, filed):
    stage.change(Hat, {"person_id": person(stage, "P0151").id}, organisation_id="drs-gao")
    assert opens(stage, "P0151", filed) is None


def test_no_such_case_reads_the_same(stage, filed):
    assert opens(stage, "P0151", {"n": "99999"}) is None


@pytest.mark.parametrize(
    ("kind", "ref"), [("person", "P0151"), ("organisation", "cell"), ("function", "cell_triager")]
)
def test_whom_it_is_about_never_opens_it(stage, filed, kind, ref):
    concern(stage, filed, kind, ref)
    assert opens(stage, "P0151", filed) is None
    assert told(stage) == []


def test_nor_do_their_kin_nor_who_became_concerned_meanwhile(stage, filed):
    one, other = sorted(person(stage, number).id for number in ("P0161", "P0151"))
    with stage.store.work(Job("test")) as work:
        work.session.add(Tie(person_id=one, other_id=other))
    assert opens(stage, "P0151", filed)
    concern(stage, filed, "person", "P0161")
    assert opens(stage, "P0151", filed) is None
    assert refused(stage, begins(stage, "P0151", filed))


def test_who_works_elsewhere_opens_nothing_here(stage, filed):
    stage.change(Hat, {"person_id": person(stage, "P0151").id}, area_pcode="ML06")
    assert opens(stage, "P0151", filed) is None
    stage.change(Hat, {"person_id": person(stage, "P0151").id}, area_pcode=ANSONGO)
    assert opens(stage, "P0151", filed)


@pytest.mark.parametrize(
    ("case_class", "may"),
    [("C5", {"P0153"}), ("C6", {"P0154"}), ("C7", {"P0155", "P0158"})],
)
def test_a_compartment_opens_to_its_officers_alone(stage, filed, case_class, may):
    stage.change(Case, {"id": filed["case"]}, case_class=case_class)
    everybody = ("P0151", "P0152", "P0153", "P0154", "P0155", "P0156", "P0158", OUTSIDE)
    assert {number for number in everybody if opens(stage, number, filed)} == may
    # Those who are told are cleared for it too, or answer for the outside body.
    assert {who for who, _ in told(stage)} <= may | {OUTSIDE}


def test_what_is_closed_is_opened_by_nobody(stage, filed):
    stage.change(Case, {"id": filed["case"]}, status="closed")
    assert opens(stage, "P0151", filed) is None


def reports(stage):
    with stage.store.work(Job("timetable")) as work:
        unusual.report(work, stage.house, stage.now)
    return sorted(text for who, text in told(stage) if who == OUTSIDE)


def test_reading_as_usual_is_told_to_nobody(stage, filed):
    for _ in range(unusual.MANY):
        begins(stage, "P0150", filed)
    assert reports(stage) == []


def test_more_than_thirty_openings_within_an_hour_are_told_once(stage, filed):
    for _ in range(unusual.MANY):
        begins(stage, "P0150", filed)
    stage.later(minutes=59)
    begins(stage, "P0151", filed)
    assert reports(stage) == []
    begins(stage, "P0150", filed)
    [text] = reports(stage)
    assert "plus de 30" in text
    assert "P0150" not in text
    begins(stage, "P0150", filed)
    assert reports(stage) == [text]
    with stage.store.reading(Job("test")) as work:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.act == "unusual")).one()
        assert (entry.number, entry.reason) == ("P0150", "many")


def test_reading_outside_ones_own_area_is_told(stage, filed):
    begins(stage, "P0161", filed)  # of Gao, in which Tessit lies
    assert reports(stage) == []
    stage.change(Hat, {"person_id": person(stage, "P0161").id}, area_pcode="ML06")
    begins(stage, "P0161", filed)
    assert "hors de sa zone" in reports(stage)[0]


def test_reading_at_night_is_told_unless_harm_waits_for_its_first_act(stage, filed):
    stage.clock[0] = stage.now.replace(hour=22)
    stage.change(Case, {"id": filed["case"]}, case_class="C7", act_by=stage.now)
    begins(stage, "P0155", filed)
    assert reports(stage) == []
    stage.later(minutes=1)
    begins(stage, "P0155", filed)
    assert "de nuit" in reports(stage)[0]


def test_an_ordinary_case_read_at_night_is_told(stage, filed):
    stage.clock[0] = stage.now.replace(hour=22)
    begins(stage, "P0150", filed)
    assert "de nuit" in reports(stage)[0]


def test_what_the_outside_body_reads_is_told_to_the_cell(stage, filed):
    stage.clock[0] = stage.now.replace(hour=22)
    begins(stage, OUTSIDE, filed)
    assert reports(stage) == []
    assert [who for who, _ in told(stage)] == ["P0152"]


def test_on_monday_the_week_is_told_without_what_its_reader_may_not_know(stage, filed):
    other = stage.files(words="autre chose", phone="+22370000002")
    given_to(stage, other)
    opens(stage, "P0151", filed)
    opens(stage, "P0151", other)
    concern(stage, other, "person", OUTSIDE)
    stage.later(days=7, minutes=-1)  # a Monday
    for _ in range(2):
        with stage.store.work(Job("timetable")) as work:
            unusual.tell_week(work, stage.house, stage.now)
    [(who, text)] = stage.outbox("glass_week")
    assert who == OUTSIDE
    assert filed["n"] in text
    assert other["n"] not in text
    stage.later(days=1)
    with stage.store.work(Job("timetable")) as work:
        unusual.tell_week(work, stage.house, stage.now + timedelta(days=7))
    assert len(stage.outbox("glass_week")) == 1
