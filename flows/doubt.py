"""The doubt that words leave when no rule of the lexicon holds: weighed word by word.

Rules hear what they were written for. Words of harm that nobody foresaw still sound alike, so each
word and concept has a weight learnt from labelled lines (workers/doubt_build.py); enough weight is
doubt, and doubt counts as sensitive (domain.md 4.2, rule 2). The weights are sums anybody can read
in lexicon/doubt.yaml; a person lowers a class, never this.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from flows.french import as_one_does, sound, without_elision
from flows.yaml_files import read_yaml

ORDINARY = "-"
CLASSES = (ORDINARY, "C5", "C6", "C7")  # columns of the table
STRETCH = 20  # words weighed together: a line of harm must not drown in a long story
STEP = 10
FEWEST = 3  # words; less says too little to doubt

Marks = frozenset[str]
Weights = Mapping[str, Sequence[float]]  # a mark to what it says for each of CLASSES


def stretches(said: Sequence[str], found: Mapping[str, Sequence[tuple[int, int]]]) -> list[Marks]:
    """Return the marks of each stretch of ``said``: roots of words, and ``<concept>`` found there.

    ``said``: folded words; ``found``: where each concept stands.
    """
    return [
        frozenset(_marks(said, found, start, start + STRETCH))
        for start in range(0, max(len(said) - STEP, 1), STEP)
        if len(said) >= FEWEST
    ]


def likely(marks: Marks, bias: Sequence[float], weights: Weights) -> list[float]:
    """Return how likely each of CLASSES is, together 1. Marks that are unknown say nothing."""
    known = [weights[mark] for mark in sorted(marks) if mark in weights]
    share = 1 / math.sqrt(len(known) or 1)  # many marks must not be many proofs
    sums = [bias[c] + share * sum(weight[c] for weight in known) for c in range(len(CLASSES))]
    risen = [math.exp(one - max(sums)) for one in sums]
    return [one / sum(risen) for one in risen]


def doubted(some: Sequence[Marks]) -> str | None:
    """Return the likeliest compartment where one of ``some`` stretches is in doubt, or None."""
    table = _table()
    guesses = [likely(marks, table["bias"], table["weights"]) for marks in some]
    least = min(guesses, key=lambda guess: guess[0], default=None)
    if least is None or 1 - least[0] < table["threshold"]:
        return None
    return max(zip(least[1:], CLASSES[1:], strict=True))[1]


def _marks(
    said: Sequence[str], found: Mapping[str, Sequence[tuple[int, int]]], start: int, end: int
) -> Iterator[str]:
    for word in said[start:end]:
        if not word.isdecimal():
            yield sound(as_one_does(without_elision(word)))
    for concept, spans in found.items():
        if any(start <= first < end for first, _ in spans):
            yield f"<{concept}>"


@cache
def _table() -> Mapping[str, Any]:
    text = files("flows").joinpath("lexicon/doubt.yaml").read_text("utf-8")
    table: Mapping[str, Any] = read_yaml(text)
    return table
