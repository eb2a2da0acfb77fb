"""The public application and the worker of a programme, in this process and on a real database."""

import itertools
import re
import sqlite3
import uuid
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import psycopg
from sqlalchemy import event, select

from gateway.app import public_app
from gateway.settings import Settings
from models.area import PlaceCode
from models.case import Case, CaseKey, Story
from models.db import Job, Store
from models.inbound import InboundMessage
from models.outbound import DeliveryReport, OutboundMessage
from models.services import reports
from models.services.conversing import Conversing
from models.services.gazetteer import Places
from models.services.programme import DAYTIME, put_setting
from tests.factories import SPEAKER, TESSIT, staged
from tests.outbox import claim_due, handed_over
from workers.converse import Converser
from workers.silence import Silence

CHANNEL = "at"
TOKEN, NEXT_TOKEN = "a" * 40, "b" * 40
TESSIT_CODE = "6143"
FORM = "application/x-www-form-urlencoded"


class Service:
    """One programme behind its hooks. ``rung`` lists the queues woken, ``asked`` the statements."""

    def __init__(self, stage, settings, rung, asked):
        self.stage = stage
        self.store = stage.store
        self.settings = settings
        self.rung = rung
        self.asked = asked
        self._numbers = itertools.count(5000)
        chats = frozenset(name for name, one in settings.channel.items() if one.chat)
        house = replace(stage.house, places=Places(), chats=chats)
        self.conversing = Conversing(stage.store, house)
        self.app = public_app(settings, self.conversing)
        self.converser = Converser(self.conversing, self.clock)
        self.silence = Silence(self.conversing, self.clock)

    def clock(self):
        """Return the time of the worker; the webhooks have the real one."""
        return max(self.stage.now, datetime.now(UTC))

    def post(self, hook, body=b"", *, channel=CHANNEL, token=TOKEN, **options):
        """Post a form, given as fields or as raw bytes, to one hook and return the response."""
        data = body if isinstance(body, bytes) else urlencode(body).encode()
        path = f"/hooks/{channel}/{token}/{hook}"
        with self.app.test_client() as client:
            return client.post(path, data=data, content_type=FORM, **options)

    def restarted(self, url=None, **house):
        """Return the same programme in a process that just started: nothing is open yet."""
        stage = copy(self.stage)
        stage.house = replace(stage.house, **house)
        stage.store = self.asked.listen_to(Store(url or self.store.url, self.rung.append))
        return Service(stage, self.settings, self.rung, self.asked)

    def phone(self, number=SPEAKER):
        return Phone(self, number)

    def stranger(self):
        """Return a phone that was never seen here: nothing of an earlier session is offered."""
        return Phone(self, f"+2237000{next(self._numbers)}")

    def send(self, provider_id=None, channel=CHANNEL):
        """Hand over what is due, as the sender does, and return it as (number, text)."""
        now, sent = self.clock(), []
        with self.store.work(Job("sender")) as work:
            for ours in claim_due(work, now, 100):
                text = self.stage.house.transit.unwrap(ours.text_sealed)
                sent.append((self.stage.vault.number(ours.address), text))
                handed_over(work, ours, channel, provider_id or f"ATXid_{ours.id}", now)
            reports.match_early(work, now)
        return sent

    def rows(self, table):
        with self.store.work(Job("test")) as work:
            in_order = select(table).order_by(*table.__table__.primary_key)
            return work.session.scalars(in_order).all()

    @property
    def inbox(self):
        """Return what was received, each as (status, cause)."""
        return [(row.status, row.cause) for row in self.rows(InboundMessage)]

    @property
    def cases(self):
        return self.rows(Case)

    @property
    def outbox(self):
        """Return what was written to anybody, each as (status, reason)."""
        return [(row.status, row.reason) for row in self.rows(OutboundMessage)]

    @property
    def reports(self):
        """Return what providers said, each as (word, whether its message is known)."""
        return [(row.status, row.matched) for row in self.rows(DeliveryReport)]

    @property
    def stories(self):
        """Return all words said, opened with the keeper's keys."""
        with self.store.work(Job("test")) as work:
            rows = work.session.execute(
                select(Story.sealed, CaseKey.key_id, CaseKey.wrapped)
                .join(CaseKey, CaseKey.story_id == Story.id)
                .order_by(Story.id)
            )
            return [self.stage.vault.story(*row) for row in rows]


class Phone:
    """A basic phone on Africa's Talking's network."""

    def __init__(self, service, number):
        self.service = service
        self.number = number
        self.session, self.typed, self.screen = "", "", ""

    def dial(self, through=""):
        """Begin a session and return its first screen."""
        self.session, self.typed = f"ATUid_{uuid.uuid4().hex}", through
        return self.repeat()

    def type(self, *answers):
        """Type answers one by one and return the last screen."""
        for answer in answers:
            self.typed = f"{self.typed}*{answer}" if self.typed else str(answer)
            self.repeat()
        return self.screen

    def repeat(self):
        """Let the network say once more what was typed so far."""
        reply = self.service.post("ussd", self.fields())
        assert reply.status_code == 200, reply.text
        self.screen = reply.text
        return reply.text

    def fields(self):
        return {
            "sessionId": self.session,
            "serviceCode": "*123#",
            "phoneNumber": self.number,
            "networkCode": "61002",
            "text": self.typed,
        }

    def hang_up(self, status="Success"):
        end = {"date": "2026-11-21 23:44:10", "status": status, "input": self.typed}
        reply = self.service.post("ussd-end", self.fields() | end)
        assert (reply.status_code, reply.text) == (200, "")

    def asks(self, said, *, id=None):
        """Send an SMS, let the worker answer, and return the texts that come back."""
        self.writes(said, id=id)
        self.service.converser.drain()
        return [text for number, text in self.service.send() if number == self.number]

    def writes(self, said, *, id=None):
        fields = {"id": id or str(uuid.uuid4()), "from": self.number, "to": "36000", "text": said}
        reply = self.service.post("sms", fields | {"date": "2026-11-21 23:40:24"})
        assert (reply.status_code, reply.text) == (200, "")


def code_on(text):
    """Return the six digits of a receipt on a screen or in an SMS."""
    return "".join(re.search(r"(\d\d) (\d\d) (\d\d)", text).groups())


class Asked(list):
    """What a store asks of its database, one statement after the other, as the driver sees it."""

    def listen_to(self, store):
        for engine in {store.durable, store.relaxed, store.keypress, store.accepting}:
            event.listen(engine, "connect", self._listen)
        return store

    def _listen(self, connection, record):
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(self.append)
            return
        asked = self

        class Cursor(psycopg.Cursor):
            def execute(self, query, *values, **options):
                asked.append(query)
                return super().execute(query, *values, **options)

        connection.cursor_factory = Cursor

    @property
    def words(self):
        """Return the first word of each, without what the pool asks to see if a link lives."""
        return [str(one).split()[0] for one in self if str(one) not in {"SELECT 1", ";"}]


@contextmanager
def serving(url, folder, **channels):
    """Open a programme around Tessit with its public application, keeper and worker.

    ``channels`` are tables of channels.toml beside the one of Africa's Talking.
    """
    rung, asked = [], Asked()
    own = asked.listen_to(Store(url, rung.append))
    settings = settings_of(own, folder, channels)
    try:
        with staged(own, folder, datetime.now(UTC)) as stage:
            with own.work(Job("test")) as work:
                work.session.add(PlaceCode(code=TESSIT_CODE, ref=f"c:{TESSIT}"))
                put_setting(work, DAYTIME, "0-24")  # the webhooks live in the hour of whoever tests
            yield Service(stage, settings, rung, asked)
    finally:
        own.close()


def settings_of(store, folder, channels=()):
    """Return the settings of a programme, the token of its first channel half way to the next."""
    return Settings.load(
        home=folder / "home",
        database_url=store.url.render_as_string(hide_password=False),
        demo="off",
        channel={
            CHANNEL: {
                "provider": "africastalking",
                "token": [TOKEN, NEXT_TOKEN],
                "username": "sandbox",
                "api_key": "key-of-a-test",
            },
            **dict(channels),
        },
    )
