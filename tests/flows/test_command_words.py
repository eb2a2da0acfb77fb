"""Words of commands stand apart, and a slip of the thumb never does the dangerous ones."""

import itertools
import string
import sys

import pytest
from rapidfuzz.distance import Levenshtein

from flows.command_words import (
    EVERYBODY,
    EXACT_ONLY,
    KEYWORDS,
    TOLERATED_LENGTH,
    VERBS,
    VERBS_OF,
    keyword_of,
    verbs_for,
    verbs_near,
    verbs_of,
)
from flows.commands import Command, read
from tests.flows.command_phrases import SPELLINGS

TABLE = {**VERBS, **KEYWORDS}
PAIRS = [
    (Levenshtein.distance(one, other), one, other, first, second)
    for (first, ones), (second, others) in itertools.combinations(TABLE.items(), 2)
    for one, other in itertools.product(ones, others)
    if first != second
]
# field.md 6.2: words one letter apart or the same, each with what keeps them apart.
CLOSE = {
    ("dire", "lire"): "exact only: too short to be forgiven",
    ("menu", "venu"): "MENU alone only, VENU with a number or an age only",
    ("ref", "rep"): "REF with a place and an age, REP with an item number",
    ("oriente", "orienter"): "ORIENTE with a code of five digits, ORIENTER with a place and an age",
    ("arive", "prive"): "ARIVE with a code of five digits, PRIVE with a slip of two",
    ("lv", "lvs"): "exact only; behind LVS any words are taken for a story that goes no further",
    ("stok", "stop"): "STOP alone and exact only, STOK asks for products and numbers",
    ("appel", "rappel"): "RAPPEL alone only, APPEL behind a slip of two digits",
    ("appel", "appel"): "alone for everybody, with a slip for operators",
    ("fait", "fait"): "the number says whether it is a case or a referral",
    ("fini", "fini"): "with an item number, or with the digit of a product",
    ("rupture", "rupture"): "with a code, or with the digit of a product",
}
ARGUMENTS = {
    "LISTE": "", "VOIR": "15736", "PRIS": "15736", "DIRE": "15736 oui", "FINI": "15736",
    "RENVOI": "15736", "NOTE": "15736 oui", "ANNULE": "15736", "REF": "6143 24", "ALERTE": "6143 2",
    "EVAC": "6143 1", "VENUE": "47322", "DONNE": "47322 3", "PAS": "47322 1", "ORIENTE": "47322",
    "STOCK": "3 12", "RUPTURE": "3", "LV": "07 6143 12", "PRIVE": "08 gao", "PERDU": "R128",
}  # fmt: skip


def test_words_stand_as_far_apart_as_the_rules_ask():
    for distance, one, other, _first, _second in sorted(PAIRS):
        sys.stdout.write(f"{distance} {one.upper()} {other.upper()}\n")
    near = {tuple(sorted(pair[1:3])) for pair in PAIRS if pair[0] < 2}
    assert near == set(CLOSE)
    names = [pair for pair in PAIRS if pair[1] == pair[3].lower() and pair[2] == pair[4].lower()]
    assert len(names) > 300
    assert min(names)[0] == 2


def test_the_closest_words_of_the_field_are_as_close_as_it_says():
    said = {("STOCK", "STOP"): 2, ("VENUE", "MENU"): 2, ("PAS", "PRIS"): 2, ("PRIVE", "PRIS"): 2}
    assert {pair: Levenshtein.distance(*pair) for pair in said} == said
    assert Levenshtein.distance("VENU", "MENU") == 1


def test_what_may_be_forgiven_is_never_one_letter_from_another_word_that_fits():
    for distance, one, other, first, second in PAIRS:
        for meant, name in ((one, first), (other, second)):
            tolerated = len(meant) >= TOLERATED_LENGTH and name not in EXACT_ONLY
            assert not tolerated or distance > 1 or tuple(sorted((one, other))) in CLOSE


def errors(word):
    for place in range(len(word) + 1):
        yield word[:place] + word[place + 1 :]
        for letter in string.ascii_lowercase:
            yield word[:place] + letter + word[place:]
            yield word[:place] + letter + word[place + 1 :]


def slips_of(name):
    """Every line one letter from a spelling of this word, itself no spelling of any."""
    for meant in TABLE[name]:
        for said in set(errors(meant)) - set(SPELLINGS):
            if said.strip() == said and len(said.split()) == len(meant.split()):
                yield meant, said


@pytest.mark.parametrize("name", sorted(VERBS))
def test_tolerance_reaches_only_long_words_and_never_the_dangerous_ones(name):
    for meant, said in slips_of(name):
        near = verbs_near(said.split())
        wrong = next(
            (one for one, other in zip(meant.split(), said.split(), strict=True) if one != other),
            "",
        )
        forgiven = name not in EXACT_ONLY and len(wrong) >= TOLERATED_LENGTH
        if forgiven:
            assert name in near, said
        elif name in EXACT_ONLY:
            assert name not in near, said


@pytest.mark.parametrize("name", sorted(KEYWORDS))
def test_keywords_are_forgiven_in_the_same_way(name):
    long = [meant for meant in KEYWORDS[name] if len(meant.replace(" ", "")) >= TOLERATED_LENGTH]
    for _, said in slips_of(name):
        found = keyword_of(said.split())
        assert found in {None, name}, said
        assert name != "STOP" or found is None, said
        assert found is None or any(Levenshtein.distance(said, one) == 1 for one in long), said


@pytest.mark.parametrize("name", ["STOP", "DONNE", "FINI", "PERDU", "RENVOI"])
def test_no_slip_of_the_thumb_does_what_cannot_be_done_by_one(name):
    assert name in EXACT_ONLY
    for _, said in slips_of(name):
        found = read(f"{said} {ARGUMENTS.get(name, '')}")
        assert not isinstance(found, Command) or found.verb != name, said


@pytest.mark.parametrize("name", sorted(set(VERBS) - EXACT_ONLY - {"LISTE"}))
def test_a_slip_in_a_long_word_is_forgiven_where_its_argument_fits(name):
    if name in verbs_of([name.lower()]) and len(name) >= TOLERATED_LENGTH:
        found = read(f"{name.lower()[:-1]}x {ARGUMENTS[name]}")
        assert isinstance(found, Command), name
        assert found.verb == name


def test_every_role_has_its_words_and_all_have_some_in_common():
    assert verbs_for([]) == ()
    assert verbs_for(["relay"]) == ("LISTE", "VOIR", "ANNULE", "REF", "ALERTE", "EVAC")
    for role, verbs in VERBS_OF.items():
        assert set(verbs_for([role])) == {*verbs, *EVERYBODY}
    assert set(verbs_for(VERBS_OF)) == set(VERBS)
