"""Where armed people are is cut out; what happened to people stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.armed import CUT, unnamed, without_armed


@pytest.mark.parametrize(
    "words",
    [
        "Des hommes armes sont a la sortie nord",
        "a la sortie nord il y a des hommes armes",
        "barrage des militaires sur la route de Labbezanga",
        "Les FAMA campent dans la foret",
        "des bandits viennent vers le village",
        "groupe armé à côté du puits",
        "ils ont un checkpoint",
    ],
)
def test_a_sentence_that_says_where_is_gone(words):
    assert without_armed(words) == CUT


@pytest.mark.parametrize(
    "words",
    [
        "120 menages sans abri, il faut de l'eau",
        "le feu a brule les maisons",
        "des bandits ont pris vingt betes",
        "beaucoup de gens ont fui vers Gao",
        "",
    ],
)
def test_what_happened_stays_as_it_was_said(words):
    assert without_armed(words) == words


def test_only_the_sentences_that_say_it_are_cut():
    said = "Il y a 40 blesses. Les soldats sont au marche! Il faut des baches."
    assert without_armed(said) == f"Il y a 40 blesses.{CUT} Il faut des baches."


@given(st.text())
def test_it_never_fails_and_cutting_twice_is_cutting_once(words):
    once = without_armed(words)
    assert without_armed(once) == once


def test_a_text_for_a_relay_names_no_prefect_no_service_of_the_state_and_no_army():
    said = unnamed("Le préfet et le sous-prefet, le SAP et l'armée viennent lundi avec ONG B.")
    assert said == "Le ... et le ..., le ... et l'... viennent lundi avec ONG B."
    assert unnamed("mission prevue") == "mission prevue"
