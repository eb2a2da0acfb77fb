"""A million receipts: no more alike than chance makes them, no digit preferred (T8)."""

import inspect
import itertools
import math
import secrets
from collections import Counter

import pytest

from flows import numbers
from gateway import assembly_of_dialogues

DRAWN = 1_000_000
SHORT, LONG = 10**6, 10**11
DIGITS = 11  # drawn; the twelfth follows from them
# With this many standard deviations a right generator fails once in 15,000 runs of all this.
SIGMAS = 5.5


@pytest.fixture(scope="module")
def drawn():
    return [numbers.receipt(secrets.randbelow) for _ in range(DRAWN)]


def test_every_digit_of_every_place_is_as_frequent(drawn):
    """Chi-squared of each place, nine degrees of freedom; its spread is the root of eighteen."""
    expected = DRAWN / 10
    for place in range(DIGITS + 1):
        seen = Counter(one[place] for one in drawn)
        chi = sum((seen[digit] - expected) ** 2 / expected for digit in "0123456789")
        assert chi < 9 + SIGMAS * math.sqrt(18), place


def test_digits_do_not_follow_one_another(drawn):
    expected = DRAWN / 100
    for place in range(DIGITS - 1):
        seen = Counter(one[place : place + 2] for one in drawn)
        chi = sum((seen[f"{pair:02d}"] - expected) ** 2 / expected for pair in range(100))
        assert chi < 99 + SIGMAS * math.sqrt(2 * 99), place


def test_long_ones_repeat_as_seldom_as_chance_has_it(drawn):
    pairs = DRAWN * (DRAWN - 1) / 2 / LONG
    repeated = DRAWN - len(set(drawn))
    assert repeated <= pairs + SIGMAS * math.sqrt(pairs)


def test_short_ones_repeat_as_often_as_chance_has_it(drawn):
    """A generator that avoids repeats, or has favourites, is found by how many it leaves out."""
    missed = SHORT - len({one[:6] for one in drawn})
    expected = SHORT * math.exp(-DRAWN / SHORT)
    spread = math.sqrt(SHORT * math.exp(-1) * (1 - 2 * math.exp(-1)))
    assert abs(missed - expected) < SIGMAS * spread


def test_one_tells_nothing_of_the_next(drawn):
    """The correlation of neighbours is noise."""
    values = [int(one[:DIGITS]) / LONG - 0.5 for one in drawn]
    product = sum(one * other for one, other in itertools.pairwise(values))
    assert abs(product / DRAWN * 12) < SIGMAS / math.sqrt(DRAWN)


def test_all_are_receipts(drawn):
    assert all(numbers.is_receipt(one) for one in drawn[:10_000])


def test_they_are_drawn_by_the_operating_system():
    """Who guesses the state of another generator would guess the receipts of others."""
    assert "draw=secrets.randbelow" in inspect.getsource(assembly_of_dialogues)
