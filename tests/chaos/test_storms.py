"""A short storm of a fixed seed: nothing lost, twice or out of order, and all has its end.

The full ones, ten seeds of 20,000 texts and one on SQLite, are `make chaos` (decision 0026).
"""

from tests.chaos.stage import copied_code, staged
from tests.chaos.storm import SECOND_VERSION, Plan, Storm

SEED = 20261122
PLAN = Plan(SEED, messages=600, rate=20, faults=26, lock_s=4)


def test_a_storm_loses_nothing_doubles_nothing_and_ends(tmp_path):
    other_code = copied_code(tmp_path, SECOND_VERSION)
    with staged("postgresql", seed=SEED) as stage:
        outcome = Storm(stage, PLAN, other_code).blow()
        log = stage.log_end()
    assert outcome.verdict.summary == {}, (outcome.struck, log)
    assert outcome.settled_s is not None, log
    assert outcome.struck.total() >= PLAN.faults / 2, outcome.missed
