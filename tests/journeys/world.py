"""The whole service in real processes, a provider on loopback, and phones that talk to them."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path

import psutil
import requests
from sqlalchemy import NullPool, create_engine, text

from gateway.settings import Settings
from models.db import Job, Store
from models.vault import Vault
from tests.conftest import as_application
from tests.gateway.running import free_port, make_demo
from tests.journeys.provider import PATIENCE_S, Provider
from workers.keeper.reading import with_keys

ROOT = Path(__file__).resolve().parents[2]
HEAD = "+22370000101"  # CSCOM of Tessit
MCD = "+22370000111"
MEAL = "+22370000121"
PAIRED_MEAL = "+22370000122"
TRIAGER = "+22370000151"
INTEGRITY = "+22370000153"
PSEA = "+22370000154"
CUT_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
AFTER_A_FAULT_S = 10.0  # so soon work goes on, whatever died (issue: "What must hold")


class World:
    """One programme: its home, its processes, its provider."""

    def __init__(self, home, database_url=None):
        self.home = Path(home)
        self.port = free_port()
        self.provider = Provider()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JAABI_")},
            "JAABI_HOME": str(self.home),
            "JAABI_PORT": str(self.port),
            "JAABI_CONSOLE_PORT": str(free_port()),
            "JAABI_NETWORK_PORT": str(free_port()),
            "JAABI_DEMO": "force" if database_url else "on",
        }
        if database_url:  # all of it runs as the role that owns nothing
            self.environment["JAABI_DATABASE_URL"] = as_application(database_url)
            self.environment["JAABI_DATABASE_OWNER_URL"] = database_url
        self.database_url = database_url or f"sqlite:///{self.home / 'jaabi.db'}"
        self.settings = Settings.load(home=self.home)
        self.database = create_engine(self.database_url, poolclass=NullPool)
        self.process = None
        self.acknowledged = []  # ids of SMS that were answered with 2xx
        self.receipts = []  # numbers and codes, as screens showed them
        self.fault_at, self.bound_s = -AFTER_A_FAULT_S, AFTER_A_FAULT_S
        self.keeper_died_at = datetime(2026, 1, 1, tzinfo=UTC)

    def jaabi(self, *words, **options):
        """Run one command of ours and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            **options,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def lines(self, *words):
        return [json.loads(line) for line in self.jaabi(*words).splitlines()]

    def prepare(self):
        if self.database_url.startswith("sqlite"):
            make_demo(self.home, self.environment)
        else:
            self.jaabi("init", "--demo")
        tables = tomllib.loads((self.home / "channels.toml").read_text())
        [self.token] = tables["channel"]["phone"]["token"]
        self.channel = "phone"
        changed = re.sub(
            r"(?m)^api_url = .*$",
            f'api_url = "{self.provider.url}"',
            (self.home / "channels.toml").read_text(),
        )
        (self.home / "channels.toml").write_text(changed)
        self.vault = Vault.load(self.home / "keys")
        return self

    def start(self):
        self.log = (self.home / "run.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "run", "--demo"],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.until(self.is_ready, seconds=2 * PATIENCE_S)  # a slow machine boots slowly
        return self

    def is_ready(self):
        """Say whether webhooks are answered and the keeper takes calls."""
        with contextlib.suppress(requests.RequestException, OSError):
            with socket.socket(socket.AF_UNIX) as link:
                link.connect(str(self.settings.keeper_socket))
            return requests.get(self.url("/health/ready"), timeout=2).status_code == 200
        return False

    def until(self, holds, *, seconds=PATIENCE_S):
        """Wait for a fact, by asking for it again; fail with the log if it never comes."""
        end = time.monotonic() + seconds
        pause = threading.Event()
        while not holds():
            if time.monotonic() > end:
                raise AssertionError((self.home / "run.log").read_text()[-4000:])
            pause.wait(0.05)
        return True

    def unfinished(self):
        """Return what is due and not done: received but unanswered, or written but in no hands."""
        return self.rows(
            "SELECT id FROM inbound_message WHERE status IN ('waiting', 'processing')"
        ) + self.rows(
            "SELECT id FROM outbound_message WHERE settled_at IS NULL AND status <> 'handed_over'"
            " AND due_at <= CURRENT_TIMESTAMP"
        )

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
            self.log.close()

    def close(self):
        self.stop()
        self.provider.close()
        self.database.dispose()

    def processes(self):
        """Every process below the supervisor, by what it is: valkey, keeper, worker, ..."""
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                words, below = child.cmdline(), child.ppid() != self.process.pid
                name = "valkey" if "valkey-server" in words[0] else words[-1]
                found[f"{name} below" if below else name] = child
        return found

    def kill(self, name):
        """End a process without a word, once it is there, and return what it was."""
        self.until(lambda: name in self.processes())
        victim = self.processes()[name]
        self.mark_fault()
        victim.kill()
        if name == "keeper":
            self.keeper_died_at = datetime.now(UTC)
        return victim

    def mark_fault(self):
        """Begin to count the seconds within which work must go on."""
        self.fault_at = time.monotonic()

    def kill_all(self):
        """End the supervisor without a word, and with it all others."""
        children = self.processes().values()
        self.process.kill()
        self.process.wait(10)
        self.log.close()
        psutil.wait_procs(children, timeout=10)
        self.keeper_died_at = datetime.now(UTC)

    def left(self):
        """Return how many seconds are left of those within which work must go on."""
        return max(0.0, self.fault_at + self.bound_s - time.monotonic())

    @contextlib.contextmanager
    def patient(self):
        """Give processes that are killed again and again the time to start on a slow machine."""
        self.bound_s = 2 * PATIENCE_S
        try:
            yield
        finally:
            self.bound_s = AFTER_A_FAULT_S

    @contextlib.contextmanager
    def stopped(self, name):
        """Keep a process from running for a while, as an overloaded machine does."""
        victim = self.processes()[name]
        victim.suspend()
        try:
            yield
        finally:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.resume()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def hook(self, event):
        return self.url(f"/hooks/{self.channel}/{self.token}/{event}")

    def post(self, event, fields):
        """Post as a network does: after a fault it tries again while nobody is there."""
        while True:
            try:
                return requests.post(self.hook(event), data=fields, timeout=15)
            except CUT_OFF:
                if not self.left():
                    raise

    def phone(self, number):
        return Phone(self, number)

    def people(self):
        return {one["person"]: one for one in self.lines("people", "list", "--json")}

    def cases(self):
        return self.lines("cases", "--json")

    def rows(self, sql, **values):
        """Return what the database holds now, as dictionaries."""
        with self.database.connect() as link:
            return [dict(row._mapping) for row in link.execute(text(sql), values)]

    def kept(self, *which):
        """Return what was said, sealed, each with its wrapped key: (sealed, key id, wrapped)."""
        with (
            contextlib.closing(Store(self.database.url)) as store,
            store.reading(Job("test")) as work,
        ):
            return with_keys(work, self.vault, *which)

    def case_of(self, number, code):
        """Return the case behind a receipt: six digits of this phone, or twelve; None if none."""
        short, long = self.vault.digests(self.vault.pseudonym(number), code)
        found = "SELECT * FROM case_ WHERE receipt_short = :short OR receipt_long = :long"
        return next(iter(self.rows(found, short=short, long=long)), None)

    def cases_by(self, number):
        """Return the cases of this phone that have a receipt, oldest first."""
        contact = self.vault.pseudonym(number)
        return self.rows("SELECT * FROM case_ WHERE contact = :one ORDER BY id", one=contact)

    def pins(self):
        """The demo's PINs, by the number of the person."""
        return dict(
            line.split()[:2] for line in (self.home / "demo-pins").read_text().splitlines() if line
        )

    def pass_minutes(self, minutes):
        """Let time pass for everything that waits for an hour, without waiting."""
        columns = {
            "story": "leaves_at",
            "outbound_message": "due_at",
            "conversation": "due_at",
            "inbound_message": "due_at",
        }
        with self.database.begin() as link:
            for table, name in columns.items():
                link.execute(text(self._earlier(table, name, minutes)))

    def lapse(self, number):
        """Let the clock of whoever holds this item be over."""
        found = "UPDATE case_ SET act_by = opened_at, due_at = opened_at WHERE number = :number"
        with self.database.begin() as link:
            link.execute(text(found), {"number": number})

    def _earlier(self, table, name, minutes):
        if self.database_url.startswith("sqlite"):
            value = f"strftime('%Y-%m-%d %H:%M:%f', {name}, '-{minutes} minutes') || '000'"
        else:
            value = f"{name} - interval '{minutes} minutes'"
        return f"UPDATE {table} SET {name} = {value} WHERE {name} IS NOT NULL"  # noqa: S608 ours


class Phone:
    """A basic phone on Africa's Talking's network."""

    def __init__(self, world, number):
        self.world = world
        self.number = number
        self.presses = 0

    def dial(self, through=""):
        self.session, self.text = f"ATUid_{uuid.uuid4().hex}", through
        self.presses = 0
        return self.press()

    def type(self, *answers):
        """Type answers one by one and return the last screen."""
        for answer in answers:
            self.text = f"{self.text}*{answer}" if self.text else str(answer)
            self.presses += 1
            screen = self.press()
        return screen

    def press(self):
        """Send what was typed last, once more if it was sent before, and return the screen."""
        reply = self.world.post("ussd", self.fields() | {"text": self.text})
        assert reply.status_code == 200, reply.text
        assert reply.text[:4] in ("CON ", "END "), reply.text
        self.screen = reply.text
        code = re.search(r"Votre code:\s((?:\d\d ?){3})", self.screen)
        if code:
            self.world.receipts.append((self.number, "".join(code.group(1).split())))
        return reply.text

    def fields(self):
        code = {"serviceCode": "*123#", "phoneNumber": self.number, "networkCode": "61002"}
        return {"sessionId": self.session, **code}

    def hang_up(self):
        end = {"date": "2026-11-22 10:00:00", "status": "Incomplete", "hopsCount": "3"}
        end |= {"input": self.text, "lastAppResponse": self.screen, "durationInMillis": "1"}
        return self.world.post("ussd-end", self.fields() | end)

    def sms(self, said, *, id=None):
        fields = {"id": id or str(uuid.uuid4()), "from": self.number, "to": "36000", "text": said}
        reply = self.world.post("sms", fields | {"date": "2026-11-22 10:00:00"})
        assert reply.status_code == 200, reply.text
        self.world.acknowledged.append(fields["id"])
        return fields["id"]

    def received(self, pattern, **options):
        return self.world.provider.wait(self.number, pattern, **options)
