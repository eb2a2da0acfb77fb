"""Phones that speak, as a network carries them, and a record of all that was answered with 2xx."""

import http.client
import queue
import random
import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE_S = 12.0  # of a network that waits for our answer
AGAIN_S = (0.1, 0.3, 0.6, 1.0)
GIVES_UP_S = 90.0
FIRST, LAST = 1000, 9999  # last four digits; those below are registered phones
BY_ACCEPTOR = ("3", "7")  # phones whose texts come by way of the acceptor, and by no other
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CODE = re.compile(r"Votre code:\s((?:\d\d ?){3})")
AWAY = "ne peut pas repondre"
OFFERED, AFRESH = "Vous aviez commence", "2"  # M4, to whoever was cut off and dials again
CUT = (OSError, http.client.HTTPException)

TESSIT = "les vivres de tessit n'ont pas ete donnes a tout le monde"
# What a phone says, and how many in a hundred phones say it. No text of ours answers two of them
# alike, so no limit of identical texts hides a lost one.
SCRIPTS = {
    "keywords": (80, ("AIDE", "STOP", "JAABI", "LANGUE", "123456")),
    "words": (10, (TESSIT, "oui", "1")),
    "private": (2, ("on m'a violee",)),
    "ussd": (8, ("AIDE",)),
}
KEYS = ("1", "1", "1", "2", "6143", "1", "1", "1")


@dataclass
class Said:
    """One SMS: whose, the how-many-th of that phone, and when it was acknowledged first."""

    id: str
    phone: str
    place: int
    text: str
    acknowledged: float | None = None


@dataclass
class History:
    """Everything that was posted, and everything that was acknowledged."""

    said: dict[str, Said] = field(default_factory=dict)
    scripts: dict[str, str] = field(default_factory=dict)  # phone -> script
    finished: set[str] = field(default_factory=set)  # phones whose whole script was acknowledged
    swapped: set[str] = field(default_factory=set)  # phones whose texts came in another order
    receipts: list[tuple[str, str]] = field(default_factory=list)
    reported: set[str] = field(default_factory=set)  # provider's ids whose report was taken
    refused: dict[str, int] = field(default_factory=dict)  # how often each answer was not 2xx
    waits: list[float] = field(default_factory=list)  # seconds from first try to acknowledgement

    @property
    def acknowledged(self):
        return [one for one in self.said.values() if one.acknowledged is not None]


class Network:
    """One connection of the network to us; opened again whenever it was cut."""

    def __init__(self, ports, draw):
        self.ports = ports  # () -> the ports we answer on now
        self.draw = draw
        self.link = None
        self.trouble = ""

    def post(self, path, fields):
        """Return (status, body), or None when nobody answered."""
        try:
            if self.link is None:
                port = self.draw.choice(self.ports())
                self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
            self.link.request("POST", path, urlencode(fields), FORM)
            answer = self.link.getresponse()
            return answer.status, answer.read().decode()
        except CUT as error:
            self.trouble = type(error).__name__
            self.hang_up()
            return None

    def cut_short(self, path, fields):
        """Begin a request and hang up in the midst of its body."""
        body = urlencode(fields).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: us\r\nContent-Length: {len(body)}\r\n"
        head += f"Content-Type: {FORM['Content-Type']}\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.draw.choice(self.ports())), 2) as link:
                link.sendall(head.encode() + body[: len(body) // 2])
        except OSError:
            pass  # nobody there: it was cut even sooner

    def hang_up(self):
        if self.link is not None:
            self.link.close()
            self.link = None


class Crowd:
    """Phones speaking at once, ``rate`` messages a second together, until all scripts are said."""

    def __init__(self, stage, *, messages, rate, seed, at_once=24):
        self.stage = stage
        self.history = History()
        self.mischief = {"duplicated": 0.02, "reordered": 0.0, "truncated": 0.0}
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.rate, self.slot, self.began = rate, 0, time.monotonic()
        self.phones = queue.SimpleQueue()
        self._draw_phones(messages, random.Random(seed))
        seeds = [seed * 1000 + one for one in range(at_once)]
        self.threads = [threading.Thread(target=self._speak, args=(one,)) for one in seeds]
        self.reporter = threading.Thread(target=self._report, args=(seed,))

    def start(self):
        self.began = time.monotonic()
        for one in (*self.threads, self.reporter):
            one.start()

    def join(self):
        for one in self.threads:
            one.join()

    def close(self):
        self.over.set()
        for one in (*self.threads, self.reporter):
            one.join()

    def _draw_phones(self, messages, draw):
        names = list(SCRIPTS)
        shares = [share for share, _ in SCRIPTS.values()]
        for digits in range(FIRST, LAST + 1):
            if messages <= 0:
                return
            name = draw.choices(names, shares)[0]
            phone = f"+2237000{digits:04d}"
            self.history.scripts[phone] = name
            self.phones.put((phone, name))
            messages -= len(SCRIPTS[name][1])
        raise AssertionError("there are not so many test numbers")

    def _speak(self, seed):
        draw = random.Random(seed)
        web = Network(self.stage.ports, draw)
        beside = Network(lambda: [self.stage.acceptor_port], draw)
        while not self.over.is_set():
            try:
                phone, name = self.phones.get_nowait()
            except queue.Empty:
                break
            done = name != "ussd" or self._dial(web, phone)
            door = beside if phone.endswith(BY_ACCEPTOR) else web
            if self._text(door, draw, phone, SCRIPTS[name][1]) and done:
                self.history.finished.add(phone)
        web.hang_up()
        beside.hang_up()

    def _text(self, network, draw, phone, texts):
        """Say one after the other, each when the one before was acknowledged."""
        said = [
            Said(str(uuid.UUID(int=draw.getrandbits(128))), phone, place, text)
            for place, text in enumerate(texts)
        ]
        if len(said) > 3 and draw.random() < self.mischief["reordered"]:
            said[-1], said[-2] = said[-2], said[-1]
            self.history.swapped.add(phone)
        for one in said:
            self.history.said[one.id] = one
            self._keep_pace()
            if draw.random() < self.mischief["truncated"]:
                network.cut_short(self.stage.path("sms"), _sms(one))
            if not self._until_taken(network, one):
                return False
            if draw.random() < self.mischief["duplicated"]:
                network.post(self.stage.path("sms"), _sms(draw.choice(said[: one.place + 1])))
        return True

    def _until_taken(self, network, one):
        began = time.monotonic()
        answer = self._insist(network, "sms", _sms(one))
        if answer is None:
            return False
        one.acknowledged = time.monotonic()
        self.history.waits.append(one.acknowledged - began)
        return True

    def _insist(self, network, event, fields):
        """Post until it is answered with 2xx, as a network does; None after a minute and a half."""
        end, tries = time.monotonic() + GIVES_UP_S, 0
        while time.monotonic() < end and not self.over.is_set():
            answer = network.post(self.stage.path(event), fields)
            if answer is not None and 200 <= answer[0] < 300:
                return answer[1]
            self._note(f"{event} {answer[0] if answer else network.trouble}")
            self.over.wait(AGAIN_S[min(tries, len(AGAIN_S) - 1)])
            tries += 1
        return None

    def _dial(self, network, phone):
        """Tell a complaint by keypad until its code is shown; dial again when cut off."""
        for _ in range(20):
            session, typed = f"ATUid_{uuid.uuid4().hex}", ""
            fields = {"sessionId": session, "serviceCode": "*123#", "phoneNumber": phone}
            fields |= {"networkCode": "61002"}
            screen = self._insist(network, "ussd", {**fields, "text": typed})
            afresh = (AFRESH,) if screen is not None and OFFERED in screen else ()
            for key in (*afresh, *KEYS):
                if screen is None or screen.startswith("END"):
                    break
                typed = f"{typed}*{key}" if typed else key
                screen = self._insist(network, "ussd", {**fields, "text": typed})
            if screen is None or self.over.is_set():
                return False
            if code := CODE.search(screen):
                self.history.receipts.append((phone, "".join(code.group(1).split())))
                return True
            self._note("ussd cut off" if AWAY in screen else "ussd other screen")
        return False

    def _report(self, seed):
        """Report the delivery of every fourth text at once, mostly before we know its id."""
        draw = random.Random(seed)
        network = Network(self.stage.ports, draw)
        while not self.over.is_set():
            for provider in self.stage.providers:
                self._report_of(network, draw, provider)
            self.over.wait(0.02)
        network.hang_up()

    def _report_of(self, network, draw, provider):
        while not self.over.is_set():
            try:
                provider_id = provider.reports.get_nowait()
            except queue.Empty:
                return
            if draw.random() < 0.25:
                fields = {"id": provider_id, "status": "Success", "networkCode": "61002"}
                event = f"{self.stage.channel_of(provider)}:delivery"
                if self._insist(network, event, fields) is not None:
                    self.history.reported.add(provider_id)

    def _keep_pace(self):
        with self.lock:
            self.slot += 1
            due = self.began + self.slot / self.rate
        self.over.wait(max(0.0, due - time.monotonic()))

    def _note(self, what):
        with self.lock:
            self.history.refused[what] = self.history.refused.get(what, 0) + 1


def _sms(one):
    fields = {"id": one.id, "from": one.phone, "to": "36000", "text": one.text}
    return fields | {"date": "2026-11-22 10:00:00"}
