"""The watch over names goes on counting after a restart, and says so where it is looked for."""

from datetime import timedelta

import pytest

from gateway import doctor_rows
from gateway.settings import Settings
from models.conversation import Contact
from models.db import Job
from models.services import gauges, watching
from models.vault import Vault, create_keys
from workers.keeper.keys import Rounds
from workers.keeper.watch import ALLOWED_AN_HOUR, MOST_OPEN, Notebook, Watch

SECOND = timedelta(seconds=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys" / "words"


@pytest.fixture
def look(store):
    def at(watch, now):
        with store.reading(Job("test")) as work:
            watch.look(work, now)

    return at


def asks(watch, count, now, called="name"):
    for row in range(count):
        watch.asked(f"{called} {row}", now)


def test_a_keeper_that_is_restarted_goes_on_refusing_until_the_hour_is_over(folder, look, now):
    watch = Watch(Notebook(folder))
    asks(watch, ALLOWED_AN_HOUR + 1, now)
    look(watch, now + timedelta(minutes=1))
    assert watch.is_over
    again = Watch(Notebook(folder))
    assert (again.needless, again.is_over) == (ALLOWED_AN_HOUR + 1, True)
    look(again, now + timedelta(hours=1) - SECOND)
    assert again.is_over
    look(again, now + timedelta(hours=1))
    assert not again.is_over
    assert Watch(Notebook(folder)).needless == 0


def test_names_given_before_a_restart_are_judged_after_it(folder, look, now, store):
    watch = Watch(Notebook(folder))
    asks(watch, 5, now)
    look(watch, now + SECOND)
    with store.work(Job("test")) as work:
        work.session.add(Contact(pseudonym="name 3", seen_at=now))
    again = Watch(Notebook(folder))
    look(again, now + timedelta(minutes=1))
    assert again.needless == 4
    assert Notebook(folder).asked() == {}


def test_counting_goes_on_while_the_disk_is_full(folder, look, now):
    folder.mkdir(parents=True)
    watch = Watch(Notebook(folder))
    (folder / "watch.db").unlink()
    watch._notebook._file.close()
    (folder / "watch.db").mkdir()
    asks(watch, 3, now)
    look(watch, now + timedelta(minutes=1))
    assert watch.needless == 3


def test_the_doctor_and_the_metrics_say_that_names_are_refused_and_since_when(store, tmp_path, now):
    create_keys(tmp_path / "keys")
    vault = Vault.load(tmp_path / "keys")
    watch = Watch(Notebook(tmp_path / "keys" / "words"))
    rounds = Rounds(store, vault, tmp_path / "keys", watch)
    rounds.go(now)
    settings = Settings.load(home=tmp_path)
    assert list(doctor_rows.names(settings, store)) == []
    asks(watch, ALLOWED_AN_HOUR + 1, now)
    for minutes in (1, 2):
        rounds.go(now + timedelta(minutes=minutes))
    [said] = doctor_rows.names(settings, store)
    assert said.startswith("201 names were asked for")
    assert said.endswith("since 2026-11-23T12:01:00Z.")
    with store.reading(Job("test")) as work:
        told = {one.name: one.value for one in gauges.read(work, now)}
    assert (told["names_needless"], told["names_refused"]) == (ALLOWED_AN_HOUR + 1, True)
    rounds.go(now + timedelta(hours=2))
    assert list(doctor_rows.names(settings, store)) == []
    with store.reading(Job("test")) as work:
        assert watching.watched(work).over_since is None


def test_a_burst_of_genuine_callers_is_admitted_and_one_of_tried_numbers_is_not(store, now):
    watch = Watch(store=store)
    asks(watch, MOST_OPEN, now, "caller")
    with store.work(Job("test")) as work:
        work.session.add_all(
            Contact(pseudonym=f"caller {row}", seen_at=now) for row in range(MOST_OPEN)
        )
    assert watch.admits(now)
    asks(watch, MOST_OPEN, now, "tried")
    assert not watch.admits(now + SECOND)
    assert watch.needless == 0  # nobody is judged before the minute is over
    with store.reading(Job("test")) as work:
        watch.look(work, now + timedelta(minutes=1))
    assert (watch.needless, watch.admits(now + timedelta(minutes=1))) == (MOST_OPEN, False)
