"""The rows of a whole database as bytes, taken while it works, and put back into an empty one.

SQLite by its own online backup, PostgreSQL by its own pg_dump and pg_restore, which must not be
older than the server. The keys of words are left out: they have a file of their own, which is
destroyed sooner (threat model, 3).
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from gateway import leftovers, lifeline
from gateway.backups import BackupRefused, Readable

LOCK = "backup.lock"
KEYS_TABLE = "case_key"
LONGEST = 200  # of what a tool says when it refuses


@contextmanager
def dumped(url: URL, tools: Path | None, folder: Path) -> Iterator[Readable]:
    """Lend the rows; ``folder`` is where a copy may lie meanwhile. Raises BackupRefused."""
    how = _sqlite(url, folder) if is_sqlite(url) else _postgres(url, tools)
    with how as rows:
        yield rows


def is_sqlite(url: URL) -> bool:
    """Tell which engine it is."""
    return url.get_backend_name() == "sqlite"


def refuse_unless_empty(url: URL) -> None:
    """Raise BackupRefused where something is already: a restore never overwrites."""
    if is_sqlite(url):
        there = [path for path in _files(Path(str(url.database))) if path.exists()]
        if there:
            names = ", ".join(path.name for path in there)
            raise BackupRefused(f"a database is there already: move {names} away, together")
        return
    engine = create_engine(url, poolclass=NullPool)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise BackupRefused("the database is not empty: make a new one, and name that")


def load(url: URL, tools: Path | None, rows: Path) -> None:
    """Put rows into an empty database, all of them or none. Raises BackupRefused.

    What an earlier restore left beside the folder of ``rows`` is taken away.
    """
    leftovers.take_away(rows.parent.parent, leftovers.RESTORE, spare=rows.parent)
    if is_sqlite(url):
        shutil.move(rows, Path(str(url.database)))
        with closing(sqlite3.connect(str(url.database))) as link:
            [found] = link.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise BackupRefused("the rows of this backup are damaged")
        return
    whose = ("--no-owner", "--no-privileges")  # the role that restores owns it; rights follow
    options = ("--single-transaction", "--exit-on-error", "--no-password", *whose)
    command = [_tool(tools, "pg_restore"), *options, f"--dbname={_address(url)}", str(rows)]
    done = subprocess.run(command, env=_environment(url), capture_output=True, check=False)  # noqa: S603 the tool of the server
    if done.returncode:
        raise BackupRefused(_said("pg_restore", done.stderr))


@contextmanager
def _sqlite(url: URL, folder: Path) -> Iterator[Readable]:
    with _own(folder) as own:
        copy = Path(own) / "rows"
        source, target = sqlite3.connect(str(url.database)), sqlite3.connect(copy)
        with closing(source), closing(target):
            source.backup(target)  # in one step: readers keep no writer waiting
            target.execute("PRAGMA secure_delete=ON")
            target.execute(f"DELETE FROM {KEYS_TABLE}")  # noqa: S608 our own name
            target.commit()
            target.execute("PRAGMA journal_mode=DELETE")
            target.execute("VACUUM")
        with copy.open("rb") as rows:
            yield rows


@contextmanager
def _own(folder: Path) -> Iterator[str]:
    """Lend a folder to one backup at a time; what a killed one left is taken away first.

    Until its last step the copy there holds the keys of words too.
    """
    try:
        lock = lifeline.hold(folder / LOCK)
    except lifeline.AlreadyRunning:
        raise BackupRefused("another backup is being made here: wait for it") from None
    with lock:
        leftovers.take_away(folder, leftovers.BACKUP)
        with tempfile.TemporaryDirectory(dir=folder, prefix=leftovers.BACKUP) as own:
            yield own


@contextmanager
def _postgres(url: URL, tools: Path | None) -> Iterator[Readable]:
    options = ("--format=custom", "--no-password", f"--exclude-table-data=*.{KEYS_TABLE}")
    command = [_tool(tools, "pg_dump"), *options, f"--dbname={_address(url)}"]
    with tempfile.TemporaryFile() as said:
        tool = subprocess.Popen(  # noqa: S603 the tool of the server
            command, env=_environment(url), stdout=subprocess.PIPE, stderr=said
        )
        with tool:
            assert tool.stdout is not None  # noqa: S101 narrows the type
            yield tool.stdout
            tool.stdout.close()
            tool.wait()
        if tool.returncode:
            said.seek(0)
            raise BackupRefused(_said("pg_dump", said.read()))


def _tool(folder: Path | None, name: str) -> str:
    found = shutil.which(name, path=None if folder is None else str(folder))
    if found is None:
        raise BackupRefused(f"{name} is not found: set JAABI_POSTGRES_BIN to its folder")
    return found


def _address(url: URL) -> str:
    # What stands on a command line is seen by everybody on the machine: the password does not.
    return url.set(drivername="postgresql", password=None).render_as_string()


def _environment(url: URL) -> dict[str, str]:
    return {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}


def _said(tool: str, words: bytes) -> str:
    lines = words.decode(errors="replace").strip().splitlines() or ["nothing"]
    return f"{tool} says: {lines[0][:LONGEST]}"


def _files(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
