"""A lease: one holder at a time, and an end that does not depend on the holder."""

import threading
from datetime import timedelta

from models.db import Job
from models.services import leases

FOR = timedelta(seconds=8)


def take(store, holder, now):
    with store.work(Job("test")) as work:
        return leases.take(work, "timetable", holder, now, now + FOR)


def test_only_one_holds_it_until_its_end(store, now):
    assert take(store, "one", now)
    assert not take(store, "other", now + FOR - timedelta(seconds=1))
    assert take(store, "other", now + FOR)
    assert not take(store, "one", now + FOR)


def test_the_holder_may_renew_it_and_give_it_back(store, now):
    assert take(store, "one", now)
    assert take(store, "one", now + timedelta(seconds=4))
    with store.work(Job("test")) as work:
        leases.release(work, "timetable", "other")
        assert leases.is_held(work, "timetable", now)
        leases.release(work, "timetable", "one")
        assert not leases.is_held(work, "timetable", now)
    assert take(store, "other", now)


def test_of_many_who_try_at_once_one_wins(store, now):
    won = []
    start = threading.Barrier(4)

    def race(name):
        start.wait()
        if take(store, name, now):
            won.append(name)

    racers = [threading.Thread(target=race, args=(f"holder {n}",)) for n in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(won) == 1
