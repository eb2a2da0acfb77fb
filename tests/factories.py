"""A small programme around Tessit, with real keys and a real keeper, for tests of services."""

import random
import shutil
import tempfile
import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import select

from flows.loader import load
from models.area import Area
from models.case import Case, CaseEvent
from models.db import Gateway, Job, Store
from models.keeper import Keeper
from models.organisation import Coverage, Organisation
from models.outbound import OutboundMessage
from models.person import Hat, Person
from models.seal import Sealer, Transit
from models.services import commanding, settling
from models.services.effects import EFFECTS
from models.services.gazetteer import gazetteer
from models.services.scene import House, Scene
from models.vault import Vault, create_keys
from workers.keeper.chain import Chain
from workers.keeper.chain_memory import FILE, Memory
from workers.keeper.openings import Openings
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.watch import Watch

FLOWS = load()
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # quick, for tests only
PIN = "4826"
NOTICE = FLOWS.texts.messages["notice_by_sms"].text  # before a phone's first question by SMS

SPEAKER = "+22370000001"
NEIGHBOUR = "+22370000002"
GAO, ANSONGO, TESSIT = "ML07", "ML0701", "ML070106"

AREAS = (("ML", "Mali", 0, None), (GAO, "Gao", 1, "ML"), (ANSONGO, "Ansongo", 2, GAO))
ORGANISATIONS = {
    "cell": "cell",
    "outside": "outside",
    "ngo-a": "ngo",
    "ngo-b": "ngo",
    "csref-ansongo": "csref",
    "drs-gao": "drs",
}
# number, organisation, function, area, voice
PEOPLE = (
    ("P0151", "cell", "cell_triager", None, None),
    ("P0150", "cell", "cell_triager", None, None),
    ("P0152", "cell", "cell_supervisor", None, None),
    ("P0153", "cell", "integrity", None, None),
    ("P0154", "cell", "psea", None, None),
    ("P0155", "cell", "gbv", None, "woman"),
    ("P0156", "cell", "call_back", None, "woman"),
    ("P0157", "cell", "call_back", None, "man"),
    ("P0158", "cell", "child_protection", None, None),
    ("P0159", "outside", "outside_body", None, None),
    ("P0121", "ngo-a", "meal", None, None),
    ("P0122", "ngo-b", "meal", None, None),
    ("P0111", "csref-ansongo", "mcd", ANSONGO, None),
    ("P0161", "drs-gao", "drs", GAO, None),
)


class Stage:
    """A programme at work: speakers dial, registered people write, time passes when told to."""

    def __init__(self, store, house, vault, clock):
        self.store = store
        self.house = house
        self.vault = vault
        self.clock = clock
        self.asked = {}

    @property
    def now(self):
        return self.clock[0]

    def later(self, **passed):
        self.clock[0] += timedelta(**passed)
        return self.now

    def scene(self, phone, kind="ussd", house=None, contact=True):
        person = self.person_by_phone(phone)
        return Scene(
            house=house or self.house,
            kind=kind,
            channel="phone",
            conversation=f"{kind}:phone:{phone[-4:]}",
            contact=self.vault.pseudonym(phone) if contact else None,
            seal_sender=lambda: self.house.sealer.number(phone),
            person_id=person,
            language="fr",
            now=self.now,
        )

    def does(self, effect, answers, phone=SPEAKER, **scene):
        """Perform one effect in a unit of work of its own."""
        with self.store.work(Gateway()) as work:
            return EFFECTS[effect](work, self.scene(phone, **scene), answers)

    def files(self, phone=SPEAKER, **said):
        """File a case and return what its speaker was given."""
        answers = {"category": "12", "place": f"c:{TESSIT}", "about": "nobody", "answer": "code"}
        return self.does("open_case", {**answers, **said}, phone).values

    def follows(self, code, phone=SPEAKER, **scene):
        return self.does("open_code", {"code": code.replace(" ", "")}, phone, **scene)

    def writes(self, number, line):
        """Let a registered person send one SMS line; return the reply, several by lines.

        What is asked back stays open for the next line, as it does in the dialogue's row.
        """
        phone = phone_of(number)
        with self.store.work(Job("converse")) as work:
            scene = self.scene(phone, "sms")
            asked = commanding.still_open(self.asked.get(number, ()), self.now)
            heard = commanding.hear(work, scene, line, asked)
        if heard is None:
            return None
        self.asked[number] = heard.asked
        return "\n".join(heard.replies)

    def signed_in(self, number, effect, **answers):
        return self.does(effect, {"agent": number, **answers}, phone_of(number))

    def settles(self):
        with self.store.work(Job("settle")) as work:
            return settling.settle_leaving(work, self.house, self.now)

    def case(self, case_id):
        with self.store.work(Job("test")) as work:
            case = work.session.get_one(Case, int(case_id))
            list(case.subjects)
            return case

    def holder(self, case_id):
        with self.store.work(Job("test")) as work:
            person = work.session.get(Person, work.session.get_one(Case, case_id).holder_person)
            return None if person is None else person.number

    def events(self, case_id):
        with self.store.work(Job("test")) as work:
            rows = select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.id)
            return [(one.transition, one.by) for one in work.session.scalars(rows)]

    def outbox(self, purpose, status="waiting"):
        """Return (person's number or "speaker", text) of what waits in the outbox."""
        with self.store.work(Job("test")) as work:
            rows = select(OutboundMessage).where(
                OutboundMessage.purpose == purpose, OutboundMessage.status == status
            )
            in_order = rows.order_by(OutboundMessage.id)
            return [self._read(work, row) for row in work.session.scalars(in_order)]

    def answers(self, phone):
        """Return all that this phone was ever written, in order."""
        with self.store.work(Job("test")) as work:
            to = OutboundMessage.contact == self.vault.pseudonym(phone)
            rows = work.session.scalars(select(OutboundMessage).where(to).order_by("id"))
            return [self.house.transit.unwrap(row.text_sealed) for row in rows]

    def _read(self, work, row):
        person = None if row.person_id is None else work.session.get(Person, row.person_id)
        text = "" if row.text_sealed is None else self.house.transit.unwrap(row.text_sealed)
        return ("speaker" if person is None else person.number, text)

    def person_by_phone(self, phone):
        with self.store.work(Job("test")) as work:
            pseudonym = self.vault.pseudonym(phone)
            return work.session.scalar(select(Person.id).where(Person.pseudonym == pseudonym))

    def change(self, table, key, **values):
        with self.store.work(Job("test")) as work:
            row = work.session.scalar(select(table).filter_by(**key))
            for name, value in values.items():
                setattr(row, name, value)


def phone_of(number):
    """Return the test number of a registered person: P0151 has +223 7000 0151."""
    return f"+2237000{number[1:].zfill(4)}"


def populate(work, vault, sealer, now):
    """Write the programme's places, organisations and people."""
    for pcode, name, level, parent in (*AREAS, (TESSIT, "Tessit", 3, ANSONGO)):
        work.session.add(make_area(pcode, name, level, parent))
        work.session.flush()
    for name, kind in ORGANISATIONS.items():
        pair = {"ngo-a": "ngo-b", "ngo-b": "ngo-a"}.get(name)
        work.session.add(Organisation(id=name, name=name, kind=kind, pair_id=pair))
    work.session.flush()
    for number, organisation, function, area, voice in PEOPLE:
        person = make_person(vault, sealer, number, organisation)
        person.hats = [
            Hat(function=function, organisation_id=organisation, area_pcode=area, voice=voice)
        ]
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


def make_area(pcode, name, level, parent):
    return Area(
        pcode=pcode,
        edition="2021",
        code_status="same",
        name=name,
        aliases=[],
        level=level,
        parent_pcode=parent,
        source="test",
    )


def make_person(vault, sealer, number, organisation):
    phone = phone_of(number)
    return Person(
        number=number,
        role="focal_point",
        organisation_id=organisation,
        pseudonym=vault.pseudonym(phone),
        phone_sealed=sealer.number(phone),
        phone_ends=phone[-3:],
        pin_hash=HASHER.hash(PIN),
    )


@cache
def keepers_own(url):
    """Return the keeper's store, as another process has one; what it compiled it keeps."""
    return Store(url)


class JoinedKeeper(KeeperServer):
    """One that is closed when it has done what it was doing, as a process is that has ended."""

    def __init__(self, *said):
        self._conversations = set()
        super().__init__(*said)

    def process_request_thread(self, *said):
        self._conversations.add(threading.current_thread())
        super().process_request_thread(*said)

    def server_close(self):
        super().server_close()
        for one in self._conversations:
            one.join()


@contextmanager
def keeper_at_work(store, vault, clock):
    """Run a real keeper's door in a thread, on a socket of its own; give its address."""
    folder = Path(tempfile.mkdtemp(prefix="jaabi-"))
    own = keepers_own(store.url)
    chain = Chain(own, b"the audit key of tests", Memory(folder / FILE))
    desk = Desk(vault, Openings(own, vault, chain, clock[0]), Watch(), lambda: clock[0])
    server = JoinedKeeper(folder / "keeper", desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield folder / "keeper"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        own.close()
        shutil.rmtree(folder)


@contextmanager
def staged(store, folder, now):
    """Open a programme with its people, its keys and its keeper."""
    create_keys(folder / "keys", now.timestamp)
    vault = Vault.load(folder / "keys")
    sealer = Sealer.load(folder / "keys", now.timestamp)
    transit = Transit.load(folder / "keys", now.timestamp)
    clock = [now]
    with store.work(Job("test")) as work:
        populate(work, vault, sealer, now)
    with keeper_at_work(store, vault, clock) as address:
        house = House(
            flows=FLOWS,
            places=gazetteer,
            sealer=sealer,
            transit=transit,
            keeper=Keeper(address),
            draw=random.Random(2026).randrange,
            service_code="*123#",
        )
        yield Stage(store, house, vault, clock)
