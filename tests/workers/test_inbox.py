"""The inbox: in order for each contact, one at a time, and taken up again when a worker dies."""

from datetime import timedelta

from models.db import Job
from models.inbound import InboundMessage
from models.services import inbox

ACTOR = Job("test")
ANN, BOB = "a" * 64, "b" * 64


def receive(store, now, *contacts):
    with store.work(ACTOR) as work:
        for number, contact in enumerate(contacts):
            row = InboundMessage(channel="at", provider_id=str(number), contact=contact)
            row.received_at = row.due_at = now
            work.session.add(row)


def claim(store, now):
    with store.work(ACTOR) as work:
        return inbox.claim_next(work, now)


def settle(store, claimed, now):
    with store.work(ACTOR) as work:
        inbox.settle(inbox.held(work, claimed), now)


def test_a_contact_is_answered_in_order_while_others_go_on(store, now):
    receive(store, now, ANN, ANN, BOB)
    first, other = claim(store, now), claim(store, now)
    assert (first.row, other.row) == (1, 3)
    assert claim(store, now) is None
    settle(store, first, now)
    assert claim(store, now).row == 2


def test_the_row_of_a_dead_worker_is_taken_up_within_ten_seconds(store, now):
    receive(store, now, ANN)
    lost = claim(store, now)
    assert claim(store, now + timedelta(seconds=2)) is None
    again = claim(store, now + timedelta(seconds=9))
    assert (again.row, again.tries) == (lost.row, 2)
    with store.work(ACTOR) as work:
        assert inbox.held(work, lost) is None
        assert inbox.held(work, again).id == 1


def test_what_was_settled_meanwhile_has_no_second_effect(store, now):
    receive(store, now, ANN)
    claimed = claim(store, now)
    settle(store, claimed, now)
    with store.work(ACTOR) as work:
        assert inbox.held(work, claimed) is None


def test_after_five_tries_it_is_a_dead_letter_and_the_next_one_goes_on(store, now):
    receive(store, now, ANN, ANN)
    for _ in range(inbox.TRIES):
        assert claim(store, now).row == 1
        now += timedelta(seconds=9)
    assert claim(store, now) is None
    with store.work(ACTOR) as work:
        assert inbox.bury(work, now) == [1]
    assert claim(store, now).row == 2


def test_what_waits_for_the_keeper_is_not_counted_as_tried(store, now):
    receive(store, now, ANN)
    for _ in range(2 * inbox.TRIES):
        claimed = claim(store, now)
        assert claimed.row == 1
        with store.work(ACTOR) as work:
            inbox.put_back(work, claimed, now)
        now += timedelta(seconds=6)
