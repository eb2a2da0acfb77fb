"""A service that is not ours, on loopback: keeps what is posted to it, answers what it is told."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class FakeService:
    """``screens`` turns the fields of a USSD hop into the body; a (status, body) pair also does."""

    def __init__(self, screens=lambda fields: "CON Jaabi\n1 Dire un probleme"):
        self.screens = screens
        self.statuses = {}
        self.calls = "<Response><Reject/></Response>"
        self.posts = []
        self._bell = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path, fields):
        event = path.rpartition("/")[2]
        with self._bell:
            self.posts.append((path, fields))
            self._bell.notify_all()
        if event == "voice" and fields["isActive"] == "1":
            return 200, self.calls
        if event != "ussd":
            statuses = self.statuses.get(event, [])
            return (statuses.pop(0) if statuses else 200), ""
        answer = self.screens(fields)
        return answer if isinstance(answer, tuple) else (200, answer)

    def of(self, event):
        """Everything posted so far to one event's address."""
        return [fields for path, fields in self.posts if path.endswith(f"/{event}")]

    def wait_for(self, event, count=1):
        """Wait until an event was posted that often, and give its posts."""
        with self._bell:
            assert self._bell.wait_for(lambda: len(self.of(event)) >= count, timeout=15), event
            return self.of(event)

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(body, True).items()}
                status, answer = service.take(self.path, fields)
                self.send_response(status)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *args):
                pass

        return Handler
