"""A restore, step by step: into an empty place, while nobody works, and whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pyrage.x25519 import Identity
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from gateway import assembly, backups, dumps, lifeline, word_key_files
from gateway.backups import ROWS, WORDS, BackupRefused, Header
from gateway.cli_base import HALF
from gateway.settings import Settings
from gateway.spool import sync
from models import migrating
from models.db import Operator, Store, Work
from models.errors import KeeperAway
from models.keeper import Keeper
from models.rights import application_role
from models.services import erasures, forgetting, restoring
from models.vault import KEEPER
from models.vault import WORDS as WORD_KEYS
from models.word_keys import WordKeys
from workers.keeper.chain_memory import note_restore
from workers.keeper.journal import Clerk, Journal

SLACK = timedelta(minutes=10)  # the journal may be written a little after the act
NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of it: as of when, and how many words, erasures and texts it was about."""

    made_at: datetime
    words: int
    forgotten: int
    unknown: int


class Restoring:
    """One restore into the place that the settings name. Every step raises BackupRefused."""

    def __init__(self, settings: Settings, opened_by: list[Identity]) -> None:
        self._settings = settings
        self._opened_by = opened_by
        self._url = make_url(settings.owner_url)

    def run(self, rows: Path, words: Path | None) -> Restored:
        """Restore rows and, unless they are destroyed, the keys of their words."""
        with self._alone(), self._folder() as own:
            dumps.refuse_unless_empty(self._url)
            header, dump = self._open(rows, ROWS, Path(own))
            keys = None if words is None else self._open(words, WORDS, Path(own))[1]
            url = self._draft(Path(own))
            with self._half():
                dumps.load(url, self._settings.postgres_bin, dump)
                migrating.upgrade(url, role=application_role(self._settings.database_url, url))
                restored = self._bring_up(url, header, keys)
            if dumps.is_sqlite(url):
                dumps.refuse_unless_empty(self._url)  # nobody began there meanwhile
                Path(str(url.database)).rename(str(self._url.database))
        return restored

    def words_back(self, words: Path) -> int:
        """Put keys of words back beside a database that is whole; return how many.

        For when the keeper's disk alone was lost. What was erased since stays erased.
        """
        kept = WordKeys(self._settings.keys / WORD_KEYS)
        with (
            self._alone(),
            self._folder() as own,
            closing(kept),
            closing(Store(self._url)) as store,
        ):
            header, lines = self._open(words, WORDS, Path(own))
            since = Journal(self._settings.erasures).since(header.time - SLACK)
            erased = {fact.ref for fact in since if fact.what == erasures.WORDS}
            with store.reading(Operator()) as work, lines.open("rb") as found:
                return word_key_files.put_back(work, kept, found, erased)

    @contextmanager
    def _half(self) -> Iterator[None]:
        """Say on the disk that this database is not to be worked with, until it is whole.

        A file of SQLite has no name before it is.
        """
        mark = self._settings.home / HALF
        if not dumps.is_sqlite(self._url):
            mark.touch()
            sync(self._settings.home)
        try:
            yield
        except BackupRefused:
            mark.unlink(missing_ok=True)  # then nothing was loaded
            raise
        mark.unlink(missing_ok=True)

    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        """Return a folder beside the place it is for, because only there a rename is one step."""
        beside = self._settings.home
        if dumps.is_sqlite(self._url):
            beside = Path(str(self._url.database)).parent
        return tempfile.TemporaryDirectory(dir=beside, prefix=".restore-")

    def _draft(self, folder: Path) -> URL:
        """Return where all is made ready: a file of SQLite has its name only at the end."""
        if not dumps.is_sqlite(self._url):
            return self._url
        return self._url.set(database=str(folder / "jaabi.db"))

    def _open(self, file: Path, kind: str, folder: Path) -> tuple[Header, Path]:
        into = folder / kind
        header = backups.unseal(file, kind, self._opened_by, into)
        if header.engine != self._url.get_backend_name():
            raise BackupRefused(f"{file} is of {header.engine}: JAABI_DATABASE_URL names another")
        if header.revision > migrating.head():
            raise BackupRefused(f"{file} was made by a newer Jaabi: install that first")
        return header, into

    def _bring_up(self, url: URL, header: Header, keys: Path | None) -> Restored:
        now, journal = assembly.clock(), Journal(self._settings.erasures)
        words = WordKeys(self._settings.keys / WORD_KEYS)
        with closing(words), closing(Store(url)) as store:
            with store.work(Operator()) as work:
                unknown = restoring.settle(work, now)
                restoring.note_backup(work, header.time)  # noted after its rows were written
                count = self._keys_back(work, words, keys)
                gone = forgetting.again(work, journal.since(header.time - SLACK), now)
            # What came back of what was erased is destroyed before anybody works with it.
            Clerk(store, journal, words).go(now)
        note_restore(self._settings.keys / KEEPER)
        return Restored(header.time, count, gone, unknown)

    def _keys_back(self, work: Work, words: WordKeys, keys: Path | None) -> int:
        """Keep the keys of words that are here, and no other: nobody could erase those by name."""
        word_key_files.drop_strangers(work, words)
        if keys is None:
            return 0
        with keys.open("rb") as lines:
            return word_key_files.put_back(work, words, lines)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep `jaabi run` from starting meanwhile; refuse while a keeper lives."""
        try:
            lock = lifeline.hold(self._settings.home / lifeline.LOCK)
        except lifeline.AlreadyRunning:
            raise BackupRefused("jaabi runs here: stop it first") from None
        with lock:
            if self._keeper_lives():
                raise BackupRefused("a keeper still runs: stop it, and all others, first")
            yield

    def _keeper_lives(self) -> bool:
        try:
            Keeper(self._settings.keeper_socket).digests(NOBODY, "000000")
        except KeeperAway:
            return False
        return True
