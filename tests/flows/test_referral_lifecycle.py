"""What may follow what in a referral, and what is kept of an age."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.daytime import hours_of, is_daytime, next_daytime
from flows.errors import TransitionRefused, Unreadable
from flows.referral_lifecycle import (
    BANDS,
    OPEN,
    REFERRAL,
    STANDING,
    after,
    allows,
    band_of,
)
from flows.referral_readers import read_age, read_age_and_relay, read_quantity

ENDED = {"closed", "expired", "cancelled"}


def test_every_way_leads_to_a_status_of_the_table():
    for ways in REFERRAL.values():
        assert set(ways.values()) <= set(REFERRAL)


def test_what_has_ended_is_never_taken_up_again():
    for status in ENDED:
        assert REFERRAL[status] == {}
        assert status not in STANDING
    assert OPEN < STANDING == set(REFERRAL) - ENDED - {"draft"}


def test_she_may_stop_it_wherever_it_stands():
    assert all(allows(status, "withdrawn") for status in STANDING)


def test_nothing_is_sent_from_anywhere_but_a_draft():
    assert [status for status in REFERRAL if allows(status, "sent")] == ["draft"]
    with pytest.raises(TransitionRefused):
        after("served", "not_served")


@given(st.integers(0, 120))
def test_an_age_is_kept_as_one_of_five_bands(age):
    assert band_of(age) in BANDS
    assert band_of(age) != "unsaid"


def test_the_bands_begin_where_the_indicators_say():
    assert [band_of(age) for age in (14, 15, 19, 20, 24, 25, None)] == [
        "under15", "15-19", "15-19", "20-24", "20-24", "25plus", "unsaid",
    ]  # fmt: skip


def test_an_age_is_two_digits_from_ten_to_fifty_nine():
    assert read_age(" 24.", {}) == 24
    for said in ("9", "60", "09", "2 4", "vingt", "245", ""):
        with pytest.raises(Unreadable):
            read_age(said, {})


def test_age_and_relay_are_read_in_one_go():
    for said in ("24 128", "24 R128", "24,r 128", "24-128#"):
        assert read_age_and_relay(said, {}) == {"age": 24, "relay": "R128"}
    assert read_age_and_relay("24", {}) == {"age": 24, "relay": ""}
    for said in ("128 24", "24 12", "24128", "R128"):
        with pytest.raises(Unreadable):
            read_age_and_relay(said, {})


@given(st.text(max_size=12))
def test_no_text_breaks_a_reader(said):
    for read in (read_age, read_age_and_relay, read_quantity):
        try:
            read(said, {})
        except Unreadable:
            continue


def test_a_phone_rings_by_day_and_what_comes_by_night_waits():
    day = datetime(2026, 11, 23, tzinfo=UTC)
    assert [is_daytime(day + timedelta(hours=hour)) for hour in (6, 7, 16, 17)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert next_daytime(day + timedelta(hours=20)) == day + timedelta(days=1, hours=7)
    assert next_daytime(day + timedelta(hours=3)) == day + timedelta(hours=7)
    elsewhere = timezone(timedelta(hours=5))
    assert is_daytime(day + timedelta(hours=3), zone=elsewhere)
    assert next_daytime(day + timedelta(hours=13), zone=elsewhere) == day + timedelta(hours=26)


def test_hours_that_make_no_sense_are_the_usual_ones():
    assert hours_of("0-24") == (0, 24)
    assert {hours_of(said) for said in (None, "", "17-7", "7", "a-b", "7-25")} == {(7, 17)}
