"""When the clock of whoever holds a case ends, by class, and the date told to the speaker.

Ordinary classes end on a working date (Monday to Friday, without the holidays of Mali); the
sensitive ones and shocks run on the wall clock: harm and floods do not wait for Monday.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from flows.yaml_files import read_yaml

HOLIDAYS = Path(__file__).parent / "holidays.yaml"
BAMAKO = UTC  # Mali keeps UTC all year (tz database, Africa/Bamako)
SATURDAY = 5
A_DAY = timedelta(days=1)
UNDO = timedelta(minutes=10)  # in which whoever did something may take it back (field.md 8)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working calendar of a place: which dates are free, and what its wall clock says."""

    fixed: frozenset[tuple[int, int]] = frozenset()  # month, day, every year
    dated: frozenset[date] = frozenset()
    zone: tzinfo = BAMAKO

    def is_working(self, day: date) -> bool:
        """Return whether people are at work on this date."""
        free = (day.month, day.day) in self.fixed or day in self.dated
        return day.weekday() < SATURDAY and not free

    def first_working(self, day: date) -> date:
        """Return this date, or the first working one after it."""
        while not self.is_working(day):
            day += A_DAY
        return day


def load_calendar(text: str, zone: tzinfo = BAMAKO) -> Calendar:
    """Read a calendar in the form of holidays.yaml."""
    said: Mapping[str, Any] = read_yaml(text)
    fixed = frozenset((int(key[:2]), int(key[3:])) for key in said["fixed"])
    return Calendar(fixed, frozenset(row["date"] for row in said["dated"]), zone)


MALI = load_calendar(HOLIDAYS.read_text(encoding="utf-8"))

# The project's own policy (reference/domain.md 4.1). When an answer is there at the latest:
DAYS: Mapping[str, int] = {"C0": 30, "C1": 7, "C2": 14, "C3": 30, "C4": 14, "C8": 14}
HOURS: Mapping[str, int] = {"C5": 72, "C6": 72, "C7": 72, "C9": 72}
# And when somebody has taken it at the latest; thanks (C0) have no first action.
FIRST_DAYS: Mapping[str, int] = {"C1": 2, "C2": 2, "C3": 5, "C4": 2, "C8": 5}  # working ones
FIRST_HOURS: Mapping[str, int] = {"C5": 24, "C6": 24, "C7": 24, "C9": 24}

AHEAD = timedelta(hours=48)  # of the end, for the one reminder (field.md 5, A5)
OPENS, CLOSES = time(7), time(17)  # when staff are written to (field.md 8)
LAST_HOUR = time(16)


def due(case_class: str, since: datetime, calendar: Calendar = MALI) -> datetime:
    """Return when the clock of the desk that has it since ``since`` ends, in UTC.

    The class's own clock, from the desk that acts now: a case that moved up gets a new one. In
    days it ends as a working date begins, so that "before" that date is kept to the minute.
    """
    if case_class in HOURS:
        return since.astimezone(UTC) + timedelta(hours=HOURS[case_class])
    last = since.astimezone(calendar.zone).date() + timedelta(days=DAYS[case_class])
    return _begins(calendar.first_working(last), calendar)


def act_by(case_class: str, since: datetime, calendar: Calendar = MALI) -> datetime:
    """Return when somebody has to have taken it who was given it at ``since``, in UTC."""
    if case_class in FIRST_HOURS:
        return since.astimezone(UTC) + timedelta(hours=FIRST_HOURS[case_class])
    if case_class in FIRST_DAYS:
        return working_days_after(since, FIRST_DAYS[case_class], calendar)
    return due(case_class, since, calendar)


def working_days_after(since: datetime, days: int, calendar: Calendar = MALI) -> datetime:
    """Return the same minute so many working days later; free days before the first count not."""
    start = since.astimezone(calendar.zone)
    day, minute = start.date(), start.time()
    if not calendar.is_working(day):
        day, minute = calendar.first_working(day), time.min
    for _ in range(days):
        day = calendar.first_working(day + A_DAY)
    return datetime.combine(day, minute, calendar.zone).astimezone(UTC)


def remind_at(
    case_class: str, since: datetime, limit: datetime, calendar: Calendar = MALI
) -> datetime:
    """Return when who has it since ``since`` is reminded of ``limit``: two days or half way before.

    For ordinary classes in working hours, rather earlier than later.
    """
    at = limit - min(AHEAD, (limit - since) / 2)
    if case_class in HOURS or is_office(at, calendar):
        return at
    earlier = _last_office(at, calendar)
    return earlier if earlier > since else office(at, calendar)


def is_office(at: datetime, calendar: Calendar = MALI) -> bool:
    """Return whether staff may be written to of ordinary things: a working day, 7 to 17 h."""
    local = at.astimezone(calendar.zone)
    return calendar.is_working(local.date()) and OPENS <= local.time() < CLOSES


def office(at: datetime, calendar: Calendar = MALI) -> datetime:
    """Return ``at`` when it lies in working hours, else when the next ones begin, in UTC."""
    if is_office(at, calendar):
        return at.astimezone(UTC)
    local = at.astimezone(calendar.zone)
    day = local.date() if local.time() < OPENS else local.date() + A_DAY
    day = calendar.first_working(day)
    return datetime.combine(day, OPENS, calendar.zone).astimezone(UTC)


def _last_office(at: datetime, calendar: Calendar) -> datetime:
    local = at.astimezone(calendar.zone)
    day = local.date() if local.time() >= CLOSES else local.date() - A_DAY
    while not calendar.is_working(day):
        day -= A_DAY
    return datetime.combine(day, LAST_HOUR, calendar.zone).astimezone(UTC)


def promised(due_at: datetime, zone: tzinfo = BAMAKO) -> datetime:
    """Return the beginning of the date told to the speaker: the answer is there *before* it."""
    end = due_at.astimezone(zone)
    midnight = datetime.combine(end.date(), time.min, zone)
    # A day is a date, not 24 hours: where clocks are put back there are 25.
    following = datetime.combine(end.date() + A_DAY, time.min, zone)
    return (midnight if midnight == end else following).astimezone(UTC)


def shown(at: datetime, zone: tzinfo = BAMAKO) -> str:
    """Return a date as it is read there: dd/mm."""
    return f"{at.astimezone(zone):%d/%m}"


def told(due_at: datetime, zone: tzinfo = BAMAKO) -> str:
    """Return the date told to speaker and staff of a clock that ends at ``due_at``."""
    return shown(promised(due_at, zone), zone)


def _begins(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)
