"""What time brings: each thing once, however often it is tried and wherever it died."""

import pytest

from models.case import Case
from models.db import Job
from models.person import Hat, Person
from models.services import settling
from tests.factories import phone_of


def close_old(stage):
    with stage.store.work(Job("timetable")) as work:
        return settling.close_answered(work, stage.now)


@pytest.fixture
def leaving(stage):
    """A case with an answer that leaves in ten minutes, its speaker waiting for an SMS."""
    given = stage.files(answer="sms")
    stage.writes("P0150", f"DIRE {given['n']} Le camion arrive.")
    stage.later(minutes=10)
    return given


def test_an_answer_takes_effect_once_however_often_it_is_settled(stage, leaving):
    assert [stage.settles() for _ in range(3)] == [1, 0, 0]
    assert [done for done, _ in stage.events(leaving["case"])].count("answered") == 1
    assert len(stage.outbox("answer_ready")) == 1


def test_dying_before_the_commit_leaves_it_to_the_next_round(stage, leaving):
    def settle_and_die():
        with stage.store.work(Job("settle")) as work:
            assert settling.settle_leaving(work, stage.house, stage.now) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        settle_and_die()
    assert stage.case(leaving["case"]).status == "taken"
    assert stage.outbox("answer_ready") == []
    assert stage.settles() == 1
    assert len(stage.outbox("answer_ready")) == 1


def test_what_was_answered_is_written_down_as_done_by_its_person(stage, leaving):
    stage.settles()
    assert ("answered", "P0150") in stage.events(leaving["case"])
    assert stage.case(leaving["case"]).answered_at == stage.now


def test_no_sms_is_sent_to_who_did_not_choose_one(stage):
    for answer in ("code", "call"):
        given = stage.files(answer=answer)
        stage.writes("P0150", f"DIRE {given['n']} Le camion arrive.")
    stage.later(minutes=10)
    assert stage.settles() == 2
    assert stage.outbox("answer_ready") == []


def test_no_sms_ever_leaves_for_a_compartment(stage, leaving):
    stage.change(Case, {"id": leaving["case"]}, case_class="C5")
    officer = stage.case(leaving["case"]).holder_person
    stage.change(Hat, {"person_id": officer}, function="integrity")  # who may still answer it
    stage.settles()
    assert stage.case(leaving["case"]).status == "answered"
    assert stage.outbox("answer_ready") == []


def test_the_last_words_of_a_phone_that_was_lost_meanwhile_do_not_leave(stage, leaving):
    stage.change(Person, {"number": "P0150"}, revoked_at=stage.now)
    stage.settles()
    assert stage.case(leaving["case"]).status == "taken"
    assert stage.outbox("answer_ready") == []


def test_an_answer_does_not_leave_for_a_case_that_was_stopped(stage, leaving):
    stage.does("withdraw", {"case": leaving["case"]})
    assert stage.settles() == 0
    assert stage.case(leaving["case"]).status == "withdrawn"


def test_an_answer_does_not_leave_once_another_has_the_case(stage, leaving):
    other = stage.person_by_phone(phone_of("P0152"))
    stage.change(Case, {"id": leaving["case"]}, holder_person=other)
    stage.settles()
    assert stage.case(leaving["case"]).status == "taken"


def test_more_than_one_batch_is_settled_round_by_round(stage):
    numbers = [stage.files()["n"] for _ in range(5)]
    for number in numbers:
        stage.writes("P0150", f"NOTE {number} Vu.")
    stage.later(minutes=10)
    assert stage.settles() == 5
    assert stage.settles() == 0


def test_an_answer_nobody_judged_closes_the_case_after_thirty_days(stage, leaving):
    stage.settles()
    stage.later(days=29, hours=23)
    assert close_old(stage) == 0
    stage.later(hours=1)
    assert [close_old(stage), close_old(stage)] == [1, 0]
    case = stage.case(leaving["case"])
    assert (case.status, case.address) == ("closed", None)
    assert case.closed_at == stage.now
    assert ("closed", "job:timetable") in stage.events(case.id)


def test_a_correction_gives_thirty_days_again(stage, leaving):
    stage.settles()
    stage.later(days=20)
    stage.writes("P0150", f"DIRE {leaving['n']} Le camion est la.")
    stage.later(minutes=10)
    stage.settles()
    stage.later(days=20)
    assert close_old(stage) == 0


def test_letting_announcements_go_twice_wakes_once(stage):
    given = stage.files()
    woken = []
    for _ in range(2):
        with stage.store.work(Job("test")) as work:
            settling.release_announcements(work, given["case"], stage.now)
            woken.append(set(work.queues))
    assert woken == [{"outbox"}, set()]
