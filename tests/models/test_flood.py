"""One phone that writes without end: everything is kept, little is answered, harm always filed."""

import pytest
from sqlalchemy import func, select

from models.case import Case, CaseEvent, Story
from models.db import Gateway, Job
from models.inbound import InboundMessage
from models.services import flood, intake
from models.services.conversing import Conversing
from tests.factories import NEIGHBOUR, SPEAKER
from workers.converse import Converser

HARM = "un homme de l'ong a viole ma fille de {} ans"
FOOD = "les vivres de tessit n'ont pas ete donnes a la famille numero {}"


@pytest.fixture
def converser(stage):
    return Converser(Conversing(stage.store, stage.house), lambda: stage.now)


@pytest.fixture
def writes(stage, converser):
    """Send SMS of one phone, each after the answer to the one before; return what it was sent."""
    sent = iter(range(10**6))

    def write(*texts, phone=SPEAKER):
        for text in texts:
            with stage.store.work(Gateway()) as work:
                sms = intake.ReceivedSms("phone", str(next(sent)), phone, text)
                intake.receive_sms(work, stage.house, sms, stage.now)
            converser.drain()
        return stage.answers(phone)

    return write


def count(stage, table, *where):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(table).where(*where))


def causes(stage):
    with stage.store.work(Job("test")) as work:
        rows = work.session.execute(
            select(InboundMessage.status, InboundMessage.cause).order_by("id")
        )
        return [tuple(row) for row in rows]


def test_a_phone_is_answered_five_times_an_hour_and_all_it_said_is_kept(stage, writes):
    got = writes(*[FOOD.format(number) for number in range(40)])
    assert len(got) == flood.ANSWERS
    assert {status for status, _ in causes(stage)} == {"processed"}
    said = count(stage, Story, Story.what == "said")
    kept = [cause for _, cause in causes(stage)].count(flood.KEPT)
    assert kept > 30
    assert said >= kept + count(stage, Case)


def test_after_three_texts_it_is_asked_nothing_more(stage, writes):
    got = writes("les vivres n'ont pas ete donnes", "Tessit", "8")
    assert ["?" in one for one in got] == [True, True, False]
    got = writes("les bidons n'ont pas ete donnes")
    assert "Code" in got[-1]
    assert len(got) == 4
    assert count(stage, Case) == 2


def test_the_next_hour_it_is_answered_again(stage, writes):
    before = len(writes(*[FOOD.format(number) for number in range(12)]))
    stage.later(minutes=61)
    assert len(writes("on n'a pas recu les bidons")) == before + 1


def test_harm_is_filed_by_itself_however_much_was_said_before(stage, writes):
    writes(*[FOOD.format(number) for number in range(12)])
    before = count(stage, Case, Case.case_class.in_(("C6", "C7")))
    writes(*[HARM.format(age) for age in range(9, 15)])
    assert count(stage, Case, Case.case_class.in_(("C6", "C7"))) == before + 6


def test_what_is_owed_goes_beyond_the_five_but_not_without_end(stage, writes):
    writes(*[FOOD.format(number) for number in range(12)])
    got = writes("STOP", "482173", *[HARM.format(age) for age in range(9, 25)])
    assert flood.ANSWERS < len(got) <= flood.OWED


def test_the_others_lose_nothing_by_it(stage, writes):
    writes(*[FOOD.format(number) for number in range(12)])
    assert len(writes("AIDE", phone=NEIGHBOUR)) == 1


def test_a_machine_that_says_the_same_again_is_not_answered_the_third_time(stage, writes):
    got = writes(*["Je suis en reunion, je vous rappelle"] * 6)
    assert len(got) == 2
    assert [cause for _, cause in causes(stage)].count(flood.SAID) == 4


def test_a_machine_that_sends_our_own_text_back_is_not_answered(stage, writes):
    [first] = writes("AIDE")
    assert writes(first) == [first]
    assert causes(stage)[-1] == ("processed", flood.ECHO)
    assert count(stage, Case) == 0


def test_short_answers_may_be_said_as_often_as_somebody_likes(stage, writes):
    for number in range(4):
        got = writes(FOOD.format(number), "1", "8")
        stage.later(minutes=61)
    assert len(got) == 12
    assert flood.SAID not in [cause for _, cause in causes(stage)]


def test_whoever_works_with_us_is_answered_more_often(stage, writes):
    meal = "+22370000121"
    assert len(writes(*[f"LISTE {number}" for number in range(30)], phone=meal)) == 30


def test_words_kept_with_a_case_are_one_more_event_of_it(stage, writes):
    writes(*[FOOD.format(number) for number in range(12)])
    kept = [cause for _, cause in causes(stage)].count(flood.KEPT)
    assert count(stage, CaseEvent, CaseEvent.transition == "added") >= kept
