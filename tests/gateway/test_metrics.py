"""What the metrics tell: every queue, clock and channel, and nothing of anybody."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.metrics import FAMILIES, PREFIX
from gateway.settings import Settings
from models.case import Case
from models.channel import ChannelHealth, Spending
from models.conversation import Contact, Conversation, Lease
from models.db import Job, Store
from models.inbound import InboundMessage
from models.outbound import DeliveryReport, OutboundMessage
from models.services import sending
from tests.console.building import console_of
from tests.factories import SPEAKER, staged
from tests.rules.sources import ROOT


@pytest.fixture
def stage(store, tmp_path):
    with staged(store, tmp_path, datetime.now(UTC)) as one:
        yield one


@pytest.fixture
def settings(store, tmp_path):
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    url = store.url.render_as_string(hide_password=False)
    return Settings.load(home=home, database_url=url, demo="off")


def scrape(settings, store):
    """Return every sample by its name and labels, read as Prometheus reads them."""
    answer = ask(settings, store, "/metrics")
    assert answer.status_code == 200
    return {
        (sample.name.removeprefix(PREFIX), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def ask(settings, store, path):
    with console_of(settings, store).test_client() as client:
        return client.get(path)


def put(stage, *rows):
    with stage.store.work(Job("test")) as work:
        work.session.add_all(rows)


def message(now, number, **changes):
    facts = {"channel": "at", "received_at": now, "due_at": now, "status": "waiting"}
    return InboundMessage(provider_id=f"in-{number}", **{**facts, **changes})


def text(now, number, **changes):
    facts = {"cause": f"case-event:{number}", "purpose": "case_new", "status": "waiting"}
    facts |= {"created_at": now, "due_at": now, "expires_at": now + timedelta(days=1)}
    return OutboundMessage(**{**facts, **changes})


def test_every_queue_tells_its_rows_their_tries_and_how_long_the_oldest_waits(stage, settings):
    late = stage.now - timedelta(seconds=90)
    put(
        stage,
        message(late, 1),
        message(stage.now, 2, status="processing", tries=1),
        message(stage.now, 3, status="dead", tries=5, settled_at=stage.now),
        text(stage.now, 4, tries=7, due_at=stage.now + timedelta(hours=1)),
        text(stage.now, 5, status="unknown", settled_at=stage.now),
        DeliveryReport(
            channel="at", provider_id="x", status="Sent", meaning="unknown", received_at=late
        ),
    )
    told = scrape(settings, stage.store)
    assert told["queue_rows", "inbox", "waiting", "0"] == 1
    assert told["queue_rows", "inbox", "processing", "1"] == 1
    assert told["queue_rows", "outbox", "waiting", "5"] == 1
    assert told["queue_rows", "outbox", "unknown", "0"] == 0
    assert told["queue_rows", "voice", "waiting", "0"] == 0
    assert 90 <= told["queue_oldest_seconds", "inbox"] < 150
    assert told["queue_oldest_seconds", "outbox"] == 0
    assert told["dead_letters", "inbox"] == 1
    assert told["reports_unmatched",] == 1


def test_clocks_tell_how_late_the_oldest_is_and_are_still_about_what_was_said_in_private(
    stage, settings
):
    stage.files(category="91")
    stage.files(category="12")
    with stage.store.work(Job("test")) as work:
        sensitive, ordinary = work.session.query(Case).order_by(Case.id)
        sensitive.due_at = sensitive.act_by = stage.now - timedelta(days=2)
        ordinary.due_at = stage.now + timedelta(days=2)
        ordinary.act_by = stage.now + timedelta(days=1)
    assert scrape(settings, stage.store)["clock_late_seconds", "cases"] == 0
    stage.change(Case, {"category": "12"}, act_by=stage.now - timedelta(minutes=5))
    put(stage, conversation(stage.now - timedelta(minutes=2)))
    told = scrape(settings, stage.store)
    assert 300 <= told["clock_late_seconds", "cases"] < 360
    assert 120 <= told["clock_late_seconds", "silence"] < 180
    assert told["clock_late_seconds", "answers"] == 0


def conversation(due):
    facts = {"turn": 1, "sealed": b"x", "over": False, "resumable": False, "updated_at": due}
    return Conversation(key="ussd:at:1", due_at=due, **facts)


def test_channels_tell_their_state_and_what_they_cost_today(stage, settings):
    now, today = stage.now, stage.now.date().isoformat()
    put(
        stage,
        ChannelHealth(channel="at", state="failing", since=now - timedelta(minutes=3)),
        Spending(day=today, channel="at", segments=4, amount=100.0),
        Spending(day="2026-01-01", channel="at", segments=9, amount=225.0),
        Lease(name="timetable", holder="one", until=now + timedelta(minutes=1)),
    )
    with stage.store.work(Job("test")) as work:
        sending.pause(work, "paused by hand")
        sending.set_cap(work, 5000)
    told = scrape(settings, stage.store)
    assert [told["channel_state", "at", one] for one in ("well", "failing", "stopped")] == [0, 1, 0]
    assert 180 <= told["channel_state_seconds", "at"] < 240
    assert (told["channel_segments_today", "at"], told["channel_spent_today", "at"]) == (4, 100)
    assert (told["spending_cap",], told["sending_paused",], told["timetable_held",]) == (5000, 1, 1)
    assert abs(told["database_clock_ahead_seconds",]) < 10
    assert told["database_bytes",] > 10_000


def test_what_does_not_answer_is_told_and_the_rest_is_still_read(tmp_path):
    settings = Settings.load(
        home=tmp_path, database_url="postgresql+psycopg://127.0.0.1:1/jaabi", demo="off"
    )
    away = Store(settings.database_url)
    told = scrape(settings, away)
    away.close()
    assert [told["up", part] for part in ("database", "valkey", "keeper")] == [0, 0, 0]
    assert 0 < told["disk_free_share",] < 1


def test_nothing_of_anybody_is_told(stage, settings):
    stage.files(category="93")
    contact = stage.vault.pseudonym(SPEAKER)
    put(stage, message(stage.now, 9, contact=contact))
    put(stage, Contact(pseudonym="f" * 64, seen_at=stage.now, stopped_at=stage.now))
    said = ask(settings, stage.store, "/metrics").text
    for secret in (SPEAKER, SPEAKER[4:], contact, "f" * 64, "C7", "93"):
        assert f'"{secret}"' not in said
        assert len(secret) < 4 or secret not in said


def test_the_console_is_ready_without_any_key(stage, settings):
    shutil.rmtree(settings.keys, ignore_errors=True)
    ready = ask(settings, stage.store, "/health/ready")
    assert ready.json == {"ready": True, "database": True}
    assert ask(settings, stage.store, "/hooks/at/x/sms").status_code == 404


def test_the_process_of_the_console_loads_neither_vault_nor_channel():
    loaded = "import sys, gateway.cli_console; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = set(done.stdout.split())
    assert "gateway.console.application" in names
    forbidden = {"models.vault", "gateway.channels.base", "gateway.app", "workers", "twilio"}
    assert names.isdisjoint(forbidden)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_metric_stands_in_the_runbook(name):
    assert f"`{PREFIX}{name}`" in (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
