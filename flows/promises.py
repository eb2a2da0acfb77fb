"""Finds promises that nobody can keep, in a text of any language (flows/promises.yaml)."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from flows.place_names import words_of
from flows.yaml_files import read_yaml

EVERYWHERE = "everywhere"


def promised(text: str, language: str) -> list[str]:
    """Return the promises in ``text`` that nobody can keep, as they stand in the list."""
    said = _plain(text)
    lists = _promises()
    known = {**lists.get(EVERYWHERE, {}), **lists.get(language, {})}
    return [promise for promise, plain in known.items() if plain in said]


def anywhere(text: str) -> list[str]:
    """Return the promises of every language in a text whose language is not known."""
    said = _plain(text)
    return [
        promise
        for known in _promises().values()
        for promise, plain in known.items()
        if plain in said
    ]


def languages() -> set[str]:
    """Return the languages that have a list of their own."""
    return set(_promises()) - {EVERYWHERE}


@cache
def _promises() -> Mapping[str, Mapping[str, str]]:
    read = read_yaml((resources.files("flows") / "promises.yaml").read_text(encoding="utf-8"))
    return {
        language: {promise: _plain(promise).rstrip() for promise in promises}
        for language, promises in read.items()
    }


def _plain(text: str) -> str:
    """Return the words alone, each behind a space, so that a promise begins where a word does."""
    return f" {' '.join(words_of(text.replace('%', ' pour cent ')))} "
