"""The inbox's rows: each is handled by one worker at a time, and by the next when that one died."""

import re

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.conversation import Contact
from models.db import Gateway, Job
from models.errors import AlreadyReceived
from models.inbound import InboundMessage
from models.services import dead_letters, inbox, intake, waiting
from models.services.conversing import Conversing
from models.vault import Vault, create_keys
from tests.factories import NEIGHBOUR, SPEAKER
from workers.converse import Converser


@pytest.fixture
def converser(stage):
    return Converser(Conversing(stage.store, stage.house), lambda: stage.now)


def receive(stage, text, phone=SPEAKER, house=None):
    with stage.store.work(Gateway()) as work:
        sms = intake.ReceivedSms("phone", f"{phone}:{text}", phone, text)
        intake.receive_sms(work, house or stage.house, sms, stage.now)


def test_a_repeat_is_told_apart_from_what_the_database_refuses(stage):
    receive(stage, "bonjour")
    with pytest.raises(AlreadyReceived):
        receive(stage, "bonjour")
    nowhere = intake.ReceivedSms(None, "1", SPEAKER, "bonjour")
    with pytest.raises(IntegrityError), stage.store.work(Gateway()) as work:
        intake.receive_sms(work, stage.house, nowhere, stage.now)
    assert statuses(stage) == ["waiting"]


def claim(stage):
    with stage.store.work(Job("one")) as work:
        [claimed] = inbox.claim(work, stage.now)
        return claimed


def statuses(stage):
    with stage.store.work(Job("test")) as work:
        return list(work.session.scalars(select(InboundMessage.status).order_by("id")))


def spoil(stage, phone):
    """Let nobody be able to read what this phone wrote."""
    with stage.store.work(Job("test")) as work:
        whose = InboundMessage.contact == stage.vault.pseudonym(phone)
        work.session.execute(update(InboundMessage).where(whose).values(text_sealed=b"spoilt"))


def test_what_a_killed_worker_held_is_anothers_within_ten_seconds(stage, converser):
    receive(stage, "AIDE")
    claim(stage)
    assert converser.drain() == 0
    stage.later(seconds=5)
    assert converser.drain() == 1
    assert statuses(stage) == ["processed"]


def test_a_worker_that_wakes_too_late_changes_nothing(stage, converser):
    receive(stage, "AIDE")
    late = claim(stage)
    stage.later(seconds=5)
    converser.drain()
    with stage.store.work(Job("one")) as work:
        assert inbox.held(work, [late]) == {}
        inbox.put_back(work, late, stage.now)
        inbox.failed(work, late, stage.now)
    assert statuses(stage) == ["processed"]
    assert len(stage.outbox("reply")) == 1


def test_two_claims_of_one_message_are_told_apart(stage):
    receive(stage, "AIDE")
    first = claim(stage)
    stage.later(seconds=5)
    second = claim(stage)
    with stage.store.work(Job("one")) as work:
        assert inbox.held(work, [first]) == {}
        assert list(inbox.held(work, [second])) == [second.row]


def test_a_message_that_cannot_be_handled_keeps_nobody_elses_waiting(stage, converser):
    receive(stage, "Je ne sais pas")
    receive(stage, "AIDE", NEIGHBOUR)
    spoil(stage, SPEAKER)
    assert converser.drain() == 1
    assert statuses(stage) == ["waiting", "processed"]


def test_it_is_tried_five_times_and_then_shown_to_staff(stage, converser):
    receive(stage, "Je ne sais pas")
    spoil(stage, SPEAKER)
    for waits in inbox.BACK_OFF:
        assert converser.drain() == 0
        stage.later(seconds=waits - 1)
        assert converser.drain() == 0
        assert statuses(stage) == ["waiting"]
        stage.later(seconds=1)
    converser.drain()
    assert statuses(stage) == ["dead"]
    with stage.store.work(Job("test")) as work:
        [letter] = dead_letters.dead_letters(work)
        assert letter.cause == "tried five times"


def test_while_the_keeper_is_away_no_try_is_counted(stage, keeperless):
    converser = Converser(Conversing(stage.store, keeperless), lambda: stage.now)
    receive(stage, "482173")  # is it a code? Only the keeper knows
    for _ in range(7):
        assert converser.drain() == 0
        stage.later(seconds=5)
    assert statuses(stage) == ["waiting"]
    assert Converser(Conversing(stage.store, stage.house), lambda: stage.now).drain() == 1


def test_nobodys_later_message_passes_one_that_cannot_be_handled_yet(stage, converser):
    receive(stage, "Je ne sais pas")
    spoil(stage, SPEAKER)
    receive(stage, "AIDE")
    receive(stage, "AIDE", NEIGHBOUR)
    assert converser.drain() == 1
    assert statuses(stage) == ["waiting", "waiting", "processed"]


def test_what_was_received_without_a_name_is_not_passed_by_the_same_phones_next(
    stage, converser, keeperless
):
    receive(stage, "STOP", house=keeperless)
    receive(stage, "JAABI")
    assert converser.drain() == 0
    fill(stage, stage.vault)
    assert converser.drain() == 2
    with stage.store.work(Job("test")) as work:
        assert work.session.get(Contact, stage.vault.pseudonym(SPEAKER)).stopped_at is None


def test_however_long_the_keeper_was_away_it_is_not_passed(stage, converser, keeperless):
    receive(stage, "STOP", house=keeperless)
    stage.later(hours=5)
    receive(stage, "JAABI")
    assert converser.drain() == 0


def test_what_the_keeper_cannot_name_keeps_nobody_waiting_and_is_answered_once_it_can(
    stage, converser, keeperless, tmp_path
):
    receive(stage, "AIDE", house=keeperless)
    receive(stage, "AIDE", NEIGHBOUR)
    create_keys(tmp_path / "other")
    fill(stage, Vault.load(tmp_path / "other"))
    assert converser.drain() == 1
    assert statuses(stage) == ["waiting", "processed"]
    fill(stage, stage.vault)
    assert converser.drain() == 1


def fill(stage, vault):
    with stage.store.work(Job("keeper")) as work:
        waiting.fill(work, vault)


def test_many_messages_are_answered_each_once_and_in_the_order_they_came(stage, converser):
    for text in ("STOP", "JAABI", "Stop", "AIDE"):
        receive(stage, text)
        receive(stage, text, NEIGHBOUR)
    assert converser.drain() == 8
    assert set(statuses(stage)) == {"processed"}
    assert len(stage.outbox("stopped")) == 4
    with stage.store.work(Job("test")) as work:
        assert work.session.get(Contact, stage.vault.pseudonym(SPEAKER)).stopped_at is not None


def test_whoever_is_told_to_stop_takes_up_no_more(stage, converser):
    receive(stage, "AIDE")
    assert converser.drain(lambda: False) == 0
    assert statuses(stage) == ["waiting"]


def test_one_more_voice_comes_before_the_flood_of_another(stage):
    for number in range(40):
        receive(stage, f"encore une fois {number}")
    receive(stage, "AIDE", NEIGHBOUR)
    with stage.store.work(Job("one")) as work:
        order = [one.contact for one in inbox.claim(work, stage.now)]
    assert order.index(stage.vault.pseudonym(NEIGHBOUR)) == 1


@pytest.mark.parametrize(
    "texts",
    [
        ("AIDE", "STOP", "Aide", "JAABI", "LANGUE", "aide", "482173", "Stop", "Jaabi", "stop"),
        ("les vivres de tessit n'ont pas ete donnes a tout le monde", "oui", "1", "AIDE"),
        ("on m'a violee", "AIDE", "le puits de tessit est sec", "RAPPEL", "1"),
    ],
)
def test_what_one_says_at_once_is_answered_as_if_each_text_had_been_alone(stage, converser, texts):
    for text in texts:
        receive(stage, text)
        assert converser.drain() == 1
    for text in texts:
        receive(stage, text, NEIGHBOUR)
    assert converser.drain() == len(texts)
    told, alone = (
        [re.sub(r"\d", "0", text) for text in stage.answers(phone)]  # whatever its codes
        for phone in (NEIGHBOUR, SPEAKER)
    )
    assert told == alone != []
