"""Whose turn it is: the urgent first, and what answers one phone in the order it was said."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy.exc import OperationalError

from gateway.channels.base import SendFailed
from models.db import Job
from models.services import sending
from models.services.messages import EVACUATION, ORDINARY, SENSITIVE
from models.services.turns import MOST
from tests.workers.sending import FOCAL_POINT, SPEAKER, Line
from workers.keeper.roads import Road
from workers.keeper.sender import AT_ONCE, Sender


@pytest.fixture
def answer(queue):
    """Answer what a phone said. ``owed``: it is urgent, as a receipt and STOP are."""
    said = count(1)

    def write(text, to=SPEAKER, *, owed=False):
        queue(text, to, f"inbound:{next(said)}", priority=SENSITIVE if owed else ORDINARY)

    return write


def heard(line, phone=SPEAKER):
    return [out.text for out in line.taken if out.to == phone]


def conversation(answer):
    for text, owed in [("aide", False), ("stop", True), ("menu", False), ("jaabi", True)]:
        answer(text, owed=owed)
    return ["aide", "stop", "menu", "jaabi"]


def test_what_answers_one_phone_leaves_in_order_however_urgent_it_is(sender, answer, line):
    told = conversation(answer)
    sender.drain()
    assert line.texts == told


def test_an_urgent_answer_takes_what_comes_before_it_along(sender, queue, answer, line):
    for number in range(100):
        queue(f"texte {number}", to=f"+2237001{number:04}")
    told = [*conversation(answer), "oui"]
    answer("oui")
    sender.drain()
    assert heard(line) == told
    assert line.texts.index("jaabi") < line.texts.index("texte 90")
    assert line.texts.index("oui") > line.texts.index("texte 50")  # it is not urgent itself


def test_what_is_told_unasked_keeps_its_rank(sender, queue, answer, line):
    answer("aide", to=FOCAL_POINT)
    queue("un cas grave", to=FOCAL_POINT, sensitive=True)
    queue("evacuation", to=FOCAL_POINT, priority=EVACUATION)
    sender.drain()
    assert line.texts == ["evacuation", "un cas grave", "aide"]


def test_an_urgent_answer_finds_what_comes_before_it_behind_a_long_queue(
    sender, queue, answer, line
):
    for number in range(MOST + 2 * AT_ONCE):
        queue(f"texte {number}", to=f"+2237001{number:04}")
    told = conversation(answer)
    sender.drain()
    assert heard(line) == told


def test_where_the_day_s_money_is_spent_an_urgent_answer_waits_for_no_other(
    store, sender, answer, line
):
    with store.work(Job("test")) as work:
        sending.set_cap(work, 0)
    conversation(answer)
    sender.drain()
    assert heard(line) == ["stop", "jaabi"]


def test_what_one_road_refused_is_not_overtaken_on_its_way_to_the_next(
    store, opener, queue, answer, clock
):
    first, second = Line("first"), Line("second")
    roads = [Road(first, rate=1e6, price=1), Road(second, rate=1e6, price=2)]
    sender = Sender(store, opener, roads, clock, clock.seconds)
    first.fates = [SendFailed("503", again=True)]
    asked = []
    first.before = second.before = lambda out: asked.append(out.text)
    told = conversation(answer)
    sender.drain()
    assert asked == ["aide", *told]
    assert second.texts == ["aide"]


class Cut:
    """A store whose link breaks once: before what was done is written, or just after it was."""

    def __init__(self, store, place, *, written):
        self._store = store
        self._works = count()
        self._place, self._written = place, written

    @contextmanager
    def work(self, actor):
        breaks = next(self._works) == self._place
        with self._store.work(actor) as work:
            yield work
            if breaks and not self._written:
                raise OperationalError("COMMIT", {}, Exception())
        if breaks:
            raise OperationalError("COMMIT", {}, Exception())


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("place", range(6))
def test_nothing_passes_what_was_being_claimed_when_the_database_went(
    store, opener, queue, answer, line, clock, place, written
):
    cut = Cut(store, place, written=written)
    sender = Sender(cut, opener, [Road(line, rate=1e6)], clock, clock.seconds)
    told = conversation(answer)
    for number in range(2 * AT_ONCE):
        queue(f"texte {number}", to=f"+2237001{number:04}")
    clock.at += timedelta(seconds=1)
    with pytest.raises(OperationalError):
        sender.drain()
    sender.drain()
    assert heard(line) == told
