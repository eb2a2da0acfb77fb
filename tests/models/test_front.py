"""What was forgotten is not looked at again, and nothing that is to be forgotten is left out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.db import Job
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services import past_messages
from models.services.front import Front

WEEK = past_messages.IN_MOTION


def receive(store, at, name):
    with store.work(Job("test")) as work:
        row = InboundMessage(channel="phone", provider_id=name, received_at=at, due_at=at)
        row.status, row.contact, row.settled_at = "processed", "a" * 64, at
        work.session.add(row)


def send(store, at, name):
    with store.work(Job("test")) as work:
        row = OutboundMessage(cause=name, purpose="test", created_at=at, due_at=at, expires_at=at)
        row.contact = "a" * 64
        work.session.add(row)


WAYS = {
    "received": (receive, past_messages.forget_received, InboundMessage, "received_at"),
    "sent": (send, past_messages.forget_sent, OutboundMessage, "created_at"),
}


@pytest.fixture(params=sorted(WAYS))
def way(request):
    return WAYS[request.param]


def forget(store, way, now):
    total = 0
    while True:
        with store.work(Job("test")) as work:
            count = way[1](work, now)
        if not count:
            return total
        total += count


def known(store, way):
    with store.work(Job("test")) as work:
        rows = select(way[2].id).where(way[2].contact.is_not(None)).order_by(way[2].id)
        return list(work.session.scalars(rows))


def stands(store, way):
    with store.work(Job("test")) as work:
        return Front(way[2].id, getattr(way[2], way[3]))._stands(work)


def test_the_front_stands_at_the_first_row_that_is_young(store, way, now):
    for day in range(10):
        way[0](store, now - timedelta(days=9 - day), str(day))
    assert forget(store, way, now) == 3
    assert known(store, way) == [4, 5, 6, 7, 8, 9, 10]
    assert stands(store, way) == 4
    assert forget(store, way, now + timedelta(days=2)) == 2
    assert known(store, way) == [6, 7, 8, 9, 10]


def test_one_that_came_with_a_clock_put_back_is_forgotten_too(store, way, now):
    way[0](store, now, "young")
    way[0](store, now - timedelta(days=30), "of a clock put back")
    assert forget(store, way, now) == 1
    assert known(store, way) == [1]


def test_one_that_came_with_a_clock_ahead_is_forgotten_once_it_is_old(store, way, now):
    way[0](store, now + timedelta(days=30), "ahead")
    way[0](store, now, "young")
    assert forget(store, way, now + WEEK) == 1
    assert known(store, way) == [1]
    assert forget(store, way, now + timedelta(days=37)) == 1


def test_when_all_are_old_it_stands_at_the_newest_and_ids_may_begin_anew(store, way, now):
    for name in "ab":
        way[0](store, now, name)
    assert forget(store, way, now + WEEK) == 2
    assert stands(store, way) == 2
    with store.work(Job("test")) as work:
        for row in work.session.scalars(select(way[2])):
            work.session.delete(row)
    way[0](store, now + WEEK, "first of all")
    assert forget(store, way, now + 2 * WEEK) == 1
