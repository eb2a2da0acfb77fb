"""Twilio's API as we know it, on loopback: takes messages, keeps media, misbehaves when told."""

import base64
import itertools
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

CUT = "cut"  # hang up in the middle of the answer
RESET = "reset"  # take the request, hang up without a word
SLOW = "slow"  # think for a while first
HANG = "hang"  # take the request, say nothing until closed
SLOW_S = 0.2


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    user: str | None
    fields: dict = field(default_factory=dict)


@dataclass
class Reply:
    """What to answer: ``body`` is bytes, or what is told as JSON."""

    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)
    way: str | None = None

    @property
    def raw(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class FakeTwilio:
    """``replies`` are given out in order, then ``usual``, which answers well."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []
        self.media = {}
        self._numbers = itertools.count(1)
        self._over = threading.Event()
        self.changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.api = self
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def texts(self):
        """The fields of every message that was posted."""
        return [one.fields for one in self.asked if one.method == "POST"]

    def answer(self, asked):
        with self.changed:
            self.changed.notify_all()
            self.asked.append(asked)
            if self.replies:
                return self.replies.pop(0)
            return self.usual(asked)

    def usual(self, asked):
        if asked.method == "POST":
            taken = {"sid": f"SM{next(self._numbers):032x}", "status": "queued"}
            return Reply(201, {**taken, "num_segments": "1", "error_code": None})
        if asked.method == "DELETE":
            return Reply(204 if self.media.pop(asked.path.removesuffix(".json"), None) else 404)
        sound = self.media.get(asked.path)
        if sound is None:
            return Reply(404, b"<xml/>", {"Content-Type": "application/xml"})
        return Reply(200, sound, {"Content-Type": "audio/ogg"})

    def wait_until_over(self):
        self._over.wait(20)

    def think(self):
        self._over.wait(SLOW_S)

    def close(self):
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *about):
        self.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = {name: one[0] for name, one in parse_qs(raw, keep_blank_values=True).items()}
        sign = (self.headers.get("Authorization") or "").removeprefix("Basic ")
        user = base64.b64decode(sign).decode() or None
        api = self.server.api
        reply = api.answer(Asked(self.command, self.path, user, fields))
        if reply.way == HANG:
            api.wait_until_over()
        if reply.way == SLOW:
            api.think()
        if reply.way in (RESET, HANG):
            self.close_connection = True
        else:
            self._say(reply)

    def do_GET(self):
        self.do_POST()

    def do_DELETE(self):
        self.do_POST()

    def _say(self, reply):
        cut = reply.way == CUT
        self.send_response_only(reply.status)  # no date but the one it is given
        headers = {"Content-Type": "application/json", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.raw) + cut))
        self.end_headers()
        self.wfile.write(reply.raw)
        self.close_connection = cut

    def log_message(self, *about):
        pass
