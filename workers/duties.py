"""What the lines of the timetable work with, and how a batch is done until nothing is left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.db import Actor, Job, Store, Work
from models.services.scene import House
from models.services.sweeping import AT_ONCE
from workers.silence import Silence

ACTOR = Job("timetable")


@dataclass(frozen=True, slots=True)
class Duties:
    """The tools of whoever goes through the timetable."""

    store: Store
    house: House
    silence: Silence


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, how often, and the doing of it, which may run twice."""

    name: str
    every: timedelta
    do: Callable[[Duties, datetime], object]


def until_done(store: Store, batch: Callable[[Work], int]) -> None:
    """Do batches, each in a unit of work of its own, until one is not full (AT_ONCE).

    What a batch passes over is passed over until the end, so that full batches of it end too.
    """
    passed = set[int | str]()
    left = True
    while left:
        with store.work(ACTOR) as work:
            work.passed = passed
            left = batch(work) >= AT_ONCE


def emptying(
    store: Store, actor: Actor, batch: Callable[[Work, datetime], int], now: datetime
) -> int:
    """Do batches, each in a unit of work of its own, until one finds nothing; return the sum."""
    passed, done, left = set[int | str](), 0, 1
    while left:
        with store.work(actor) as work:
            work.passed = passed
            left = batch(work, now)
        done += left
    return done


def emptied(batch: Callable[[Work, datetime], int]) -> Callable[[Duties, datetime], int]:
    """Return what a line does with batches that are over once one finds nothing."""
    return lambda duties, now: emptying(duties.store, ACTOR, batch, now)


def swept(batch: Callable[[Work, House, datetime], int]) -> Callable[[Duties, datetime], None]:
    """Return what a line does with a batch of the services: it, until nothing is left."""

    def do(duties: Duties, now: datetime) -> None:
        until_done(duties.store, lambda work: batch(work, duties.house, now))

    return do


def done_once(act: Callable[[Work, House, datetime], object]) -> Callable[[Duties, datetime], None]:
    """Return what a line does with an act of the services: it, in one unit of work."""

    def do(duties: Duties, now: datetime) -> None:
        with duties.store.work(ACTOR) as work:
            act(work, duties.house, now)

    return do
