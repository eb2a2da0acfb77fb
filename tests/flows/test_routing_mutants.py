"""Over random directories and cases nobody barred is chosen; without any one rule, somebody is."""

from random import Random

import pytest
from hypothesis import given, settings

from flows.bars import RULES
from flows.policy import default_policy
from flows.routing import choose
from tests.flows.directories import OUTSIDE, concerned_people, random_world, worlds

POLICY = default_policy()
TRIES = 30_000


def holds(world, rules=RULES):
    """Whether whoever is chosen is none of those the case is about."""
    directory, case = world
    choice = choose(case, directory, POLICY, rules)
    return choice.number not in concerned_people(directory, case.subjects)


@settings(max_examples=1500, deadline=None)
@given(worlds)
def test_nobody_whom_the_case_is_about_ever_receives_it(world):
    assert holds(world)


@settings(max_examples=300, deadline=None)
@given(worlds)
def test_somebody_always_receives_it_when_there_is_an_outside_body(world):
    directory, case = world
    choice = choose(case, directory, POLICY)
    assert choice.number is not None
    assert choice.number in {seat.person for seat in directory.seats}
    if choice.number != OUTSIDE.person:
        assert choice.person not in case.tried


@settings(max_examples=300, deadline=None)
@given(worlds)
def test_a_sensitive_case_goes_to_its_officer_or_the_outside_body_and_informs_nobody(world):
    directory, case = world
    choice = choose(case, directory, POLICY)
    officers = {
        "C5": {"integrity"},
        "C6": {"psea"},
        "C7": {"gbv", "child_protection"},
    }
    if case.case_class in officers:
        assert choice.function in officers[case.case_class] | {"outside_body"}
        assert choice.informed == ()
        assert choice.repair == ""


@settings(max_examples=200, deadline=None)
@given(worlds)
def test_the_same_facts_always_give_the_same_choice(world):
    directory, case = world
    assert choose(case, directory, POLICY) == choose(case, directory, POLICY)


@pytest.mark.parametrize("missing", sorted(RULES))
def test_without_this_rule_somebody_concerned_is_chosen(missing):
    mutant = {name: rule for name, rule in RULES.items() if name != missing}
    tried = (random_world(Random(seed)) for seed in range(TRIES))
    caught = next((world for world in tried if not holds(world, mutant)), None)
    assert caught is not None
    assert holds(caught)
