"""What must be gone is gone, and nothing else."""

from datetime import timedelta

import pytest

from models.conversation import Contact, Conversation, WrongCode
from models.db import Job
from models.inbound import InboundMessage
from models.services import privacy


@pytest.fixture
def work(store):
    with store.work(Job("test")) as work:
        yield work


def dialogue(key, updated_at):
    return Conversation(
        key=key, turn=1, sealed=b"x", over=False, resumable=False, updated_at=updated_at
    )


def sms(provider_id, received_at, **changes):
    facts = {"channel": "phone", "received_at": received_at, "due_at": received_at}
    facts |= {"text_sealed": b"words", "sender_sealed": b"number", "contact": "a" * 64}
    return InboundMessage(provider_id=provider_id, **(facts | changes))


def test_a_dialogue_is_forgotten_a_day_after_its_last_step(work, now):
    work.session.add(dialogue("old", now - timedelta(hours=24)))
    work.session.add(dialogue("new", now - timedelta(hours=23, minutes=59)))
    privacy.purge(work, now)
    assert [one.key for one in work.session.query(Conversation)] == ["new"]


def test_words_and_sender_of_an_sms_go_after_seven_days_but_its_id_stays(work, now):
    old = sms("old", now - timedelta(days=7), status="processed", settled_at=now)
    new = sms("new", now - timedelta(days=6), status="processed", settled_at=now)
    work.session.add_all([old, new])
    privacy.purge(work, now)
    privacy.purge(work, now)
    work.session.expire_all()
    assert (old.text_sealed, old.sender_sealed, old.contact) == (None, None, None)
    assert (old.provider_id, old.status) == ("old", "processed")
    assert new.text_sealed == b"words"


def test_what_waited_seven_days_is_given_up_and_says_so(work, now):
    waiting = sms("waiting", now - timedelta(days=7), status="waiting")
    work.session.add(waiting)
    privacy.purge(work, now)
    work.session.expire_all()
    assert (waiting.status, waiting.cause) == ("dead", "waited seven days")


def test_the_last_place_of_a_phone_is_forgotten_after_thirty_days(work, now):
    for name, days in (("a", 30), ("b", 29)):
        place = {"last_commune": "ML070106", "last_place_at": now - timedelta(days=days)}
        work.session.add(Contact(pseudonym=name * 64, seen_at=now, **place))
    privacy.purge(work, now)
    work.session.expire_all()
    places = {one.pseudonym[0]: one.last_commune for one in work.session.query(Contact)}
    assert places == {"a": None, "b": "ML070106"}


def test_wrong_codes_are_forgotten_after_two_days(work, now):
    for days in (1, 2, 3):
        day = (now - timedelta(days=days)).date().isoformat()
        work.session.add(WrongCode(contact="a" * 64, day=day, count=1))
    privacy.purge(work, now)
    assert work.session.query(WrongCode).count() == 2
