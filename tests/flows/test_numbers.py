"""Numbers people say and type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import numbers

draws = st.integers(0, 2**32).map(lambda seed: random.Random(seed).randrange)
lengths = st.sampled_from([5, 7])


def test_the_published_examples_hold():
    assert numbers.damm_digit("572") == "4"  # Damm's own example
    assert numbers.is_item_number("15736")
    assert numbers.is_item_number("47322")
    assert numbers.is_receipt("482173061549")
    assert numbers.pairs("482173061549") == ("48 21 73", "06 15 49")


@given(draws, lengths)
def test_a_drawn_item_number_is_one(draw, digits):
    number = numbers.item_number(draw, digits)
    assert len(number) == digits
    assert number[0] != "0"
    assert numbers.is_item_number(number)


@given(draws)
def test_a_drawn_receipt_is_one(draw):
    receipt = numbers.receipt(draw)
    assert len(receipt) == 12
    assert numbers.is_receipt(receipt)
    assert numbers.is_receipt(receipt[:6])
    assert "".join(numbers.pairs(receipt)).replace(" ", "") == receipt


@given(draws, st.sampled_from(["item", "receipt"]), st.data())
def test_any_one_wrong_digit_is_noticed(draw, kind, data):
    number = numbers.item_number(draw) if kind == "item" else numbers.receipt(draw)
    good = numbers.is_item_number if kind == "item" else numbers.is_receipt
    place = data.draw(st.integers(0, len(number) - 1))
    for digit in set("0123456789") - {number[place]}:
        assert not good(number[:place] + digit + number[place + 1 :])


@given(draws, st.sampled_from(["item", "receipt"]))
def test_any_two_neighbours_swapped_are_noticed(draw, kind):
    number = numbers.item_number(draw) if kind == "item" else numbers.receipt(draw)
    good = numbers.is_item_number if kind == "item" else numbers.is_receipt
    for place in range(len(number) - 1):
        one, other = number[place], number[place + 1]
        if one != other:
            assert not good(number[:place] + other + one + number[place + 2 :])


def test_the_whole_range_can_be_drawn():
    assert numbers.item_number(lambda count: 0)[:4] == "1000"
    assert numbers.item_number(lambda count: count - 1)[:4] == "9999"
    assert numbers.receipt(lambda count: 0)[:11] == "0" * 11
    assert numbers.receipt(lambda count: count - 1)[:11] == "9" * 11


@pytest.mark.parametrize(
    "text", ["", "1573", "157360", "I5736", "15 736", "١٥٧٣٦", "15737", "-5736"]
)
def test_what_is_no_item_number(text):
    assert not numbers.is_item_number(text)


@pytest.mark.parametrize("text", ["", "48217", "4821730615490", "48217x", "482173061540"])
def test_what_is_no_receipt(text):
    assert not numbers.is_receipt(text)
