"""What bars one person, found beforehand, is what the rules say of each case."""

from random import Random

import pytest

from flows.barring import barring
from flows.bars import bars
from tests.flows.directories import (
    FUNCTIONS,
    ORGANISATIONS,
    PEOPLE,
    PLACES,
    random_world,
    seat,
    small,
)

AREAS = ("", "@", "@ML07010", *(f"@{place}" for place in PLACES if place))
REFS = {
    "organisation": ORGANISATIONS,
    "facility": ("MLF0219", "MLF0155"),
    "person": PEOPLE,
    "function": tuple(name + area for name in FUNCTIONS for area in AREAS),
    "weather": ("rain",),
}


@pytest.mark.parametrize("seed", range(8))
def test_it_bars_exactly_whom_the_rules_bar(seed):
    chance = Random(seed)
    barred = 0
    for _ in range(100):
        directory, _ = random_world(chance)
        for number in chance.sample(PEOPLE, 3):
            found = barring(int(number[1:]), directory)
            for kind in chance.choices(list(REFS), k=8):
                subject = (kind, chance.choice(REFS[kind]))
                judged = {one.person for one in bars((subject,), directory)}
                assert found.meets(subject) == (number in judged), (directory, number, subject)
                barred += number in judged
    assert barred > 100


def test_whoever_is_in_no_directory_is_barred_from_nothing():
    found = barring(4711, small())
    assert not found.names
    assert not found.starts


def test_a_thousand_colleagues_are_judged_desk_by_desk():
    asked = []

    def judge(subjects, directory):
        asked.append(subjects)
        return bars(subjects, directory)

    crowd = [seat(f"P{at:04d}", "relay", "ngo-a", f"ML07010{at % 9}") for at in range(1000, 2000)]
    found = barring(121, small(*crowd), judge)
    assert found.meets(("person", "P1500"))
    assert len(asked) < 100
