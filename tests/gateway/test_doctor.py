"""What the doctor finds: each thing that can be wrong is said in words, and nothing else is."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from gateway.cli import commands
from gateway.cli_doctor import CHECKS, WITHIN
from gateway.spool import Post, Spool
from models.case import Case
from models.channel import ChannelHealth, Spending
from models.conversation import Conversation
from models.db import Job
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.seal import Transit
from models.services import privacy, restoring, sending
from models.voice_note import VoiceNote
from tests.factories import staged
from tests.gateway.running import free_port

CHANNELS = """\
[channel.at]
provider = "africastalking"
token = ["{token}"]
username = "sandbox"
api_key = "key-of-a-test"
api_url = "http://127.0.0.1:{port}/version1"
[channel.aggregator]
provider = "ussd_http"
token = ["{token}"]
shape = "hubtel"
"""


class Practice:
    """A programme, and a doctor who looks at it."""

    def __init__(self, stage, home, url):
        self.stage, self.home, self.url, self.demo = stage, home, url, "off"
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.has_channel(self.listener.getsockname()[1])
        with stage.store.work(Job("test")) as work:
            restoring.note_backup(work, datetime.now(UTC))

    def has_channel(self, port):
        tables = CHANNELS.format(token="a" * 40, port=port)
        (self.home / "channels.toml").write_text(tables)

    def put(self, *rows):
        with self.stage.store.work(Job("test")) as work:
            work.session.add_all(rows)

    def asked(self):
        environment = {
            "JAABI_HOME": str(self.home),
            "JAABI_DATABASE_URL": self.url,
            "JAABI_PORT": str(free_port()),
            "JAABI_DEMO": self.demo,
        }
        return CliRunner(env=environment).invoke(commands, ["doctor"])

    def says(self):
        """What is wrong, by line."""
        found, name = {}, None
        for line in self.asked().output.splitlines():
            if line.startswith(" "):
                found[name] = f"{found.get(name, '')}{line.strip()} "
            elif line.startswith("WRONG"):
                name = line.removeprefix("WRONG").strip()
        return found


@pytest.fixture
def practice(store, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    with staged(store, home, datetime.now(UTC)) as stage:
        one = Practice(stage, home, store.url.render_as_string(hide_password=False))
        yield one
        one.listener.close()


NOT_RUNNING = {"Valkey", "keeper", "web", "workers"}


def test_of_a_sound_programme_it_says_only_that_nothing_runs(practice):
    found = practice.says()
    assert set(found) - {"programme", "database"} == NOT_RUNNING
    assert "Nobody answers at http://127.0.0.1:" in found["web"]


def test_a_channel_that_cannot_be_reached_is_named_without_anything_being_sent(practice):
    practice.listener.settimeout(5)
    assert "channels reachable" not in practice.says()
    link, _ = practice.listener.accept()
    assert link.recv(1) == b""  # it hung up without a word
    link.close()
    port = free_port()
    practice.has_channel(port)
    said = practice.says()["channels reachable"]
    assert said.startswith(f"at: 127.0.0.1:{port} cannot be reached")


def at(now, **facts):
    return {"channel": "at", "due_at": now, "received_at": now, **facts}


def late_rows(now):
    ago = now - timedelta(minutes=3)
    message = {"provider_id": "1", "status": "waiting"}
    yield "waiting rows", "row of the inbox", InboundMessage(**at(ago, **message))
    words = {"cause": "a", "purpose": "b", "status": "waiting", "due_at": ago}
    words |= {"created_at": ago, "expires_at": now + timedelta(days=1)}
    yield "waiting rows", "row of the outbox", OutboundMessage(**words)
    talk = {"key": "sms:x", "turn": 1, "sealed": b"x", "over": False, "resumable": False}
    silent = Conversation(**talk, updated_at=ago, due_at=ago)
    yield "clocks", "oldest of the silence should have been seen to 3 min ago", silent
    dead = {"provider_id": "2", "status": "dead", "settled_at": now}
    yield "dead letters", "1 messages could not", InboundMessage(**at(ago, **dead))
    early = {"provider_id": "3", "status": "processed", "settled_at": now}
    later = now + timedelta(minutes=10)
    yield "clock", "our clock was put back", InboundMessage(**at(later, **early))
    health = {"since": ago, "reason": "status 500"}
    failing = ChannelHealth(channel="at", state="failing", **health)
    yield "channel health", "at is failing since", failing


@pytest.mark.parametrize("index", range(6))
def test_each_thing_that_is_wrong_with_rows_is_said_in_words(practice, index):
    line, says, row = list(late_rows(practice.stage.now))[index]
    assert line not in practice.says()
    practice.put(row)
    assert says in practice.says()[line]


def test_a_voice_note_that_was_not_fetched_is_said(practice):
    now = practice.stage.now
    practice.put(InboundMessage(**at(now, provider_id="1", status="processed", settled_at=now)))
    lost = {"inbound_id": 1, "place": 0, "kind": "audio/ogg", "status": "dead", "settled_at": now}
    practice.put(VoiceNote(**at(now, **lost)))
    assert "1 voice notes could not" in practice.says()["dead letters"]


def test_a_case_that_changed_hands_too_late_is_said_and_never_one_told_in_private(practice):
    stage = practice.stage
    stage.files(category="93")
    stage.change(Case, {"category": "93"}, act_by=stage.now - timedelta(hours=1))
    assert "clocks" not in practice.says()
    stage.files(category="12")
    stage.change(Case, {"category": "12"}, act_by=stage.now - timedelta(hours=1))
    assert "oldest of the cases" in practice.says()["clocks"]


def test_a_channel_that_is_not_configured_any_more_is_not_spoken_of(practice):
    gone = ChannelHealth(channel="gone", state="stopped", since=practice.stage.now)
    practice.put(gone)
    assert "channel health" not in practice.says()


def test_it_says_when_nothing_may_leave_and_when_the_money_is_spent(practice):
    with practice.stage.store.work(Job("test")) as work:
        sending.pause(work, sending.BY_HAND)
        sending.set_cap(work, 100)
    day = datetime.now(UTC).date().isoformat()
    practice.put(Spending(day=day, channel="at", segments=4, amount=100.0))
    found = practice.says()
    assert "Nothing leaves (paused by hand), 0 texts wait" in found["sending"]
    assert "100 of 100 are spent today" in found["spending"]


def test_it_says_when_posts_lie_on_the_disk_and_when_one_was_set_aside(practice):
    spool = Spool(practice.home / "spool" / "public", Transit.load(practice.home / "keys"))
    ago = datetime.now(UTC) - timedelta(minutes=5)
    for _ in range(2):
        spool.put(Post(ago, "POST", "/hooks/at/x/sms", b"", (), b""))
    first, second = spool.names()
    spool.set_aside(first, "answered 404")
    os.utime(practice.home / "spool" / "public" / "posts" / second, (0, ago.timestamp()))
    found = practice.says()
    assert "1 posts wait in the spool of public, the oldest for 30" in found["spool"]
    assert "1 posts set aside could not" in found["dead letters"]


def test_a_post_that_nobody_can_open_any_more_is_listed_and_no_longer_complained_of(practice):
    spool = Spool(practice.home / "spool" / "public", Transit.load(practice.home / "keys"))
    spool.put(Post(datetime.now(UTC), "POST", "/hooks/at/x/sms", b"", (), b""))
    [name] = spool.names()
    spool.set_aside(name, "answered 404")
    ago = (datetime.now(UTC) - timedelta(days=8)).timestamp()
    os.utime(practice.home / "spool" / "public" / "aside" / name, (ago, ago))
    assert "dead letters" not in practice.says()
    environment = {"JAABI_HOME": str(practice.home), "JAABI_DATABASE_URL": practice.url}
    done = CliRunner(env=environment).invoke(commands, ["dead-letters", "--json"])
    assert json.loads(done.stdout)["again"] is False


def test_it_is_said_when_nothing_is_forgotten_any_more(practice):
    def forget(ago):
        with practice.stage.store.work(Job("timetable")) as work:
            privacy.purge(work, datetime.now(UTC) - ago)

    forget(timedelta(hours=2))
    assert "retention" not in practice.says()
    forget(timedelta(hours=4))
    assert "jaabi purge" in practice.says()["retention"]


def test_a_real_programme_without_a_backup_is_told_so(practice):
    with practice.stage.store.work(Job("test")) as work:
        restoring.note_backup(work, datetime.now(UTC) - timedelta(days=3))
    assert "The last one is of" in practice.says()["backup"]
    (practice.home / "demo-pins").touch()
    assert "backup" not in practice.says()


def test_a_database_that_is_away_is_said_once_and_the_rest_stays_open(practice):
    practice.url = "postgresql+psycopg://127.0.0.1:1/jaabi"
    done = practice.asked()
    assert done.exit_code == 1
    assert "It does not answer (OperationalError)" in done.output
    for name in WITHIN:
        assert f"?      {name}: nobody can say" in done.output
    assert len([line for line in done.output.splitlines() if line[0] != " "]) == len(CHECKS)


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_locked_table_hides_one_line_and_no_other(practice):
    with practice.stage.store.durable.begin() as link:
        link.execute(text("LOCK TABLE spending IN ACCESS EXCLUSIVE MODE"))
        found = practice.says()
    assert found["spending"].startswith("Nobody can say")
    assert set(found) - {"programme", "database"} == NOT_RUNNING | {"spending"}
