"""Numbers said as words, where a source attests them."""

import pytest

from flows.command_numbers import attested_number, french_number

FRENCH = {
    "zero": 0, "deux": 2, "seize": 16, "dix sept": 17, "vingt": 20, "vingt et un": 21,
    "vingt quatre": 24, "trente": 30, "cinquante neuf": 59, "soixante et onze": 71,
    "soixante dix": 70, "soixante dix sept": 77, "quatre vingt": 80, "quatre vingts": 80,
    "quatre vingt dix neuf": 99, "cent": 100, "cent vingt": 120, "cent quatre vingt": 180,
    "deux cents": 200, "trois cent cinquante": 350, "mille": 1000, "deux mille cinq cents": 2500,
    "mille deux cent": 1200,
}  # fmt: skip
ATTESTED = {
    "kelen": 1, "fila": 2, "saba": 3, "naani": 4, "duuru": 5, "wooro": 6, "wolonwula": 7,
    "wolonfla": 7, "segin": 8, "kononton": 9, "tan": 10, "go o": 1, "didi": 2, "tati": 3,
    "nawi": 4, "jowi": 5, "jeego o": 6, "jeedidi": 7, "jeetati": 8, "jeenawi": 9, "sappo": 10,
    "noogas": 20, "temedere": 100, "foo": 1, "hinka": 2, "hinza": 3,
}  # fmt: skip


@pytest.mark.parametrize(("said", "number"), FRENCH.items())
def test_french_numbers_as_they_are_said(said, number):
    words = said.split()
    assert french_number(words) == (number, len(words))
    assert french_number([*words, "menages"]) == (number, len(words))


@pytest.mark.parametrize(
    ("said", "number", "used"),
    [
        ("trois douze", 3, 1),
        ("vingt quatre trois", 24, 2),
        ("dix trois", 10, 1),
        ("quarante dix", 40, 1),
        ("deux 12", 2, 1),
        ("un 12", 1, 1),
        ("vingt et", 20, 1),
        ("cent cent", 100, 1),
    ],
)
def test_two_numbers_side_by_side_are_two(said, number, used):
    assert french_number(said.split()) == (number, used)


@pytest.mark.parametrize("said", ["", "une inondation", "un chef", "tessit", "12", "et deux"])
def test_what_is_no_number(said):
    assert french_number(said.split()) is None


@pytest.mark.parametrize("said", ["un", "une"])
def test_a_lone_article_at_the_end_is_a_number(said):
    assert french_number([said]) == (1, 1)


@pytest.mark.parametrize(("said", "number"), ATTESTED.items())
def test_digits_of_the_national_languages(said, number):
    words = said.split()
    assert attested_number([*words, "x"]) == (number, len(words))


@pytest.mark.parametrize("said", ["", "bi", "mugan", "suba", "go", "tessit"])
def test_nothing_is_read_that_no_source_attests(said):
    assert attested_number(said.split()) is None
