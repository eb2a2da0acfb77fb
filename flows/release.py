"""The one door by which numbers leave the handling team: what may be shown of a tree of counts.

Each number is rounded to base 5, up or down by a keyed choice of its own; one below the threshold
is told as such and no closer, zero among them. Whoever takes together all that is told of a tree,
and knows these rules, is left with SPREAD + 1 values at least for every cell (docs/decisions/0031):
a total that would say more is rounded the other way, or told as below the next step (<15), and what
cannot be told so is withheld.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flows.publications import COUNTRY, LENGTHS, Cell, Publication, Split, area_at

BASE = 5
SPREAD = 2
TURNS = 8  # choices tried for the parts of a cell before some of them are withheld
ENDLESS = 1 << 40
ELSEWHERE = "elsewhere"

Choose = Callable[[Cell, int], int]


Part = tuple["Node", ...]
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A count and its partitions: each adds up to it. What is not ``told`` counts as known."""

    cell: Cell
    count: int
    parts: Parts = ()
    told: bool = True


class Shown(NamedTuple):
    """What is told of a cell: a number, or below what it lies; neither if it is withheld."""

    number: int | None
    below: int | None


class Range(NamedTuple):
    """The values that a cell may have for whoever sees all that is told of it and of its parts."""

    low: int
    high: int

    @property
    def is_wide(self) -> bool:
        """Whether enough values are left."""
        return self.high - self.low >= SPREAD

    def within(self, other: "Range") -> "Range":
        """Return the values that are in both."""
        return Range(max(self.low, other.low), min(self.high, other.high))


ANYTHING = Range(0, ENDLESS)


class _Settled(NamedTuple):
    range: Range
    shown: dict[Cell, Shown]


class Release:
    """The rule with one threshold and one key.

    ``choose`` gives 0 to BASE - 1 for a cell and a turn, always the same and all equally often: a
    remainder above it is rounded up, so that sums are right on average.
    """

    def __init__(self, threshold: int, choose: Choose) -> None:
        self._threshold = threshold
        self._choose = choose

    def of(self, root: Node) -> Mapping[Cell, Shown]:
        """Return what is told of each cell of a tree."""
        return self._settle(root, 0).shown

    def _settle(self, node: Node, turn: int) -> _Settled:
        for kept in _fewer(node.parts):
            for again in range(TURNS if kept else 1):
                settled = self._try(node, kept, turn, again)
                if settled is not None:
                    return settled
        raise AssertionError("a cell alone is always wide enough")

    def _try(self, node: Node, kept: Parts, turn: int, again: int) -> _Settled | None:
        inside, shown = ANYTHING, _withheld(part for part in node.parts if part not in kept)
        for part in kept:
            settled = [self._settle(child, turn * TURNS + again) for child in part]
            ranges = [one.range for one in settled]
            inside = inside.within(Range(sum(r.low for r in ranges), sum(r.high for r in ranges)))
            for one in settled:
                shown.update(one.shown)
        if not node.told:
            return _Settled(Range(node.count, node.count), shown)
        for said, known in self._ways(node, turn):
            left = known.within(inside)
            if left.is_wide:
                return _Settled(left, {node.cell: said, **shown})
        return None

    def _ways(self, node: Node, turn: int) -> Iterator[tuple[Shown, Range]]:
        if node.count < self._threshold:
            yield Shown(None, self._threshold), Range(0, self._threshold - 1)
            return
        down = node.count // BASE * BASE
        rest = node.count - down
        ways = [down, down + BASE] if rest else [down]
        if rest > self._choose(node.cell, turn):
            ways.reverse()
        for number in ways:
            near = Range(max(self._threshold, number - BASE + 1), number + BASE - 1)
            yield Shown(number, None), near
        yield Shown(None, down + BASE), Range(0, down + BASE - 1)


def tree(publication: Publication, counts: Mapping[Cell, int], areas: Collection[str]) -> Node:
    """Return the counts of one table as a tree, for these areas and those they lie in.

    The areas are the programme's, whatever was counted: that a row stands there says nothing.
    """
    levels = range(1, publication.level + 1)
    grid = {at for pcode in areas for level in levels if (at := area_at(pcode, level)) is not None}
    return _area(publication, counts, frozenset(grid), COUNTRY)


def _area(
    publication: Publication, counts: Mapping[Cell, int], grid: frozenset[str], pcode: str
) -> Node:
    level = LENGTHS.index(len(pcode))
    count = counts.get(Cell(pcode), 0)
    parts = []
    inside = _inside(grid, pcode, level)
    if inside:
        below = [_area(publication, counts, grid, one) for one in inside]
        parts.append(_whole(pcode, count, below))
    if level == publication.divided:
        parts += _divided(publication, counts, pcode, ("", ""), count)
    return Node(Cell(pcode), count, tuple(parts))


def _inside(grid: frozenset[str], pcode: str, level: int) -> list[str]:
    if level + 1 == len(LENGTHS):
        return []
    length = LENGTHS[level + 1]
    return sorted(one for one in grid if len(one) == length and one.startswith(pcode))


def _divided(
    publication: Publication,
    counts: Mapping[Cell, int],
    pcode: str,
    of: tuple[str, str],
    count: int,
) -> list[Part]:
    def value(split: Split, name: str) -> Node:
        cell = Cell(pcode, split.name, name)
        number = counts.get(cell, 0)
        further = _divided(publication, counts, pcode, (split.name, name), number)
        return Node(cell, number, tuple(further))

    return [
        _whole(pcode, count, [value(split, name) for name in split.values])
        for split in publication.splits
        if split.of == of
    ]


def _whole(pcode: str, count: int, parts: list[Node]) -> Part:
    """Return a partition that adds up: what lies in none of its cells is told of nowhere."""
    rest = count - sum(one.count for one in parts)
    if rest < 0:
        raise ValueError("parts are more than the whole")
    return (*parts, Node(Cell(pcode, ELSEWHERE), rest, told=False)) if rest else tuple(parts)


def _fewer(parts: Parts) -> Iterator[Parts]:
    """Give all the parts, then all but one, those told last left out first, then none."""
    yield parts
    if len(parts) > 1:
        yield from (parts[:place] + parts[place + 1 :] for place in reversed(range(len(parts))))
    if parts:
        yield ()


def _withheld(parts: Iterable[Part]) -> dict[Cell, Shown]:
    found: dict[Cell, Shown] = {}
    for node in (one for part in parts for one in part if one.told):
        found[node.cell] = Shown(None, None)
        found.update(_withheld(node.parts))
    return found
