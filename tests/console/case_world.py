"""A console with its keeper, registered people with phones, and speakers: cases to be worked at."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from flows.loader import load
from gateway.console.viewing import HELD
from models.case import Case, CaseEvent, Story
from models.db import Job
from models.keeper import Keeper
from models.organisation import Coverage, Organisation
from models.person import Hat, Person
from models.seal import Sealer, Transit
from models.services import answer_templates
from models.services.gazetteer import Places
from models.services.scene import House
from models.vault import Vault
from tests.factories import Stage, keeper_at_work, make_person

FLOWS = load()
TESSIT = "ML070106"
PLACES = Places()  # the same directory in every world: read once
PEOPLE = (
    ("P0151", "cell", "cell_triager"),
    ("P0150", "cell", "cell_triager"),
    ("P0152", "cell", "cell_supervisor"),
    ("P0153", "cell", "integrity"),
    ("P0154", "cell", "psea"),
    ("P0155", "cell", "gbv"),
    ("P0159", "outside", "outside_body"),
    ("P0121", "ngo-a", "meal"),
    ("P0122", "ngo-b", "meal"),
)
ROLES = {
    "P0151": "triager",
    "P0150": "triager",
    "P0152": "supervisor",
    "P0153": "integrity",
    "P0154": "psea",
    "P0155": "gbv",
}


class _Now:
    """The console's clock, as tests of services hold theirs."""

    def __init__(self, clock):
        self.clock = clock

    def __getitem__(self, _):
        return self.clock()


class World:
    """Speakers and staff around one console."""

    def __init__(self, console, stage):
        self.console = console
        self.stage = stage
        self.accounts, self.browsers = {}, {}

    @classmethod
    @contextmanager
    def around(cls, console):
        """Give a world around a console, with a real keeper's door."""
        vault, sealer = Vault.load(console.settings.keys), Sealer.load(console.settings.keys)
        with console.store.work(Job("test")) as work:
            _populate(work, vault, sealer, console.clock())
        clock = _Now(console.clock)
        with keeper_at_work(console.store, vault, clock) as address:
            kit = console.app.extensions[HELD]
            house = replace(kit.house, keeper=Keeper(address))
            console.app.extensions[HELD] = replace(kit, house=house)
            transit = Transit.load(console.settings.keys)
            own = House(
                flows=FLOWS,
                places=PLACES,
                sealer=sealer,
                transit=transit,
                keeper=Keeper(address),
                draw=house.draw,
                service_code="*123#",
            )
            yield cls(console, Stage(console.store, own, vault, clock))

    def file(self, **said):
        """Let somebody speak; return their case."""
        filed = self.stage.files(**{"place": f"c:{TESSIT}", **said})
        with self.console.store.reading(Job("test")) as work:
            case = work.session.get_one(Case, int(filed["case"]))
            work.session.expunge(case)
        return case

    def case(self, case):
        """Return a case as it stands now."""
        with self.console.store.reading(Job("test")) as work:
            found = work.session.get_one(Case, case.id)
            work.session.expunge(found)
        return found

    def holder(self, case):
        return self.stage.holder(case.id)

    def give(self, case, number):
        """Let a case be announced to this person."""
        with self.console.store.work(Job("test")) as work:
            person = work.session.scalar(select(Person).where(Person.number == number))
            row = work.session.get_one(Case, case.id)
            row.holder_person = person.id

    def last(self, case):
        with self.console.store.reading(Job("test")) as work:
            asked = select(CaseEvent.id).where(CaseEvent.case_id == case.id)
            return max(work.session.scalars(asked))

    def said(self, case):
        """Return (what, status) of all words of a case."""
        with self.console.store.reading(Job("test")) as work:
            asked = select(Story).where(Story.case_id == case.id).order_by(Story.id)
            return [(one.what, one.status) for one in work.session.scalars(asked)]

    def browser(self, number):
        """Return a browser in which this registered person is signed in."""
        if number not in self.accounts:
            self.accounts[number] = self.console.account(
                ROLES[number], person=number, email=f"{number.lower()}@example.org"
            )
        if number not in self.browsers:
            self.browsers[number] = self.console.browser(self.accounts[number])
        return self.browsers[number]

    def later(self, **passed):
        """Let time pass; sessions end meanwhile, and people sign in again."""
        self.console.clock.pass_by(**passed)
        self.browsers.clear()

    def does(self, number, case, act, **typed):
        """Let somebody do one thing on the page of a case, as it stands."""
        form = {"last": self.last(case), **typed}
        return self.browser(number).post(f"/cas/{case.number}/faire/{act}", data=form)

    def demo(self):
        """File a few cases of several kinds, some answered, for whoever looks at the pages."""
        words = "Pas assez de mil pour nous tous. Quand viendra le reste?"
        phones = [f"+2237000{number:04d}" for number in range(1, 8)]
        first = self.file(words=words, answer="sms", phone=phones[0])
        for phone in phones[1:4]:
            self.file(words="Pas assez de mil pour nous tous", phone=phone)
        self.give(first, "P0151")
        return first


def _populate(work, vault, sealer, now):
    for name in ("ngo-a", "ngo-b"):
        work.session.add(Organisation(id=name, name=name.upper(), kind="ngo", pair_id=None))
        work.session.flush()
    for number, organisation, function in PEOPLE:
        person = make_person(vault, sealer, number, organisation)
        if function == "cell_supervisor":
            person.role = "supervisor"
        person.hats = [Hat(function=function, organisation_id=organisation)]
        work.session.add(person)
    work.session.add(
        Coverage(
            organisation_id="ngo-a",
            sector="food",
            role="distributes",
            area_pcode=TESSIT,
            since=now - timedelta(days=90),
        )
    )
    answer_templates.seed(work, now)
