"""No cell below the threshold is found out by whoever has all tables and a solver."""

import random

import pytest

from flows import release
from flows.publications import COMPLAINTS, Cell, cells
from flows.release import Node, Range, Release, Shown
from tests.attack.attacker import Tables, Told, small_ones_found_out
from tests.attack.campaign import attack
from tests.attack.programmes import keyed, programme

UP, DOWN = 0, 4  # choices that round whatever can be rounded up, or down
PROGRAMMES = 10  # a thousand by `python -m tests.attack`


class OnlyHides(Release):
    """Hides what is small and tells the rest as it is: what everybody does first."""

    def _ways(self, node, turn):
        for said, known in super()._ways(node, turn):
            if said.number is None:
                yield said, known
            else:
                yield Shown(node.count, None), Range(node.count, node.count)


def told_exactly(tables):
    """Let the attacker know that numbers are exact."""
    tables.low, tables.high = zip(
        *(
            (one.number, one.number) if one.number is not None else (0, one.below - 1)
            for one in tables.told
        ),
        strict=True,
    )
    return tables


def step_of(said):
    """Return where on the ladder of released numbers a cell stands."""
    return said.below - release.BASE if said.number is None else said.number


def test_nothing_small_is_found_out():
    outcome = attack(PROGRAMMES)
    assert outcome.found == 0
    assert outcome.told > 500
    assert outcome.small > 2000


@pytest.mark.parametrize("way", [UP, DOWN])
def test_nothing_small_is_found_out_by_the_worst_of_keys(way):
    outcome = attack(PROGRAMMES, choices=lambda cell, turn: way if turn == 0 else turn % 5)
    assert outcome.found == 0


def test_hiding_alone_is_found_out(monkeypatch):
    """The attacker is good: without rounding it finds cells, though they are hidden together."""
    monkeypatch.setattr(release, "SPREAD", 0)
    found = 0
    chance = random.Random(7)
    for _ in range(3):
        for one in programme(chance):
            shown, root = one.release(keyed(b"k" * 32, ()), OnlyHides)
            found += len(small_ones_found_out(told_exactly(one.tables(root, shown))))
    assert found > 0


def test_rounding_alone_is_found_out_where_keys_are_bad(monkeypatch):
    """The spread is what holds: without it, totals rounded down give away what is hidden."""
    monkeypatch.setattr(release, "SPREAD", 0)
    outcome = attack(PROGRAMMES, choices=lambda cell, turn: DOWN if cell.value else UP)
    assert outcome.found > 0


def test_a_total_that_would_give_a_cell_away_is_rounded_the_other_way():
    parts = [Node(Cell("ML", "topic", name), 11) for name in "1234"]
    hidden = Node(Cell("ML", "topic", "6"), 0)
    root = Node(Cell("ML"), 44, ((*parts, hidden),))

    def worst(cell, turn):
        return UP if cell.value else DOWN

    shown = Release(COMPLAINTS.threshold, worst).of(root)
    assert [shown[one.cell].number for one in parts] == [15] * 4
    # 40 would say: 44 at most, and four times 11 at least; so the hidden one is 0.
    assert shown[root.cell].number == 45
    told = [Told(*cell, *said) for cell, said in shown.items()]
    assert small_ones_found_out(Tables(told, COMPLAINTS.threshold, {})) == []
    told[[one.name for one in told].index(("ML", "", ""))] = Told("ML", "", "", 40, None)
    assert small_ones_found_out(Tables(told, COMPLAINTS.threshold, {})) == [hidden.cell]


def test_one_more_or_one_less_moves_its_own_cells_by_one_step_at_most():
    chance = random.Random(10)
    for one in [one for _ in range(PROGRAMMES) for one in programme(chance)]:
        choose = keyed(b"k" * 32, (one.publication.name,))
        before, _ = one.release(choose)
        gone = chance.randrange(len(one.people))
        after, _ = one.release(choose, people=[*one.people[:gone], *one.people[gone + 1 :]])
        own = set(cells(one.publication, *one.people[gone]))
        for cell, said in before.items():
            if cell in own:
                assert step_of(said) - step_of(after[cell]) in {0, release.BASE}
            else:
                assert after[cell] == said
