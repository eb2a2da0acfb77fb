"""Telephone numbers as networks write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.msisdn import normalise

ONE = "+22370000001"
subscribers = st.integers(0, 9999).map(lambda number: f"7000{number:04d}")


@pytest.mark.parametrize(
    "raw",
    [
        "70000001",
        "70 00 00 01",
        "22370000001",
        "0022370000001",
        "+223 70 00 00 01",
        "(+223) 70.00.00.01",
        " 22370000001",
        " 223 70 00 00 01",
        " 70000001",
        "22370000001 ",
        " +22370000001",
        "tel:+22370000001",
        "whatsapp:+22370000001",
        "whatsapp: 22370000001",
        "WhatsApp:22370000001",
        "٧٠٠٠٠٠٠١",
        "+٢٢٣٧٠٠٠٠٠٠١",
        "\u00a070000001",
    ],
)
def test_one_phone_has_one_number_however_it_is_written(raw):
    assert normalise(raw) == ONE


@pytest.mark.parametrize(
    "raw",
    [
        *("", " ", "+", "tel:", "Orange", "ORANGE7000", "JAABI", "*123#", "#31#70000001"),
        *("15", "17", "18", "112", "1234", "36123", "+22336123", "22336123", "80333", "35200"),
        *("7000000", "700000010", "+2237000", "+223+22370000001", "7000OOO1", "1" * 400),
    ],
)
def test_names_short_codes_and_broken_numbers_are_none(raw):
    assert normalise(raw) is None


@given(subscribers, st.sampled_from(["", "223", "+223", "00223", " 223", "tel:+223"]))
def test_every_prefix_leads_to_the_same_number(subscriber, prefix):
    assert normalise(prefix + subscriber) == f"+223{subscriber}"


@given(st.one_of(st.text(), st.text("+ 0123456789.-()/ltel:*#"), st.text("0123456789٠١٢٣ +")))
def test_only_e164_comes_out_and_it_is_stable(raw):
    number = normalise(raw)
    assert number is None or re.fullmatch(r"\+[1-9][0-9]{5,14}", number)
    assert number is None or normalise(number) == number
