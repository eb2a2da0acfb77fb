"""How long it takes to find a place among all of Mali, on one core, and in how much memory.

python bench/places.py

Promised: a place matched among 18,769 settlements in 20 ms at most (p99), a gazetteer built in
0.3 s and in 15 MB beside the process.
"""

import gc
import multiprocessing
import random
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from models.area import Settlement
from models.db import Operator, Store
from models.schema import metadata
from models.services.gazetteer import VERSION, gazetteer, load_reference
from models.services.programme import setting

PROGRAMME = frozenset(("ML0701", "ML0602", "ML0507", "ML0206"))
TRIES, SHORTEST = 500, 4
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
        start = time.thread_time()  # of this core alone: others at work do not count
        found += bool(act(text))
        spent.append((time.thread_time() - start) * 1000)
    cuts = statistics.quantiles(spent, n=100)
    row = f"{what:<34}{cuts[49]:>8.2f}{cuts[98]:>8.2f}{max(spent):>8.2f}"
    print(f"{row}{found * 100 / len(texts):>8.0f}")


def load(url: str) -> None:
    store = Store(url)
    metadata.create_all(store.durable)
    start = time.perf_counter()
    with store.work(Operator()) as work:
        load_reference(work)
    print(f"{'directory loaded into SQLite':<34}{time.perf_counter() - start:>8.2f} s")


def build(url: str):
    with Store(url).work(Operator()) as work:
        setting(work, VERSION)
        gc.collect()
        before, start = resident(), time.perf_counter()
        places = gazetteer(work)
        spent = time.perf_counter() - start
        print(f"{'gazetteer built':<34}{spent:>8.2f} s")
        print(f"{'memory beside the process':<34}{resident() - before:>8.1f} MB")
        rows = list(work.session.execute(select(Settlement.name, Settlement.commune_pcode)))
    return places, [(name, commune) for name, commune in rows if len(name) >= SHORTEST]


def match(url: str) -> None:
    draw = random.Random(6143)  # noqa: S311 the same places each time
    places, villages = build(url)
    ours = [name for name, commune in villages if commune[:6] in PROGRAMME]
    sample = draw.sample([name for name, _ in villages], TRIES)
    local = [misspelt(name, draw) for name in draw.choices(ours, k=TRIES)]
    texts = [draw.choice(SENTENCES).format(name) for name in local]
    places.in_text("a tesit", PROGRAMME)  # the first sentence gathers the programme's names
    print(f"\n{'ms of one core':<34}{'p50':>8}{'p99':>8}{'worst':>8}{'found %':>8}")
    for what, asked in (
        ("name as written", sample),
        ("name with a wrong letter", [misspelt(name, draw) for name in sample]),
        ("first four letters", [name[:SHORTEST] for name in sample]),
        ("nine letters of nothing", ["".join(draw.choices(LETTERS, k=9)) for _ in range(TRIES)]),
    ):
        measure(what, asked, lambda text: places.find(text, PROGRAMME))
    measure("misspelt in a sentence", texts, lambda text: places.in_text(text, PROGRAMME))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'places.db'}"
        for act in (load, match):  # each in a fresh process, so that memory is its own
            process = multiprocessing.get_context("spawn").Process(target=act, args=(url,))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
