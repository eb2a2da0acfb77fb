"""Several roads out: which is taken, which is left alone; and that no text leaves by two."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from gateway.channels.base import SendFailed, SendUnknown
from models.channel import ChannelHealth, Spending
from models.conversation import Contact
from models.db import Job
from models.outbound import OutboundMessage
from models.services import sending
from models.services.messages import SENSITIVE
from models.services.outbox import BACK_OFF
from models.services.overdue import REPEAT_AFTER
from tests.workers.sending import FOCAL_POINT, SPEAKER, Line, due
from workers.keeper.health import FAILURES, FIRST_S, LANES, STOPPED_S, Health
from workers.keeper.roads import WINDOW, Road, roads_for
from workers.keeper.sender import Sender
from workers.keeper.texts import MINUTE_S, Opener

BUSY = SendFailed("503", again=True)
SECOND = timedelta(seconds=1)
ELSEWHERE = "+22370009002"
WELL_S, OUTAGE_S, WITHIN_S, SHARE = 10, 60, 10, 0.99
A_SECOND = 12  # texts
STEPS = 4  # a second, each of which takes a twenty-fifth: the clock runs six times as fast
TIMEOUT_S = 12.0


ROADS = [
    Road(Line("dear"), price=30),
    Road(Line("cheap"), price=20),
    Road(Line("mobile"), ("+223700000", "+2237001"), price=25),
    Road(Line("fixed"), ("+22370005",), price=1),
    Road(Line("chat", "chat")),
    Road(Line("chat-with-template", "chat"), reopens=True),
    Road(Line("screens", None)),
]
CHOICES = [
    # which chat it answers, since when, to whom, the roads in turn
    (None, None, SPEAKER, ["mobile", "cheap", "dear"]),
    (None, None, ELSEWHERE, ["cheap", "dear"]),
    ("chat", timedelta(hours=1), SPEAKER, ["chat", "mobile", "cheap", "dear"]),
    ("chat", WINDOW, SPEAKER, ["mobile", "cheap", "dear"]),
    ("chat", None, SPEAKER, ["mobile", "cheap", "dear"]),
    ("chat-with-template", WINDOW, ELSEWHERE, ["chat-with-template", "cheap", "dear"]),
    ("gone", timedelta(hours=1), ELSEWHERE, ["cheap", "dear"]),
]


@pytest.mark.parametrize(("via", "ago", "number", "names"), CHOICES)
def test_a_text_takes_the_chat_it_answers_then_its_prefix_then_the_cheapest(
    now, via, ago, number, names
):
    text = due(via=via, chat_at=ago and now - ago)
    assert [road.name for road in roads_for(ROADS, text, number, now)] == names


ANSWERS_HARM = [
    ("chat", timedelta(hours=1), ["chat"]),
    ("chat", WINDOW, []),
    ("chat-with-template", timedelta(hours=1), ["chat-with-template"]),
    ("chat-with-template", WINDOW, []),
    ("gone", timedelta(hours=1), []),
    (None, None, ["mobile", "cheap", "dear"]),
]


@pytest.mark.parametrize(("via", "ago", "names"), ANSWERS_HARM)
def test_what_answers_harm_said_in_a_chat_leaves_in_that_chat_or_not_at_all(now, via, ago, names):
    text = due(via=via, chat_at=ago and now - ago, sensitive=True)
    assert [road.name for road in roads_for(ROADS, text, SPEAKER, now)] == names


@pytest.fixture
def lines():
    return Line("first"), Line("second")


@pytest.fixture
def two(store, opener, lines, clock):
    first, second = lines
    roads = [Road(first, rate=1e6, price=1), Road(second, rate=1e6, price=2)]
    return Sender(store, opener, roads, clock, clock.seconds)


def rows(store, table):
    with store.work(Job("test")) as work:
        return work.session.scalars(select(table)).all()


def state_of(store, channel):
    return next(one for one in rows(store, ChannelHealth) if one.channel == channel)


def phones(count):
    return [f"+2237000{number:04}" for number in range(count)]


def test_what_one_provider_refuses_leaves_by_the_next_at_once(two, queue, lines, fates):
    first, second = lines
    first.fates = [BUSY]
    queue("x")
    two.drain()
    assert (first.texts, second.texts) == ([], ["x"])
    assert fates() == [("handed_over", None)]


def test_what_both_refuse_waits_once_for_both(two, queue, lines, fates, clock):
    first, second = lines
    first.fates, second.fates = [BUSY], [BUSY]
    queue("x")
    two.drain()
    assert fates() == [("waiting", "503")]
    clock.at += BACK_OFF[0] - SECOND
    two.drain()
    assert first.texts + second.texts == []
    clock.at += SECOND
    two.drain()
    assert (first.texts, second.texts) == (["x"], [])


def test_a_number_one_road_does_not_reach_is_reached_by_another_or_by_none(
    two, queue, lines, fates
):
    first, second = lines
    nowhere = SendFailed("407", again=False, elsewhere=True)
    first.fates, second.fates = [nowhere, nowhere], [None, nowhere]
    queue("un")
    two.drain()
    queue("deux")
    two.drain()
    assert (first.texts, second.texts) == ([], ["un"])
    assert fates() == [("handed_over", None), ("failed", "407")]


NOWHERE = SendFailed("407", again=False, elsewhere=True)
ASKED_FOR_TIME = SendFailed("429", again=True, wait_s=20)


@pytest.mark.parametrize("resting", [0, 1])
def test_what_one_road_does_not_reach_waits_for_another_that_is_left_alone(
    two, queue, lines, fates, clock, resting
):
    rests, closed = lines[resting], lines[1 - resting]
    lines[0].fates = [ASKED_FOR_TIME if resting == 0 else NOWHERE]
    lines[1].fates = [ASKED_FOR_TIME if resting == 1 else NOWHERE]
    if resting == 1:  # it rests since somebody else's text
        lines[0].fates.insert(0, SendFailed("503", again=True))
        queue("a", to=FOCAL_POINT)
        two.drain()
    closed.fates += [NOWHERE] * 9
    queue("x")
    for _ in range(4):
        two.drain()
        clock.at += timedelta(seconds=31)
    assert "x" in rests.texts
    assert set(fates()) == {("handed_over", None)}
    assert len(closed.fates) >= 8  # and the road that is closed to it is not asked again and again


def test_a_text_that_all_roads_are_closed_to_fails_at_once(two, queue, lines, fates):
    lines[0].fates, lines[1].fates = [NOWHERE], [NOWHERE]
    queue("x")
    two.drain()
    assert fates() == [("failed", "407")]


def test_a_text_that_could_not_be_filled_in_was_handed_to_nobody_and_leaves_later(
    store, opener, queue, line, clock, fates
):
    away = [OperationalError("SELECT", {}, Exception())]

    def fill(_names):
        if away:
            raise away.pop()
        return {"tel": "70000001"}

    filling = Opener(opener.vault, opener.transit, fill)
    sender = Sender(store, filling, [Road(line, rate=1e6)], clock, clock.seconds)
    queue("Appelez le {tel}", fills={"tel": "person:P0101"}, sensitive=True)
    sender.drain()
    assert fates() == [("waiting", "database away")]
    clock.at += timedelta(seconds=5)
    sender.drain()
    assert line.texts == ["Appelez le 70000001"]
    assert [row.tries for row in rows(store, OutboundMessage)] == [1]


def test_what_may_have_been_taken_never_leaves_by_another_road_by_itself(
    two, queue, lines, fates, clock
):
    first, second = lines
    first.fates = [SendUnknown("reset")]
    queue("x")
    two.drain()
    clock.at += REPEAT_AFTER - SECOND
    two.drain()
    assert (first.texts, second.texts) == ([], [])
    assert fates() == [("unknown", "reset")]


def test_a_provider_that_fails_again_and_again_is_left_alone_and_tried_with_one_text(
    store, two, queue, lines, clock
):
    first, second = lines
    first.fates = [BUSY] * (FAILURES + 1)
    for number, phone in enumerate(phones(FAILURES + 3)):
        queue(f"texte {number}", to=phone)
        two.drain()
    assert (len(first.fates), len(second.texts)) == (1, FAILURES + 3)
    assert (state_of(store, "first").state, state_of(store, "first").reason) == ("failing", "503")
    assert state_of(store, "first").until == clock.at + timedelta(seconds=FIRST_S)

    clock.at += timedelta(seconds=FIRST_S)
    queue("en vain")
    two.drain()
    assert (len(first.fates), second.texts[-1]) == (0, "en vain")
    clock.at += timedelta(seconds=FIRST_S)
    queue("trop tot")
    two.drain()
    assert (first.texts, second.texts[-1]) == ([], "trop tot")
    clock.at += timedelta(seconds=FIRST_S)
    queue("retabli")
    two.drain()
    assert first.texts == ["retabli"]
    assert state_of(store, "first").state == "well"


def test_a_sensitive_text_is_not_what_a_failing_provider_is_tried_with(two, queue, lines, clock):
    first, second = lines
    first.fates = [BUSY] * FAILURES
    for phone in phones(FAILURES):
        queue(f"a {phone}", to=phone)
        two.drain()
    clock.at += timedelta(seconds=FIRST_S)
    queue("sensible", sensitive=True)
    two.drain()
    assert second.texts[-1] == "sensible"
    queue("ordinaire")
    two.drain()
    assert first.texts == ["ordinaire"]


def test_whoever_asks_for_time_is_given_it_and_the_others_carry_on(two, queue, lines, clock):
    first, second = lines
    first.fates = [SendFailed("429", again=True, wait_s=30)]
    for number in range(3):
        queue(f"texte {number}")
        two.drain()
    assert (first.texts, len(second.texts)) == ([], 3)
    clock.at += timedelta(seconds=30)
    queue("apres")
    two.drain()
    assert first.texts == ["apres"]


def test_where_staff_must_act_first_one_text_in_five_minutes_asks_again(
    store, two, queue, lines, clock, caplog
):
    first, second = lines
    first.fates = [SendFailed("405", again=True, stop=True)]
    queue("a")
    two.drain()
    assert (first.texts, second.texts) == ([], ["a"])
    assert (state_of(store, "first").state, state_of(store, "first").reason) == ("stopped", "405")
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == [
        "channel left alone"
    ]
    clock.at += timedelta(seconds=STOPPED_S)
    queue("b")
    two.drain()
    assert first.texts == ["b"]


def test_no_road_that_does_well_costs_a_text_no_tries(store, sender, queue, line, clock, fates):
    line.fates = [BUSY] * 20
    for phone in phones(FAILURES):
        queue(f"a {phone}", to=phone)
    queue("x", to=FOCAL_POINT)
    sender.drain()
    assert {status for status, _ in fates()} == {"waiting"}
    for _ in range(8):
        clock.at += timedelta(seconds=30)
        sender.drain()
    assert all(row.tries <= 2 for row in rows(store, OutboundMessage))
    line.fates = []
    for _ in range(4):
        clock.at += timedelta(minutes=3)
        sender.drain()
    assert len(line.texts) == FAILURES + 1


@pytest.mark.parametrize(("takes_s", "rate", "room"), [(1.0, 20, LANES), (0.02, 20, 2)])
def test_no_more_is_in_a_providers_hands_than_its_pace_needs(takes_s, rate, room):
    at = [0.0]
    health = Health("first", rate, lambda: at[0])
    for number in range(50):
        health.left(number)
        at[0] += takes_s
        health.ended(number, None)
    assert health.room == room


def test_what_a_dead_sender_had_in_hand_is_unknown_as_soon_as_the_next_one_starts(
    store, two, queue, clock, fates
):
    queue("ordinaire")
    queue("sensible", to=FOCAL_POINT, sensitive=True)
    with store.work(Job("test")) as work:
        gone = {"status": "sending", "due_at": clock.at + timedelta(minutes=1), "tries": 1}
        work.session.execute(update(OutboundMessage).values(**gone))
    two.run(lambda _seconds: None, lambda: False)
    assert fates() == [("unknown", "sender died")] * 2


def test_the_same_words_reach_a_number_once_a_minute_and_a_receipt_always(
    sender, queue, line, fates, clock
):
    queue("Tapez 1 ou 2", cause="a:1")
    queue("Tapez 1 ou 2", cause="a:2")
    queue("Tapez 1 ou 2", cause="a:3", to=FOCAL_POINT)
    queue("Recu, merci.", cause="a:4", priority=SENSITIVE)
    queue("Recu, merci.", cause="a:5", priority=SENSITIVE)
    sender.drain()
    assert sorted(line.texts) == ["Recu, merci."] * 2 + ["Tapez 1 ou 2"] * 2
    assert ("withheld", "same words within a minute") in fates()
    clock.at += timedelta(seconds=MINUTE_S)
    queue("Tapez 1 ou 2", cause="a:6")
    sender.drain()
    assert line.texts.count("Tapez 1 ou 2") == 3


def test_at_the_cap_only_what_is_urgent_leaves_and_the_rest_waits_for_another_day(
    store, two, queue, lines, fates, clock
):
    first, _ = lines
    with store.work(Job("test")) as work:
        sending.set_cap(work, 2)
    for number in range(4):
        queue(f"texte {number}", to=phones(4)[number])
    queue("sensible", to=FOCAL_POINT, sensitive=True)
    two.drain()
    assert sorted(first.texts) == ["sensible", "texte 0"]
    queue("evacuation", to=FOCAL_POINT, priority=0)
    two.drain()
    assert "evacuation" in first.texts
    [day] = rows(store, Spending)
    assert (day.channel, day.segments, day.amount) == ("first", 3, 3.0)
    clock.at += timedelta(days=1)
    two.drain()
    assert len(first.texts) == 5


def test_while_sending_is_paused_nothing_leaves_and_nothing_is_lost(
    store, sender, queue, line, fates
):
    with store.work(Job("test")) as work:
        sending.pause(work, sending.RESTORED)
    queue("x", priority=0)
    assert sender.drain() == 0
    assert fates() == [("waiting", None)]
    with store.work(Job("test")) as work:
        sending.resume(work)
    sender.drain()
    assert line.texts == ["x"]


def test_a_closed_chat_is_answered_by_sms_and_an_open_one_by_itself(store, opener, clock, queue):
    chat, sms = Line("chat", "chat"), Line("sms")
    sender = Sender(store, opener, [Road(sms), Road(chat, wide=True)], clock, clock.seconds)
    queue("un", via="chat")
    with store.work(Job("test")) as work:
        contact = opener.vault.pseudonym(SPEAKER)
        about = {"chat_channel": "chat", "chat_at": clock.at, "seen_at": clock.at}
        work.session.add(Contact(pseudonym=contact, **about))
    sender.drain()
    clock.at += WINDOW
    queue("deux", via="chat")
    sender.drain()
    assert (chat.texts, sms.texts) == (["un"], ["deux"])
    assert chat.taken[0].window_open


class Down(Line):
    """A provider that is down for a while: ``way`` says how. Keeps what it heard meanwhile."""

    def __init__(self, way, clock):
        super().__init__("first")
        self.way, self.clock = way, clock
        self.is_down = False
        self.heard = []
        self.before = self.meet

    def meet(self, out):
        if not self.is_down:
            return
        if self.way == "refusing":
            raise SendFailed("provider out of reach", again=True)
        self.heard.append(out.text)
        if self.way == "hanging":
            end, pause = self.clock.seconds() + TIMEOUT_S, threading.Event()
            while self.clock.seconds() < end:
                pause.wait(0.01)
        raise SendUnknown(self.way)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)  # what counts here is time
@pytest.mark.parametrize("way", ["refusing", "status 500", "hanging"])
def test_while_one_provider_is_down_new_texts_leave_by_the_other_and_none_by_both(
    store, opener, clock, queue, way
):
    first, second, left, written = Down(way, clock), Line("second"), {}, {}
    second.before = lambda out: left.setdefault(out.text, clock.seconds())
    roads = [Road(first, rate=A_SECOND * 2, price=1), Road(second, rate=1e6, price=2)]
    sender = Sender(store, opener, roads, clock, clock.seconds)
    bell, over = threading.Event(), threading.Event()

    def wait(_seconds):
        bell.wait(0.02)
        bell.clear()

    sending = threading.Thread(target=sender.run, args=(wait, lambda: not over.is_set()))
    sending.start()
    pace = threading.Event()
    for step in range((WELL_S + OUTAGE_S + WITHIN_S) * STEPS):
        first.is_down = step >= WELL_S * STEPS
        numbers = range(A_SECOND // STEPS) if step < (WELL_S + OUTAGE_S) * STEPS else ()
        for number in numbers:
            written[f"{step}-{number}"] = clock.seconds()
            queue(f"{step}-{number}", to=f"+2237000{(3 * step + number) % 10000:04}")
        bell.set()
        pace.wait(0.04)
        clock.at += timedelta(seconds=1 / STEPS)
    over.set()
    sending.join()
    new = {text: at for text, at in written.items() if int(text.split("-")[0]) >= WELL_S * STEPS}
    soon = [text for text, at in new.items() if text in left and left[text] - at <= WITHIN_S]
    assert len(soon) >= SHARE * len(new)
    assert not {*first.heard, *first.texts} & set(second.texts)
