"""No text in any language, read or not, promises what nobody can keep; and each list can fail."""

import re
from pathlib import Path

import pytest

from flows.catalog_files import catalogs
from flows.check_texts import measure
from flows.loader import load
from flows.promises import anywhere, languages, promised

ROOT = Path(__file__).parents[2]
SERVED = {"fr", "bm", "ff", "ses", "en", "ar"}  # those of languages.md that have words at all
SHOWN = (".py", ".html", ".js", ".yaml", ".txt", ".xml", ".svg")
WORD = re.compile(r"anonym|anonim", re.IGNORECASE)
# Where the word stands to be refused, or is read in what others write.
NAMED = {"flows/promises.yaml", "flows/definitions/messages.yaml"}


def test_every_language_with_words_has_a_list():
    assert languages() >= SERVED
    spoken = {one.language for one in catalogs() if any(e.text for e in one.entries.values())}
    assert spoken <= languages()


def entries():
    for catalog in catalogs():
        for name, entry in catalog.entries.items():
            if entry.text:
                yield pytest.param(catalog.language, entry.text, id=f"{catalog.language} {name}")


@pytest.mark.parametrize(("language", "text"), list(entries()))
def test_no_translation_promises_anything_even_before_it_is_read(language, text):
    assert promised(text, language) == []
    assert anywhere(text) == []


def test_no_text_of_ours_promises_anything_in_any_language():
    assert {one.name: found for one in measure(load()) if (found := anywhere(one.text))} == {}


SAID = [
    ("fr", "C'est ANONYME.", "anonym"),
    ("fr", "Votre anonymat", "anonym"),
    ("ff", "anonim", "anonim"),
    ("fr", "Personne, ne  saura: rien", "personne ne saura"),
    ("fr", "C'est garantie", "garanti"),
    ("fr", "Sûr à 100%", "100 %"),
    ("fr", "Vous êtes en Sécurité", "en securite"),
    ("en", "Nobody will know", "nobody will know"),
    ("ar", "لن يعرف أحد", "لن يعرف أحد"),
    ("bm", "gundo don", "gundo"),
    ("ses", "Tugu", "tugu"),
]


@pytest.mark.parametrize(("language", "text", "promise"), SAID)
def test_a_promise_is_found_however_it_is_written(language, text, promise):
    assert promise in promised(text, language)
    assert promise in anywhere(text)


@pytest.mark.parametrize("text", ["La personne ne sait pas.", "synonyme", "Parler sans risque"])
def test_what_only_looks_like_one_may_be_said(text):
    assert promised(text, "fr") == []


def test_a_word_of_one_language_may_mean_something_else_in_another():
    assert promised("tugu", "fr") == []


def test_no_page_no_command_and_no_file_of_ours_holds_the_bare_word():
    """Also what no flow says: pages, scripts, slips, the command line."""
    found = [
        str(path.relative_to(ROOT))
        for room in ("flows", "gateway", "models", "workers", "deploy")
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in SHOWN and "profiles" not in path.parts
        if WORD.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) == NAMED
