"""Somebody who has every published table, knows all the rules and can compute; nothing of ours.

Each cell is an unknown between what its published number allows. Areas add up to the area they lie
in, values of a fact add up to those it is known of. Linear programming then says between which
values each cell must lie; whoever is left with one value is found out (threat model T10).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy
from scipy.optimize import linprog
from scipy.sparse import coo_array, hstack, vstack

BASE = 5
LEVELS = (2, 4, 6, 8)  # digits of country, region, cercle, commune
# Of whom a fact is told that is not told of everybody: threat model and domain.md 4.3.
KNOWN_OF = {
    "days_to_arrival": ("arrived", "yes"),
    "served": ("arrived", "yes"),
    "given": ("served", "yes"),
    "counter_referred": ("served", "yes"),
    "not_served": ("served", "no"),
}
ENDLESS = 1e6
HAIR = 1e-6
STEP = 1e-3  # so little that every free cell may have its own at once


@dataclass(frozen=True)
class Told:
    """One published cell: a number, below a threshold, or neither."""

    area: str
    split: str
    value: str
    number: int | None
    below: int | None

    @property
    def name(self):
        return (self.area, self.split, self.value)


class Tables:
    """All that was published of one period. ``rests``: how many of an area lie in none told of."""

    def __init__(self, told, threshold, rests):
        self.told = list(told)
        self.names = [one.name for one in self.told]
        self.place = {name: row for row, name in enumerate(self.names)}
        self.low, self.high = zip(*(known(one, threshold) for one in self.told), strict=True)
        self.sums = list(self._sums(rests))

    def _sums(self, rests):
        parts = defaultdict(list)
        for area, split, value in self.names:
            if split:
                parts[(area, *KNOWN_OF.get(split, ("", ""))), split].append((area, split, value))
            elif len(area) > LEVELS[0]:
                parts[(area[: LEVELS[LEVELS.index(len(area)) - 1]], "", ""), ""].append(
                    (area, "", "")
                )
        for (whole, split), members in parts.items():
            yield whole, members, rests.get((whole, split), 0)

    def equations(self):
        rows, columns, values, rights = [], [], [], []
        for row, (whole, members, rest) in enumerate(self.sums):
            for name, weight in [(whole, 1.0), *((one, -1.0) for one in members)]:
                rows.append(row)
                columns.append(self.place[name])
                values.append(weight)
            rights.append(rest)
        shape = (len(self.sums), len(self.names))
        return coo_array((values, (rows, columns)), shape=shape).tocsr(), numpy.array(rights, float)


def known(one, threshold):
    """Return the least and the most that a published cell may stand for."""
    if one.number is not None:
        return max(threshold, one.number - BASE + 1), one.number + BASE - 1
    return 0, (one.below - 1 if one.below is not None else ENDLESS)


def small_ones_found_out(tables):
    """Return the cells not told as a number of which only one value is left."""
    hidden = [row for row, one in enumerate(tables.told) if one.number is None]
    if not hidden:
        return []
    suspects = _narrow(tables, hidden)
    return [tables.names[row] for row in suspects if _width(tables, row) < 1 - HAIR]


def _narrow(tables, hidden):
    """Return the hidden cells that one programme over two worlds does not show to be free.

    Two worlds in which all that is published is true; a cell that differs between them is free:
    sums of whole numbers that form a tree have whole bounds, so that any difference means one.
    """
    sums, rights = tables.equations()
    count, free = sums.shape[1], len(hidden)
    nothing = coo_array((sums.shape[0], free)).tocsr()
    both = vstack(
        [hstack([sums, 0 * sums, nothing]), hstack([0 * sums, sums, nothing])], format="csr"
    )
    # How far a cell differs is no more than its value in one world less that in the other.
    rows = numpy.arange(free)
    ones, cells = numpy.ones(free), numpy.array(hidden)
    apart = coo_array(
        (
            numpy.concatenate([ones, -ones, ones]),
            (
                numpy.concatenate([rows, rows, rows]),
                numpy.concatenate([2 * count + rows, cells, count + cells]),
            ),
        ),
        shape=(free, 2 * count + free),
    ).tocsr()
    limits = [*zip(tables.low, tables.high, strict=True)] * 2 + [(0, STEP)] * free
    goal = numpy.concatenate([numpy.zeros(2 * count), -numpy.ones(free)])
    found = linprog(
        goal,
        A_ub=apart,
        b_ub=numpy.zeros(free),
        A_eq=both,
        b_eq=numpy.concatenate([rights, rights]),
        bounds=limits,
    )
    assert found.status == 0, found.message
    return [row for row, gap in zip(hidden, found.x[2 * count :], strict=True) if gap < STEP / 2]


def _width(tables, row):
    sums, rights = tables.equations()
    goal = numpy.zeros(sums.shape[1])
    goal[row] = 1.0
    limits = list(zip(tables.low, tables.high, strict=True))
    least = linprog(goal, A_eq=sums, b_eq=rights, bounds=limits)
    most = linprog(-goal, A_eq=sums, b_eq=rights, bounds=limits)
    assert (least.status, most.status) == (0, 0)
    return -most.fun - least.fun
