"""What puts a logged call right, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.slip_replies import age_band, asks_who, read_correction


@pytest.mark.parametrize(
    ("line", "category", "what", "value", "age"),
    [
        ("1", "12", "about", "nobody", None),
        ("3", "12", "about", "chief", None),
        ("3", "22", "about", "head", None),
        ("4", "23", "about", "asaco", None),
        ("3", "31", "about", "director", None),
        ("4", "33", "about", "cgs", None),
        (" 6 ", "41", "about", "unknown", None),
        ("5", "191", "about", "unsaid", None),
        ("6143", "12", "place", "6143", None),
        ("61 43", "7", "place", "6143", None),
        ("F35", "12", "person", "F", 35),
        ("m 7", "12", "person", "M", 7),
        ("F", "8", "person", "F", None),
        ("H40", "8", "person", "M", 40),
    ],
)
def test_a_reply_says_which_piece_was_wrong(line, category, what, value, age):
    right = read_correction(line, category)
    assert (right.what, right.value, right.age) == (what, value, age)


@pytest.mark.parametrize(
    ("line", "category"),
    [
        ("7", "12"),
        ("0", "12"),
        ("1", "61"),  # nobody is asked who made the flood
        ("34", "12"),
        ("47322", "12"),
        ("482173", "12"),
        ("F200", "12"),
        ("X34", "12"),
        ("merci", "12"),
        ("", "12"),
        ("👍", "12"),
    ],
)
def test_what_is_no_correction_is_left_to_others(line, category):
    assert read_correction(line, category) is None


@given(st.text(), st.sampled_from(["12", "61", "8", "191"]))
def test_no_reply_breaks_the_reader(line, category):
    read_correction(line, category)


def test_who_is_asked_where_the_menus_ask_it():
    assert [one for one in ("12", "23", "31", "46", "61", "7", "8") if asks_who(one)] == [
        "12",
        "23",
        "31",
        "46",
    ]


def test_an_age_is_kept_as_a_band():
    bands = [age_band(one) for one in (None, 0, 17, 18, 24, 25, 59, 60, 120, 121)]
    assert bands == [
        None,
        "under18",
        "under18",
        "18-24",
        "18-24",
        "25-59",
        "25-59",
        "60plus",
        "60plus",
        None,
    ]
