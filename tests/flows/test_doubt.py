"""The doubt that is left where no rule holds: weighed by stretches, never by a single word."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flows.concepts import lexicon
from flows.doubt import CLASSES, FEWEST, STRETCH, doubted, likely, stretches
from flows.sensitivity import words_class

TABLE = yaml.safe_load(files("flows").joinpath("lexicon/doubt.yaml").read_text("utf-8"))
HARM = "mon mari ma jeté un bois sur la tete il est mauvais avec moi"
MARKS = st.frozensets(st.sampled_from(sorted(TABLE["weights"])), max_size=30)


@given(MARKS)
def test_likelihoods_are_shares_of_one_whatever_is_said(marks):
    guess = likely(marks, TABLE["bias"], TABLE["weights"])
    assert len(guess) == len(CLASSES)
    assert all(0 <= one <= 1 for one in guess)
    assert sum(guess) == pytest.approx(1)


def test_a_stretch_holds_roots_of_its_words_and_the_concepts_that_stand_in_it():
    said = ["chef", "frappent"] + ["x"] * STRETCH + ["lecole"]
    first, *_, last = stretches(said, {"chief": [(0, 1)], "school": [(len(said) - 1, len(said))]})
    assert {"<chief>", "frape"} <= first
    assert "<school>" not in first
    assert {"<school>", "ekole"} <= last


@pytest.mark.parametrize("said", [[], ["fille"], ["fille", "nuit"]])
def test_a_word_or_two_are_no_doubt(said):
    assert len(said) < FEWEST
    assert doubted(stretches(said, {})) is None


def test_a_line_of_harm_does_not_drown_in_a_long_story():
    told = [words for words in ("la pompe du village est gatee", "le mil est cher") * 8]
    alone = "elle a 14 ans il veut la marier et la frappe"
    assert words_class(". ".join(told)) is None
    assert words_class(". ".join([*told, alone, *told])) is not None


def test_the_table_says_what_the_lexicon_still_means():
    concepts = {mark[1:-1] for mark in TABLE["weights"] if mark.startswith("<")}
    assert concepts <= lexicon().concepts
    assert all(len(weight) == len(CLASSES) for weight in TABLE["weights"].values())
