"""When the clock of whoever holds a case ends, by class, and the date told to the speaker.

Ordinary classes end on a working date (Monday to Friday, without the holidays of Mali); the
sensitive ones and shocks run on the wall clock: harm and floods do not wait for Monday.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

import yaml

HOLIDAYS = Path(__file__).parent / "holidays.yaml"
BAMAKO = UTC  # Mali keeps UTC all year (tz database, Africa/Bamako)
SATURDAY = 5
A_DAY = timedelta(days=1)


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
    said: Mapping[str, Any] = yaml.safe_load(text)
    fixed = frozenset((int(key[:2]), int(key[3:])) for key in said["fixed"])
    return Calendar(fixed, frozenset(row["date"] for row in said["dated"]), zone)


MALI = load_calendar(HOLIDAYS.read_text(encoding="utf-8"))

# The project's own policy (reference/domain.md 4.1): closing, but for harm the first action,
# because nobody is promised a date there and a day is what may not pass.
DAYS: Mapping[str, int] = {"C0": 30, "C1": 7, "C2": 14, "C3": 30, "C4": 14, "C8": 14}
HOURS: Mapping[str, int] = {"C5": 72, "C6": 24, "C7": 24, "C9": 72}


def due(case_class: str, since: datetime, calendar: Calendar = MALI) -> datetime:
    """Return when the clock of the desk that has it since ``since`` ends, in UTC.

    The class's own clock, from the desk that acts now: a case that moved up gets a new one. In
    days it ends as a working date begins, so that "before" that date is kept to the minute.
    """
    if case_class in HOURS:
        return since.astimezone(UTC) + timedelta(hours=HOURS[case_class])
    last = since.astimezone(calendar.zone).date() + timedelta(days=DAYS[case_class])
    day = calendar.first_working(last)
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)


def promised(due_at: datetime, zone: tzinfo = BAMAKO) -> datetime:
    """Return the beginning of the date told to the speaker: the answer is there *before* it."""
    end = due_at.astimezone(zone)
    midnight = datetime.combine(end.date(), time.min, zone)
    return (midnight if midnight == end else midnight + A_DAY).astimezone(UTC)


def shown(at: datetime, zone: tzinfo = BAMAKO) -> str:
    """Return a date as it is read there: dd/mm."""
    return f"{at.astimezone(zone):%d/%m}"
