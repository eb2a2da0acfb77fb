"""The lines of the timetable that act when a clock ends."""

from datetime import datetime

from models.services import clocks
from workers.duties import Duties, until_done


def hand_over(duties: Duties, now: datetime) -> None:
    """Move up what was not taken, or not answered, in time."""
    until_done(duties.store, lambda work: clocks.hand_over(work, duties.house, now))


def remind(duties: Duties, now: datetime) -> None:
    """Remind of clocks that end soon."""
    until_done(duties.store, lambda work: clocks.remind(work, duties.house, now))


def rehome(duties: Duties, now: datetime) -> None:
    """Seat anew what somebody left behind."""
    until_done(duties.store, lambda work: clocks.rehome(work, duties.house, now))
