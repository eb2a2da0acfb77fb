"""Whoever lost a case, or is concerned by it, acts on it no more; what was stopped says nothing."""

import pytest
from sqlalchemy import select

from models.case import Subject
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person, Tie
from models.services import clocks
from tests.factories import staged

FRAUD = "le magasinier a detourne les vivres"
SENSITIVE = {"C5", "C6", "C7"}


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


def texts(stage, case_id):
    """Return (purpose, status) of every text that a case made."""
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage).where(OutboundMessage.case_id == int(case_id))
        found = work.session.scalars(rows.order_by(OutboundMessage.id))
        return [(one.purpose, one.status) for one in found]


def raised(stage, case_id, words=FRAUD):
    """Let the speaker add words that few may know."""
    stage.does("add_words", {"case": case_id, "words": words})
    case = stage.case(case_id)
    assert case.case_class in SENSITIVE, case.case_class
    return case


def accuse(work, case_id, accused, kin):
    """Let a case be about one person, to whom another declares a tie."""
    work.session.add(Subject(case_id=case_id, kind="person", ref=accused))
    numbers = select(Person.id).where(Person.number.in_((accused, kin))).order_by(Person.id)
    one, other = work.session.scalars(numbers)
    work.session.add(Tie(person_id=one, other_id=other))


@pytest.mark.parametrize("line", ["DIRE {} on verifie", "FINI {} c'est regle", "RENVOI {}"])
def test_what_was_about_to_leave_does_not_once_the_case_is_a_compartments(stage, line):
    filed = stage.files()
    case, holder = stage.case(filed["case"]), stage.holder(filed["case"])
    stage.writes(holder, f"PRIS {case.number}")
    stage.writes(holder, line.format(case.number))
    stage.later(minutes=2)
    raised(stage, case.id)
    officer = stage.holder(case.id)
    before = stage.events(case.id)
    stage.later(minutes=10)
    stage.settles()
    assert stage.events(case.id) == before
    assert stage.holder(case.id) == officer == "P0153"
    assert stage.case(case.id).status == "routed"
    outcome = stage.follows(filed["c6"])
    assert outcome.name == "waiting"


def test_a_text_by_night_for_who_had_it_never_leaves_once_it_is_a_compartments(stage):
    stage.clock[0] = stage.now.replace(hour=22)
    filed = stage.files(answer="sms")
    holder = stage.holder(filed["case"])
    stage.writes(holder, f"DIRE {stage.case(filed['case']).number} c'est fait")
    stage.later(minutes=10)
    stage.settles()
    stage.does("reopen", {"case": filed["case"], "how": "not_arrived"})
    assert ("check_asked", "waiting") in texts(stage, filed["case"])
    raised(stage, filed["case"])
    left = [one for one in texts(stage, filed["case"]) if one[1] == "waiting"]
    assert left == [("case_new", "waiting")]  # the officer's own


def test_a_case_that_is_stopped_makes_nobody_ring_for_it(stage):
    stage.clock[0] = stage.now.replace(hour=22)
    filed = stage.files()
    stage.later(days=1)
    stage.clock[0] = stage.case(filed["case"]).due_at
    with stage.store.work(Job("timetable")) as work:
        clocks.hand_over(work, stage.house, stage.now)
    stage.does("withdraw", {"case": filed["case"]})
    assert not [one for one in texts(stage, filed["case"]) if one[1] == "waiting"]


def test_who_is_tied_to_the_accused_meanwhile_does_not_get_it_back_when_it_is_reopened(stage):
    filed = stage.files(category="22", about="health")
    holder = stage.holder(filed["case"])
    stage.writes(holder, f"DIRE {stage.case(filed['case']).number} c'est fait")
    stage.later(minutes=10)
    stage.settles()
    with stage.store.work(Job("test")) as work:
        accuse(work, filed["case"], "P0122", holder)
    stage.does("reopen", {"case": filed["case"], "how": "no"})
    assert stage.holder(filed["case"]) != holder


def test_who_is_tied_to_the_accused_meanwhile_loses_the_case_within_a_minute(stage):
    filed = stage.files()
    holder = stage.holder(filed["case"])
    with stage.store.work(Job("test")) as work:
        accuse(work, filed["case"], "P0121", holder)
    with stage.store.work(Job("timetable")) as work:
        clocks.rehome(work, stage.house, stage.now)
    assert stage.holder(filed["case"]) not in {holder, "P0121"}
