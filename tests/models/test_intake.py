"""What comes in: repeats without an id, who wrote how often lately, and ids of opt-outs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.db import Gateway, Job
from models.errors import AlreadyReceived
from models.inbound import InboundMessage
from models.services import intake
from tests.factories import NEIGHBOUR, SPEAKER

TOLD = "2026-11-23 11:59:58"


def rows(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()


def text(said, *, id=None, sender=SPEAKER, told=TOLD):
    return intake.ReceivedSms("modem", id, sender, said, told)


def accept(stage, sms, *, after=timedelta(0), house=None):
    intake.accept_sms(stage.store, house or stage.house, sms, stage.now + after)


def ends(stage):
    return [(row.status, row.cause) for row in rows(stage)]


ONCE = ("waiting", None)
AGAIN = ("ignored", intake.PRESUMED)


def test_the_same_words_at_the_same_time_without_an_id_are_kept_and_answered_once(stage):
    for _ in range(3):
        accept(stage, text("pas de vivres"))
    assert ends(stage) == [ONCE, AGAIN, AGAIN]
    kept = [stage.house.transit.unwrap(row.text_sealed) for row in rows(stage)]
    assert kept == ["pas de vivres"] * 3
    assert [row.sender_sealed is None for row in rows(stage)] == [False, True, True]


DIFFERENT = {
    "other words": text("plus de vivres"),
    "another phone": text("pas de vivres", sender=NEIGHBOUR),
    "another ten minutes": text("pas de vivres", told="2026-11-23 11:40:00"),
    "an id of its own": text("pas de vivres", id="17"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_whatever_differs_makes_it_another_message(stage, name):
    accept(stage, text("pas de vivres"))
    accept(stage, DIFFERENT[name])
    assert ends(stage) == [ONCE, ONCE]


SPELT = ["2026-11-23T11:59:58Z", "2026-11-23T12:59:58+01:00", "2026-11-23 11:55:00"]


@pytest.mark.parametrize("told", SPELT)
def test_a_time_is_the_same_however_it_is_spelt_within_ten_minutes(stage, told):
    accept(stage, text("pas de vivres"))
    accept(stage, text("pas de vivres", told=told))
    assert ends(stage) == [ONCE, AGAIN]


def test_without_a_time_of_the_provider_ours_counts(stage):
    accept(stage, text("pas de vivres", told=None))
    accept(stage, text("pas de vivres", told="demain"), after=timedelta(minutes=1))
    accept(stage, text("pas de vivres", told=None), after=timedelta(minutes=11))
    assert ends(stage) == [ONCE, AGAIN, ONCE]


def test_while_nobody_can_name_the_sender_all_is_kept_and_nothing_presumed(stage, keeperless):
    for _ in range(2):
        accept(stage, text("pas de vivres"), house=keeperless)
    assert ends(stage) == [ONCE, ONCE]


def test_the_same_id_is_the_same_event_whatever_it_says(stage):
    accept(stage, text("pas de vivres", id="17"))
    accept(stage, text("autre chose", id="17"))
    assert ends(stage) == [ONCE]


def test_who_wrote_much_within_the_hour_ranks_behind_who_wrote_little(stage):
    for number in range(23):
        accept(stage, text(str(number), id=f"a{number}"), after=timedelta(minutes=number))
    accept(stage, text("moi", id="b", sender=NEIGHBOUR), after=timedelta(minutes=23))
    assert [row.rank for row in rows(stage)] == [*range(20), 20, 20, 20, 0]


def test_after_an_hour_of_silence_everybody_ranks_first(stage):
    for number in range(3):
        accept(stage, text(str(number), id=f"a{number}"))
    accept(stage, text("encore", id="b"), after=timedelta(hours=1, seconds=1))
    assert [row.rank for row in rows(stage)] == [0, 1, 2, 0]


def opt_out(stage, id):
    with stage.store.work(Gateway()) as work:
        refused = intake.ReceivedOptOut("modem", id, SPEAKER)
        intake.receive_opt_out(work, stage.house, refused, stage.now)


def test_an_opt_out_with_an_id_is_taken_in_once_and_one_without_each_time(stage):
    opt_out(stage, "17")
    with pytest.raises(AlreadyReceived):
        opt_out(stage, "17")
    opt_out(stage, None)
    opt_out(stage, None)
    assert ends(stage) == [("waiting", intake.OPT_OUT)] * 3


def test_once_the_key_of_the_day_is_destroyed_no_text_can_be_tried_against_a_digest(stage):
    sms = text("pas de vivres", told="2026-10-01 10:00:00")
    contact = stage.house.keeper.pseudonym(SPEAKER)
    assert intake.likeness(stage.house, contact, sms, stage.now) is None
