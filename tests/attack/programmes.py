"""Random programmes: areas, people who speak, and what would be published of a month."""

import hmac
from collections import Counter
from hashlib import sha256

from flows.publications import ALERTS, COMPARTMENTS, COMPLAINTS, REFERRALS, cells
from flows.release import BASE, ELSEWHERE, Release, tree
from tests.attack.attacker import Tables, Told

TABLES = (COMPLAINTS, REFERRALS, ALERTS, COMPARTMENTS["C7"])
SIZES = (3, 10, 30, 100, 300, 1000)


def keyed(key, scope):
    """Return choices as the keeper makes them."""

    def choose(cell, turn):
        name = "|".join((*scope, *cell, str(turn)))
        return int.from_bytes(hmac.digest(key, name.encode(), sha256)) % BASE

    return choose


class Month:
    """One table of one month of a programme."""

    def __init__(self, chance, publication, areas, weights):
        self.publication = publication
        self.areas = areas
        self.people = [
            (self._place(chance, weights), self._traits(chance))
            for _ in range(chance.choice(SIZES))
        ]

    def _place(self, chance, weights):
        area = chance.choices(self.areas, weights)[0]
        return area if chance.random() < 0.9 else chance.choice([None, area[:4], area[:6]])

    def _traits(self, chance):
        traits = {}
        for split in self.publication.splits:
            if split.of[0] and traits.get(split.of[0]) != split.of[1]:
                continue
            rare = [
                1 / (1 + place) ** chance.choice((0.5, 2)) for place in range(len(split.values))
            ]
            traits[split.name] = chance.choices(split.values, rare)[0]
        return traits

    def root(self, people=None):
        """Return the tree of counts of its people."""
        counts = Counter()
        for area, traits in self.people if people is None else people:
            counts.update(cells(self.publication, area, traits))
        return tree(self.publication, counts, self.areas)

    def tables(self, root, shown):
        """Return what an attacker has: what is told, and even how many are told of nowhere."""
        told = [Told(*cell, *said) for cell, said in shown.items()]
        return Tables(told, self.publication.threshold, dict(rests(root)))

    def release(self, choose, rule=Release, people=None):
        """Return what is told of its people, and the tree behind it."""
        root = self.root(people)
        return rule(self.publication.threshold, choose).of(root), root


def rests(node):
    """Give, for each partition of a tree, how many are in none of its cells."""
    for part in node.parts:
        for child in part:
            if child.told:
                yield from rests(child)
            else:
                split = next(one.cell.split for one in part if one.cell.split != ELSEWHERE)
                yield (tuple(node.cell), split), child.count


def programme(chance):
    """Return one month of each table of a programme with communes of its own."""
    areas = [
        f"ML{region:02}{cercle:02}{commune:02}"
        for region in range(1, chance.randint(2, 4))
        for cercle in range(1, chance.randint(2, 4))
        for commune in range(1, chance.randint(2, 7))
    ]
    weights = [chance.expovariate(1) for _ in areas]
    return [Month(chance, publication, areas, weights) for publication in TABLES]
