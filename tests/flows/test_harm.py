"""No language is offered in which harm would be taken for want."""

import pytest

from flows import harm
from flows.catalog_files import catalogs
from flows.harm import check, unheard
from flows.loader import load
from flows.sensitivity import COMPARTMENTS
from tests.flows.pseudo import catalog

FLOWS = load()


def test_in_french_every_compartment_is_heard():
    assert unheard("fr") == ()


@pytest.mark.parametrize("language", ["bm", "ff", "ses", "taq", "snk", "ar"])
def test_no_other_language_has_attested_words_of_harm_yet(language):
    assert unheard(language) == COMPARTMENTS


def test_no_language_is_offered_without_them():
    assert check(FLOWS, catalogs()) == []
    [found] = check(FLOWS, [catalog(FLOWS)])
    assert str(found) == (
        "lexicon/xx.yaml: it is offered, and no words in it are heard as C5, C6, C7"
    )


def test_a_word_of_a_rule_is_enough_and_half_a_rule_is_not(monkeypatch):
    def document(code):
        rules = {
            "C5": ["holder>wants, !work"],
            "C6": ["gropes|kisses"],
            "C7": ["a~b"],
            "left_out": ["x"],
        }
        return {"alarms": rules, "concepts": {"holder": [], "kisses": [], "b": []}}

    monkeypatch.setattr(harm, "document", document)
    unheard.cache_clear()
    assert unheard("bm") == ("C5", "C7")
    unheard.cache_clear()
