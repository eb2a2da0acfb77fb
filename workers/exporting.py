"""Makes the files that staff ask for at the console: for its asker alone, gone after a day."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from gateway.exports import FORMATS
from models.db import Job, Store
from models.services import exporting
from models.services.exporting import KEPT, Due, Value

ACTOR = Job("exports")
LOOK_S = 2.0

log = logging.getLogger(__name__)


def path_of(folder: Path, row_id: int, form: str) -> Path:
    """Return where a file is; its name says nothing of what is in it."""
    return folder / f"{row_id}.{form}"


def sweep(folder: Path, now: datetime) -> int:
    """Delete files made more than a day ago; return how many."""
    old = [one for one in folder.glob("*") if one.stat().st_mtime <= (now - KEPT).timestamp()]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


class Exporter:
    """Makes one file after the other into ``folder``. Several may run at once."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._folder = folder
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Make what is asked for until told to stop. Waits while the database is away."""
        while not stop.is_set():
            try:
                self.drain(lambda: not stop.is_set())
            except OperationalError:
                log.warning("database away", extra={"job": "exports"})
            stop.wait(LOOK_S)

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """Make all that waits, and return how many files were made."""
        made = 0
        if sweep(self._folder, self._clock()):
            with self._store.work(ACTOR) as work:
                exporting.forget_old(work, self._clock())
        while going():
            with self._store.work(ACTOR) as work:
                due = exporting.claim(work, self._clock())
            if due is None:
                break
            made += self._make(due)
        return made

    def _make(self, due: Due) -> bool:
        try:
            done = self._written(due)
        except OperationalError:
            raise
        except Exception:
            # One that cannot be made may not keep the others; it is tried again, thrice.
            log.exception("export failed", extra={"row": due.id})
            return False
        with self._store.work(ACTOR) as work:
            exporting.finish(work, due, "made", done, self._clock())
        return True

    def _written(self, due: Due) -> int:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._store.reading(due.actor) as work:
            sheet = exporting.sheet(work, due, self._clock())
            told = self._telling(due, sheet.rows, sheet.total)
            body = FORMATS[due.form](sheet.names, told)
        path = path_of(self._folder, due.id, due.form)
        fresh = path.with_suffix(".part")
        fresh.touch(mode=0o600)
        fresh.write_bytes(body)
        fresh.replace(path)
        return sheet.total

    def _telling(
        self, due: Due, rows: Iterator[Sequence[Value]], total: int
    ) -> Iterator[Sequence[Value]]:
        for done, row in enumerate(rows):
            if done % exporting.AT_ONCE == 0:
                with self._store.work(ACTOR, durable=False) as work:
                    exporting.tell(work, due, done, total, self._clock())
            yield row
