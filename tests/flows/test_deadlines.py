"""Clocks: working dates for ordinary cases, the wall clock where harm may be done."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deadlines import (
    AHEAD,
    DAYS,
    HOURS,
    MALI,
    Calendar,
    act_by,
    due,
    is_office,
    office,
    promised,
    remind_at,
    shown,
    told,
)

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 365 * 2 + 60 * 24 * 300).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
CLASSES = st.sampled_from(sorted(DAYS) + sorted(HOURS))
WORKING_DAYS_TO_ACT = {"C1": 2, "C2": 2, "C3": 5, "C4": 2, "C8": 5}
ZONES = (
    UTC,
    timezone(timedelta(hours=5)),
    timezone(timedelta(hours=-11)),
    ZoneInfo("Europe/Paris"),  # puts its clocks forward and back
)


@pytest.mark.parametrize(
    ("case_class", "since", "end", "date_told"),
    [
        ("C4", MONDAY, "2026-12-07T00:00", "07/12"),
        ("C3", MONDAY, "2026-12-23T00:00", "23/12"),
        ("C1", MONDAY, "2026-11-30T00:00", "30/11"),
        # Saturday 5 December: the promise is for Monday
        ("C2", datetime(2026, 11, 21, 9, tzinfo=UTC), "2026-12-07T00:00", "07/12"),
        # 25 December is a Friday: past it and the weekend
        ("C4", datetime(2026, 12, 11, 9, tzinfo=UTC), "2026-12-28T00:00", "28/12"),
        # the new year: 1 January 2027 is a Friday too
        ("C4", datetime(2026, 12, 18, 23, 59, tzinfo=UTC), "2027-01-04T00:00", "04/01"),
        # Tabaski 2026 as foreseen, a Wednesday
        ("C4", datetime(2026, 5, 13, 8, tzinfo=UTC), "2026-05-28T00:00", "28/05"),
        ("C5", MONDAY, "2026-11-26T12:00", "27/11"),
        ("C6", datetime(2026, 12, 25, 22, tzinfo=UTC), "2026-12-28T22:00", "29/12"),
        ("C7", datetime(2026, 12, 31, 22, tzinfo=UTC), "2027-01-03T22:00", "04/01"),
        ("C9", datetime(2026, 11, 21, 1, tzinfo=UTC), "2026-11-24T01:00", "25/11"),
    ],
)
def test_each_class_ends_on_its_own_date(case_class, since, end, date_told):
    at = due(case_class, since)
    assert at == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert told(at) == shown(promised(at)) == date_told


@pytest.mark.parametrize(
    ("case_class", "since", "end"),
    [
        ("C4", MONDAY, "2026-11-25T12:00"),
        ("C3", MONDAY, "2026-11-30T12:00"),
        ("C0", MONDAY, "2026-12-23T00:00"),  # thanks have no first action, only an end
        # a Saturday counts from Monday morning on
        ("C1", datetime(2026, 11, 21, 9, tzinfo=UTC), "2026-11-25T00:00"),
        # over the weekend, and over Christmas, a Friday
        ("C2", datetime(2026, 11, 26, 16, tzinfo=UTC), "2026-11-30T16:00"),
        ("C8", datetime(2026, 12, 21, 8, tzinfo=UTC), "2026-12-29T08:00"),
        ("C5", MONDAY, "2026-11-24T12:00"),
        ("C6", datetime(2026, 12, 24, 22, tzinfo=UTC), "2026-12-25T22:00"),
        ("C7", datetime(2026, 12, 31, 3, tzinfo=UTC), "2027-01-01T03:00"),
        ("C9", datetime(2026, 11, 21, 1, tzinfo=UTC), "2026-11-22T01:00"),
    ],
)
def test_each_class_is_to_be_taken_in_its_own_time(case_class, since, end):
    assert act_by(case_class, since) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@given(since=MINUTES, case_class=st.sampled_from(sorted(WORKING_DAYS_TO_ACT)))
def test_the_first_action_has_its_whole_working_days_wherever_that_is(zone, case_class, since):
    calendar = Calendar(MALI.fixed, MALI.dated, zone)
    first, last = since.astimezone(zone), act_by(case_class, since, calendar).astimezone(zone)
    assert calendar.is_working(last.date())
    days = (first.date() + timedelta(days=one) for one in range((last.date() - first.date()).days))
    worked = sum(calendar.is_working(day) for day in days)
    assert worked == WORKING_DAYS_TO_ACT[case_class]
    expected = first.time() if calendar.is_working(first.date()) else time.min
    # A minute that clocks put forward jump over is the one after it.
    assert last.time() == expected or zone is ZONES[3]


@pytest.mark.parametrize("zone", ZONES)
@given(since=MINUTES, case_class=CLASSES)
def test_a_reminder_lies_in_between_and_for_ordinary_things_in_working_hours(
    zone, case_class, since
):
    calendar = Calendar(MALI.fixed, MALI.dated, zone)
    for limit in (act_by(case_class, since, calendar), due(case_class, since, calendar)):
        at = remind_at(case_class, since, limit, calendar)
        assert since < at < limit
        if case_class in HOURS:
            assert limit - at == min(AHEAD, (limit - since) / 2)
        else:
            assert is_office(at, calendar)


@pytest.mark.parametrize("zone", ZONES)
@given(at=MINUTES)
def test_what_may_wait_waits_for_the_next_working_hour_and_no_longer(zone, at):
    calendar = Calendar(MALI.fixed, MALI.dated, zone)
    opens = office(at, calendar)
    assert is_office(opens, calendar)
    assert opens >= at
    if opens > at:
        assert opens.astimezone(zone).time() == time(7)
        assert not is_office(opens - timedelta(seconds=1), calendar)
        assert opens - at < timedelta(days=6)


@pytest.mark.parametrize("zone", ZONES)
@given(since=MINUTES, case_class=CLASSES)
def test_the_date_told_is_a_whole_date_of_that_place(zone, case_class, since):
    end = due(case_class, since, Calendar(MALI.fixed, MALI.dated, zone))
    date_told = promised(end, zone).astimezone(zone)
    assert date_told.time() == time.min
    assert end <= promised(end, zone) <= end + timedelta(hours=25)
    assert told(end, zone) == f"{date_told:%d/%m}"


@given(st.sampled_from(sorted(DAYS)), MINUTES)
def test_an_ordinary_promise_falls_on_a_working_date_and_is_never_shorter_than_the_class(
    case_class, since
):
    at = due(case_class, since)
    assert MALI.is_working(at.date())
    assert at.date() - since.date() >= timedelta(days=DAYS[case_class])
    assert at.date() - since.date() <= timedelta(days=DAYS[case_class] + 5)


@given(st.sampled_from(sorted(HOURS)), MINUTES)
def test_harm_and_shocks_run_day_and_night(case_class, since):
    assert due(case_class, since) - since == timedelta(hours=HOURS[case_class])


@given(st.sampled_from(sorted(DAYS) + sorted(HOURS)), MINUTES)
def test_the_date_told_begins_when_the_clock_is_over_and_not_a_day_later(case_class, since):
    end = due(case_class, since)
    ahead = promised(end) - end
    assert timedelta(0) <= ahead < timedelta(days=1)
    assert promised(end).time() == time.min


def test_the_holidays_of_the_law_are_free_and_those_of_the_moon_are_there_for_three_years():
    assert not MALI.is_working(date(2026, 9, 22))
    assert not MALI.is_working(date(2027, 5, 25))
    assert not MALI.is_working(date(2027, 3, 29))  # Easter Monday
    assert {day.year for day in MALI.dated} == {2026, 2027, 2028}
    assert MALI.is_working(date(2026, 11, 23))
    assert not MALI.is_working(date(2026, 11, 22))  # a Sunday


def test_dates_are_those_of_the_wall_clock_there_not_of_greenwich():
    east = timezone(timedelta(hours=5))
    late = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # already Tuesday there
    at = due("C1", late, Calendar(zone=east))
    assert at == datetime(2026, 11, 30, 19, 0, tzinfo=UTC)
    assert promised(at, east) == at
    assert shown(at, east) == "01/12"
