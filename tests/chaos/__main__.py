"""`make chaos`: full storms with ten seeds on PostgreSQL and one on SQLite, and their figures.

On this machine only; every storm ends by itself. Asks for nothing but Python's packages: what the
machine does not permit (a disk of its own, a clock that can be set) is left out and said.
"""

import argparse
import signal
import sys
import tempfile
import warnings

from tests.chaos.faults import FAULTS, possible
from tests.chaos.guards import GUARDS, broken_without
from tests.chaos.stage import copied_code, staged
from tests.chaos.storm import SECOND_VERSION, Plan, Storm
from tests.conftest import work_in_memory

FIRST_SEED = 20261122
PROCESSES = tuple({one.kind for one in FAULTS if one.kind.startswith(("kill", "process"))})
COLUMNS = (
    ("engine", lambda name, _: name),
    ("seed", lambda _, one: one.plan.seed),
    ("texts", lambda _, one: one.verdict.figures["acknowledged"]),
    ("faults", lambda _, one: one.struck.total()),
    ("kinds", lambda _, one: len(one.kinds)),
    ("lost", lambda _, one: one.verdict.lost),
    ("order", lambda _, one: one.verdict.disorder),
    ("twice", lambda _, one: one.verdict.twice),
    ("other", lambda _, one: one.verdict.other),
    ("unk.sens", lambda _, one: one.verdict.figures["unknown, sensitive"]),
    ("unk.ord", lambda _, one: one.verdict.figures["unknown, ordinary"]),
    ("repeated", lambda _, one: one.verdict.figures["repeated"]),
    ("overtaken", lambda _, one: one.verdict.figures["overtaken"]),
    ("said s", lambda _, one: f"{one.spoken_s:.0f}"),
    ("settled s", lambda _, one: "never" if one.settled_s is None else f"{one.settled_s:.0f}"),
    ("ack p95 s", lambda _, one: f"{one.wait(0.95):.2f}"),
)


def main():
    """Run what was asked for, print a line a storm, and exit 1 if any law was broken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    work_in_memory()
    asked = _asked()
    if asked.guards is not None:
        sys.exit(_guards(asked))
    print(" ".join(f"{name:>10}" for name, _ in COLUMNS), flush=True)
    plans = [
        ("postgresql", Plan(FIRST_SEED + one, asked.messages, asked.rate, asked.faults, lock_s=30))
        for one in range(asked.seeds)
    ]
    on_sqlite = asked.messages // 4
    plans += [
        ("sqlite", Plan(FIRST_SEED + one, on_sqlite, asked.rate / 4, asked.faults // 3, PROCESSES))
        for one in range(asked.sqlite)
    ]
    sys.exit(any([not _storm(engine, plan) for engine, plan in plans]))


def _asked():
    asking = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    asking.add_argument("--seeds", type=int, default=10, help="storms on PostgreSQL")
    asking.add_argument("--sqlite", type=int, default=1, help="storms on SQLite")
    asking.add_argument("--messages", type=int, default=20000)
    asking.add_argument("--rate", type=float, default=220, help="messages a second")
    asking.add_argument("--faults", type=int, default=66)
    asking.add_argument("--guards", nargs="*", metavar="GUARD", help="show that each is needed")
    return asking.parse_args()


def _storm(engine, plan):
    with tempfile.TemporaryDirectory() as folder, staged(engine, seed=plan.seed) as stage:
        left_out = {one.name for one in FAULTS} - {one.name for one in possible(stage)}
        if left_out and engine == "postgresql":
            print(f"left out here: {', '.join(sorted(left_out))}")
        if engine == "postgresql":
            stage.add("another", "worker")  # order must hold between two, and whoever dies
        outcome = Storm(stage, plan, copied_code(folder, SECOND_VERSION)).blow()
        print(" ".join(f"{read(engine, outcome)!s:>10}" for _, read in COLUMNS), flush=True)
        if not outcome.holds:
            print(f"  BROKEN: {outcome.verdict.summary}\n{stage.log_end()}", flush=True)
        print(f"  faults: {dict(outcome.struck)}; not done: {dict(outcome.missed)}")
        print(f"  not taken at once: {outcome.refused}; {outcome.verdict.figures}", flush=True)
        return outcome.holds


def _guards(asked):
    """Take one guard away at a time; each time the law must be broken."""
    needed = []
    for name in asked.guards or GUARDS:
        summary = broken_without(name, FIRST_SEED, asked)
        needed.append(bool(summary))
        print(f"without {name}: {summary or 'NOTHING BROKE'}", flush=True)
    return not all(needed)


if __name__ == "__main__":
    main()
