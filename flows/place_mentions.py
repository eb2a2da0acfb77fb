"""Where a free French text may name a place, and which of the places named is meant."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from flows.place_entries import Place
from flows.place_names import words_of
from flows.place_words import LEADS, ORDINARY, UNITS

LONGEST = 3  # words of a name, as in "Nioro du Sahel"
SHORTEST = 3  # letters of a name recognised inside a sentence
SHORTEST_JOINED = 6  # letters of a name of several words


class Span(NamedTuple):
    """Some words of a text that may be a name: its letters in one piece, and where it stands."""

    key: str
    first: int
    last: int
    led: bool  # a word like "village de" stands before it, or it stands alone at an end

    @property
    def words(self) -> int:
        """How many words it has."""
        return self.last - self.first + 1


def spans(text: str) -> Iterator[Span]:
    """Yield what may be names in ``text``, longest first, and no ordinary word of French."""
    words = words_of(text)
    for count in range(min(LONGEST, len(words)), 0, -1):
        for first in range(len(words) - count + 1):
            part = words[first : first + count]
            key = "".join(part)
            if _may_be_name(part, key):
                last = first + count - 1
                led = first == 0 or last == len(words) - 1 or words[first - 1] in LEADS
                yield Span(key, first, last, led)


def codes(text: str) -> Iterator[str]:
    """Yield the groups of four digits in ``text`` that no unit of quantity follows."""
    words = words_of(text)
    for word, after in pairwise([*words, ""]):
        if len(word) == 4 and word.isdecimal() and after not in UNITS:
            yield word


def settle(mentions: Sequence[Sequence[Place]]) -> list[Place]:
    """Return the places meant by several mentions: the finer ones, told apart by the others.

    "Fafa, commune de Ouattagouna" is the Fafa of that commune, and Ouattagouna says only where.
    """
    kept = [_told_apart(mention, mentions) for mention in mentions]
    named = list(dict.fromkeys(place for mention in kept for place in mention))
    return [place for place in named if not any(_contains(place, other) for other in named)]


def _told_apart(mention: Sequence[Place], mentions: Sequence[Sequence[Place]]) -> Sequence[Place]:
    others = [place for other in mentions if other is not mention for place in other]
    told = [place for place in mention if any(_contains(area, place) for area in others)]
    return told or mention


def _contains(area: Place, place: Place) -> bool:
    if area.ref == place.ref:
        return False
    if area.ref == f"c:{place.commune_pcode}":
        return True
    same_cercle = area.cercle_pcode == place.cercle_pcode
    names_cercle = area.ref.startswith("z:") or area.name == area.cercle_name
    return same_cercle and names_cercle and not place.ref.startswith("z:")


def _may_be_name(words: Sequence[str], key: str) -> bool:
    if not any(word.isalpha() and word not in ORDINARY and len(word) > 1 for word in words):
        return False
    if len(words) == 1:
        return len(key) >= SHORTEST and key.isalpha()
    return len(key) >= SHORTEST_JOINED and words[0] not in LEADS and words[-1] not in LEADS
