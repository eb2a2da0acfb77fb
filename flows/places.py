"""Finds places of Mali by code, first letters or spelling. Holds names only; reads no file."""

import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flows.place_entries import AreaEntry, Place, SpotEntry
from flows.place_index import EXACT, Match, PlaceIndex
from flows.place_mentions import Span, codes, settle, spans
from flows.place_names import CERCLE_WIDTH, PLACE_WIDTH, asked, fold, keys_of, shown, words_of

__all__ = ["AreaEntry", "Gazetteer", "Place", "SpotEntry", "choices"]

SHOWN = 3  # choices on one screen, L7
NEARLY = 1  # a place of the programme that fits this much worse still stands beside a stranger's
CERCLE, COMMUNE = 2, 3  # levels of an area
CAPITAL, CHIEF_TOWN, FACILITY = 1, 3, 6  # ranks
SENTENCE = 3  # words from which an answer to "C'est ou?" may say more than a name
SHORTEST_IN_TEXT = 4  # letters up to which only the programme's own name is seen in a sentence
_CODE = re.compile(r"(?<!\d)\d{4}(?!\d)")


class _Candidate(NamedTuple):
    score: int
    rank: int
    length: int
    name: str
    ref: str
    home: str


class Gazetteer:
    """Every name of the country, folded and sorted, in a few megabytes; built once, never changed.

    A name found more than once in one commune is one place, the commune. ``near`` are p-codes of
    communes, cercles or regions of the programme: what lies in them comes first.
    """

    def __init__(
        self,
        areas: Iterable[AreaEntry],
        spots: Iterable[SpotEntry],
        codes: Mapping[str, str] | None = None,
    ) -> None:
        self._areas = {area.pcode: area for area in areas}
        self._codes = dict(codes or {})
        self._refs: list[str] = []
        self._names: list[str] = []
        self._homes: list[str] = []  # commune, or the cercle for a cercle
        self._ranks = bytearray()
        self.index = PlaceIndex(self._index(spots))
        self._likely: tuple[frozenset[str] | None, Sequence[int]] = (None, ())
        self._row_of = {ref: row for row, ref in enumerate(self._refs)}

    def find(self, text: str, near: Iterable[str] = ()) -> list[Place]:
        """Return the places that ``text`` (a code or a name, as typed) may mean: none, one or 3.

        Several are returned only when nothing tells them apart, the programme's own first.
        """
        code = _CODE.search(text)
        if code and code[0] in self._codes:
            place = self.by_code(code[0])
            return [place] if place else []
        key, ours = asked(text), frozenset(near)
        if not key or key.isdigit():
            return []
        exact = self.index.exact(fold(text)) or self.index.exact(key)
        places = self.choose(exact, ours)
        if not places and len(words_of(text)) >= SENTENCE:
            places = self.in_text(text, ours)
        if not places or (ours and not self.lies_in(places[0], ours)):
            places = self.choose([*exact, *self.index.close(key)], ours) or places
        return places[:SHOWN]

    def in_text(self, words: str, near: Iterable[str] = ()) -> list[Place]:
        """Return the places that a free text names, at most 3, the programme's own first."""
        ours = frozenset(near)
        places = [self.by_code(code) for code in codes(words)]
        mentions = [[place] for place in places if place]
        taken: set[int] = set()
        for span in spans(words):
            here = set(range(span.first, span.last + 1))
            named = [] if here & taken else self._named(span, ours)
            if named:
                taken |= here
                mentions.append(named)
        found = settle(mentions)
        return sorted(found, key=lambda place: not self.lies_in(place, ours))[:SHOWN]

    def by_code(self, code: str) -> Place | None:
        """Return the place that four digits name in this programme, or None."""
        return self.place(self._codes.get(code, ""))

    def place(self, ref: str) -> Place | None:
        """Return the place of a reference, or None when the directory has no such place."""
        row = self._row_of.get(ref)
        if row is not None:
            return self._place(ref, self._names[row], self._homes[row])
        return None

    def lies_in(self, place: Place, near: frozenset[str]) -> bool:
        """Tell whether a place lies in one of the areas ``near``."""
        return self._lies_in(place.commune_pcode or place.cercle_pcode, near)

    def choose(self, matches: Iterable[Match], near: frozenset[str]) -> list[Place]:
        """Return the places of the best matches: one as a rule, more when nothing decides."""
        inside: list[_Candidate] = []
        outside: list[_Candidate] = []
        for candidate in self._candidates(matches):
            (inside if self._lies_in(candidate.home, near) else outside).append(candidate)
        ours, others = _best(inside), _best(outside)
        if ours and others:
            worse = ours[0].score - others[0].score
            others = others if worse > 0 else []
            ours = (ours[: SHOWN - 1] if others else ours) if worse <= NEARLY else []
        return [self._place(one.ref, one.name, one.home) for one in (*ours, *others)]

    def _named(self, span: Span, ours: frozenset[str]) -> list[Place]:
        """Return what a span names: a name as it stands, or misspelt if it is likely at all."""
        exact = self.choose(self.index.exact(span.key), ours)
        believed = [place for place in exact if self._believed(place, span, ours)]
        if believed or span.words > 1 or not span.led or len(span.key) <= SHORTEST_IN_TEXT:
            return believed
        return self.choose(self.index.misspelt(span.key, self._likely_keys(ours)), ours)

    def _believed(self, place: Place, span: Span, ours: frozenset[str]) -> bool:
        is_area, is_village = place.ref[0] in "cz", place.ref[0] == "s"
        if len(span.key) < SHORTEST_IN_TEXT:
            return is_area and span.led
        if self.lies_in(place, ours):
            return is_area or is_village
        if len(span.key) == SHORTEST_IN_TEXT:
            return is_area and span.led
        return is_area or (is_village and span.led)

    def _likely_keys(self, ours: frozenset[str]) -> Sequence[int]:
        """Return the keys of communes and cercles, and of all villages of the programme."""
        known, numbers = self._likely
        if known == ours:
            return numbers
        inside = {pcode for pcode in self._areas if self._lies_in(pcode, ours)}
        likely = {
            row
            for row, rank in enumerate(self._ranks)
            if rank == 0 or (rank < FACILITY and self._homes[row] in inside)
        }
        every = range(len(self.index.keys))
        numbers = array("I", (key for key in every if not likely.isdisjoint(self.index.rows(key))))
        self._likely = (ours, numbers)
        return numbers

    def _candidates(self, matches: Iterable[Match]) -> Iterator[_Candidate]:
        best: dict[str, _Candidate] = {}
        for match in matches:
            for row, several in self._homes_of(match.key):
                home = self._homes[row]
                ref = f"c:{home}" if several else self._refs[row]
                length = len(self.index.keys[match.key])
                found = _Candidate(
                    match.score, self._ranks[row], length, self._names[row], ref, home
                )
                best[ref] = min(best.get(ref, found), found)
        return iter(best.values())

    def _homes_of(self, key: int) -> Iterator[tuple[int, bool]]:
        """Yield, for each commune with this name, its first row and whether there are more."""
        rows: dict[str, list[int]] = {}
        for row in self.index.rows(key):
            rows.setdefault(self._homes[row], []).append(row)
        for same in rows.values():
            yield min(same, key=self._ranks.__getitem__), len(same) > 1

    def _place(self, ref: str, name: str, home: str) -> Place:
        area = self._areas[home]
        cercle = self._areas[area.parent] if area.level == COMMUNE else area
        commune = area if area.level == COMMUNE else None
        return Place(
            ref=ref,
            name=shown(name, PLACE_WIDTH),
            cercle_name=shown(cercle.name, CERCLE_WIDTH),
            commune_pcode=commune.pcode if commune else "",
            commune_name=commune.name if commune else "",
            cercle_pcode=cercle.pcode,
        )

    def _lies_in(self, pcode: str, near: frozenset[str]) -> bool:
        while pcode:
            if pcode in near:
                return True
            area = self._areas.get(pcode)
            pcode = area.parent if area else ""
        return False

    def _add(self, ref: str, name: str, home: str, rank: int) -> int:
        self._refs.append(ref)
        self._names.append(sys.intern(name))  # one string for the many villages of one name
        self._homes.append(self._areas[home].pcode)
        self._ranks.append(rank)
        return len(self._refs) - 1

    def _index(self, spots: Iterable[SpotEntry]) -> Iterator[tuple[str, int]]:
        """Add every place and yield its keys. A cercle yields its name to its chief town.

        The capital yields to its cercle instead: it spreads over several communes.
        """
        of_towns: set[tuple[str, str]] = set()
        for commune in self._of_level(COMMUNE):
            row = self._add(f"c:{commune.pcode}", commune.name, commune.pcode, 0)
            for key in _keys(commune):
                of_towns.add((commune.parent, key))
                yield key, row
        for spot in spots:
            if spot.commune not in self._areas:
                continue
            row = self._add(*spot)
            for key in keys_of(spot.name) if spot.rank != CAPITAL else ():
                if spot.rank == CHIEF_TOWN:
                    of_towns.add((self._areas[spot.commune].parent, key))
                yield key, row
        for cercle in self._of_level(CERCLE):
            row = self._add(f"z:{cercle.pcode}", cercle.name, cercle.pcode, 0)
            yield from ((key, row) for key in _keys(cercle) if (cercle.pcode, key) not in of_towns)

    def _of_level(self, level: int) -> list[AreaEntry]:
        return [area for area in self._areas.values() if area.level == level]


def choices(places: Sequence[Place]) -> list[dict[str, str]]:
    """Return lines of L7: value, name and cercle, or the commune where cercles do not differ."""
    shared = [(place.name, place.cercle_name) for place in places]
    return [
        {
            "value": place.ref,
            "name": place.name,
            "cercle": place.cercle_name
            if shared.count((place.name, place.cercle_name)) == 1
            else shown(place.commune_name, CERCLE_WIDTH),
        }
        for place in places
    ]


def _keys(area: AreaEntry) -> set[str]:
    return {key for name in (area.name, *area.aliases) for key in keys_of(name)}


def _best(candidates: list[_Candidate]) -> list[_Candidate]:
    lowest = min((candidate.score for candidate in candidates), default=EXACT)
    return sorted(candidate for candidate in candidates if candidate.score == lowest)
