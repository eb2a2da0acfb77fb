"""Every road of the sensitive path, dialled: out by one key, nothing sent, nothing left (T1).

Each screen is reached by a phone of its own, which then hangs up and dials again.
"""

import itertools
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from models.case import Case
from models.conversation import Contact
from models.db import Job
from models.outbound import OutboundMessage
from tests.factories import staged
from tests.models.talking import Talking

ADVICE = "Conseils:\n1 Vaccins"
KEY = re.compile(r"(?m)^(\d) ")
SEVERAL = re.compile(r"\d\d")
DEEP = 14
# What is dialled before the sensitive path begins.
DOORS = {
    "M1-5": "5",
    "C5-5": "1*1*3*5",
    "C7-1": "1*1*5*1",
    "C7-4": "1*1*5*4",
    "C7-5": "1*1*5*5",
    "C2-6": "1*1*1*6",
    "C2-7": "1*1*1*7",
    "C5-4": "1*1*3*4",
}
# Behind the others 0 is "Retour" as on every menu of complaints (field.md 4.3).
QUICK = {"M1-5", "C5-5", "C7-4", "C7-5"}


@dataclass(frozen=True)
class Stop:
    """A screen and what was typed to come to it."""

    typed: str
    screen: str

    @property
    def keys(self):
        return KEY.findall(self.screen)


class Dialled:
    """A programme that phones dial, each once."""

    def __init__(self, stage):
        self.stage = stage
        self.talking = Talking(stage)
        self._phones = (f"+2237000{number}" for number in range(4000, 10_000))
        self._sessions = (f"s{number}" for number in itertools.count())
        self.first = self.again(next(self._phones))

    def phone(self):
        return next(self._phones)

    def again(self, phone):
        """Return the first screen of a new session."""
        return self.talking.dial(phone, next(self._sessions))

    def dial(self, typed, phone):
        """Type a road key by key, as a phone does, and return its last screen."""
        session, said = next(self._sessions), ""
        screen = self.talking.dial(phone, session)
        for key in typed.split("*"):
            said = f"{said}*{key}" if said else key
            screen = self.talking.dial(phone, session, said)
        return screen

    def stops(self, door, back=True):
        """Give each screen behind a door once, with a road to it; none behind the harmless one.

        Without ``back`` nobody takes back what was chosen: then it is no private road any more.
        """
        waiting, seen = [Stop(door, self.dial(door, self.phone()))], set()
        while waiting:
            stop = waiting.pop(0)
            known = SEVERAL.sub("#", stop.screen)
            if known in seen:
                continue
            seen.add(known)
            yield stop
            if stop.screen.startswith(ADVICE) or stop.typed.count("*") > DEEP:
                continue
            for key in [one for one in (*stop.keys, "77") if back or one != "0"]:
                typed = f"{stop.typed}*{key}"
                waiting.append(Stop(typed, self.dial(typed, self.phone())))

    def told(self):
        """Return what was written to anybody who is not registered."""
        with self.stage.store.work(Job("test")) as work:
            rows = select(OutboundMessage).where(OutboundMessage.person_id.is_(None))
            return [one.purpose for one in work.session.scalars(rows)]

    def remembered(self):
        """Return what is kept of phones beside their cases."""
        with self.stage.store.work(Job("test")) as work:
            return [one.last_commune for one in work.session.scalars(select(Contact))]


@pytest.fixture
def dialled(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as stage:
        yield Dialled(stage)


@pytest.mark.parametrize("door", DOORS)
def test_every_screen_of_a_private_road_is_left_by_one_key_and_leaves_nothing(dialled, door):
    stops = list(dialled.stops(DOORS[door], back=door in QUICK))
    assert len(stops) > 3
    for stop in stops:
        phone = dialled.phone()
        assert dialled.dial(stop.typed, phone).split()[:2] == stop.screen.split()[:2]
        assert dialled.again(phone) == dialled.first, stop  # byte for byte, as if never dialled
        if door in QUICK and not stop.screen.startswith(ADVICE) and "0" in stop.keys:
            left = dialled.dial(f"{stop.typed}*0", dialled.phone())
            assert left.startswith(ADVICE), stop
    assert dialled.told() == []
    assert set(dialled.remembered()) <= {None}


def test_the_roads_do_reach_filing_and_calls(dialled):
    """Else the property above would hold of nothing."""
    seen = {stop.screen.split(":")[0].split(".")[0] for stop in dialled.stops("5")}
    for screen in ("En prive", "C'est pour", "Que voulez-vous?", "C'est note", "Merci"):
        assert any(one.startswith(screen) for one in seen), (screen, seen)
    with dialled.stage.store.work(Job("test")) as work:
        classes = set(work.session.scalars(select(Case.case_class)))
    assert {"C5", "C7"} <= classes <= {"C5", "C6", "C7"}


def test_what_was_begun_before_is_not_offered_after_a_private_road(dialled):
    phone = dialled.phone()
    dialled.dial("1*1*1*2", phone)
    offered = dialled.again(phone)
    assert offered != dialled.first
    dialled.dial("2*5*1", phone)  # begins anew, then in private
    assert dialled.again(phone) == dialled.first


@pytest.mark.parametrize("category", ["17", "91", "93", "94"])
def test_following_a_case_of_a_compartment_leaves_nothing_either(dialled, category):
    def owning():
        phone = dialled.phone()
        given = dialled.stage.files(phone, category=category, private=True)
        return phone, given["c6"].replace(" ", "")

    for keys in ("", "*1", "*2", "*2*1", "*2*1*1", "*3", "*3*1", "*0", "*1*bonjour"):
        phone, code = owning()
        dialled.dial(f"4*{code}{keys}", phone)
        assert dialled.again(phone) == dialled.first, keys
    assert dialled.told() == []


@pytest.mark.parametrize(
    "typed", ["3*1", "3*1*3", "3*1*3*1", "3*1*3*1*24", "3*1*1*3", "3*1*2", "3*1*4*2"]
)
def test_nothing_is_sent_to_who_asks_for_a_code_of_her_own(dialled, typed):
    phone = dialled.phone()
    dialled.dial(typed, phone)
    assert dialled.again(phone) == dialled.first
    assert dialled.told() == []
