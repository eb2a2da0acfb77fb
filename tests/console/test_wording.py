"""The console's two languages: every text of a page is in both, with the same places for values."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOM = Path(__file__).resolve().parents[2] / "gateway" / "console"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
VALUE = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def english():
    with (ROOM / "locale" / "en" / "console.po").open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def french():
    found = extract_from_dir(str(ROOM), METHODS, OPTIONS, keywords=KEYWORDS)
    return {words if isinstance(words, str) else tuple(words[:2]) for _, _, words, _, _ in found}


def both(words):
    return (words,) if isinstance(words, str) else tuple(words)


def test_every_text_stands_in_the_english_catalog(english, french):
    whole = [both(one.id) for one in english if one.id and all(both(one.string))]
    # A word that also counts stands there once, with its plural.
    known = {one[0] for one in whole} | {one for one in whole if len(one) > 1}
    missing = french - known
    assert missing == set(), "run `make words`, then translate what is empty"


def test_the_catalog_holds_nothing_that_no_page_says(english, french):
    kept = {one.id if isinstance(one.id, str) else tuple(one.id) for one in english if one.id}
    said = french | {one[:2] for one in french if isinstance(one, tuple)}
    assert kept - said == set(), "run `make words`"


def test_a_text_has_the_same_values_in_both_languages(english):
    wrong = [
        one.id
        for one in english
        if one.id
        and {value for text in both(one.id) for value in VALUE.findall(text)}
        != {value for text in both(one.string) for value in VALUE.findall(text)}
    ]
    assert wrong == []
