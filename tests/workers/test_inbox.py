"""The inbox: in order for each contact, one at a time, and taken up again when a worker dies."""

from datetime import timedelta

import pytest

from models.db import Job
from models.inbound import InboundMessage
from models.services import inbox

ACTOR = Job("test")
ANN, BOB, FLOOD = "a" * 64, "b" * 64, "f" * 64


def receive(store, now, *contacts, rank=0):
    with store.work(ACTOR) as work:
        for contact in contacts:
            number = f"{contact[0]}{rank}:{work.session.query(InboundMessage).count()}"
            row = InboundMessage(channel="at", provider_id=number, contact=contact, rank=rank)
            row.received_at = row.due_at = now
            work.session.add(row)


def take(store, now, limit=inbox.AT_ONCE):
    with store.work(ACTOR) as work:
        return inbox.claim(work, now, limit)


def rows(claims):
    return [one.row for one in claims]


def settle(store, claimed, now):
    with store.work(ACTOR) as work:
        inbox.settle(work, inbox.held(work, claimed).values(), now)


def test_a_contact_is_answered_in_order_while_others_go_on(store, now):
    receive(store, now, ANN, ANN, BOB)
    first = take(store, now, limit=1)
    assert rows(first) == [1]
    assert rows(take(store, now)) == [3]
    assert take(store, now) == []
    settle(store, first, now)
    assert rows(take(store, now)) == [2]


def test_several_messages_of_one_contact_are_taken_together_and_in_order(store, now):
    receive(store, now, ANN, BOB, ANN, ANN)
    assert rows(take(store, now)) == [1, 2, 3, 4]


def test_whoever_wrote_little_comes_before_whoever_floods_us(store, now):
    receive(store, now, *[FLOOD] * 40, rank=20)
    receive(store, now, ANN, rank=1)
    receive(store, now, BOB)
    assert rows(take(store, now, limit=4)) == [42, 41, 1, 2]


def test_a_contact_whose_hour_is_over_still_waits_for_what_it_sent_before(store, now):
    receive(store, now, ANN, ANN, rank=20)
    receive(store, now, ANN)
    receive(store, now, BOB)
    assert rows(take(store, now)) == [4, 1, 2, 3]


def test_the_row_of_a_dead_worker_is_taken_up_within_ten_seconds(store, now):
    receive(store, now, ANN)
    lost = take(store, now)
    assert take(store, now + timedelta(seconds=2)) == []
    again = take(store, now + timedelta(seconds=9))
    assert [(one.row, one.tries) for one in again] == [(1, 2)]
    with store.work(ACTOR) as work:
        assert inbox.held(work, lost) == {}
        assert list(inbox.held(work, again)) == [1]


def test_what_may_have_killed_a_worker_is_taken_alone_the_next_time(store, now):
    receive(store, now, ANN, BOB)
    take(store, now)
    receive(store, now, FLOOD)
    later = now + timedelta(seconds=9)
    assert [rows(take(store, later)) for _ in range(3)] == [[1], [2], [3]]


def test_what_was_settled_meanwhile_has_no_second_effect(store, now):
    receive(store, now, ANN)
    claimed = take(store, now)
    settle(store, claimed, now)
    with store.work(ACTOR) as work:
        assert inbox.held(work, claimed) == {}


def test_after_five_tries_it_is_a_dead_letter_and_the_next_one_goes_on(store, now):
    receive(store, now, ANN, ANN)
    for _ in range(inbox.TRIES):
        assert rows(take(store, now, limit=1)) == [1]
        now += timedelta(seconds=9)
    assert take(store, now) == []
    with store.work(ACTOR) as work:
        assert inbox.bury(work, now) == [1]
    assert rows(take(store, now)) == [2]


def release(work, claimed, now):
    inbox.release(work, [claimed], now)


@pytest.mark.parametrize(
    ("give_back", "waits"), [(inbox.put_back, timedelta(seconds=6)), (release, timedelta())]
)
def test_what_only_waited_is_not_counted_as_tried(store, now, give_back, waits):
    receive(store, now, ANN)
    for _ in range(2 * inbox.TRIES):
        [claimed] = take(store, now)
        with store.work(ACTOR) as work:
            give_back(work, claimed, now)
        now += waits
