"""A small store of the keeper's own, in one file beside its keys."""

import os
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from models.strongbox import PRIVATE, make_folder

FOLDER = 0o700
BUSY_S = 5.0
# No WAL: what is overwritten here must not stay in another file.
PRAGMAS = ("journal_mode=DELETE", "synchronous=EXTRA", "secure_delete=ON", "temp_store=MEMORY")

Change = tuple[str, Iterable[Sequence[Any]]]


class KeeperFile:
    """SQLite, opened when it is first needed; threads take turns, processes too.

    What a change wrote is on the disk when it returns. Raises OSError when the disk does not do
    its part.
    """

    def __init__(self, path: Path, *tables: str) -> None:
        self._path = path
        self._tables = tables
        self._lock = threading.Lock()
        self._link: sqlite3.Connection | None = None

    def change(self, *changes: Change) -> None:
        """Run each statement once for each of its rows: all of it, or nothing."""
        with self._lock:
            try:
                link = self._opened()
                with link:
                    for sql, rows in changes:
                        link.executemany(sql, rows)
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of one question."""
        with self._lock:
            try:
                return self._opened().execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def close(self) -> None:
        """Let the file go until it is needed again."""
        with self._lock:
            if self._link is not None:
                self._link.close()
                self._link = None

    def _opened(self) -> sqlite3.Connection:
        if self._link is None:
            make_folder(self._path.parent, FOLDER)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE))
            link = sqlite3.connect(self._path, timeout=BUSY_S, check_same_thread=False)
            for pragma in PRAGMAS:
                link.execute(f"PRAGMA {pragma}").close()
            with link:
                for table in self._tables:
                    link.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            self._link = link
        return self._link

    def _failed(self, error: sqlite3.Error) -> OSError:
        return OSError(None, getattr(error, "sqlite_errorname", "") or str(error), self._path)
