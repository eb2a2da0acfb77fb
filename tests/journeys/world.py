"""The whole service in real processes, a provider on loopback, and phones that talk to them."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import tomllib
import uuid
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import psutil
import requests
from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
HEAD = "+22370000101"  # CSCOM of Tessit
MCD = "+22370000111"
MEAL = "+22370000121"
PAIRED_MEAL = "+22370000122"
TRIAGER = "+22370000151"
INTEGRITY = "+22370000153"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Provider:
    """Africa's Talking as we know it: takes SMS over HTTP, keeps them, can be told to refuse."""

    def __init__(self):
        self.inbox = defaultdict(list)
        self.arrived = threading.Condition()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                message_id = f"ATXid_{uuid.uuid4().hex}"
                [to], [said] = form["to"], form["message"]
                with provider.arrived:
                    provider.inbox[to].append(said)
                    provider.arrived.notify_all()
                recipient = {"statusCode": 101, "status": "Success", "number": to}
                recipient |= {"cost": "XOF 12.0000", "messageId": message_id}
                reply = json.dumps(
                    {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}}
                ).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *about):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/version1"

    def wait(self, number, pattern, *, seconds=PATIENCE_S):
        """Return the first SMS to a number that matches, waiting for it."""

        def found():
            return next((one for one in self.inbox[number] if re.search(pattern, one)), None)

        with self.arrived:
            assert self.arrived.wait_for(found, seconds), (pattern, dict(self.inbox))
            return found()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


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
        if database_url:
            self.environment["JAABI_DATABASE_URL"] = database_url
        self.database_url = database_url or f"sqlite:///{self.home / 'jaabi.db'}"
        self.process = None

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
        self.until(self.ready)
        return self

    def ready(self):
        try:
            return requests.get(self.url("/health/ready"), timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def until(self, holds, *, seconds=PATIENCE_S):
        """Wait for a fact, by asking for it again; fail with the log if it never comes."""
        waited, step = 0.0, 0.1
        pause = threading.Event()
        while not holds():
            if waited > seconds:
                raise AssertionError((self.home / "run.log").read_text()[-4000:])
            pause.wait(step)
            waited += step
        return True

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
            self.log.close()

    def close(self):
        self.stop()
        self.provider.close()

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def post(self, event, fields):
        return requests.post(
            self.url(f"/hooks/{self.channel}/{self.token}/{event}"), data=fields, timeout=15
        )

    def phone(self, number):
        return Phone(self, number)

    def people(self):
        return {one["person"]: one for one in self.lines("people", "list", "--json")}

    def cases(self):
        return self.lines("cases", "--json")

    def pins(self):
        """The demo's PINs, by the number of the person."""
        return dict(
            line.split()[:2] for line in (self.home / "demo-pins").read_text().splitlines() if line
        )

    def pass_minutes(self, minutes):
        """Let time pass for everything that waits for an hour, without waiting."""
        columns = {
            "story": ["leaves_at"],
            "outbound_message": ["due_at"],
            "conversation": ["due_at"],
            "inbound_message": ["due_at"],
        }
        engine = create_engine(self.database_url)
        with engine.begin() as link:
            for table, names in columns.items():
                for name in names:
                    link.execute(text(self._earlier(table, name, minutes)))
        engine.dispose()

    def _earlier(self, table, name, minutes):
        if self.database_url.startswith("sqlite"):
            value = f"strftime('%Y-%m-%d %H:%M:%f', {name}, '-{minutes} minutes') || '000'"
        else:
            value = f"{name} - interval '{minutes} minutes'"
        return f"UPDATE {table} SET {name} = {value} WHERE {name} IS NOT NULL"


class Phone:
    """A basic phone on Africa's Talking's network."""

    def __init__(self, world, number):
        self.world = world
        self.number = number
        self.presses = 0

    def dial(self, through=""):
        self.session, self.text = f"ATUid_{uuid.uuid4().hex}", through
        self.presses = 0
        return self._press()

    def type(self, *answers):
        """Type answers one by one and return the last screen."""
        for answer in answers:
            self.text = f"{self.text}*{answer}" if self.text else str(answer)
            self.presses += 1
            screen = self._press()
        return screen

    def _press(self):
        reply = self.world.post("ussd", self.fields() | {"text": self.text})
        assert reply.status_code == 200, reply.text
        assert reply.text[:4] in ("CON ", "END "), reply.text
        self.screen = reply.text
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
        return fields["id"]

    def received(self, pattern, **options):
        return self.world.provider.wait(self.number, pattern, **options)


def sqlite_of(world):
    return sqlite3.connect(world.home / "jaabi.db")
