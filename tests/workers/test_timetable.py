"""The timetable: one worker goes through it, and when that one is gone another does."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from models.db import Job
from models.services import leases
from workers.duties import Duties, Line
from workers.timetable import LEASE_FOR, TIMETABLE, Timetable


@pytest.fixture
def done():
    return []


@pytest.fixture
def lines(done):
    return (
        Line("often", timedelta(seconds=5), lambda duties, now: done.append("often")),
        Line("seldom", timedelta(hours=1), lambda duties, now: done.append("seldom")),
    )


def test_each_line_runs_at_once_and_then_every_so_often(store, now, lines, done):
    one = Timetable(store, None, "one", lines)
    assert one.go(now) == ["often", "seldom"]
    assert one.go(now + timedelta(seconds=4)) == []
    assert one.go(now + timedelta(seconds=5)) == ["often"]
    assert one.go(now + timedelta(hours=1)) == ["often", "seldom"]
    assert done.count("seldom") == 2


def test_when_the_clock_is_put_back_no_line_waits_for_as_long_as_it_was_ahead(store, now, lines):
    one, other = (Timetable(store, None, name, lines) for name in ("one", "other"))
    assert one.go(now + timedelta(hours=5)) == ["often", "seldom"]
    assert one.go(now) == ["often", "seldom"]
    one.go(now + timedelta(hours=5))
    assert other.go(now) == ["often", "seldom"]


def test_of_two_workers_one_goes_through_it(store, now, lines, done):
    one, other = (Timetable(store, None, name, lines) for name in ("one", "other"))
    one.go(now)
    assert other.go(now) == []
    assert done == ["often", "seldom"]


def test_when_a_worker_was_killed_another_takes_over_within_ten_seconds(store, now, lines):
    one, other = (Timetable(store, None, name, lines) for name in ("one", "other"))
    one.go(now)
    assert other.go(now + LEASE_FOR) == ["often", "seldom"]
    assert timedelta(seconds=10) > LEASE_FOR
    assert one.go(now + LEASE_FOR + timedelta(seconds=5)) == []


def test_a_line_that_fails_keeps_no_other_from_being_done(store, now, done):
    def fail(duties, now):
        raise ValueError

    lines = (
        Line("bad", timedelta(seconds=5), fail),
        Line("good", timedelta(seconds=5), lambda duties, now: done.append("good")),
    )
    one = Timetable(store, None, "one", lines)
    one.go(now)
    one.go(now + timedelta(seconds=5))
    assert done == ["good", "good"]


def test_while_the_database_is_away_every_line_waits(store, now, done):
    def away(duties, now):
        raise OperationalError(None, None, OSError())

    lines = (
        Line("away", timedelta(seconds=5), away),
        Line("other", timedelta(seconds=5), lambda duties, now: done.append("other")),
    )
    with pytest.raises(OperationalError):
        Timetable(store, None, "one", lines).go(now)
    assert done == []


def test_a_worker_told_to_stop_gives_the_lease_back(store, now, lines):
    stop = threading.Event()
    runner = Timetable(store, None, "one", [])
    thread = threading.Thread(target=lambda: runner.run(lambda: now, stop))
    thread.start()
    waiter = threading.Event()
    while not is_held(store, now):
        waiter.wait(0.01)
    stop.set()
    thread.join()
    assert not is_held(store, now)


def is_held(store, now):
    with store.work(Job("test")) as work:
        return leases.is_held(work, "timetable", now)


def test_no_line_stands_twice():
    names = [line.name for line in TIMETABLE]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("line", TIMETABLE, ids=lambda line: line.name)
def test_each_line_may_run_on_an_empty_programme_and_twice(store, now, line):
    class Nothing:
        def act(self):
            return 0

    duties = Duties(store, None, Nothing())
    line.do(duties, now)
    line.do(duties, now)
