"""Plays a story written down line by line: phones that write and dial, and time that passes.

A line is ``0201 sms REF 6143 24 3``, ``0001 dial``, ``0001 > 1``, ``0001 hangs up`` or
``wait 3 days``; ``0301 booklet 4`` gives an operator four slips. A
phone is its last four digits. ``{n}`` is the last item number that anybody was sent or shown,
``{n1}`` the first of the story, ``{c6}`` the last receipt. What the phones show is indented.
"""

import random
import re
import shutil
from contextlib import contextmanager
from datetime import timedelta

from gateway import demo
from models.db import Gateway, Job, Store
from models.keeper import Keeper
from models.person import Person
from models.seal import Sealer, Transit
from models.services import intake, slips
from models.services.conversing import Conversing
from models.services.directory import Numbers
from models.services.gazetteer import Places, load_reference
from models.services.scene import House
from models.services.ussd import Keypress, UssdDialogues
from models.vault import Vault, create_keys
from tests.factories import FLOWS, HASHER, PIN, keeper_at_work
from workers.converse import Converser
from workers.duties import Duties
from workers.keeper.filling import Filling
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.texts import Opener
from workers.silence import Silence
from workers.timetable import TIMETABLE

INDENT = "    "
SEED = 2026
SCREEN = 160
LONGEST_STEP = timedelta(hours=4)
ITEM = re.compile(r"\b\d{5}\b")
RECEIPT = re.compile(r"\b\d\d \d\d \d\d\b")
WAIT = re.compile(r"wait (\d+) (minutes|hours|days)")


class Line:
    """A provider's end of the line: takes every text."""

    name, septets, carries = "phone", SCREEN, "sms"

    def __init__(self):
        self.taken = []

    def send(self, out):
        self.taken.append(out)
        return f"phone-{out.reference}"


class Story:
    """One programme, its phones, and what was last said to anybody."""

    def __init__(self, store, house, keys, clock):
        self.house, self.store, self.clock = house, store, clock
        vault = Vault.load(keys)
        self.line = Line()
        opener = Opener(vault, house.transit, Filling(store, vault).values)
        seconds = iter(range(0, 10**9, 61))  # the same words may leave again: people take minutes
        road = Road(self.line, rate=1e6)
        self.sender = Sender(store, opener, [road], lambda: clock[0], lambda: next(seconds))
        conversing = Conversing(store, house)
        self.converser = Converser(conversing, lambda: clock[0])
        self.duties = Duties(store, house, Silence(conversing, lambda: clock[0]))
        self.ussd = UssdDialogues(conversing)
        self.sessions = {}
        self.said = {"n": "", "c6": ""}
        self.texts = 0
        self.verbs = {
            "sms": self.sms,
            "dial": self.dial,
            ">": self.type,
            "hangs": self.hang_up,
            "booklet": self.booklet,
        }

    def play(self, line):
        """Do what a line says and return what the phones show and receive."""
        for name, value in self.said.items():
            line = line.replace(f"{{{name}}}", value)
        waiting = WAIT.fullmatch(line)
        if waiting:
            return self.wait(timedelta(**{waiting[2]: int(waiting[1])}))
        phone, verb, rest = (*line.split(" ", 2), "")[:3]
        return self.verbs[verb](phone, rest)

    def sms(self, phone, text):
        self.texts += 1
        with self.store.work(Gateway()) as work:
            sms = intake.ReceivedSms("phone", f"sms-{self.texts}", f"{demo.RANGE}{phone}", text)
            intake.receive_sms(work, self.house, sms, self.clock[0])
        self.converser.drain()
        return self.received()

    def dial(self, phone, code):
        self.texts += 1
        self.sessions[phone] = (f"session-{self.texts}", code)
        return self.press(phone)

    def type(self, phone, said):
        session, typed = self.sessions[phone]
        self.sessions[phone] = (session, f"{typed}*{said}" if typed else said)
        return self.press(phone)

    def press(self, phone):
        session, typed = self.sessions[phone]
        press = Keypress("phone", session, f"{demo.RANGE}{phone}", typed, SCREEN)
        shown = self.ussd.answer(press, self.clock[0])
        self.note(shown.text)
        ending = ["(fin)"] if shown.over else []
        return [*shown.text.split("\n"), *ending, *self.received()]

    def hang_up(self, phone, _up):
        self.ussd.ended("phone", self.sessions[phone][0], self.clock[0])
        return self.received()

    def booklet(self, phone, count):
        """Issue slips to the operator of this phone; their codes are on paper, not here."""
        with self.store.work(Job("slips")) as work:
            slips.issue(work, self.house, f"P{phone}", int(count), self.clock[0])
        return self.received()

    def wait(self, passing):
        lines = []
        while passing:
            step = min(passing, LONGEST_STEP)
            self.clock[0] += step
            passing -= step
            for one in TIMETABLE:
                one.do(self.duties, self.clock[0])
            lines += [f"{self.clock[0]:%d/%m %H:%M} {one}" for one in self.received()]
        return lines

    def received(self):
        """Hand over what is due and return it, in the order it was written."""
        self.line.taken.clear()
        self.sender.drain()
        lines = []
        for out in sorted(self.line.taken, key=lambda one: int(one.reference)):
            self.note(out.text)
            lines.append(f"{out.to[-4:]} < {out.text}")
        return lines

    def note(self, text):
        for number in ITEM.findall(text):
            if number not in self.said.values():
                self.said[f"n{sum(name[0] == 'n' for name in self.said)}"] = number
            self.said["n"] = number
        for receipt in RECEIPT.findall(text):
            self.said["c6"] = receipt


def programme(folder, empty, now):
    """Write the demo programme once, to be copied for each story; return its file and its keys."""
    create_keys(folder / "keys", now.timestamp)
    vault, sealer = Vault.load(folder / "keys"), Sealer.load(folder / "keys")
    shutil.copyfile(empty, folder / "demo.db")
    store = Store(f"sqlite:///{folder / 'demo.db'}")
    with store.work(Job("test")) as work:
        load_reference(work)
        demo.populate(work, Numbers(vault.pseudonym, sealer.number), now)
        for person in work.session.query(Person):
            person.pin_hash, person.pin_temporary = HASHER.hash(PIN), False
    store.close()
    return folder / "demo.db", folder / "keys"


@contextmanager
def story(database, keys, now):
    """Open a copy of the programme at the moment it begins."""
    store, clock = Store(f"sqlite:///{database}"), [now]
    with keeper_at_work(store, Vault.load(keys), clock) as address:
        house = House(
            flows=FLOWS,
            places=Places(),
            sealer=Sealer.load(keys, now.timestamp),
            transit=Transit.load(keys, now.timestamp),
            keeper=Keeper(address),
            draw=random.Random(SEED).randrange,
            service_code="*123#",
        )
        yield Story(store, house, keys, clock)
    store.close()
