"""Hours in which we speak by ourselves to a phone: between 7 and 17 h (field.md 8)."""

from datetime import datetime, time, timedelta, tzinfo

from flows.deadlines import BAMAKO, CLOSES, OPENS

DAYTIME = (OPENS.hour, CLOSES.hour)  # from, until
MONDAY = 0

Hours = tuple[int, int]


def hours_of(said: str | None) -> Hours:
    """Read hours as a programme sets them, ``7-17``; anything else is the usual daytime."""
    start, _, end = (said or "").partition("-")
    if start.isdecimal() and end.isdecimal() and int(start) < int(end) <= 24:
        return int(start), int(end)
    return DAYTIME


def is_daytime(now: datetime, hours: Hours = DAYTIME, zone: tzinfo = BAMAKO) -> bool:
    """Return whether a phone may be made to ring now for something that can wait."""
    start, end = hours
    return start <= now.astimezone(zone).hour < end


def next_daytime(now: datetime, hours: Hours = DAYTIME, zone: tzinfo = BAMAKO) -> datetime:
    """Return now, or the next time at which a phone may be made to ring."""
    if is_daytime(now, hours, zone):
        return now
    here = now.astimezone(zone)
    day = here.date() + timedelta(days=here.hour >= hours[1])
    return datetime.combine(day, time(hours[0]), zone).astimezone(now.tzinfo)


def week_of(now: datetime, zone: tzinfo = BAMAKO) -> str:
    """Return the week as ISO 8601 names it, 2026-W48."""
    year, week, _ = now.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def is_monday(now: datetime, zone: tzinfo = BAMAKO) -> bool:
    """Return whether it is Monday where the centres are."""
    return now.astimezone(zone).weekday() == MONDAY
