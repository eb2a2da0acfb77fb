"""The journal of what must stay gone: a file a month, outside the database and its backups.

The keeper writes it, because there is one of it. Each line says when it was written, what, and of
which row; never a word, never a number. A restore reads it (docs/decisions/0025).
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from models.db import Job, Store
from models.services import erasures
from models.services.erasures import AT_ONCE, Fact
from models.word_keys import WordKeys
from workers.keeper.on_disk import go_round

ACTOR = Job("journal")
KEPT = timedelta(days=40)  # a little longer than any backup may be kept


class Journal:
    """The files of one programme. Lines are only added, and whole months forgotten."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, facts: list[Fact], now: datetime) -> None:
        """Add facts, on disk when this returns. Raises OSError."""
        lines = [
            json.dumps({"at": now.isoformat(), "what": fact.what, "ref": fact.ref}) + "\n"
            for fact in facts
        ]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{now:%Y-%m}.jsonl"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            # What a crash left of the line before stays a line of its own.
            file.write(("\n" + "".join(lines)).encode())
            file.flush()
            os.fsync(handle)

    def since(self, begin: datetime) -> Iterator[Fact]:
        """Return what was written then or later, in order. A line cut by a crash is passed over."""
        for path in self._months():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    said = json.loads(line)
                except ValueError:
                    continue
                if datetime.fromisoformat(said["at"]) >= begin:
                    yield Fact(said["what"], said["ref"])

    def forget(self, now: datetime) -> None:
        """Take away the months of which no backup may be left."""
        first = f"{now - KEPT:%Y-%m}"
        for path in self._months():
            if path.stem < first:
                path.unlink()

    def _months(self) -> list[Path]:
        return sorted(self._folder.glob("????-??.jsonl"))


class Clerk:
    """Moves what was noted in the database into the journal, and destroys the keys of words."""

    def __init__(self, store: Store, journal: Journal, words: WordKeys) -> None:
        self._store = store
        self._journal = journal
        self._words = words

    def go(self, now: datetime) -> None:
        """Write down what is noted, and do what it says of keys.

        After a crash before the commit a line stands twice, and a key is destroyed that is gone.
        """
        with self._store.reading(ACTOR) as work:
            taken = AT_ONCE if erasures.is_noted(work) else 0
        while taken == AT_ONCE:
            with self._store.work(ACTOR) as work:
                facts = erasures.drain(work)
                taken = len(facts)
                if facts:
                    self._journal.write(facts, now)
                    self._words.destroy(one.ref for one in facts if one.what == erasures.WORDS)
        self._journal.forget(now)

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go on until ``going`` says no. While the disk is full the notes stay in the database."""
        go_round(self.go, "journal not written", wait, going, clock)
