"""Many programmes, each attacked with all that was published of it; what was found out."""

import random
from dataclasses import dataclass

from flows.release import Release
from tests.attack.attacker import small_ones_found_out
from tests.attack.programmes import keyed, programme


@dataclass
class Outcome:
    """What an attack on many tables brought."""

    tables: int = 0
    cells: int = 0
    small: int = 0
    told: int = 0
    withheld: int = 0
    found: int = 0

    def add(self, shown, found):
        """Count one table."""
        self.tables += 1
        self.cells += len(shown)
        self.small += sum(one.number is None for one in shown.values())
        self.told += sum(one.number is not None for one in shown.values())
        self.withheld += sum(one == (None, None) for one in shown.values())
        self.found += len(found)


def attack(programmes, seed=2026, months=3, rule=Release, choices=None):
    """Publish some months of random programmes and take each apart; return what came of it."""
    outcome = Outcome()
    for number in range(programmes):
        chance = random.Random(f"{seed}:{number}")
        key = chance.randbytes(32)
        for month in range(months):
            for one in programme(chance):
                choose = choices or keyed(key, (one.publication.name, str(month)))
                shown, root = one.release(choose, rule)
                outcome.add(shown, small_ones_found_out(one.tables(root, shown)))
    return outcome
