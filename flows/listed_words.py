"""Words of the national languages that are attested, each with its source: data, nothing invented.

A word list speaks within its language only: "bi" is today in Bambara and yesterday in Songhay.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from flows.spellings import plain_words, ways
from flows.yaml_files import read_yaml

LEXICONS = ("bm", "ff", "ses")
FRENCH = "oui non merci bonjour bonsoir aide aidez pardon allo urgent probleme"
TELLING = 5  # letters from which a word of the French lexicon is no word of another language


def languages_of(words: Sequence[str]) -> frozenset[str]:
    """Return the languages that list the phrase of these folded words, or each that is listed."""
    whole = _listed().get(tuple(words))
    if whole is not None:
        return whole
    listed = [codes for word in words if (codes := _of(word))]
    return frozenset.intersection(*listed) if listed else frozenset()


@cache
def document(code: str) -> Mapping[str, Any]:
    """Return the word list of a language, as it is written. Raises OSError for one without."""
    text = files("flows").joinpath(f"lexicon/{code}.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = read_yaml(text)
    return loaded


def spelt(word: str) -> list[tuple[str, ...]]:
    """Return the folded ways in which phones spell a listed word or phrase."""
    return sorted({tuple(plain_words(way)) for way in ways(word.lower())})


@cache
def _listed() -> Mapping[tuple[str, ...], frozenset[str]]:
    found: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for code in LEXICONS:
        for entries in document(code)["listed"].values():
            for entry in entries:
                for words in spelt(entry["word"]):
                    found[words].add(code)
    for word in FRENCH.split():
        found[word,].add("fr")
    return {words: frozenset(codes) for words, codes in found.items()}


def _of(word: str) -> frozenset[str]:
    begun, whole = _french()
    found = _listed().get((word,), frozenset())
    return found or frozenset({"fr"} if word in whole or word.startswith(begun) else ())


@cache
def _french() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the beginnings and the whole words of the French lexicon that tell the language."""
    lexicon = document("fr")
    concepts = (*lexicon["concepts"].values(), *lexicon["exact_concepts"].values())
    words = {word.lstrip("=") for text in concepts for word in text.replace(",", " ").split()}
    telling = {word for word in words if len(word.rstrip("*")) >= TELLING}
    begun = tuple(sorted(word[:-1] for word in telling if word.endswith("*")))
    return begun, frozenset(telling)
