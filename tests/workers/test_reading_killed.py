"""Nothing is read without a trace, wherever whoever reads or opens is killed."""

import multiprocessing
import signal
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.words import Effect
from models import points
from models.audit import AuditEntry, AuditLink
from models.db import Job, Store
from models.errors import KeeperAway, KeeperRefused
from models.keeper import Keeper
from models.services.conversing import Conversing
from models.vault import Vault
from tests.conftest import NOON
from tests.factories import phone_of, staged
from workers.keeper.chain import Chain
from workers.keeper.chain_memory import Memory
from workers.keeper.openings import Openings
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.watch import Watch

KEY = b"the audit key of tests"
WORDS = "Nous avons recu la moitie des vivres"


def keep(url, folder, address, later, ready):
    """Be a keeper at work, which the points in ``folder`` may kill."""
    points.arm(folder)
    store, vault = Store(url), Vault.load(folder / "keys")
    now = NOON + timedelta(seconds=later)
    openings = Openings(store, vault, Chain(store, KEY, Memory.load(folder)), now)
    server = KeeperServer(address, Desk(vault, openings, Watch(), lambda: now))
    ready.set()
    server.serve_forever()


class Keepers:
    """Starts keepers one after the other at the same door."""

    def __init__(self, url, folder):
        self.url = url
        self.folder = folder
        self.doors = tempfile.TemporaryDirectory(prefix="jaabi-")
        self.address = Path(self.doors.name) / "keeper.sock"
        self.begun = []

    def begin(self, later=0):
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        given = (self.url, self.folder, self.address, later, ready)
        one = context.Process(target=keep, args=given)
        one.start()
        self.begun.append(one)
        assert ready.wait(60)
        return one

    def close(self):
        for one in self.begun:
            one.kill()
            one.join()
        self.doors.cleanup()


@pytest.fixture
def keepers(store, tmp_path):
    url = store.url.render_as_string(hide_password=False)
    one = Keepers(url, tmp_path)
    yield one
    one.close()


@pytest.fixture
def stage(store, tmp_path):
    with staged(store, tmp_path, NOON) as one:
        yield one


@pytest.fixture
def filed(stage):
    return stage.files(words=WORDS)


def note_reading(stage, filed, at=NOON):
    """Note that the holder of a case is about to read it."""
    said = {"act": "read", "about": "case", "row_id": filed["case"], "number": filed["n"]}
    entry = AuditEntry(actor=stage.holder(filed["case"]), at=at, details={}, **said)
    with stage.store.work(Job("test")) as work:
        work.session.add(entry)
        work.session.flush()
        return entry.id


def trace(store):
    """Return the entries of readings and how many of them are in the chain."""
    with store.reading(Job("test")) as work:
        read = select(AuditEntry.id).where(AuditEntry.act == "read").order_by(AuditEntry.id)
        linked = select(AuditLink.entry_id)
        return list(work.session.scalars(read)), len(work.session.scalars(linked).all())


@pytest.mark.parametrize(("point", "linked"), [("keeper.before_link", 0), ("keeper.linked", 1)])
def test_a_keeper_killed_around_the_link_opened_nothing(
    store, stage, keepers, tmp_path, filed, point, linked
):
    entry = note_reading(stage, filed)
    (tmp_path / point).touch()
    killed = keepers.begin()
    with pytest.raises(KeeperAway):
        Keeper(keepers.address).words(entry)
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert trace(store) == ([entry], linked)
    keepers.begin(later=1)
    with pytest.raises(KeeperRefused):  # it may have been used
        Keeper(keepers.address).words(entry)
    again = note_reading(stage, filed, NOON + timedelta(seconds=1))
    assert Keeper(keepers.address).words(again) == [WORDS]
    assert trace(store) == ([entry, again], linked + 1)


def test_who_fails_between_entry_and_words_has_read_nothing_and_left_a_trace(
    store, stage, tmp_path, filed
):
    number = stage.holder(filed["case"])
    scene = stage.scene(phone_of(number))
    asked = Effect("read_words", {"agent": number, "item": filed["n"]})
    (tmp_path / "public.noted").write_text("here")
    points.arm(tmp_path)
    try:
        with pytest.raises(points.Forced):
            Conversing(store, stage.house)._read(scene, asked)
    finally:
        points.arm(None)
    entries, linked = trace(store)
    assert (len(entries), linked) == (1, 0)
    assert Conversing(store, stage.house)._read(scene, asked).values == {"pages": [WORDS]}
    assert trace(store)[1] == 1
