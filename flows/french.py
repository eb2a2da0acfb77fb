"""French as it is typed on a phone: shorthand spelt out, letters put down to their sound."""

import re
from collections.abc import Iterator, Mapping

from flows.place_names import words_of

# One sound, many spellings: kantite and quantite, medikaman and medicament, mwa and moi.
_SOUNDS = {
    "ph": "f",
    "ch": "w",  # a letter no other sound leaves
    "eau|au": "o",
    "oi|wa": "ua",
    "ou|w": "u",
    "ai|ei": "e",
    "qu|q|k|c(?![eiy])": "k",
    "c": "s",
    "gu(?=[eiy])": "g",
    "ge(?=[ao])|g(?=[eiy])": "j",
    "[ae][mn](?=[^aeiouymn])": "an",
    "i[mn](?=[^aeiouymn])": "in",
    "om(?=[bp])": "on",
    "y": "i",
    "h": "",
    "z": "s",
}
_SOUND = re.compile("|".join(f"({spelling})" for spelling in _SOUNDS))
_HEARD = ("", *_SOUNDS.values())  # by number of the group that matched
_TWICE = re.compile(r"([a-z])\1+")
_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
_ENDING = re.compile(r"(?<=[a-z]{2})(?:aient|ait|ais|ent|ons|ez|er)$")
_ELIDED = re.compile(r"^(?:qu|[ldnjsmtc])(?=[aeiouyh])")


def sound(word: str) -> str:
    """Return a folded word as it sounds, so that spellings of one word meet."""
    heard = _SOUND.sub(lambda spelling: _HEARD[spelling.lastindex or 0], word)
    return _TWICE.sub(r"\1", heard)


def prefix_sounds(prefix: str) -> set[str]:
    """Return how ``prefix`` may sound, which hangs on the letter that follows it."""
    return {sound(prefix + letter)[:-1] for letter in "ade" if letter != prefix[-1]}


def spelt_out(text: str, shorthand: Mapping[str, str]) -> Iterator[str]:
    """Give the folded words and numbers of ``text``, shorthand (``pa``, ``kan``) spelt out."""
    for run in words_of(text):
        for word in _WORD.findall(run):
            yield from shorthand.get(word, word).split()


def without_elision(word: str) -> str:
    """Return ``ecole`` for ``lecole`` and ``argent`` for ``dargent``; other words as they are."""
    return _ELIDED.sub("", word, count=1)


def as_one_does(word: str) -> str:
    """Return ``tape`` for ``tapent``, ``tapait`` and ``tapez``; what is no verb as nonsense."""
    return _ENDING.sub("e", word)
