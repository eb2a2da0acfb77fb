"""What could not be handled, of every kind, is seen; and what can be tried again is."""

from datetime import timedelta

import pytest

from models.db import Job
from models.errors import NotFound
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services import dead_letters, inbox
from models.services.intake import OPT_OUT
from models.voice_note import VoiceNote


def put(store, row):
    with store.work(Job("test")) as work:
        work.session.add(row)
        work.session.flush()
        return row.id


def put_message(store, now, **changes):
    facts = {"channel": "at", "received_at": now, "due_at": now, "status": "dead", "tries": 5}
    facts |= {"text_sealed": b"sealed", "cause": "tried five times", "settled_at": now}
    return put(store, InboundMessage(**{"provider_id": f"in-{now}", **facts, **changes}))


def put_voice(store, now, **changes):
    inbound = put_message(store, now, provider_id=f"with-{now}", status="processed", cause=None)
    facts = {"inbound_id": inbound, "place": 0, "channel": "chat", "kind": "audio/ogg"}
    facts |= {"received_at": now, "due_at": now, "status": "dead", "tries": 5, "settled_at": now}
    facts |= {"url_sealed": b"sealed", "reason": "status 404"}
    return put(store, VoiceNote(**{**facts, **changes}))


def put_text(store, now, **changes):
    facts = {"cause": f"case-event:{now}", "purpose": "case_new", "channel": "at", "tries": 5}
    facts |= {"status": "failed", "reason": "status 500", "due_at": now, "settled_at": now}
    facts |= {"created_at": now, "expires_at": now}
    return put(store, OutboundMessage(**{**facts, **changes}))


def listed(store):
    with store.work(Job("test")) as work:
        return [(one.id, one.kind, one.cause, one.again) for one in dead_letters.dead_letters(work)]


def retry(store, letter_id, now):
    with store.work(Job("test")) as work:
        dead_letters.retry(work, letter_id, now)


def test_everything_given_up_is_listed_oldest_first_with_its_reason(store, now):
    text = put_text(store, now - timedelta(hours=1))
    message = put_message(store, now - timedelta(hours=3))
    voice = put_voice(store, now - timedelta(hours=2))
    large = put_voice(store, now, status="refused", reason="over 2 MB", url_sealed=None)
    put_text(store, now, purpose="stopped", reason="opted out")
    assert listed(store) == [
        (message, "inbox", "tried five times", True),
        (f"voice-{voice}", "voice", "status 404", True),
        (f"text-{text}", "text", "status 500", False),
        (f"voice-{large}", "voice", "over 2 MB", False),
    ]


def test_a_message_and_a_sound_are_tried_again_as_if_they_had_just_come(store, now):
    message, voice = put_message(store, now), put_voice(store, now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    retry(store, message, later)
    retry(store, f"voice-{voice}", later)
    assert listed(store) == []
    with store.work(Job("test")) as work:
        for table, row_id in ((InboundMessage, message), (VoiceNote, voice)):
            row = work.session.get_one(table, row_id)
            assert (row.status, row.tries, row.due_at) == ("waiting", 0, later)
            assert row.settled_at is None


@pytest.mark.parametrize(
    "what", ["99", "voice-99", "text-1", "spool-1", "", "-", "x-1", "voice-", "-1", "9" * 30]
)
def test_what_is_no_dead_letter_is_refused_in_words(store, now, what):
    put_text(store, now)
    with pytest.raises(NotFound, match="no "):
        retry(store, what, now)


def test_a_stop_told_by_the_provider_is_still_one_when_it_is_tried_again(store, now):
    message = put_message(store, now, status="waiting", cause=OPT_OUT, settled_at=None)
    with store.work(Job("test")) as work:
        assert inbox.bury(work, now) == [message]
    assert [cause for _, _, cause, _ in listed(store)] == [f"{OPT_OUT}; tried five times"]
    retry(store, message, now)
    with store.work(Job("test")) as work:
        assert work.session.get_one(InboundMessage, message).cause == OPT_OUT


def test_words_that_are_gone_cannot_be_tried_again(store, now):
    message = put_message(store, now, text_sealed=None)
    voice = put_voice(store, now, url_sealed=None)
    for what in (message, f"voice-{voice}"):
        with pytest.raises(NotFound):
            retry(store, what, now)


def test_those_of_the_last_seven_days_are_counted_by_kind(store, now):
    put_message(store, now - timedelta(days=8))
    put_message(store, now - timedelta(days=6))
    put_voice(store, now)
    put_text(store, now)
    with store.work(Job("test")) as work:
        assert dead_letters.recent(work, now) == {"inbox": 1, "voice": 1, "text": 1}
