"""Where our web server thinks that a request ends (ASVS 4.2.1), by the flags of the service."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.gateway.running import free_port
from tests.rules.sources import ROOT

PATIENCE_S = 60
SERVE = (
    "import sys; from gateway.ports import Port; from gateway.serving import serve; "
    "serve('tests.asvs.echo:app', Port('127.0.0.1', int(sys.argv[1]), ''), 1)"
)
HEAD = "POST /first HTTP/1.1\r\nHost: here\r\nContent-Type: text/plain\r\n"
SECOND = "GET /second HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port():
    number = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVE, str(number)], cwd=ROOT)
    end = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while not _listens(number):
        assert server.poll() is None
        assert time.monotonic() < end
        pause.wait(0.02)
    yield number
    server.send_signal(signal.SIGTERM)
    server.wait(PATIENCE_S)


def _listens(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def say(port, raw):
    """Send bytes as they are, hang up our side, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as link:
        link.sendall(raw.encode("latin-1"))
        link.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: link.recv(65536), b"")).decode("latin-1")


def heard(answer):
    return [json.loads(one) for one in re.findall(r"\{[^{}]*\}", answer)]


def test_chunks_tell_where_a_body_ends_whatever_length_it_claims(port):
    body = "5\r\nwords\r\n0\r\n\r\n"
    said = f"{HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{body}{SECOND}"
    for one in heard(say(port, said)):
        assert (one["path"], one["body"]) in {("first", "words"), ("second", "")}


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 4\r\nContent-Length: 40\r\n",
        "Content-Length: 4, 40\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 0x4\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding : chunked\r\n",
    ],
)
def test_two_lengths_make_no_second_request(port, lengths):
    answer = say(port, f"{HEAD}{lengths}\r\nwords{SECOND}")
    assert heard(answer) == []
    assert answer == "" or answer.startswith("HTTP/1.1 400")
