"""Memory: the web worker over 100,000 keypresses, and everything `make run` starts, idle.

PSS counts a shared page once. Run: python -m bench.memory
"""

import tempfile
from functools import partial
from pathlib import Path

import psutil

from bench import _load as load
from bench.keypress import MENUS
from tests.journeys.world import World

KEYPRESSES = 100_000
STEP = 20_000
CONNECTIONS = 16
MB = 1 << 20


def main() -> None:
    """Print both."""
    with tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder:
        world = World(Path(folder) / "home").prepare().start()
        try:
            idle(world)
            growth(world)
        finally:
            world.close()


def idle(world: World) -> None:
    """Print the memory of every process of the running service."""
    processes = [psutil.Process(world.process.pid), *world.processes().values()]
    total = 0.0
    for one in processes:
        pss = one.memory_full_info().pss / MB
        total += pss
        print(f"{pss:8.1f} MB  {' '.join(one.cmdline()[-2:])[-60:]}")
    print(f"{total:8.1f} MB  all, idle (sum of PSS)")


def growth(world: World) -> None:
    """Print the web worker's memory as keypresses go through it."""
    worker = world.processes()["public below"]
    path = f"/hooks/{world.channel}/{world.token}/ussd"
    print(f"{0:8} keypresses: {worker.memory_full_info().pss / MB:6.1f} MB")
    for done in range(STEP, KEYPRESSES + 1, STEP):
        turns = partial(lambda index, seed: load.keypresses(MENUS, f"{seed}c{index}"), seed=done)
        outcome = load.run(world.port, path, turns, connections=CONNECTIONS, requests=STEP)
        pss = worker.memory_full_info().pss / MB
        print(f"{done:8} keypresses: {pss:6.1f} MB, {len(outcome.wrong)} wrong answers")


if __name__ == "__main__":
    main()
