"""The acceptor as a process of its own, beside a public application that misbehaves."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from gateway.acceptor import Carrier
from gateway.handing_over import Refused
from gateway.settings import Settings
from gateway.spool import Post, Spool
from models.seal import Transit
from models.vault import create_keys
from tests.gateway.running import free_port, jaabi

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "k" * 40
PATIENCE_S = 30
HOOK = f"/hooks/modem/{TOKEN}/sms"
CHANNELS = f"""
[channel.modem]
provider = "kannel"
token = ["{TOKEN}"]
sendsms_url = "http://127.0.0.1:9/cgi-bin/sendsms"
username = "jaabi"
password = "a password of a test"
sender = "36000"
"""


class Public:
    """Where posts are brought to: answers what it is told to, and keeps what it answered 2xx."""

    def __init__(self, port):
        self.port = port
        self.answers = 200
        self.taken = []
        self.refused = []
        self.server = None

    def start(self):
        self.answers = 200
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.answers = None  # a line that is still open is hung up too
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def _handler(public):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answers = public.answers
            (public.taken if answers == 200 else public.refused).append(
                (self.command, self.path, body, self.headers)
            )
            if answers is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answers)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 the library's name

        def log_message(self, *_):
            pass

    return Handler


class Acceptor:
    """A real `jaabi acceptor` in a home of its own. It has keys and channels, and no database."""

    def __init__(self, home):
        self.home, self.port, self.public = home, free_port(), Public(free_port())
        create_keys(home / "keys")
        (home / "channels.toml").write_text(CHANNELS)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JAABI_")},
            "JAABI_HOME": str(home),
            "JAABI_ACCEPTOR_PORT": str(self.port),
            "JAABI_PUBLIC_URL": f"http://127.0.0.1:{self.public.port}",
            "JAABI_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
        }
        self.process = None
        self.log = home / "log"
        self.spool = Spool(
            Settings.load(home=home).spool_dir / "acceptor", Transit.load(home / "keys")
        )

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "acceptor"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self.until(self.is_ready)

    def is_ready(self):
        try:
            return requests.get(self.url("/health/ready"), timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def until(self, holds):
        end = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while not holds():
            assert time.monotonic() < end, self.log.read_text()
            pause.wait(0.02)

    def kill(self):
        """End all its processes without a word."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, number, **options):
        return requests.get(self.url(f"{HOOK}?id={number}&text=%C9%9B+%01"), timeout=10, **options)

    def brought(self):
        return [path for _, path, *_ in self.public.taken]

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
        self.public.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    one = Acceptor(tmp_path_factory.mktemp("acceptor"))
    one.start()
    yield one
    one.close()


@pytest.fixture
def acceptor(running):
    """The running acceptor, its public application well again and everything forgotten."""
    if running.public.server is None:
        running.public.start()
    running.public.taken, running.public.refused = [], []
    yield running
    running.public.answers = 200
    running.until(lambda: not running.spool.holds())


@contextmanager
def answering(acceptor, status):
    acceptor.public.answers = status
    yield
    acceptor.public.answers = 200


def test_what_is_posted_is_brought_on_as_raw_as_it_came(acceptor):
    before = datetime.now(UTC)
    path = f"{HOOK}?id=7&from=%2B22370000001&text=%c9%9B+%zz%01~'"
    link = http.client.HTTPConnection("127.0.0.1", acceptor.port)
    link.request("POST", path, b"\x00a=b", {"Content-Type": "text/plain", "X-Kannel-From": "1"})
    assert link.getresponse().status == 200
    link.close()
    acceptor.until(lambda: acceptor.public.taken)
    [(method, asked, body, headers)] = acceptor.public.taken
    assert (method, asked, body) == ("POST", path, b"\x00a=b")
    assert (headers["Content-Type"], headers["X-Kannel-From"]) == ("text/plain", "1")
    received = datetime.fromisoformat(headers["X-Jaabi-Received-At"])
    assert before <= received <= before + timedelta(seconds=PATIENCE_S)


def test_words_that_a_gateway_forgot_to_escape_are_brought_on_too(acceptor):
    with socket.create_connection(("127.0.0.1", acceptor.port), 5) as link:
        target = f"{HOOK}?id=8&text=café".encode()
        link.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert link.recv(20).startswith(b"HTTP/1.1 200")
    acceptor.until(lambda: acceptor.public.taken)
    assert acceptor.brought() == [f"{HOOK}?id=8&text=caf%C3%A9"]


@pytest.mark.parametrize("odd", [b"\x7f", b"\x01", b"\t", b"\xff", b"#", b'"<>'])
def test_no_address_however_odd_holds_those_behind_it_up(acceptor, odd):
    with socket.create_connection(("127.0.0.1", acceptor.port), 5) as link:
        target = f"{HOOK}?id=9&text=".encode() + odd
        link.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        link.recv(20)
    assert acceptor.says(1).status_code == 200
    acceptor.until(lambda: f"{HOOK}?id=1&text=%C9%9B+%01" in acceptor.brought())


def test_what_cannot_be_said_to_the_public_application_is_set_aside():
    public = Public(free_port())
    public.start()
    carry = Carrier(f"http://127.0.0.1:{public.port}")
    for query, headers in ((b"a=\x7f", ()), (b"a= b", ()), (b"a=1", (("X-Odd", "a\nb"),))):
        with pytest.raises(Refused):
            carry([Post(datetime.now(UTC), "GET", HOOK, query, headers, b"")])
    carry([Post(datetime.now(UTC), "GET", HOOK, b"a=1", (), b"")])
    carry._link.close()
    assert len(public.taken) == 1
    public.stop()


@pytest.mark.parametrize("status", [500, 503, 429, 408, 302, None])
def test_until_it_is_taken_it_waits_in_its_order(acceptor, status):
    with answering(acceptor, status):
        assert [acceptor.says(number).status_code for number in range(3)] == [200] * 3
        acceptor.until(lambda: acceptor.public.refused)
        assert {path for _, path, *_ in acceptor.public.refused} == {f"{HOOK}?id=0&text=%C9%9B+%01"}
    acceptor.until(lambda: len(acceptor.public.taken) == 3)
    assert acceptor.brought() == [f"{HOOK}?id={number}&text=%C9%9B+%01" for number in range(3)]


def test_killed_while_nobody_takes_anything_it_loses_nothing_it_acknowledged(acceptor):
    acceptor.public.stop()
    assert [acceptor.says(number).status_code for number in range(20)] == [200] * 20
    acceptor.kill()
    acceptor.start()
    assert acceptor.says(20).status_code == 200
    acceptor.public.start()
    acceptor.until(lambda: len(acceptor.public.taken) >= 21)
    assert acceptor.brought() == [f"{HOOK}?id={number}&text=%C9%9B+%01" for number in range(21)]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_is_refused_for_good_is_set_aside_and_holds_nobody_up(acceptor, status):
    with answering(acceptor, status):
        known = len(acceptor.spool.aside())
        assert acceptor.says(1).status_code == 200
        acceptor.until(lambda: len(acceptor.spool.aside()) == known + 1)
    assert acceptor.spool.aside()[-1].reason == f"answered {status}"
    assert acceptor.says(2).status_code == 200
    acceptor.until(lambda: len(acceptor.public.taken) == 1)


STRANGERS = {
    "a wrong token": f"/hooks/modem/{'x' * 40}/sms",
    "an unknown channel": f"/hooks/nobody/{TOKEN}/sms",
    "a keypress, which cannot wait": f"/hooks/modem/{TOKEN}/ussd",
    "an unknown event": f"/hooks/modem/{TOKEN}/calls",
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_learns_nothing(acceptor, name):
    replies = {
        (reply.status_code, reply.text)
        for reply in (
            requests.get(acceptor.url(STRANGERS[name]), timeout=10),
            requests.get(acceptor.url("/hooks/x/y/z"), timeout=10),
        )
    }
    assert {status for status, _ in replies} == {404}
    assert len(replies) == 1


def test_ten_megabytes_are_refused_before_they_are_sent(acceptor):
    refused_unread(acceptor.port, HOOK)


def refused_unread(port, path):
    """Announce ten megabytes, send none, and be refused at once."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    link.putrequest("POST", path)
    link.putheader("Content-Length", str(10_000_000))
    link.endheaders()
    assert link.getresponse().status == 413
    link.close()


def test_half_a_post_is_refused_however_it_is_cut_so_that_the_whole_one_still_counts(acceptor):
    body = b"id=77&from=%2B22370000001&to=36000&text=Rien+n%27est+venu"
    half = body[: len(body) // 2]
    head = f"POST {HOOK} HTTP/1.1\r\nHost: here\r\n".encode()
    announced = b"%sContent-Length: %d\r\n\r\n" % (head, len(body))
    for cut in (b"", body[:1], half, body[:-1]):
        assert b" 200 " not in hung_up(acceptor.port, announced + cut)
    chunk = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(half), half)
    assert b" 200 " not in hung_up(acceptor.port, head + chunk)
    assert requests.post(acceptor.url(HOOK), body, timeout=10).status_code == 200
    acceptor.until(lambda: acceptor.public.taken)
    assert [taken[2] for taken in acceptor.public.taken] == [body]


def test_a_whole_post_that_tells_its_own_end_needs_no_length(acceptor):
    told = [b'{"sessionId": "1", ', b'"text": "Rien"}']
    assert requests.post(acceptor.url(HOOK), iter(told), timeout=10).status_code == 200
    acceptor.until(lambda: acceptor.public.taken)
    assert [taken[2] for taken in acceptor.public.taken] == [b"".join(told)]


def hung_up(port, said):
    """Say something, hang up our side, and return what is answered all the same."""
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.sendall(said)
        link.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):  # nobody answers who hung up, or not for long
            return b"".join(iter(lambda: link.recv(4096), b""))
    return b""


def test_when_the_disk_takes_nothing_the_gateway_is_told_to_come_again(acceptor):
    posts = acceptor.spool._posts
    acceptor.until(lambda: not acceptor.spool.holds())
    posts.rmdir()
    posts.write_text("no folder")
    try:
        assert acceptor.says(1).status_code == 503
    finally:
        posts.unlink()
    assert acceptor.says(2).status_code == 200


def test_it_logs_neither_numbers_nor_words_nor_the_secret(acceptor):
    said = acceptor.log.read_text()
    assert TOKEN not in said
    assert "id=" not in said


def test_it_loads_nothing_of_the_database():
    heavy = "{'sqlalchemy', 'psycopg', 'redis', 'rq', 'models.db'}"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import gateway.cli_acceptor, sys; print({heavy} & set(sys.modules))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "set()", done.stderr


def test_without_a_channel_it_does_not_start_to_answer_everybody_404(tmp_path):
    environment = {**os.environ, "JAABI_HOME": str(tmp_path), "JAABI_ACCEPTOR_PORT": "1"}
    done = jaabi(environment, "acceptor")
    assert done.returncode == 2, done.stderr
    assert f"fill in {tmp_path / 'channels.toml'}" in done.stderr
