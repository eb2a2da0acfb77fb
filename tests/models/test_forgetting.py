"""What was erased or refused is noted with the act, and forgotten again where it came back."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from models.case import Case, CaseKey, Story
from models.conversation import Contact
from models.db import Gateway, Job
from models.person import Person
from models.services import cases, erasures, forgetting, intake, messages, stories
from models.services.erasures import Fact
from models.services.stories import Words
from tests.factories import NEIGHBOUR, SPEAKER, staged


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        yield one


def noted(stage):
    with stage.store.work(Job("test")) as work:
        return erasures.drain(work)


def forget(stage, *facts):
    with stage.store.work(Job("test")) as work:
        return forgetting.again(work, facts, stage.now)


def tells(stage, phone=SPEAKER, words="Le puits est sec"):
    case_id = int(stage.files(phone)["case"])
    with stage.store.work(Gateway()) as work:
        case = work.session.get_one(Case, case_id)
        stories.keep(work, stage.house.sealer, case, Words("said", words), stage.now)
    return case_id


def keys(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(CaseKey.case_id)).all()


def test_an_act_that_is_undone_leaves_no_note(stage):
    case_id = tells(stage)

    def fails():
        with stage.store.work(Gateway()) as work:
            cases.withdraw(work, work.session.get_one(Case, case_id), stage.now)
            intake.stop(work, stage.vault.pseudonym(SPEAKER), stage.now)
            work.session.execute(text("not a statement"))

    with pytest.raises(DBAPIError):
        fails()
    assert noted(stage) == []


def test_who_first_told_of_an_event_that_others_tell_too_is_forgotten_again(stage):
    kept, left = tells(stage), tells(stage, NEIGHBOUR)
    with stage.store.work(Job("test")) as work:
        case = work.session.get_one(Case, left)
        erasures.speaker_forgotten(work, case)
        erasures.words_erased(work, work.session.scalars(select(Story).filter_by(case_id=left)))
    assert forget(stage, *noted(stage)) == 2
    assert keys(stage) == [kept]
    assert (stage.case(left).contact, stage.case(left).status) == (None, "routed")
    assert stage.case(kept).contact == stage.vault.pseudonym(SPEAKER)


def test_another_row_that_was_given_the_same_id_is_left_alone(stage):
    case_id = tells(stage)
    with stage.store.work(Job("test")) as work:
        erasures.case_withdrawn(work, work.session.get_one(Case, case_id))
        erasures.words_erased(work, work.session.scalars(select(Story)))
    facts = noted(stage)
    with stage.store.work(Job("test")) as work:
        work.session.execute(update(Case).values(opened_at=stage.now + timedelta(seconds=1)))
        work.session.execute(update(Story).values(at=stage.now + timedelta(seconds=1)))
    assert forget(stage, *facts) == 0
    assert keys(stage) == [case_id]
    assert stage.case(case_id).status == "routed"
    assert forget(stage, Fact("case", f"999:{stage.now.isoformat()}")) == 0


def test_the_words_of_a_case_that_is_closed_are_erased_again_too(stage):
    case_id = tells(stage)
    with stage.store.work(Job("test")) as work:
        erasures.case_withdrawn(work, work.session.get_one(Case, case_id))
    stage.change(Case, {"id": case_id}, status="closed", closed_at=stage.now)
    assert forget(stage, *noted(stage)) == 1
    assert keys(stage) == []
    assert stage.case(case_id).contact is None


def test_the_last_word_on_stop_holds(stage):
    contact = stage.vault.pseudonym(SPEAKER)
    with stage.store.work(Job("test")) as work:
        person = work.session.scalars(select(Person).filter_by(number="P0121")).one()
        for refused in (True, False, True, False):
            if refused:
                intake.stop(work, contact, stage.now)
                messages.stop(work, person.pseudonym, person.id, stage.now)
            else:
                intake.start_again(work, contact, stage.now)
                erasures.person_changed(work, person, "heard")
    facts = noted(stage)
    assert [fact.what for fact in facts[:5]] == ["stop", "stop", "silent", "start", "heard"]
    stage.change(Person, {"number": "P0121"}, stopped_at=stage.now)
    forget(stage, *facts)
    with stage.store.work(Job("test")) as work:
        assert work.session.get_one(Contact, contact).stopped_at is None
        assert (
            work.session.scalars(select(Person.stopped_at).filter_by(number="P0121")).one() is None
        )


def test_forgetting_twice_is_forgetting_once(stage):
    case_id = tells(stage)
    stage.does("withdraw", {"case": str(case_id)})
    facts = noted(stage)
    forget(stage, *facts)
    events = stage.events(case_id)
    forget(stage, *facts)
    assert stage.events(case_id) == events
