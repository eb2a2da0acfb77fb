"""The commands an operator types: init, lists, dead letters, doctor."""

import json
import os
import socket
import stat
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from gateway import valkey
from gateway.cli import commands
from gateway.settings import Settings
from gateway.spool import Post, Spool
from models.case import Case, ItemNumber
from models.conversation import WrongCode
from models.db import Job, Store
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.seal import Transit
from models.services.accounts import ROLES
from tests.gateway.running import jaabi


class Programme:
    """A programme made by `jaabi init`, and the command line on it."""

    def __init__(self, home, *, demo):
        self.home = home
        self.environment = {
            "JAABI_HOME": str(home),
            "JAABI_DEMO": "on" if demo else "off",
            "JAABI_DATABASE_URL": None,
            "JAABI_REDIS_URL": None,
        }

    def __call__(self, *words):
        return CliRunner(env=self.environment).invoke(commands, words)

    def lines(self, *words):
        done = self(*words)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]

    def store(self):
        return Store(f"sqlite:///{self.home / 'jaabi.db'}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    programme = Programme(tmp_path_factory.mktemp("programme") / "home", demo=True)
    done = programme("init", "--demo")
    assert done.exit_code == 0, done.output
    return programme


@pytest.fixture
def store(demo):
    store = demo.store()
    yield store
    with store.work(Job("test")) as work:
        for table in (OutboundMessage, InboundMessage, Case, ItemNumber):
            work.session.query(table).delete()
    store.close()


def put_case(work, number, now, **changes):
    work.session.add(ItemNumber(number=number, kind="case"))
    work.session.flush()
    facts = {
        "kind": "complaint",
        "category": "12",
        "case_class": "C4",
        "area_pcode": "ML070106",
        "source": "ussd",
        "channel": "phone",
        "language": "fr",
        "status": "routed",
        "opened_at": now,
        "due_at": now + timedelta(days=5),
        "holder_organisation": "cell",
        "why": ["the first desk of food is the cell"],
    }
    work.session.add(Case(number=number, **{**facts, **changes}))


def put_letter(work, now, **changes):
    facts = {"channel": "phone", "received_at": now, "due_at": now, "status": "dead"}
    row = InboundMessage(**{**facts, "text_sealed": b"x", "cause": "tried five times", **changes})
    work.session.add(row)
    work.session.flush()
    return row.id


def test_init_makes_everything_and_for_our_user_alone(demo):
    ours = ("demo-pins", "demo-password", "console.key", "keys/keeper/pepper.key")
    for path in (demo.home / name for name in ours):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [table] = tomllib.loads((demo.home / "channels.toml").read_text())["channel"].values()
    assert len(table["token"][0]) >= 32
    assert table["provider"] == "africastalking"
    assert demo("people", "list", "--json").output.count('"P0151"') == 1


def test_a_second_init_keeps_keys_pins_tokens_and_people(demo):
    def everything():
        kept = (
            "demo-pins",
            "demo-password",
            "channels.toml",
            "keys/keeper/pepper.key",
            "keys/addresses.pub",
        )
        files = [(demo.home / name).read_bytes() for name in kept]
        return files, demo.lines("people", "list", "--json")

    before = everything()
    assert demo("init", "--demo").exit_code == 0
    assert everything() == before


def test_the_demo_has_an_account_of_each_role_and_says_its_code_of_now(demo):
    rows = [json.loads(line) for line in demo("accounts", "list", "--json").output.splitlines()]
    assert {one["role"] for one in rows} == set(ROLES)
    said = demo("accounts", "code", rows[0]["email"]).output.strip()
    assert (len(said), said.isdigit()) == (6, True)


def test_init_without_demo_knows_mali_but_nobody(tmp_path):
    real = Programme(tmp_path / "home", demo=False)
    assert real("init").exit_code == 0
    assert real.lines("people", "list", "--json") == []
    assert real.lines("channels", "--json") == []
    exported = tmp_path / "areas.csv"
    assert real("directory", "export", "areas", str(exported)).exit_code == 0
    assert "Tessit" in exported.read_text()


def test_channels_are_listed_with_the_addresses_for_their_provider(demo):
    [channel] = demo.lines("channels", "--json")
    assert (channel["channel"], channel["provider"]) == ("phone", "africastalking")
    assert set(channel["hooks"]) == {
        *("sms", "ussd", "ussd-end", "delivery", "optout", "voice"),
    }
    token = Settings.load(home=demo.home).channel["phone"].tokens[0]
    assert channel["hooks"]["sms"] == {
        "method": "POST",
        "url": f"http://127.0.0.1:8000/hooks/phone/{token}/sms",
    }
    assert "POST" in demo("channels").output


def test_cases_are_listed_without_words_and_the_sensitive_only_counted(demo, store, now):
    with store.work(Job("test")) as work:
        put_case(work, "15736", now)
        put_case(work, "15744", now - timedelta(days=2), kind="alert", category="61")
        put_case(work, "15752", now, category="91", case_class="C5")
    rows = demo.lines("cases", "--json")
    assert [row["number"] for row in rows] == ["15736", "15744"]
    assert set(rows[0]) == {
        *("number", "kind", "category", "class", "area_pcode", "organisation", "person"),
        *("status", "channel", "language", "opened_at", "due_at", "why"),
    }
    assert rows[0]["opened_at"] == "2026-11-23T12:00:00Z"
    assert rows[0]["why"] == ["the first desk of food is the cell"]
    assert [row["number"] for row in demo.lines("cases", "--json", "--kind", "alert")] == ["15744"]
    since = demo.lines("cases", "--json", "--since", "2026-11-22")
    assert [row["number"] for row in since] == ["15736"]
    copied = demo.lines("cases", "--json", "--since", rows[0]["opened_at"])
    assert [row["number"] for row in copied] == ["15736"]
    [share] = demo.lines("cases", "--summary", "--json")
    assert (share["class"], share["received"]) == ("C4", 2)
    assert "C5" not in demo("cases", "--summary").output
    refused = demo("cases", "--since", "hier")
    assert (refused.exit_code, "no date and no time" in refused.stderr) == (2, True)
    assert demo.lines("cases", "--json", "--sensitive") == [{"sensitive": 1}]
    assert "15736" in demo("cases").output


def test_how_many_sensitive_cases_there_are_is_told_in_the_demo_only(demo):
    real = Programme(demo.home, demo=False)
    done = real("cases", "--sensitive")
    assert done.exit_code == 2
    assert "demo only" in done.stderr


def test_messages_are_listed_both_ways_without_text_or_phone(demo, store, now):
    with store.work(Job("test")) as work:
        put_letter(work, now, provider_id="in-1", status="processed", settled_at=now)
        work.session.add(
            OutboundMessage(
                cause="case-event:1",
                purpose="case_new",
                address=b"sealed",
                text_sealed=b"sealed",
                status="handed_over",
                provider_id="ATXid_1",
                channel="phone",
                segments=1,
                tries=1,
                due_at=now,
                expires_at=now + timedelta(days=1),
                created_at=now + timedelta(seconds=1),
            )
        )
    received, sent = demo.lines("messages", "--json")
    assert (received["direction"], sent["direction"]) == ("in", "out")
    assert (received["status"], sent["status"]) == ("processed", "handed_over")
    for row in (received, sent):
        assert set(row) >= {
            *("id", "direction", "channel", "provider_id", "status", "tries", "segments"),
            *("cause", "created_at", "settled_at"),
        }
        assert "sealed" not in json.dumps(row)
    assert demo.lines("messages", "--json", "--direction", "out") == [sent]


def test_a_dead_letter_is_shown_and_tried_again_when_asked(demo, store, now):
    with store.work(Job("test")) as work:
        row_id = put_letter(work, now, provider_id="dead-1", tries=5)
    [letter] = demo.lines("dead-letters", "--json")
    assert (letter["id"], letter["cause"], letter["tries"]) == (row_id, "tried five times", 5)
    assert demo("dead-letters", "retry", str(row_id)).exit_code == 0
    assert demo.lines("dead-letters", "--json") == []
    with store.work(Job("test")) as work:
        row = work.session.get_one(InboundMessage, row_id)
        assert (row.status, row.tries, row.cause) == ("waiting", 0, None)


def test_a_letter_whose_words_are_gone_cannot_be_tried_again(demo, store, now):
    with store.work(Job("test")) as work:
        row_id = put_letter(work, now, provider_id="dead-2", text_sealed=None)
    done = demo("dead-letters", "retry", str(row_id))
    assert done.exit_code == 2
    assert "still has its words" in done.stderr


def test_a_post_that_was_set_aside_is_shown_and_handed_over_again_when_asked(demo, store, now):
    spool = Spool(demo.home / "spool" / "public", Transit.load(demo.home / "keys"))
    spool.put(Post(now, "POST", "/hooks/phone/x/sms", b"", (), b""))
    [name] = spool.names()
    spool.set_aside(name, "answered 404")
    [letter] = demo.lines("dead-letters", "--json")
    assert letter["id"] == f"spool-public-{name.removesuffix('.post')}"
    assert (letter["kind"], letter["cause"], letter["again"]) == ("spool", "answered 404", True)
    assert demo("dead-letters", "retry", letter["id"]).exit_code == 0
    assert demo.lines("dead-letters", "--json") == []
    assert spool.names() == [name]
    again = demo("dead-letters", "retry", letter["id"])
    assert (again.exit_code, "no dead letter" in again.stderr) == (2, True)
    spool.done(name)


def test_sending_is_paused_resumed_and_capped_by_a_person(demo):
    assert "texts may leave" in demo("sending").output
    assert demo("sending", "pause").exit_code == 0
    assert "nothing leaves: paused by hand" in demo("sending").output
    assert demo("sending", "cap", "5000").exit_code == 0
    assert "0 spent today, of 5000" in demo("sending").output
    assert demo("sending", "resume").exit_code == 0
    assert demo("sending", "cap", "0").exit_code == 0
    assert "of any amount" in demo("sending").output
    assert demo("sending", "cap", "much").exit_code == 2


def test_the_doctor_says_what_is_wrong_and_what_to_do(demo, store, now):
    with store.work(Job("test")) as work:
        put_letter(
            work, now, provider_id="late", status="waiting", due_at=now - timedelta(days=400)
        )
    done = demo("doctor")
    assert done.exit_code == 1
    for good in ("channels", "database", "keys", "programme"):
        assert f"good   {good}" in done.output
    for wrong in ("Valkey", "keeper", "workers", "waiting rows"):
        assert f"WRONG  {wrong}" in done.output
    assert "The oldest row of the inbox has been due for" in done.output


def test_the_doctor_says_when_somebody_guesses_codes(demo, store):
    assert "good   codes" in demo("doctor").output
    day = datetime.now(UTC).date().isoformat()
    with store.work(Job("test")) as work:
        work.session.add(WrongCode(contact="*", day=day, count=1000))
    done = demo("doctor")
    assert "WRONG  codes" in done.output
    assert "1000 wrong codes were tried today" in done.output


def test_the_doctor_finds_a_database_without_tables_and_missing_keys(tmp_path):
    empty = Programme(tmp_path, demo=False)
    done = empty("doctor")
    assert done.exit_code == 1
    assert "run jaabi upgrade" in done.output
    assert "run jaabi init" in done.output
    assert "There is no channel" in done.output


def test_upgrade_brings_an_empty_database_to_the_newest_tables(tmp_path):
    programme = Programme(tmp_path, demo=False)
    assert programme("upgrade").exit_code == 0
    assert "good   database" in programme("doctor").output


def test_wrong_settings_stop_every_command_with_every_mistake(tmp_path):
    programme = Programme(tmp_path, demo=False)
    programme.environment |= {"JAABI_PORT": "x", "JAABI_REDIS_URL": "x"}
    for word in ("doctor", "cases", "messages", "upgrade", "run", "public", "worker", "keeper"):
        done = programme(word)
        assert done.exit_code == 2, word
        assert "JAABI_PORT: must be a whole number" in done.stderr
        assert "JAABI_REDIS_URL: must begin with" in done.stderr


def test_a_database_that_does_not_answer_is_said_in_words(tmp_path):
    programme = Programme(tmp_path, demo=False)
    programme.environment["JAABI_DATABASE_URL"] = "postgresql+psycopg://127.0.0.1:1/jaabi"
    for word in ("init", "upgrade"):
        done = programme(word)
        assert done.exit_code == 2
        assert "the database cannot be brought up to date" in done.stderr


LISTENING = {
    "public": "JAABI_PORT",
    "acceptor": "JAABI_ACCEPTOR_PORT",
    "console": "JAABI_CONSOLE_PORT",
}


def test_a_process_whose_port_is_taken_says_so_and_does_not_share_it(demo):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the web server does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        own = {name: said for name, said in demo.environment.items() if said is not None}
        started = {
            setting: subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", command],
                env={**os.environ, **own, setting: str(port)},
                stderr=subprocess.PIPE,
                text=True,
            )
            for command, setting in LISTENING.items()
        }
        for setting, process in started.items():
            said = process.communicate(timeout=60)[1]
            assert process.returncode == 2, said
            assert f"port {port} of 127.0.0.1 is taken: set {setting}" in said


AWAY = "postgresql+psycopg://jaabi:a-word@127.0.0.1:1/jaabi"


@pytest.mark.parametrize("command", ["messages", "dead-letters", "sending", "sending pause"])
def test_a_database_that_is_away_is_said_in_words(tmp_path, command):
    for url in (AWAY, None):
        environment = {"JAABI_HOME": str(tmp_path / "none"), "JAABI_DATABASE_URL": url}
        done = CliRunner(env=environment).invoke(commands, command.split())
        assert done.exit_code == 1
        assert "Error: the database does not answer, or has no tables yet" in done.stderr
        assert "a-word" not in done.stderr


@pytest.mark.parametrize("command", ["public", "worker", "keeper"])
def test_a_process_without_its_keys_says_where_they_should_be(tmp_path, command):
    done = jaabi({**os.environ, "JAABI_HOME": str(tmp_path)}, command)
    assert done.returncode in {1, 2}
    assert str(tmp_path / "keys") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("amount", ["nan", "inf"])
def test_a_cap_is_an_amount_of_money(demo, amount):
    done = demo("sending", "cap", amount)
    assert done.exit_code == 2
    assert "is no amount" in done.stderr


def test_a_second_keeper_says_that_there_is_one_already(demo):
    address = Settings.load(home=demo.home).keeper_socket
    valkey.prepare_run_dir(address.parent)
    with socket.socket(socket.AF_UNIX) as first:
        first.bind(str(address))
        first.listen()
        own = {name: said for name, said in demo.environment.items() if said is not None}
        done = jaabi({**os.environ, **own}, "keeper")
    address.unlink()
    assert done.returncode == 2, done.stderr
    assert f"a keeper already runs on {demo.home}" in done.stderr
