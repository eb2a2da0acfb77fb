"""Africa's Talking as we know it, on loopback: takes SMS, and can be told to misbehave."""

import json
import re
import threading
import uuid
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PATIENCE_S = 30.0

WELL = "well"
REFUSING = "refusing"  # 429, as when it has too much to do already
TELLING = "telling"  # 400, and repeats in its answer what it was given
CUTTING = "cutting"  # reads the request and hangs up without a word
HANGING = "hanging"  # reads the request, says nothing until it is told otherwise, and hangs up


class Provider:
    """Keeps by number what it answered for with 201 (``inbox``) and all it heard (``heard``)."""

    def __init__(self):
        self.inbox = defaultdict(list)
        self.heard = defaultdict(list)
        self.changed = threading.Condition()
        self._mood = WELL
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/version1"

    @contextmanager
    def being(self, mood):
        """Behave like this for a while."""
        self._be(mood)
        try:
            yield
        finally:
            self._be(WELL)

    def wait(self, number, pattern, *, seconds=PATIENCE_S):
        """Return the first SMS to a number that matches, waiting for it."""
        return self._wait_in(self.inbox, number, pattern, seconds)

    def wait_until_heard(self, number, pattern, *, seconds=PATIENCE_S):
        """Return the first text handed over for a number, however that was answered."""
        return self._wait_in(self.heard, number, pattern, seconds)

    def sent(self, number, pattern):
        """Return all SMS to a number that match."""
        return [one for one in self.inbox[number] if re.search(pattern, one)]

    def take(self, to, said):
        """Hear one text and return what to answer: status and body, or None to hang up."""
        with self.changed:
            self.heard[to].append(said)
            self.changed.notify_all()
            mood = self._mood
            if mood == HANGING:
                self.changed.wait_for(lambda: self._mood != HANGING)
            if mood == WELL:
                self.inbox[to].append(said)
                self.changed.notify_all()
        if mood in (HANGING, CUTTING):
            return None
        if mood == WELL:
            return 201, _accepted(to)
        return (429, "busy") if mood == REFUSING else (400, f"not to {to}: {said}")

    def close(self):
        self._be(WELL)
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def _be(self, mood):
        with self.changed:
            self._mood = mood
            self.changed.notify_all()

    def _wait_in(self, texts, number, pattern, seconds):
        def found():
            return next((one for one in texts[number] if re.search(pattern, one)), None)

        with self.changed:
            assert self.changed.wait_for(found, seconds), (pattern, dict(texts))
            return found()


def _accepted(to):
    recipient = {"statusCode": 101, "status": "Success", "number": to, "cost": "XOF 12.0000"}
    recipient["messageId"] = f"ATXid_{uuid.uuid4().hex}"
    return json.dumps({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}})


def _handler(provider):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            [to], [said] = form["to"], form["message"]
            answer = provider.take(to, said)
            if answer is None:
                self.close_connection = True
                return
            status, body = answer
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *about):
            pass

    return Handler
