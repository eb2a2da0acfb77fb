"""The word lists of the national languages: each word attested, with its source."""

from importlib.resources import files

import pytest
import yaml

from flows.listed_words import LEXICONS, document, languages_of, spelt

FRENCH = yaml.safe_load(files("flows").joinpath("lexicon/fr.yaml").read_text("utf-8"))
CONCEPTS = {**FRENCH["concepts"], **FRENCH["exact_concepts"]}


def entries(code):
    for part in ("listed", "concepts"):
        for some in document(code)[part].values():
            yield from some


@pytest.mark.parametrize("code", LEXICONS)
def test_every_word_names_a_source_of_its_list(code):
    listed = document(code)
    assert listed["language"] == code
    for entry in entries(code):
        assert set(entry) == {"word", "source"}
        assert entry["source"] in listed["sources"], entry
        assert all(spelt(entry["word"])), entry


@pytest.mark.parametrize("code", LEXICONS)
def test_words_stand_for_concepts_that_exist(code):
    assert set(document(code)["concepts"]) <= set(CONCEPTS)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("owo", {"bm"}),
        ("bi", {"bm", "ses"}),
        ("jaŋngo", set()),  # listed as phones fold it
        ("jangngo", {"ff"}),
        ("janngo", {"ff"}),
        ("a jaaraama", {"ff"}),
        ("muso kelen", {"bm"}),
        ("muso debbo", set()),  # two languages at once say nothing
        ("oui", {"fr"}),
        ("forage", {"fr"}),
        ("xyz", set()),
        ("", set()),
    ],
)
def test_a_listed_word_tells_its_languages(words, codes):
    assert languages_of(words.split()) == codes


def test_a_word_is_found_in_each_way_a_phone_can_spell_it():
    assert spelt("Kɔnɔntɔn") == [("kononton",)]
    assert set(spelt("ñalnde")) == {("gnalnde",), ("nalnde",), ("nyalnde",)}
