"""A clock that ran ahead and was put right: nobody waits for as long as it was ahead."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.db import Job
from models.outbound import OutboundMessage
from models.services import clock_jumps, inbox, messages, outbox, turns
from models.services.intake import ReceivedSms, receive_sms
from models.services.messages import Draft
from tests.factories import SPEAKER

HOURS = timedelta(hours=5)


def mend(stage):
    with stage.store.work(Job("timetable")) as work:
        clock_jumps.mend(work, stage.now)


def writes(stage, due_at=None, priority=None):
    """Write a text to the speaker and return its row id."""
    with stage.store.work(Job("test")) as work:
        address = stage.house.sealer.number(SPEAKER)
        about = {"contact": "c" * 64, "due_at": due_at, "priority": priority}
        draft = Draft("test:1", "help", "Jaabi.", address, **about)
        messages.queue(work, draft, stage.house.transit, stage.now)
        return work.session.scalar(select(OutboundMessage.id))


def due_at(stage, row):
    with stage.store.work(Job("test")) as work:
        return work.session.get_one(OutboundMessage, row).due_at


def test_an_sms_received_while_the_clock_was_ahead_is_answered_now(stage):
    with stage.store.work(Job("test")) as work:
        received = ReceivedSms("phone", "one", SPEAKER, "AIDE")
        receive_sms(work, stage.house, received, stage.now + HOURS)
        assert inbox.claim(work, stage.now) == []
    mend(stage)
    with stage.store.work(Job("test")) as work:
        [claimed] = inbox.claim(work, stage.now)
    mend(stage)
    with stage.store.work(Job("test")) as work:
        assert inbox.claim(work, stage.now) == [], "a lease of this moment stays"
        assert inbox.claim(work, stage.now + inbox.LEASE)[0].row == claimed.row


def test_a_text_written_while_the_clock_was_ahead_leaves_now(stage):
    stage.later(hours=5)
    row = writes(stage)
    stage.later(hours=-5)
    mend(stage)
    assert due_at(stage, row) == stage.now


def test_an_sms_in_the_hands_of_a_worker_that_died_while_the_clock_was_ahead_is_anothers(stage):
    ahead = stage.now + timedelta(minutes=5)
    with stage.store.work(Job("test")) as work:
        receive_sms(work, stage.house, ReceivedSms("phone", "one", SPEAKER, "AIDE"), stage.now)
        assert len(inbox.claim(work, ahead)) == 1
    mend(stage)
    with stage.store.work(Job("test")) as work:
        assert len(inbox.claim(work, stage.now)) == 1


PUT_OFF = [
    # priority, how far the clock was ahead, for how long it was put off; whether that is mended
    (2, timedelta(hours=1), outbox.BACK_OFF[0], True),
    (2, timedelta(), outbox.BACK_OFF[-1], False),
    (0, timedelta(minutes=5), messages.RING_AGAIN, True),
    (0, timedelta(), messages.RING_AGAIN, False),
]


@pytest.mark.parametrize(("priority", "ahead", "wait", "mended"), PUT_OFF)
def test_what_was_refused_while_the_clock_was_ahead_does_not_wait_for_that_hour(
    stage, priority, ahead, wait, mended
):
    row = writes(stage, priority=priority)
    until = stage.now + ahead + wait
    with stage.store.work(Job("sender")) as work:
        [text] = turns.look(work, stage.now, 1)
        outbox.delayed(work, [(text, until)], "no channel is well")
    mend(stage)
    assert due_at(stage, row) == (stage.now if mended else until)


def test_a_text_that_waits_for_daytime_goes_on_waiting(stage):
    row = writes(stage, due_at=stage.now + HOURS)
    mend(stage)
    assert due_at(stage, row) == stage.now + HOURS
