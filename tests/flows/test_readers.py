"""Readers: what people type at a question."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import Unreadable
from flows.readers import READERS, without_numbers

RECEIPT = {"c6": "48 21 73", "c6b": "06 15 49"}


def read(name, said, answers=RECEIPT):
    return READERS[name](said, answers)


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("place", "6143", "6143"),
        ("place", " 61 43 ", "6143"),
        ("place", "٦١٤٣", "6143"),
        ("place", "tessit", "tessit"),
        ("place", " Ti n \n Tadeini ", "Ti n Tadeini"),
        ("place", "a" * 80, "a" * 60),
        ("place", "N'Tillit 2", "N'Tillit 2"),
        ("words", "il manque\x00 du mil", "il manque du mil"),
        ("words", "40", "40"),
        ("words", "a" * 4200, "a" * 4096),
        ("sms_place", "tessit", "tessit"),
        ("sms_place", "0", "0"),
        ("receipt", "48 21 73", "482173"),
        ("receipt", "482173061549", "482173061549"),
        ("receipt", "48.21.73.06.15.49", "482173061549"),
        ("receipt", "15736", "15736"),
        ("receipt_back", "482173", "same"),
        ("receipt_back", "48 21 73", "same"),
        ("receipt_back", "48 21 73 06 15 49", "same"),
        ("receipt_back", "482137", "other"),
        ("receipt_back", "quoi", "other"),
        ("pin", "0412", "0412"),
    ],
)
def test_what_fits_the_question_is_kept(name, said, value):
    assert read(name, said) == value


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("place", ""),
        ("place", "614"),
        ("place", "61435"),
        ("place", "#*"),
        ("words", ""),
        ("words", " \n"),
        ("words", "🙂"),
        ("words", "?!"),
        ("receipt", "4821"),
        ("receipt", "abc"),
        ("receipt", "4821730615490"),
        ("receipt", "48217a"),
        ("pin", "123"),
        ("pin", "12345"),
        ("pin", "abcd"),
    ],
)
def test_what_does_not_fit_is_unreadable_and_not_repeated(name, said):
    with pytest.raises(Unreadable) as refused:
        read(name, said)
    assert str(refused.value) == ""


@given(st.sampled_from(sorted(READERS)), st.text(max_size=1500))
def test_a_reader_returns_json_or_says_unreadable(name, said):
    try:
        value = read(name, said)
    except Unreadable:
        return
    assert json.loads(json.dumps(value)) == value
    assert len(value) <= 4096


@pytest.mark.parametrize(
    "number",
    [
        "70000001",
        "70 00 00 01",
        "70.00.00.01",
        "70-00-00-01",
        "7000 0001",
        "22370000001",
        "+22370000001",
        "+223 70 00 00 01",
        "00223 70 00 00 01",
        "223 7000 0001",
        "٧٠٠٠٠٠٠١",
        "70\u00a000\u00a000\u00a001",
        "7000000123",
    ],
)
@pytest.mark.parametrize(
    "story", ["{}", "appelez le {}, merci", "tel{}. merci", "(6143) {} a Tessit"]
)
def test_telephone_numbers_are_cut_out_of_a_story(story, number):
    assert without_numbers(story.format(number)) == story.format("[numero]")


@pytest.mark.parametrize(
    "story",
    [
        "il manque 120 menages et 2000 francs",
        "code 48 21 73 06 15 49",
        "code 482173061549 et 482173",
        "dossier 15736, place 6143",
        "le 23.11.2026 puis le 23-11-2026",
        "10 000 000 de francs, 15 000 francs",
        "40, 30, 20 et 10 sacs",
    ],
)
def test_other_numbers_stay_in_the_story(story):
    assert without_numbers(story) == story


def test_a_place_code_before_a_number_stays_or_goes_but_the_number_goes():
    assert without_numbers("6143 70000001") == "6143 [numero]"
    assert "70" not in without_numbers("agee de 24 70 00 00 01")


@given(st.text(), st.integers(0, 9999), st.sampled_from(["", " ", ".", "-"]), st.text())
def test_no_number_survives_in_any_story(before, drawn, between, after):
    number = f"7000{drawn:04d}"
    written = between.join(number[place : place + 2] for place in range(0, 8, 2))
    story = f"{before} x {written} x {after}"
    assert written not in without_numbers(story)
    assert without_numbers(without_numbers(story)) == without_numbers(story)
