"""How long a person who handles a case waits for its words: entry, link, keys, words.

python -m bench.opening

Promised: 20 ms at the median, with the entry committed and chained before anything is opened.
"""

import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench._service import postgres
from models import migrating
from models.case import Case
from models.db import Handler, Job, Store
from models.person import Person
from models.services import readings
from tests.factories import Stage, staged

OPENINGS, WARM = 400, 20
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDS = "Nous avons recu la moitie des vivres et le chef garde les cartes depuis deux mois. " * 4


def begin(stage: Stage, case: Case, person: Person) -> int:
    """Note a reading, committed, as a screen or page does."""
    with stage.store.work(Handler(person.id, person.number)) as work:
        return readings.begin(work, case, stage.now)


def measure(what: str, stage: Stage) -> None:
    """Open one case again and again, each time with an entry of its own."""
    case = stage.case(stage.files(words=WORDS)["case"])
    with stage.store.work(Job("bench")) as work:
        person = work.session.get_one(Person, case.holder_person)
    spent = []
    for _ in range(WARM + OPENINGS):
        start = time.perf_counter()
        texts = stage.house.keeper.words(begin(stage, case, person))
        spent.append((time.perf_counter() - start) * 1000)
        assert len(texts) == 1
    cuts = statistics.quantiles(spent[WARM:], n=100)
    print(f"{what:<14}{cuts[49]:>8.2f}{cuts[94]:>8.2f}{max(spent[WARM:]):>8.2f}")


def on(what: str, url: str) -> None:
    """Measure on one engine, in a programme of its own."""
    migrating.upgrade(url)
    store = Store(url)
    with (
        tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder,
        staged(store, Path(folder), NOW) as stage,
    ):
        measure(what, stage)
    store.close()


def main() -> None:
    """Measure on both engines."""
    print(f"{'ms':<14}{'p50':>8}{'p95':>8}{'worst':>8}")
    with tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder:
        on("SQLite", f"sqlite:///{Path(folder) / 'jaabi.db'}")
    with postgres() as url:
        on("PostgreSQL", url)


if __name__ == "__main__":
    main()
