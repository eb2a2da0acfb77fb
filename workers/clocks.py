"""The lines of the timetable that act when a clock ends."""

from datetime import datetime

from models.services import clocks, repair_answers, repairs
from workers.duties import Duties, done_once, swept

hand_over = swept(clocks.hand_over)
remind = swept(clocks.remind)
rehome = swept(clocks.rehome)

_seek = swept(repairs.seek)
_give_up_waiting = swept(repairs.give_up_waiting)
_remind_of_repairs = done_once(repair_answers.remind)
_note_lateness = swept(repair_answers.note_lateness)


def ask_repairs(duties: Duties, now: datetime) -> None:
    """Ask for the repairs that may be asked for, and for checks where waiting was in vain."""
    _seek(duties, now)
    _give_up_waiting(duties, now)


def follow_repairs(duties: Duties, now: datetime) -> None:
    """Remind of repair requests, and tell the cell of those that stayed without an answer."""
    _remind_of_repairs(duties, now)
    _note_lateness(duties, now)
