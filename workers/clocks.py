"""The lines of the timetable that act when a clock ends."""

from datetime import datetime

from models.services import clocks, repair_answers, repairs
from workers.duties import ACTOR, Duties, until_done


def hand_over(duties: Duties, now: datetime) -> None:
    """Move up what was not taken, or not answered, in time."""
    until_done(duties.store, lambda work: clocks.hand_over(work, duties.house, now))


def remind(duties: Duties, now: datetime) -> None:
    """Remind of clocks that end soon."""
    until_done(duties.store, lambda work: clocks.remind(work, duties.house, now))


def rehome(duties: Duties, now: datetime) -> None:
    """Seat anew what somebody left behind."""
    until_done(duties.store, lambda work: clocks.rehome(work, duties.house, now))


def ask_repairs(duties: Duties, now: datetime) -> None:
    """Ask for the repairs that may be asked for, and for checks where waiting was in vain."""
    until_done(duties.store, lambda work: repairs.seek(work, duties.house, now))
    until_done(duties.store, lambda work: repairs.give_up_waiting(work, duties.house, now))


def follow_repairs(duties: Duties, now: datetime) -> None:
    """Remind of repair requests, and tell the cell of those that stayed without an answer."""
    with duties.store.work(ACTOR) as work:
        repair_answers.remind(work, duties.house, now)
    until_done(duties.store, lambda work: repair_answers.note_lateness(work, duties.house, now))
