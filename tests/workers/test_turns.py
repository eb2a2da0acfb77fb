"""Whose turn it is: the urgent first, and what answers one phone in the order it was said."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy.exc import OperationalError

from gateway.channels.base import SendFailed
from models.conversation import Contact
from models.db import Job
from models.services import sending, turns
from models.services.messages import EVACUATION, ORDINARY, SENSITIVE
from models.services.turns import MOST
from tests.workers.sending import FOCAL_POINT, SPEAKER, Line, due
from workers.keeper.health import Health
from workers.keeper.lanes import Leaving
from workers.keeper.planning import Planner
from workers.keeper.purse import Purse
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


def conversation(answer, to=SPEAKER):
    for text, owed in [("aide", False), ("stop", True), ("menu", False), ("jaabi", True)]:
        answer(text, to, owed=owed)
    return ["aide", "stop", "menu", "jaabi"]


def test_what_answers_one_phone_leaves_in_order_however_urgent_it_is(sender, answer, line):
    told = conversation(answer)
    sender.drain()
    assert line.texts == told


def test_an_urgent_answer_takes_what_comes_before_it_along(sender, queue, answer, line):
    for number in range(200):
        queue(f"texte {number}", to=f"+2237001{number:04}")
    told = [*conversation(answer), "oui"]
    answer("oui")
    sender.drain()
    assert heard(line) == told
    assert line.texts.index("jaabi") < line.texts.index("texte 199")
    assert line.texts.index("oui") > line.texts.index("texte 50")  # it is not urgent itself


def test_what_is_told_unasked_keeps_its_rank(sender, queue, answer, line):
    told = conversation(answer, FOCAL_POINT)
    queue("un cas grave", to=FOCAL_POINT, sensitive=True)
    queue("evacuation", to=FOCAL_POINT, priority=EVACUATION)
    sender.drain()
    assert line.texts == ["evacuation", "un cas grave", *told]


@pytest.mark.parametrize(("known", "limit"), [((), 1), (range(10**6, 10**6 + MOST + 1), 100)])
def test_an_urgent_answer_is_found_with_what_comes_before_it_and_no_more(
    store, queue, answer, clock, known, limit
):
    answer("aide")
    answer("stop", owed=True)
    answer("menu")
    queue("a une autre", to=FOCAL_POINT)
    with store.work(Job("test")) as work:
        found = turns.look(work, clock.at, limit, known)
        assert sorted(one.id for one in found) == [1, 2]
        capped = turns.look(work, clock.at, limit, known, capped=True)
        assert [one.id for one in capped] == [2]


def test_an_urgent_answer_finds_what_comes_before_it_behind_a_long_queue(
    sender, queue, answer, line
):
    for number in range(2 * AT_ONCE):
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


@pytest.fixture
def two(store, opener, clock):
    lines = Line("first"), Line("second")
    roads = [Road(line, rate=1e6, price=price) for price, line in enumerate(lines)]
    return Sender(store, opener, roads, clock, clock.seconds), *lines


def test_what_one_road_refused_is_not_overtaken_on_its_way_to_the_next(two, answer):
    sender, first, second = two
    first.fates = [SendFailed("503", again=True)]
    asked = []
    first.before = second.before = lambda out: asked.append(out.text)
    told = conversation(answer)
    sender.drain()
    assert asked == ["aide", *told]
    assert second.texts == ["aide"]


def test_what_is_put_off_takes_along_what_comes_after_it(now):
    road = Road(Line())
    health = Health(road.name, road.rate, lambda: 0.0)
    health.left(9)
    health.ended(9, SendFailed("429", again=True, wait_s=20))
    planner = Planner([road], {road.name: health}, Purse())
    after = due(id=3, priority=SENSITIVE, answers=True)
    planner.add([(one, SPEAKER) for one in (due(answers=True), after, due(id=4))], now)
    until = now + timedelta(seconds=20)
    later = [(one.id, at) for one, at in planner.plan(now, ()).later]
    assert (later, list(planner.known)) == ([(1, until), (3, until)], [4])


def test_what_waits_for_a_chat_keeps_no_sms_of_its_phone_waiting(
    store, opener, answer, clock, queue
):
    chat, sms = Line("chat", "chat"), Line("sms")
    roads = [Road(chat, rate=1e6), Road(sms, rate=1e6)]
    sender = Sender(store, opener, roads, clock, clock.seconds)
    chat.fates = [SendFailed("429", again=True, wait_s=20)]
    with store.work(Job("test")) as work:
        contact = opener.vault.pseudonym(SPEAKER)
        work.session.add(
            Contact(pseudonym=contact, chat_channel="chat", chat_at=clock.at, seen_at=clock.at)
        )
    queue("un mal", cause="inbound:a", via="chat", sensitive=True)
    sender.drain()
    queue("un mal encore", cause="inbound:b", via="chat", sensitive=True)
    answer("aide")
    sender.drain()
    assert (chat.texts, sms.texts) == ([], ["aide"])


def test_what_was_refused_passes_nothing_more_urgent(now):
    road = Road(Line())
    planner = Planner([road], {}, Purse())
    after = due(id=3, priority=SENSITIVE, answers=True)
    planner.add([(due(id=2, contact="d", priority=EVACUATION), FOCAL_POINT), (after, SPEAKER)], now)
    planner.put_back(Leaving(due(answers=True).claimed(), SPEAKER, road), now)
    assert list(planner.known) == [2, 1, 3]


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
    told = [*conversation(answer), "oui", "non"]
    answer("oui")
    answer("non")
    clock.at += timedelta(seconds=1)
    for number in range(2 * AT_ONCE):
        queue(f"texte {number}", to=f"+2237001{number:04}")
    clock.at += timedelta(seconds=1)
    with pytest.raises(OperationalError):
        sender.drain()
    sender.drain()
    assert heard(line) == told
