"""A real Kannel on loopback: the configuration of deploy/kannel, with ports and secrets of a test.

Nothing in the files is rewritten but values: what is proved here is what an operator installs.
"""

import array
import fcntl
import re
import signal
import socket
import subprocess
import termios
import threading
import time
from pathlib import Path
from urllib.parse import unquote_to_bytes

from gateway.channels.kannel import Kannel, SendSms
from gateway.channels.kannel_ussd import ServiceCode
from tests.gateway.running import free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "kannel"
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
BEARERBOX, SMSBOX = Path("/usr/sbin/bearerbox"), Path("/usr/sbin/smsbox")
MISSING = [one.name for one in (BEARERBOX, SMSBOX, FAKESMSC) if not one.exists()]
PATIENCE_S = 40.0
STOP_S = 20.0  # bearerbox waits for its boxes, up to 15 s
SECRETS = {"username": "jaabi", "password": "pass-of-a-test"}
FAKE_LINK = """group = smsc
smsc = fake
smsc-id = sms
port = {port}
connect-allow-ip = 127.0.0.1
"""


def until(holds, seconds=PATIENCE_S):
    """Wait for a fact by asking for it again; return it, or fail."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while not (found := holds()):
        assert time.monotonic() < end, holds
        pause.wait(0.05)
    return found


def listens(port):
    """Tell whether somebody listens on a port of this machine."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Boxes:
    """bearerbox, smsbox and a fakesmsc, in one folder. ``links`` are the groups of links.conf."""

    def __init__(self, folder, channel, token):
        self.folder = folder
        self.hooks = f"/hooks/{channel}/{token}"
        self.admin, self.boxes, self.sendsms, self.ussd, self.air = (free_port() for _ in range(5))
        self.links = FAKE_LINK.format(port=self.air)
        self.running = {}
        self.handsets = None

    @property
    def sendsms_url(self):
        return f"http://127.0.0.1:{self.sendsms}/cgi-bin/sendsms"

    def channel(self, base, **changes):
        """Return what sends by this smsbox; reports come to ``base``."""
        known = {"sender": "36123", "report_url": f"{base}{self.hooks}/delivery", **SECRETS}
        return Kannel("kannel", SendSms(self.sendsms_url, **known | changes), ServiceCode("*123#"))

    def write(self, target, screens=None):
        """Write the configuration: texts go to ``target``, screens come from ``screens``."""
        common = {
            "admin-port": self.admin,
            "smsbox-port": self.boxes,
            "bearerbox-port": self.boxes,
            "store-location": f'"{self.folder / "store"}"',
            "http-queue-delay": 1,
            **SECRETS,
        }
        own = {
            "bearerbox.conf": {},
            "smsbox.conf": {"sendsms-port": self.sendsms, "get-url": target},
            "smsbox-ussd.conf": {"sendsms-port": self.ussd, "get-url": screens},
        }
        (self.folder / "store").mkdir(exist_ok=True)
        (self.folder / "links.conf").write_text(self.links)
        for name, values in own.items():
            text = (DEPLOY / name).read_text()
            log = f'"{self.folder / name}.log"'
            changed = self._put(text, common | values | {"log-file": log})
            (self.folder / name).write_text(changed)

    def start(self):
        """Start both boxes and let a network of phones connect."""
        self._run("bearerbox", BEARERBOX, self.boxes)
        self.start_smsbox()
        return self

    def start_smsbox(self, name="smsbox"):
        self._run(name, SMSBOX, self.sendsms if name == "smsbox" else self.ussd)

    def kill(self, name):
        """End one box without a word."""
        box = self.running.pop(name)
        box.kill()
        box.wait(STOP_S)

    def stop(self):
        """End all of them, the boxes before the bearerbox, which would wait for them."""
        if self.handsets is not None:
            self.handsets.close()
        for name in sorted(self.running, reverse=True):
            self.stop_box(name)

    def stop_box(self, name):
        """End one box as an operator does."""
        box = self.running.pop(name)
        box.send_signal(signal.SIGTERM)
        try:
            box.wait(STOP_S)
        except subprocess.TimeoutExpired:
            box.kill()
            box.wait(STOP_S)

    def network(self):
        """Return a fakesmsc that is connected: all phones behind it."""
        self.handsets = Handsets(self.air, self.folder / "fakesmsc.log")
        return self.handsets

    def logs(self):
        """Return all that Kannel wrote of what it did."""
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.conf.log"))

    def _run(self, name, program, port):
        said = self.folder / f"{name}.out"
        with said.open("ab") as out:
            box = self.running[name] = subprocess.Popen(
                [program, "-v", "2", self.folder / f"{name}.conf"],
                cwd=self.folder,
                stdout=out,
                stderr=out,
            )

        def up():
            assert box.poll() is None, said.read_text()[-2000:]
            return listens(port)

        until(up)

    def _put(self, text, values):
        for field, value in values.items():
            if field == "get-url":
                text = self._aim(text, value)
            else:
                text = re.sub(rf"(?m)^({field}) = .*$", lambda m, v=value: f"{m[1]} = {v}", text)
        return text.replace("/etc/kannel/links.conf", str(self.folder / "links.conf"))

    def _aim(self, text, base):
        """Let the hooks of ``get-url`` be ours, and leave what they ask as it is."""
        return re.sub(r"http://[^/]+/hooks/[^/]+/[^/]+/", f"{base}{self.hooks}/", text)


class Handsets:
    """fakesmsc, typing what it is told and writing down what it is shown."""

    def __init__(self, port, log):
        self.log = log
        self._out = log.open("wb")
        self._smsc = subprocess.Popen(
            [FAKESMSC, "-r", str(port), "-i", "0.01"],
            stdin=subprocess.PIPE,
            stdout=self._out,
            stderr=self._out,
        )

    def writes(self, number, said, kind="text", to="36123"):
        """Send one SMS; fakesmsc takes one line at a time, of at most 255 bytes."""
        self._type(f"{number} {to} {kind} {said}\n".encode())

    def writes_in_parts(self, number, parts, reference=7):
        """Send a long SMS as its phone cuts it: 3GPP TS 23.040, 9.2.3.24.1."""
        for at, part in enumerate(parts, 1):
            header = "".join(f"%{one:02x}" for one in (5, 0, 3, reference, len(parts), at))
            self._type(f"{number} 36123 udh-text {header} {part}\n".encode())

    def shown(self, number):
        """Return all that one phone showed, long texts put together, oldest first."""
        shown = []
        mine = re.compile(rf"Got message \d+: <\S+ {re.escape(number)} (.*)>$")
        for line in self.log.read_text("latin-1").splitlines():
            found = mine.search(line)
            if found:
                part, raw = _read(found[1])
                shown[len(shown) - bool(part > 1) :] = [(shown[-1] if part > 1 else b"") + raw]
        return [_words(raw) for raw in shown]

    def received(self, number, pattern, seconds=PATIENCE_S):
        """Return the first text on a phone that matches, waiting for it."""

        def found():
            return next((one for one in self.shown(number) if re.search(pattern, one)), None)

        try:
            return until(found, seconds)
        except AssertionError:
            raise AssertionError((pattern, self.shown(number))) from None

    def close(self):
        self._smsc.kill()
        self._smsc.wait(STOP_S)
        self._smsc.stdin.close()
        self._out.close()

    def _type(self, line):
        assert len(line) < 256, len(line)
        self._smsc.stdin.write(line)
        self._smsc.stdin.flush()
        until(self._taken)

    def _taken(self):
        waiting = array.array("i", [0])
        fcntl.ioctl(self._smsc.stdin, termios.FIONREAD, waiting)
        return waiting[0] == 0


def _read(message):
    """Return which part of a text this is, and its bytes, as fakesmsc prints them."""
    kind, data = message.split(" ", 1)
    part = 1
    if kind == "udh":
        header, kind, data = data.split(" ", 2)
        part = unquote_to_bytes(header)[5]
    if kind == "text":
        return part, data.encode("latin-1")
    return part, unquote_to_bytes(data.replace("+", "%20"))


def _words(raw):
    """Return the words; fakesmsc does not say how those of several parts are coded."""
    return raw.decode("utf-16-be" if b"\0" in raw else "utf-8")
