"""Whether words name somebody: by sound, in whatever order, and by a telephone."""

import pytest

from flows import naming


def named(name, words):
    return naming.names(name, naming.said_in(words))


@pytest.mark.parametrize(
    "words",
    [
        "c'est Moussa Traore qui garde les cartes",
        "traoré moussa a pris l argent",
        "MOUSSA TRAORE",
        "on a tout donne a mousa traore.",
        "moussa  de Traoré, du centre",
    ],
)
def test_a_name_is_heard_however_it_is_spelt_and_in_either_order(words):
    assert named("Moussa Traoré", words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "moussa n'est pas venu, dit traore",
        "mariam traore",
        "moussa",
        "la traoresse de moussala",
    ],
)
def test_part_of_a_name_or_its_words_apart_name_nobody(words):
    assert not named("Moussa Traore", words)


def test_names_that_sound_alike_only_to_a_machine_stay_apart():
    assert not named("Amadou", "mamadou est venu")
    assert not named("Ali", "sali est venue")


def test_a_nickname_is_a_name_and_too_short_a_one_is_none():
    assert named("docteur Moussa", "le docteur Moussa demande 500")
    assert naming.is_name("Vieux")
    assert not naming.is_name("al")
    assert not naming.is_name("de la")
    assert not named("de la", "de la part du chef")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("appelez le 70 00 01 11", ["+22370000111"]),
        ("c'est le +223 7000 0111", ["+22370000111"]),
        ("0022370000111", ["+22370000111"]),
        ("70000111 70000112", ["+22370000111", "+22370000112"]),
        ("70-00-01-11 et 70.00.01.12", ["+22370000111", "+22370000112"]),
        ("12 sacs pour 350 personnes le 11/12", []),
        ("code 482173", []),
    ],
)
def test_numbers_are_found_as_people_write_them(words, found):
    assert naming.numbers_in(words) == found
