"""A number to ring, or the words of a decision, stand in a text only once the keeper sends it."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from tests.factories import phone_of, staged
from tests.models.alert_world import settle_in
from workers.keeper.filling import Filling
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.texts import Opener


@dataclass
class Line:
    """A provider that takes every text and keeps it."""

    name: str = "phone"
    carries: str = "sms"
    taken: list = field(default_factory=list)

    def send(self, out):
        self.taken.append(out)
        return str(len(self.taken))


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def sends(here, line):
    """Let the keeper send what is due."""
    opener = Opener(here.vault, here.house.transit, Filling(here.store, here.vault).values)
    sender = Sender(here.store, opener, [Road(line, rate=1e6)], lambda: here.now)

    def go():
        sender.drain()
        return {out.to: out.text for out in line.taken}

    return go


def number(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(Case.number)).first()


def test_the_head_of_the_centre_reads_the_number_of_the_relay(here, sends):
    here.writes("R128", "EVAC 6143 1")
    text = sends()[phone_of("P0101")]
    assert "Rappelez R128 au 70000128. Puis PRIS" in text


def test_in_the_outbox_the_number_never_stood(here):
    here.writes("R128", "EVAC 6143 1")
    with here.store.work(Job("test")) as work:
        for row in work.session.scalars(select(OutboundMessage)):
            assert "70000128" not in here.house.transit.unwrap(row.text_sealed)
            assert "7000" not in str(row.fills)


def test_who_agrees_no_more_is_not_given_even_by_a_text_that_waits(here, sends):
    here.writes("R128", "EVAC 6143 1")
    here.change(Person, {"number": "R128"}, ring_agreed_at=None)
    assert "Rappelez R128 au ?. Puis PRIS" in sends()[phone_of("P0101")]


def test_a_decision_is_read_by_every_source_in_its_own_words(here, sends):
    here.writes("R128", "ALERTE 6143 3 120 menages")
    here.writes("P0141", f"DIRE {number(here)} Mission prevue. Appelez le 70 00 00 07.")
    here.later(minutes=10)
    here.settles()
    said = sends()[phone_of("R128")]
    assert said == f"{number(here)}: Mission prevue. Appelez le [numero]. Suite: *123#."


def test_where_armed_people_are_is_in_no_decision_either(here, sends):
    here.writes("R128", "ALERTE 6143 3 120 menages")
    here.writes("P0141", f"DIRE {number(here)} Les militaires sont sur la route.")
    here.later(minutes=10)
    here.settles()
    assert "militaires" not in sends()[phone_of("R128")]


def test_what_somebody_types_in_braces_fetches_nobodys_number(here, sends):
    here.writes("R128", "ALERTE 6143 3 120 menages")
    here.writes("P0141", f"DIRE {number(here)} appelez {{tel}} ou {{person:P0101}}")
    here.later(minutes=10)
    here.settles()
    assert "70000101" not in " ".join(sends().values())
