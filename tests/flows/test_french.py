"""French as phones type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.french import as_one_does, prefix_sounds, sound, spelt_out, without_elision


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("quantite", "kantite"),
        ("medicament", "medikament"),
        ("moi", "mwa"),
        ("eau", "o"),
        ("pharmacie", "farmasie"),
        ("incomplet", "inconplet"),
        ("ouattagouna", "wattaguna"),
    ],
)
def test_spellings_of_one_word_sound_alike(one, other):
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("vol", "viol"), ("seche", "sexe"), ("eau", "eleve")],
)
def test_words_that_must_not_meet_do_not(one, other):
    assert sound(one) != sound(other)


@given(st.text("abcdeghimnopqrsuyz", min_size=3, max_size=8), st.text("adbe", max_size=4))
def test_a_beginning_is_heard_in_its_word_whatever_follows(begin, end):
    word = f"{begin}t{end}"
    assert any(sound(word).startswith(heard) for heard in prefix_sounds(f"{begin}t"))


def test_shorthand_is_spelt_out_and_numbers_stand_apart():
    shorthand = {"pa": "pas", "g": "j ai"}
    assert list(spelt_out("G pa reçu 50kg!", shorthand)) == ["j", "ai", "pas", "recu", "50", "kg"]


@pytest.mark.parametrize(
    ("word", "bare"),
    [("lecole", "ecole"), ("dargent", "argent"), ("quil", "il"), ("mil", "mil"), ("sel", "sel")],
)
def test_a_small_word_grown_on_is_cut_off(word, bare):
    assert without_elision(word) in {bare, word[1:]}


@pytest.mark.parametrize(
    ("word", "root"),
    [("tapent", "tape"), ("demandait", "demande"), ("touchez", "touche"), ("sac", "sac")],
)
def test_a_verb_is_brought_back_to_what_one_person_does(word, root):
    assert as_one_does(word) == root
