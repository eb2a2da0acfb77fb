"""Free French words: what they are about, measured on labelled lines.

Each line: category, who is concerned, compartment, words; "-" where nothing is expected.
``tuning.tsv`` shaped the lexicon. ``held_out.tsv`` was written afterwards; met blind, of its 63
ordinary lines 2 were guessed wrong, 14 left to a person and 1 taken for sensitive, and 3 of its 21
sensitive lines were missed. Those misses have widened the lexicon since, so that the figures below
guard against a step back and promise nothing: lines never seen will do less well.
``village.tsv`` holds SMS as somebody of a village would write them, which shaped the lexicon too.
``village_held_out.tsv`` met it blind: of 26 ordinary lines none was wrong or taken for sensitive
and 5 were left to a person, but of 26 sensitive ones 11 were missed. They have widened it since.
"""

import csv
import re
import time
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from flows.concepts import AMOUNT, NUMBER, Rule
from flows.sensitivity import CLASS_OF
from flows.understanding import Suggestion, suggest

LABELLED = Path(__file__).parent / "labelled"
LINES = ("tuning", "held_out", "village", "village_held_out")
LEXICON = yaml.safe_load(files("flows").joinpath("lexicon/fr.yaml").read_text("utf-8"))
SPELLINGS = {**LEXICON["concepts"], **LEXICON["exact_concepts"]}
W_VALUES = {
    *("nobody", "unknown", "unsaid", "several", "ngo", "chief", "committee", "trader", "state"),
    *("town_hall", "relay", "transporter", "distributor", "staff", "head", "asaco", "csref"),
    *("teacher", "director", "cgs"),
}


def labelled(name):
    with (LABELLED / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return [
            tuple(None if cell == "-" else cell for cell in row)
            for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.mark.parametrize(
    ("words", "category", "about"),
    [
        ("les vivres de tessit n'ont pas ete donnes a tout le monde", "12", None),
        ("aide alimentaire pas recue", "11", None),
        ("AIDE ALIMENTAIRE PAS REÇUE!!", "11", None),
        ("aide alimanter pa resu", "11", None),
        ("arret de la distribution", "13", None),
        ("on m a fait payer au cscom", "23", None),
        ("le chef garde ma carte", "16", "chief"),
        ("le chef de poste est absent", "21", "head"),
        ("pas de medicament", "22", None),
        ("ya pa medikaman", "22", None),
        ("le forage est gate", "41", None),
        ("leau du forage es gaté", "41", None),
        ("l'ong n'a pas donne les vivres", "11", "ngo"),
        ("le chef et le comite n'ont rien donne comme vivres", "11", "several"),
        ("vol sur la route", "192", None),
        ("kantite de mil pa sufizant", "12", None),
        ("comite de gestion de l'ecole: pas de maitre", "32", "several"),
    ],
)
def test_what_people_mean_is_found_however_they_spell_it(words, category, about):
    assert suggest(words) == Suggestion(category, about)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "🙂",
        "?",
        "0",
        "ok",
        "bonjour",
        "i ni ce",
        "شكرا",
        "vivres",
        "le chef",
        "Tessit 6143",
    ],
)
def test_nothing_is_guessed_from_nothing(words):
    assert suggest(words).category is None


def test_a_draw_between_two_desks_goes_to_a_person():
    assert suggest("cscom ferme, ecole fermee").category is None


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("tuning", 0.95, 0.01),
        ("held_out", 0.90, 0.05),
        ("village", 0.95, 0.01),
        ("village_held_out", 0.90, 0.05),
    ],
)
def test_guesses_are_mostly_right_and_rarely_wrong(name, right, wrong):
    ordinary = [row for row in labelled(name) if row[2] is None]
    guesses = [(expected, suggest(words).category) for expected, _, _, words in ordinary]
    good = sum(expected == guess for expected, guess in guesses)
    bad = sum(guess not in {expected, None} for expected, guess in guesses)
    assert good / len(guesses) >= right
    assert bad / len(guesses) <= wrong


@pytest.mark.parametrize("name", LINES)
def test_who_is_concerned_is_found(name):
    named = [(about, suggest(words).about) for _, about, _, words in labelled(name) if about]
    assert sum(about == found for about, found in named) / len(named) >= 0.95


@pytest.mark.parametrize(
    ("words", "languages", "expected"),
    [
        ("dumuni pas recu", (), Suggestion("11", None)),
        ("fura fini au dɔgɔtɔrɔso", {"bm"}, Suggestion("22", None)),
        ("fura fini au dogotoroso", {"fr", "bm"}, Suggestion("22", None)),
        ("ji manque ici", {"bm"}, Suggestion("41", None)),
        ("ji manque ici", {"fr"}, Suggestion(None, None)),
        ("dugutigi garde karti", {"bm"}, Suggestion(None, "chief")),
        ("faaba pas recu", {"ses"}, Suggestion("11", None)),
        ("ballal pas recu", {"ff", "snk"}, Suggestion("11", None)),
    ],
)
def test_words_of_other_languages_mean_what_french_ones_do(words, languages, expected):
    assert suggest(words, languages) == expected


def test_one_story_is_understood_in_a_blink():
    story = " ".join(words for *_, words in labelled("held_out"))[:1000]
    suggest(story)
    began = time.perf_counter()
    suggest(story)
    assert time.perf_counter() - began < 1


@given(st.text(max_size=300))
def test_anything_is_understood_or_left_to_a_person(words):
    suggestion = suggest(words)
    assert suggestion.category in {None, *CLASS_OF}
    assert suggestion.about in {None, *W_VALUES}
    assert suggest(words) == suggestion


def test_the_lexicon_names_only_categories_and_persons_of_the_contract():
    assert set(LEXICON["categories"]) <= set(CLASS_OF)
    assert set(LEXICON["about"]) <= W_VALUES
    assert set(LEXICON["alarms"]) == {"C5", "C6", "C7", "left_out"}


def test_every_spelling_of_the_lexicon_can_be_heard():
    small = set(LEXICON["small_words"].split())
    for concept, spellings in SPELLINGS.items():
        phrases = [spelling.split() for spelling in spellings.split(",")]
        words = [word for phrase in phrases for word in phrase]
        assert all(re.fullmatch(r"=?[a-z]+\*?", word) for word in words), concept
        assert not small & set(words), concept
        assert all(phrases), concept
        assert len({*map(tuple, phrases)}) == len(phrases), concept


def test_every_rule_of_the_lexicon_stands_on_concepts_that_exist():
    rules = [
        rule
        for part in ("categories", "about", "alarms")
        for some in LEXICON[part].values()
        for rule in some
    ]
    named = {name for rule in rules for name in re.findall(r"[a-z_]+", rule)}
    assert named - {NUMBER, AMOUNT} == set(SPELLINGS)


@pytest.mark.parametrize(
    ("rule", "score"),
    [
        ("a", 1),
        ("a, b", 2),
        ("a>b", 2),
        ("b>a", 0),
        ("b~a", 2),
        ("a+b", 2),
        ("b+a", 0),
        ("a+later", 0),
        ("a>later", 2),
        ("a, !c", 1),
        ("a, !b", 0),
        ("c|a", 1),
        ("a>far", 0),
        ("far~a", 0),
        ("c", 0),
    ],
)
def test_a_rule_holds_by_presence_order_and_nearness(rule, score):
    found = {"a": [(0, 1)], "b": [(2, 3)], "later": [(4, 5)], "far": [(9, 10)]}
    assert Rule(rule).score(found) == score
