"""A message centre of the npm library smpp, and a programme behind a Kannel that is bound to it."""

import json
import re
import shutil
import subprocess
import threading
from pathlib import Path

from werkzeug.serving import make_server

from tests.kannel.boxes import DEPLOY, PATIENCE_S, STOP_S

FOLDER = Path(__file__).parent / "smpp"
SCRIPT = FOLDER / "centre.js"
NODE = shutil.which("node")
MISSING = [] if NODE and (FOLDER / "node_modules" / "smpp").exists() else ["the npm package smpp"]


def links(port):
    """Return the links.conf of deploy/kannel, aimed at a centre on this machine."""
    values = {
        "host": "127.0.0.1",
        "port": port,
        "smsc-username": "jaabi",
        "smsc-password": "jaabi",
    }
    text = (DEPLOY / "links.conf").read_text()
    for field, value in values.items():
        text = re.sub(rf"(?m)^{field} = .*$", f"{field} = {value}", text)
    return text


class Centre:
    """The centre's process. ``taken`` is what it took, ``bound`` who is bound to it."""

    def __init__(self):
        self.taken, self.bound, self.port = [], [], None
        self._told = threading.Condition()
        self._process = subprocess.Popen(
            [NODE, SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._wait(lambda: self.port)

    def brings(self, number, said, *, to="36123", **more):
        """Bring one text, or a keypress if it has an ``op``, to the link of its kind."""
        order = {"from": number, "to": to, "text": said, **more}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def shown(self, number):
        """Return the next text or screen for a number, waiting for it."""
        found = self._wait(lambda: next((one for one in self.taken if one["to"] == number), None))
        self.taken.remove(found)
        return found

    def wait_bound(self, *kinds):
        """Wait until links of these kinds are bound."""
        self._wait(lambda: set(kinds) <= set(self.bound))

    def close(self):
        self._process.stdin.close()
        self._process.wait(STOP_S)
        self._reader.join(STOP_S)
        self._process.stdout.close()

    def _read(self):
        for line in self._process.stdout:
            told = json.loads(line)
            with self._told:
                if "listens" in told:
                    self.port = told["listens"]
                elif "bound" in told:
                    self.bound.append(told["bound"])
                else:
                    told["to"] = f"+{told['to'].lstrip('+')}"  # its type of number says it
                    self.taken.append(told)
                self._told.notify_all()

    def _wait(self, holds):
        with self._told:
            assert self._told.wait_for(holds, PATIENCE_S), self.taken
            return holds()


class Away:
    """A web application that has nothing to say; ``asked`` is how often it was asked."""

    def __init__(self):
        self.asked = 0

    def __call__(self, environ, start_response):
        self.asked += 1
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"no"]


class Web:
    """An application on a port of its own."""

    def __init__(self, app):
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
