"""How far two kinds of one question lie apart in time: asked in turn, compared at place 95."""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench import _service as service
from models import migrating
from models.db import Store
from tests.factories import Stage, staged

PROMISED_MS = 5.0
SQLITE = "sqlite"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Ask = Callable[[int], object]


def apart(title: str, one: Ask, other: Ask, tries: int) -> bool:
    """Ask both in turn, print how long each took, and tell whether the promise is kept."""
    lasted: tuple[list[float], list[float]] = ([], [])
    for number in range(tries // 2):
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            begun = time.perf_counter()
            (one, other)[which](number)
            lasted[which].append((time.perf_counter() - begun) * 1000)
    (one50, one95), (other50, other95) = (_places(some) for some in lasted)
    kept = abs(one95 - other95) < PROMISED_MS
    print(
        f"{title:<34}{one50:>8.2f}{one95:>8.2f}{other50:>9.2f}{other95:>8.2f}"
        f"{abs(one95 - other95):>9.2f}  {'kept' if kept else 'BROKEN'}"
    )
    return kept


def heading(one: str, other: str) -> None:
    """Print what the columns are."""
    print(f"{'ms':<34}{one + ' p50':>8}{'p95':>8}{other + ' p50':>9}{'p95':>8}{'apart':>9}")


@contextmanager
def programme(engine: str) -> Iterator[Stage]:
    """Give a programme on an engine, with a keeper of its own."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="jaabi-bench-"))
        stack.callback(shutil.rmtree, folder)
        url = f"sqlite:///{folder / 'jaabi.db'}"
        if engine != SQLITE:
            url = stack.enter_context(service.postgres())
        migrating.upgrade(url)
        store = Store(url)
        stack.callback(store.close)
        yield stack.enter_context(staged(store, folder, NOW))


def engines() -> list[str]:
    """Return the engines asked for on the command line, else both."""
    return sys.argv[1:] or [SQLITE, "postgresql"]


def _places(lasted: list[float]) -> tuple[float, float]:
    return statistics.median(lasted), statistics.quantiles(lasted, n=20)[18]
