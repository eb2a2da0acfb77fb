"""What a backup or a restore left that was killed: a copy with the keys of words must not stay."""

import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from gateway import dumps, leftovers
from gateway.backups import BackupRefused
from tests.gateway.service import serving
from tests.gateway.test_acceptor import ROOT

HANGS = """
import sys, threading
from pathlib import Path
from sqlalchemy import make_url
from gateway import dumps
with dumps.dumped(make_url(sys.argv[1]), None, Path(sys.argv[2])):
    print("open", flush=True)
    threading.Event().wait(60)
"""


@pytest.fixture
def service(sqlite_store, tmp_path):
    with serving(sqlite_store.url, tmp_path) as one:
        one.settings.home.mkdir(exist_ok=True)
        yield one


def left(folder):
    return [one.name for one in folder.iterdir() if one.name.startswith(".")]


def backing_up(service):
    """Begin a backup in a process of its own, and return it while its copy lies there."""
    command = [sys.executable, "-c", HANGS, str(service.store.url), str(service.settings.home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout.readline() == b"open\n"
    return process


def test_a_copy_of_a_backup_that_was_killed_is_taken_away_by_the_next_one(service):
    home = service.settings.home
    killed = backing_up(service)
    assert len(left(home)) == 1
    with (
        pytest.raises(BackupRefused, match="another backup"),
        dumps.dumped(service.store.url, None, home),
    ):
        pytest.fail("two at once")
    assert len(left(home)) == 1  # the folder of one that lives is its own
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    killed.stdout.close()
    assert len(left(home)) == 1
    with dumps.dumped(service.store.url, None, home) as rows:
        assert rows.read(15) == b"SQLite format 3"
        assert len(left(home)) == 1
    assert left(home) == []


def test_rows_and_keys_of_a_restore_that_was_killed_are_taken_away_by_the_next_one(
    service, tmp_path
):
    old, own = tmp_path / ".restore-old", tmp_path / ".restore-own"
    for folder in (old, own):
        folder.mkdir()
        (folder / "words").write_text("keys")
    (old / "deep").mkdir()
    with sqlite3.connect(own / "rows") as link:
        link.execute("CREATE TABLE one (id INTEGER)")
    link.close()
    dumps.load(service.store.url.set(database=str(tmp_path / "new.db")), None, own / "rows")
    assert left(tmp_path) == [own.name]


def test_only_folders_of_that_name_are_taken_away(tmp_path):
    for name in ("keys", ".restore-1", ".backup-1", "restore-1"):
        (tmp_path / name).mkdir()
    (tmp_path / ".restore-2").write_text("a file")
    leftovers.take_away(tmp_path, leftovers.RESTORE)
    assert {one.name for one in tmp_path.iterdir()} == {
        "keys",
        ".backup-1",
        "restore-1",
        ".restore-2",
    }
