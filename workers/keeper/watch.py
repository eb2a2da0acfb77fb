"""Notices who asks for pseudonyms without need: trying all numbers is how a pepper is misused."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from sqlalchemy import select

from models.case import Case
from models.conversation import Contact, Conversation
from models.db import Job, Store, Work
from models.inbound import InboundMessage
from models.keeper_file import KeeperFile
from models.person import Person

GRACE = timedelta(minutes=1)  # the row that needed the name is committed well within
HOUR = timedelta(hours=1)
ALLOWED_AN_HOUR = 200  # threat model 3: then 10^8 numbers take 57 years
MOST_OPEN = 1_000  # names without a row yet: what a burst can learn before it is judged
PAUSE = timedelta(milliseconds=100)
AT_ONCE = 500
FILE = "watch.db"

ACTOR = Job("keeper")

HOLDERS = (
    InboundMessage.contact,
    Conversation.contact,
    Contact.pseudonym,
    Case.contact,
    Person.pseudonym,
)


class Notebook:
    """What the watch must know after a restart: else whoever makes the keeper fall starts anew."""

    def __init__(self, folder: Path) -> None:
        self._file = KeeperFile(
            folder / FILE,
            "asked (name TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
            "needless (at TEXT NOT NULL)",
        )

    def asked(self) -> dict[str, datetime]:
        """Return the names that were given and not judged yet."""
        rows = self._file.read("SELECT name, at FROM asked")
        return {name: datetime.fromisoformat(at) for name, at in rows}

    def needless(self) -> list[datetime]:
        """Return when names were given that nobody needed, oldest first."""
        rows = self._file.read("SELECT at FROM needless ORDER BY at")
        return [datetime.fromisoformat(at) for (at,) in rows]

    def write(
        self, given: Mapping[str, datetime], judged: Collection[str], needless: Collection[datetime]
    ) -> None:
        """Add names given, take away those judged, and say which times are counted now."""
        self._file.change(
            (
                "INSERT OR IGNORE INTO asked VALUES (?, ?)",
                [(name, at.isoformat()) for name, at in given.items()],
            ),
            ("DELETE FROM asked WHERE name = ?", [(name,) for name in judged]),
            ("DELETE FROM needless", [()]),
            ("INSERT INTO needless VALUES (?)", [(at.isoformat(),) for at in needless]),
        )


class Watch:
    """Counts pseudonyms that were asked for and then appear in no committed row.

    With a ``notebook`` it goes on counting after a restart; what was asked since the last look
    before a kill, two seconds at most, is forgotten. With a ``store`` it also bounds a burst: while
    too many names wait for their row, it looks at once whether they have it.
    """

    def __init__(self, notebook: Notebook | None = None, store: Store | None = None) -> None:
        self._lock = Lock()
        self._store = store
        self._sifted_at: datetime | None = None
        self._notebook = notebook
        self._asked: dict[str, datetime] = {} if notebook is None else notebook.asked()
        self._needless = deque(() if notebook is None else notebook.needless())
        self._written = set(self._asked)
        self._dropped: set[str] = set()

    @property
    def needless(self) -> int:
        """How many names nobody needed were given within the hour."""
        return len(self._needless)

    @property
    def is_over(self) -> bool:
        """Whether no more names are given until an hour has gone by."""
        return self.needless > ALLOWED_AN_HOUR

    def admits(self, now: datetime) -> bool:
        """Whether one more name may be given."""
        if self._store is not None and self._is_crowded and self._may_sift(now):
            with self._store.reading(ACTOR) as work:
                self._sift(work)
        return not (self.is_over or (self._store is not None and self._is_crowded))

    @property
    def _is_crowded(self) -> bool:
        return len(self._asked) >= MOST_OPEN

    def _may_sift(self, now: datetime) -> bool:
        with self._lock:
            if self._sifted_at is not None and abs(now - self._sifted_at) < PAUSE:
                return False
            self._sifted_at = now
            return True

    def _sift(self, work: Work) -> None:
        """Count no longer the names whose row is there: genuine callers have it in a moment."""
        with self._lock:
            names = list(self._asked)
        held = _held(work, names)
        with self._lock:
            self._asked = {one: at for one, at in self._asked.items() if one not in held}

    def asked(self, pseudonym: str, now: datetime) -> None:
        """Note that this name was given."""
        with self._lock:
            self._asked.setdefault(pseudonym, now)

    def renamed(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Look for these under their new name from now on: (older, new)."""
        with self._lock:
            for old, new in pairs:
                at = self._asked.pop(old, None)
                if at is not None:
                    self._asked.setdefault(new, at)
                    self._dropped.add(old)

    def look(self, work: Work, now: datetime) -> None:
        """Count the names given a minute ago or more that no committed row holds."""
        with self._lock:
            ripe = {one: at for one, at in self._asked.items() if now - at >= GRACE}
            self._asked = {one: at for one, at in self._asked.items() if one not in ripe}
            given = {one: at for one, at in self._asked.items() if one not in self._written}
            dropped, self._dropped = self._dropped, set()
        held, before = _held(work, ripe), list(self._needless)
        self._needless.extend(sorted(at for one, at in ripe.items() if one not in held))
        while self._needless and now - self._needless[0] >= HOUR:
            self._needless.popleft()
        if given or ripe or dropped or list(self._needless) != before:
            self._write(given, ripe.keys() | dropped)

    def _write(self, given: Mapping[str, datetime], judged: Collection[str]) -> None:
        if self._notebook is not None:
            with suppress(OSError):  # on a disk that is full it counts on, until it is restarted
                self._notebook.write(given, judged, self._needless)
        self._written = (self._written | given.keys()) - set(judged)


def _held(work: Work, names: Collection[str]) -> set[str]:
    """Return the names that a committed row holds; nearly all of them are in the first table."""
    missing = set(names)
    for column in HOLDERS:
        wanted = list(missing)
        for start in range(0, len(wanted), AT_ONCE):
            some = select(column).where(column.in_(wanted[start : start + AT_ONCE])).distinct()
            missing.difference_update(work.session.scalars(some))
    return set(names) - missing
