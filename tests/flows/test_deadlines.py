"""Clocks: working dates for ordinary cases, the wall clock where harm may be done."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deadlines import DAYS, HOURS, MALI, Calendar, due, promised, shown

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 365 * 2 + 60 * 24 * 300).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("case_class", "since", "end", "told"),
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
def test_each_class_ends_on_its_own_date(case_class, since, end, told):
    at = due(case_class, since)
    assert at == datetime.fromisoformat(end).replace(tzinfo=UTC)
    assert shown(promised(at)) == told


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
