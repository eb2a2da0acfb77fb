"""How long it takes to find a place among all of Mali, on one core, and in how much memory.

python bench/places.py

Promised: a place matched among 18,769 settlements in 20 ms at most (p99), a gazetteer built in
0.3 s and in 15 MB beside the process.
"""

import gc
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from models.area import Settlement
from models.db import Operator, Store
from models.schema import metadata
from models.services.gazetteer import gazetteer, load_reference

PROGRAMME = frozenset(("ML0701", "ML0602", "ML0507", "ML0206"))
TRIES = 500
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SENTENCES = (
    "les vivres de {} n'ont pas ete donnes a tout le monde",
    "a {} on nous demande de payer la carte depuis deux mois, le chef garde tout",
    "{} rien recu",
)


def resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def misspelt(name: str, draw: random.Random) -> str:
    place = draw.randrange(len(name))
    return name[:place] + draw.choice(LETTERS) + name[place + 1 :]


def measure(what: str, texts: list[str], act) -> None:
    spent = []
    found = 0
    for text in texts:
        start = time.perf_counter()
        found += bool(act(text))
        spent.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(spent, n=100)
    worst = max(spent)
    print(
        f"{what:<34}{cuts[49]:>8.2f}{cuts[98]:>8.2f}{worst:>8.2f}{found * 100 / len(texts):>8.0f}"
    )


def main() -> None:
    draw = random.Random(6143)  # noqa: S311 the same places each time
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'places.db'}")
        metadata.create_all(store.durable)
        start = time.perf_counter()
        with store.work(Operator()) as work:
            load_reference(work)
        print(f"directory loaded into SQLite       {time.perf_counter() - start:8.2f} s")
        with store.work(Operator()) as work:
            villages = list(work.session.execute(select(Settlement.name)).scalars())
            sample = [name for name in draw.sample(villages, TRIES) if len(name) >= 4]
            gc.collect()
            before, start = resident(), time.perf_counter()
            places = gazetteer(work)
            spent = time.perf_counter() - start
        print(f"gazetteer built                    {spent:8.2f} s")
        print(f"memory beside the process          {resident() - before:8.1f} MB")
        print(f"names                              {len(places.index.keys):8,}")
        store.close()
    places.in_text("a tesit", PROGRAMME)  # the first sentence gathers the programme's names
    print(f"\n{'ms':<34}{'p50':>8}{'p99':>8}{'worst':>8}{'found %':>8}")
    measure("name as written", sample, lambda text: places.find(text, PROGRAMME))
    wrong = [misspelt(name, draw) for name in sample]
    measure("name with a wrong letter", wrong, lambda text: places.find(text, PROGRAMME))
    first = [name[:4] for name in sample]
    measure("first four letters", first, lambda text: places.find(text, PROGRAMME))
    noise = ["".join(draw.choices(LETTERS, k=9)) for _ in range(TRIES)]
    measure("nine letters of nothing", noise, lambda text: places.find(text, PROGRAMME))
    texts = [draw.choice(SENTENCES).format(name) for name in wrong]
    measure("sentence with a misspelt name", texts, lambda text: places.in_text(text, PROGRAMME))


if __name__ == "__main__":
    sys.exit(main())
