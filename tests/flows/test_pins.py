"""Which PINs are too easy, and how few are refused for it."""

import pytest

from flows.pins import is_trivial


@pytest.mark.parametrize(
    "pin", ["0000", "7777", "1234", "0123", "7890", "4321", "0987", "1212", "5566", "1990", "2031"]
)
def test_what_everybody_tries_first_is_trivial(pin):
    assert is_trivial(pin)


@pytest.mark.parametrize("pin", ["4826", "7351", "1324", "9012", "8090"])
def test_other_pins_may_be_chosen(pin):
    assert not is_trivial(pin)


def test_the_end_of_the_own_number_is_trivial_for_its_owner_alone():
    assert is_trivial("4128", "128")
    assert not is_trivial("4128", "129")


def test_hardly_any_pin_is_refused():
    refused = sum(is_trivial(f"{number:04d}", "128") for number in range(10_000))
    assert 200 < refused < 500
