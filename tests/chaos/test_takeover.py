"""Killed at its worst moment, a process's work is another's within ten seconds, and done once."""

import random
import time

import pytest

from tests.chaos.crowd import Network
from tests.chaos.stage import staged
from tests.journeys.world import AFTER_A_FAULT_S

ENDED = ("delivered", "handed_over", "unknown")
# Where the process dies, and what of the text said just then must stand soon after.
KEPT_WORDS = {
    "public.before_commit": "acknowledged",
    "public.committed": "acknowledged",
    "worker.claimed": "answered",
    "worker.before_commit": "answered",
    "worker.committed": "answered",
    "keeper.claimed": "ended",
    "keeper.before_call": "ended",
    "keeper.called": "ended",
    "keeper.before_settle": "ended",
    "keeper.settled": "ended",
    "timetable.before_line": "led",
    "timetable.after_line": "led",
    "spool.written": "answered",
    "spool.delivered": "answered",
}


@pytest.fixture(scope="module")
def stage():
    with staged("sqlite") as one:
        yield one


class Speaker:
    """One phone that says one thing, and what became of it."""

    def __init__(self, stage, digits, port):
        self.stage, self.phone, self.id = stage, f"+2237000{digits}", f"said-{digits}"
        self.network = Network(lambda: [port], random.Random(digits))
        self.taken = False

    def says(self):
        fields = {"id": self.id, "from": self.phone, "to": "36000", "text": "AIDE"}
        answer = self.network.post(self.stage.path("sms"), fields | {"date": "2026-11-22"})
        self.taken = answer is not None and answer[0] == 200
        return self.taken

    def acknowledged(self):
        return self.taken or self.says()

    def answered(self):
        row = "SELECT id FROM inbound_message WHERE provider_id = :id AND status = 'processed'"
        return self.acknowledged() and bool(self.stage.rows(row, id=self.id))

    def ended(self):
        whose = self.stage.vault.pseudonym(self.phone)
        texts = "SELECT status FROM outbound_message WHERE contact = :whose"
        found = [one["status"] for one in self.stage.rows(texts, whose=whose)]
        return self.answered() and found != [] and set(found) <= set(ENDED)

    def led(self):
        held = "SELECT holder FROM lease WHERE name = 'timetable'"
        return [one["holder"] for one in self.stage.rows(held)] != self.leader

    def remembers_who_leads(self):
        held = "SELECT holder FROM lease WHERE name = 'timetable'"
        self.leader = [one["holder"] for one in self.stage.rows(held)]


@pytest.fixture
def speaker(stage, place, point):
    port = stage.acceptor_port if point.startswith("spool") else stage.port
    one = Speaker(stage, 2000 + place, port)
    yield one
    one.network.hang_up()


@pytest.mark.parametrize(("place", "point"), list(enumerate(KEPT_WORDS)))
def test_whoever_dies_at_that_point_another_goes_on_within_ten_seconds(stage, speaker, point):
    speaker.remembers_who_leads()
    wish = stage.points / point
    wish.touch()
    speaker.says()
    stage.until(lambda: not wish.exists())
    died = time.monotonic()
    stage.until(getattr(speaker, KEPT_WORDS[point]))
    assert time.monotonic() - died <= AFTER_A_FAULT_S
    stage.until(stage.is_ready)
    stage.until(speaker.ended)
    heard = [one for one in stage.providers[0].accepted if one.to == speaker.phone]
    assert len(heard) <= 1
