"""Each bar reaches whom it is meant for, at the place it is meant for, and nobody beside."""

import pytest

from flows.bars import bars
from tests.flows.directories import ANSONGO, GAO, GOUNDAM, TESSIT, seat, small

BESIDE = "ML070101"  # another commune of Ansongo


def barred(subjects, *more, **directory):
    """Who is barred, by number, with the reason."""
    return {one.person: bar.words for one, bar in bars(subjects, small(*more, **directory)).items()}


def test_without_a_subject_nobody_is_barred():
    assert barred(()) == {}


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        (None, True),  # wherever they work
        (TESSIT, True),
        (ANSONGO, True),  # the site lies in what they cover
        (BESIDE, False),
        (GOUNDAM, False),
    ],
)
def test_a_person_bars_those_of_the_same_employer_at_the_same_site(place, meant):
    found = barred((("person", "P0101"),), seat("P0109", "cscom_store", "cscom-tessit", place))
    assert found["P0101"] == "la personne est en cause"
    assert (found.get("P0109") == "meme employeur et meme lieu que P0101") is meant


def test_another_employer_at_the_same_site_is_not_barred():
    found = barred((("person", "P0101"),), seat("P0109", "cscom_store", "asaco-tessit", TESSIT))
    assert set(found) == {"P0101"}


def test_whoever_works_everywhere_bars_all_of_the_same_employer():
    found = barred((("person", "P0122"),), seat("P0129", "psea", "ngo-b", GOUNDAM))
    assert found["P0129"] == "meme employeur et meme lieu que P0122"


@pytest.mark.parametrize(
    ("place", "meant"),
    [(None, True), (TESSIT, True), (ANSONGO, True), (GAO, True), (BESIDE, False), (GOUNDAM, False)],
)
def test_a_function_is_meant_where_the_case_is(place, meant):
    found = barred((("function", f"chief@{TESSIT}"),), seat("P0190", "chief", "ngo-c", place))
    assert (found.get("P0190") == "sa fonction est en cause") is meant


def test_a_function_without_a_place_is_meant_everywhere_and_no_other_function_is():
    other = seat("P0191", "town_hall", "drs-gao", GOUNDAM)
    found = barred((("function", "chief"),), seat("P0190", "chief", "ngo-c", GOUNDAM), other)
    assert found == {"P0190": "sa fonction est en cause"}


def test_an_organisation_and_a_centre_bar_all_of_theirs():
    assert barred((("organisation", "ngo-a"),)) == {"P0121": "son organisation est en cause"}
    assert barred((("facility", "MLF0219"),)) == {"P0101": "son centre est en cause"}
    assert barred((("facility", "MLF9999"),)) == {}


def test_a_tie_reaches_kin_of_the_accused_and_not_of_those_merely_near():
    about = (("person", "P0101"),)
    near = seat("P0109", "cscom_store", "cscom-tessit", TESSIT)
    found = barred(about, near, ties=[("P0101", "P0151"), ("P0152", "P0109")])
    assert found["P0151"] == "lien declare avec P0101"
    assert "P0152" not in found
    assert barred(about, ties=[("P0153", "P0101")])["P0153"] == "lien declare avec P0101"


def test_what_bars_one_hat_bars_every_other_with_the_same_words():
    found = bars((("facility", "MLF0219"),), small(seat("P0101", "relay", "ngo-c", GOUNDAM)))
    hats = {one.function: (bar.rule, bar.words) for one, bar in found.items()}
    assert hats == {
        "cscom_head": ("facility", "son centre est en cause"),
        "relay": ("hats", "son centre est en cause"),
    }
