"""Short storms of a fixed seed: nothing lost, nothing twice, nothing out of order, all has its end.

The full ones, ten seeds of 20,000 texts, are `make chaos` (docs/decisions/0026).
"""

import pytest

from tests.chaos.stage import copied_code, staged
from tests.chaos.storm import SECOND_VERSION, Plan, Storm

SEED = 20261122
KILLS = ("kill public", "kill worker", "kill keeper", "kill both", "kill at a point")
PLANS = {
    "postgresql": Plan(SEED, messages=600, rate=20, faults=26, lock_s=4),
    "sqlite": Plan(SEED, messages=240, rate=12, faults=10, kinds=KILLS),
}


@pytest.mark.parametrize("engine", PLANS)
def test_a_storm_loses_nothing_doubles_nothing_and_ends(engine, tmp_path):
    other_code = copied_code(tmp_path, SECOND_VERSION)
    with staged(engine, seed=SEED) as stage:
        outcome = Storm(stage, PLANS[engine], other_code).blow()
        log = stage.log_end()
    assert outcome.verdict.summary == {}, (outcome.struck, log)
    assert outcome.settled_s is not None, log
    assert outcome.struck.total() >= PLANS[engine].faults / 2, outcome.missed
