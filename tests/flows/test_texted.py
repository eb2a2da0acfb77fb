"""SMS of 160 letters as villagers, wives, children, teachers and displaced people would text them.

All lines were written by the project's own hand, not by people of the cercles: the figures compare
one lexicon with the next and promise nothing about the field.

``phone_held_out.tsv`` and ``phone_tuning.tsv``: one set cut in two by a digest, written before the
lexicon was read. The lexicon of that day heard 23 of the 66 sensitive lines held out (35 %).
``phone_later.tsv``: five sets, each met blind by what the sets before had taught (23 of 30, 8 of
44, 13 of 30, 17 of 34, 13 of 30 heard). All these have shaped the lexicon or the weights since:
their floors guard against a step back, no more.
``phone_ordinary.tsv``: ordinary lines that look alike, written against the words that weigh most;
9 of the first 40 were taken for sensitive before they taught the weights.
``phone_blind.tsv``: sets that taught the weights nothing; of what they showed, only false alarms
were mended. The old lexicon heard 17 of their 60 sensitive lines; rules and doubt together hear 39,
and take 2 of 100 ordinary lines for sensitive (7 before the mending, 6 of them among 40 lines
written to mislead). One sensitive SMS in three that nobody foresaw is still read by a triager
first, most often one without any strong word ("si tu ne sors pas avec lui il cache ta carte"): a
triager must be able to lift it at once.
"""

import time

import pytest

from flows.sensitivity import words_class
from tests.flows.test_understanding import labelled

SHAPED = ("phone_tuning", "phone_held_out", "phone_later")
BLIND = "phone_blind"


def heard(name):
    """What is expected of each line and what is heard: sensitive ones, then ordinary ones."""
    pairs = [(meant, words_class(words)) for _, _, meant, words in labelled(name)]
    return [pair for pair in pairs if pair[0]], [pair for pair in pairs if not pair[0]]


@pytest.mark.parametrize(
    ("name", "recall", "alarms"),
    [*((name, 0.95, 0.02) for name in SHAPED), (BLIND, 0.6, 0.04)],
)
def test_most_lines_of_harm_leave_the_queue_and_few_others_do(name, recall, alarms):
    sensitive, ordinary = heard(name)
    assert sum(found is not None for _, found in sensitive) / len(sensitive) >= recall
    assert sum(found is not None for _, found in ordinary) / len(ordinary) <= alarms


@pytest.mark.parametrize("name", [*SHAPED, BLIND])
def test_what_is_heard_goes_to_its_own_compartment(name):
    sensitive, _ = heard(name)
    found = [(meant, one) for meant, one in sensitive if one is not None]
    assert sum(meant == one for meant, one in found) / len(found) >= 0.93


def test_lines_written_to_mislead_mostly_stay():
    _, ordinary = heard("phone_ordinary")
    assert sum(found is not None for _, found in ordinary) / len(ordinary) <= 0.05


@pytest.mark.parametrize("compartment", ["C5", "C6", "C7"])
def test_no_compartment_is_left_deaf(compartment):
    sensitive, _ = heard(BLIND)
    own = [found for meant, found in sensitive if meant == compartment]
    assert sum(found is not None for found in own) / len(own) >= 0.5


def test_an_agent_who_asks_for_girls_is_heard():
    assert words_class("un agent de l'ong demande des filles pour donner les vivres") == "C6"


@pytest.mark.parametrize(
    "words",
    [
        "la ration ne suffit pas aux filles de l'ecole",
        "on demande des bidons pour l'eau",
        "le chef a donne la carte a ma fille",
        "mon mari est malade",
        "l'agent a donne du savon aux femmes merci",
        "les femmes attendent l'agent jusqu'a la nuit",
    ],
)
def test_words_that_only_look_alike_stay_in_the_ordinary_queue(words):
    assert words_class(words) is None


def test_an_sms_is_weighed_in_milliseconds():
    lines = [words for *_, words in labelled(BLIND)]
    words_class(lines[0])
    began = time.perf_counter()
    for words in lines:
        words_class(words)
    assert (time.perf_counter() - began) / len(lines) < 0.02  # 0.001 on a quiet machine
