"""A sorted index of folded names: exact, by first letters, by sound, by spelling."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.place_names import SHORTEST, sound

EXACT, SOUND, BEGUN = 0, 1, 2  # scores; each letter wrong in the sound adds 1 to SOUND
SHORTEST_MISSPELT = 6  # letters of a word in a sentence below which it is what it says
_LAST = "\x7f"  # sorts after every letter and digit of a folded name


class Match(NamedTuple):
    """One key that fits what was typed: how badly (0 = exactly), and its number in the index."""

    score: int
    key: int


class PlaceIndex:
    """Rows by folded name, packed: two lists of strings and two arrays. Never changed."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        self.keys: list[str] = []
        self._starts = array("I")
        self._rows = array("I")
        for key, row in sorted(set(pairs)):
            if not self.keys or self.keys[-1] != key:
                self.keys.append(key)
                self._starts.append(len(self._rows))
            self._rows.append(row)
        self._starts.append(len(self._rows))
        self._sounds = [self._heard(key) for key in self.keys]

    def rows(self, key: int) -> Sequence[int]:
        """Return the rows that bear the key of this number."""
        return self._rows[self._starts[key] : self._starts[key + 1]]

    def exact(self, key: str) -> list[Match]:
        """Return the one match of a folded name, or none."""
        place = bisect_left(self.keys, key)
        known = place < len(self.keys) and self.keys[place] == key
        return [Match(EXACT, place)] if known else []

    def close(self, key: str) -> list[Match]:
        """Return the keys that begin like ``key``, sound like it or differ in a few letters."""
        if len(key) < SHORTEST:
            return []
        heard = sound(key)
        firsts = range(bisect_left(self.keys, key), bisect_left(self.keys, key + _LAST))
        matches = [Match(BEGUN, number) for number in firsts]
        matches += [Match(SOUND + wrong, number) for wrong, number in self._spelled(heard)]
        if not matches and len(heard) > 1:  # "zzzz" sounds like the first letter of hundreds
            begun = (number for number, said in enumerate(self._sounds) if said.startswith(heard))
            matches = [Match(BEGUN, number) for number in begun]
        return matches

    def misspelt(self, key: str, among: Sequence[int]) -> list[Match]:
        """Return which of the keys ``among`` (numbers) sound like ``key`` or nearly do.

        In a sentence most words are no names, so the letters too must nearly agree.
        """
        heard = sound(key)
        most = wrong_letters(heard) // 2 + 1 if len(key) >= SHORTEST_MISSPELT else 0
        sounds = [self._sounds[number] for number in among]
        found = process.extract(heard, sounds, scorer=OSA.distance, score_cutoff=most, limit=None)
        matches = [Match(SOUND + int(wrong), among[number]) for _, wrong, number in found]
        return [match for match in matches if self._agrees(key, match, most)]

    def _agrees(self, key: str, match: Match, most: int) -> bool:
        name = self.keys[match.key]
        return match.score == SOUND or (name[0] == key[0] and OSA.distance(name, key) <= most)

    def _spelled(self, heard: str) -> list[tuple[int, int]]:
        if not heard:
            return []
        found = process.extract(
            heard, self._sounds, scorer=OSA.distance, score_cutoff=wrong_letters(heard), limit=None
        )
        return [(int(wrong), number) for _, wrong, number in found]

    @staticmethod
    def _heard(key: str) -> str:
        heard = sound(key)
        return key if heard == key else heard  # one string for what is spelled as it sounds


def wrong_letters(heard: str) -> int:
    """Return how many letters of a name this long may be wrong: one in four or so, at most 3."""
    return min(3, max(0, (len(heard) - 1) // 3))
