"""Gaps that webhooks leave are closed from the provider's own inbox, and nothing comes in twice."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from gateway.channels.africastalking_inbox import AfricasTalkingInbox
from gateway.channels.base import InboxAway
from models.db import Job
from models.errors import KeeperAway
from models.inbound import InboundMessage
from models.keeper import Keeper
from models.services import intake
from tests.factories import NEIGHBOUR, SPEAKER, staged
from workers.poll import Polling

PAGE = 2


class Inbox:
    """Africa's Talking's inbox: ``answers`` is None while it is well, else (status, body)."""

    def __init__(self):
        self.messages, self.asked, self.answers = [], [], None

    def keep(self, serial, said, at, sender=SPEAKER):
        one = {"id": serial, "text": said, "from": sender, "to": "36000", "linkId": "x"}
        self.messages.append(one | {"date": at.strftime("%Y-%m-%dT%H:%M:%S.000Z")})

    def reply(self, query):
        if self.answers is not None:
            return self.answers
        self.asked.append(query["lastReceivedId"][0])
        newer = [one for one in self.messages if one["id"] > int(self.asked[-1])]
        return 200, json.dumps({"SMSMessageData": {"Messages": newer[:PAGE]}})


@pytest.fixture
def inbox():
    one = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = one.reply(parse_qs(urlsplit(self.path).query))
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    one.url = f"http://127.0.0.1:{server.server_port}/version1"
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


def look(stage, inbox, *, after=timedelta(0), house=None, holder="one"):
    """Let a worker look so long after now, and return how many were missing."""
    letterbox = AfricasTalkingInbox("at", "sandbox", "key-of-a-test", inbox.url)
    polling = Polling(
        stage.store, house or stage.house, [letterbox], holder, lambda: stage.now + after
    )
    return polling.look(letterbox)


def came(stage):
    with stage.store.work(Job("test")) as work:
        rows = work.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
    return [
        (row.provider_id, row.status, stage.house.transit.unwrap(row.text_sealed)) for row in rows
    ]


def by_webhook(stage, id, said, at, house=None):
    told = at.strftime("%Y-%m-%d %H:%M:%S")
    sms = intake.ReceivedSms("at", id, SPEAKER, said, told)
    intake.accept_sms(stage.store, house or stage.house, sms, stage.now)


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        yield one


@pytest.fixture
def keeperless(stage, tmp_path):
    return replace(stage.house, keeper=Keeper(tmp_path / "nobody"))


@pytest.fixture
def earlier(stage):
    return stage.now - timedelta(minutes=10)


def test_what_no_webhook_brought_comes_in_page_by_page_and_once(stage, inbox, earlier):
    for serial in (11, 12, 13):
        inbox.keep(serial, f"texte {serial}", earlier)
    assert look(stage, inbox) == 3
    assert look(stage, inbox) == 0
    assert came(stage) == [(str(one), "waiting", f"texte {one}") for one in (11, 12, 13)]
    assert inbox.asked == ["0", "12", "13", "13"]


def test_what_a_webhook_brought_is_known_by_its_id(stage, inbox, earlier):
    by_webhook(stage, "11", "pas de vivres", earlier - timedelta(hours=1))
    inbox.keep(11, "pas de vivres", earlier)
    assert look(stage, inbox) == 0


def test_what_a_webhook_brought_under_another_id_is_known_by_who_what_and_when(
    stage, inbox, earlier
):
    by_webhook(stage, "5d3b4c2b-c589", "pas de vivres", earlier)
    inbox.keep(11, "pas de vivres", earlier)
    inbox.keep(12, "pas de vivres", earlier, sender=NEIGHBOUR)
    inbox.keep(13, "plus de vivres", earlier)
    assert look(stage, inbox) == 2
    assert [id for id, *_ in came(stage)] == ["5d3b4c2b-c589", "12", "13"]


def test_what_has_just_come_is_left_to_its_webhook(stage, inbox, earlier):
    inbox.keep(11, "avant", earlier)
    inbox.keep(12, "maintenant", stage.now)
    assert look(stage, inbox) == 1
    assert look(stage, inbox, after=timedelta(minutes=5)) == 1
    assert [said for *_, said in came(stage)] == ["avant", "maintenant"]


def test_who_first_asks_leaves_what_is_old(stage, inbox, earlier):
    inbox.keep(1, "de l'an dernier", stage.now - timedelta(days=300))
    inbox.keep(2, "d'hier", stage.now - timedelta(hours=23))
    assert look(stage, inbox) == 1
    inbox.keep(3, "apres une longue panne", stage.now - timedelta(days=3))
    assert look(stage, inbox) == 1


def test_of_two_workers_one_asks(stage, inbox, earlier):
    assert look(stage, inbox, holder="one") == 0
    inbox.keep(11, "pas de vivres", earlier)
    assert look(stage, inbox, holder="two") == 0
    assert look(stage, inbox, holder="two", after=timedelta(minutes=5)) == 1


def test_while_nobody_can_be_named_it_waits(stage, inbox, earlier, keeperless):
    inbox.keep(11, "pas de vivres", earlier)
    with pytest.raises(KeeperAway):
        look(stage, inbox, house=keeperless)
    assert came(stage) == []
    assert look(stage, inbox) == 1


def test_who_is_no_telephone_is_kept_and_nobody_answers(stage, inbox, earlier):
    inbox.keep(11, "Votre solde est de 0F", earlier, sender="Orange")
    look(stage, inbox)
    with stage.store.work(Job("test")) as work:
        [row] = work.session.scalars(select(InboundMessage))
    assert (row.status, row.cause) == ("ignored", "sender is no telephone")


BAD = {
    "an error": (500, "oops"),
    "a wrong key": (401, "The supplied authentication is invalid"),
    "no JSON": (200, "<html>"),
    "other JSON": (200, "[]"),
    "a message without a sender": (200, '{"SMSMessageData": {"Messages": [{"id": 1}]}}'),
    "an id that is no number": (
        200,
        '{"SMSMessageData": {"Messages": [{"id": "x", "from": "+22370000001"}]}}',
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_changes_nothing(stage, inbox, name):
    inbox.answers = BAD[name]
    with pytest.raises(InboxAway):
        look(stage, inbox)
    assert came(stage) == []


def test_a_provider_that_always_says_the_same_is_not_asked_for_ever(stage, inbox, earlier):
    one = {"id": 1, "text": "encore", "from": SPEAKER, "date": "2026-11-23 11:00:00"}
    inbox.answers = (200, json.dumps({"SMSMessageData": {"Messages": [one]}}))
    assert look(stage, inbox) == 1


@contextmanager
def nobody():
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    yield f"http://127.0.0.1:{port}/version1"


def test_a_provider_out_of_reach_is_asked_later(stage, inbox):
    with nobody() as url, pytest.raises(InboxAway):
        AfricasTalkingInbox("at", "sandbox", "key-of-a-test", url).fetch(None)
