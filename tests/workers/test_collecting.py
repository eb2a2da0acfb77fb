"""Keys of words leave the database for the keeper's own store, and die there when told to."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select, text

from models.case import Case, CaseKey, Story
from models.db import Gateway, Job, Store
from models.errors import SealBroken
from models.seal import Sealer
from models.services import erasures, stories
from models.services.stories import Words
from models.vault import Vault
from tests.factories import SPEAKER, staged
from workers.keeper import collecting
from workers.keeper.collecting import Collector
from workers.keeper.journal import Clerk, Journal
from workers.keeper.keys import Rounds
from workers.keeper.reading import opened
from workers.keeper.watch import Watch


class Desk:
    """A programme whose keeper collects when it is told to."""

    def __init__(self, stage, folder):
        self.stage, self.store, self.vault = stage, stage.store, stage.vault
        self.keys = folder / "keys"
        self.collector = Collector(stage.store, stage.vault)
        self.clerk = Clerk(stage.store, Journal(folder / "erasures"), stage.vault.words)
        self.case = int(stage.files(SPEAKER)["case"])

    def says(self, words):
        with self.store.work(Gateway()) as work:
            case = work.session.get_one(Case, self.case)
            return stories.keep(
                work, self.stage.house.sealer, case, Words("said", words), self.stage.now
            ).id

    def erases(self, story):
        with self.store.work(Job("test")) as work:
            stories.erase_words(work, [work.session.get_one(Story, story)])

    def read(self, vault=None):
        with self.store.reading(Job("test")) as work:
            return opened(work, vault or self.vault, Story.case_id == self.case)

    def rows(self):
        with self.store.reading(Job("test")) as work:
            return [tuple(row) for row in work.session.execute(select(CaseKey.wrapped))]


@pytest.fixture
def desk(store, tmp_path, now):
    with staged(store, tmp_path, now) as stage:
        yield Desk(stage, tmp_path)
        stage.vault.words.close()


def test_words_can_be_read_before_and_after_their_key_is_collected(desk):
    desk.says("Le puits est sec")
    assert desk.read() == ["Le puits est sec"]
    assert desk.collector.go() == 1
    desk.says("Toujours rien")
    assert desk.read() == ["Le puits est sec", "Toujours rien"]
    assert desk.collector.go() == 1
    assert desk.rows() == []
    assert desk.read(Vault.load(desk.keys)) == ["Le puits est sec", "Toujours rien"]
    assert desk.collector.go() == 0


def test_more_than_one_batch_is_collected_and_what_cannot_be_opened_keeps_nobody(
    desk, monkeypatch, caplog
):
    monkeypatch.setattr(collecting, "AT_ONCE", 2)
    told = [desk.says(f"Mots {row}") for row in range(5)]
    with desk.store.work(Job("test")) as work:
        work.session.get_one(CaseKey, told[1]).key_id = "00000000"
    assert desk.collector.go() == 4
    assert desk.collector.go() == 0
    assert len(desk.rows()) == 1
    assert [record.message for record in caplog.records] == ["sealed under a key we do not hold"]
    with pytest.raises(SealBroken):
        desk.read()


def test_a_copy_of_the_row_is_worth_nothing_after_seven_days_with_all_keys_that_still_exist(desk):
    desk.says("Le puits est sec")
    with desk.store.reading(Job("test")) as work:
        [copy] = work.session.execute(
            select(Story.sealed, CaseKey.key_id, CaseKey.wrapped).join(CaseKey)
        ).all()
    assert desk.vault.story(*copy) == "Le puits est sec"
    rounds, now = Rounds(desk.store, desk.vault, desk.keys, Watch()), desk.stage.now
    for day in range(8):
        rounds.go(now + timedelta(days=day))
        assert desk.vault.story(*copy) == "Le puits est sec"
    rounds.go(now + timedelta(days=8))
    for vault in (desk.vault, Vault.load(desk.keys)):
        with pytest.raises(SealBroken):
            vault.story(*copy)
        assert desk.read(vault) == ["Le puits est sec"]
    assert not (desk.keys / "arrivals" / f"{now:%Y-%m-%d}.pub").exists()


def test_no_pair_is_destroyed_while_keys_wait_that_could_not_be_collected(desk):
    desk.says("Le puits est sec")
    rounds, now = Rounds(desk.store, desk.vault, desk.keys, Watch()), desk.stage.now
    file = desk.keys / "words" / "keys.db"
    desk.vault.words.close()
    file.unlink(missing_ok=True)
    file.mkdir()
    for day in range(10):
        rounds.go(now + timedelta(days=day))
    assert len(desk.rows()) == 1
    file.rmdir()
    rounds.go(now + timedelta(days=10))
    assert (desk.rows(), desk.read()) == ([], ["Le puits est sec"])


def test_what_is_erased_is_closed_at_once_and_its_key_destroyed_by_the_clerk(desk):
    told = desk.says("Je ne veux plus")
    desk.collector.go()
    desk.erases(told)
    assert desk.read() == []
    assert len(list(desk.vault.words.all())) == 1
    desk.clerk.go(desk.stage.now)
    assert list(desk.vault.words.all()) == []
    assert desk.read() == []


def test_erasing_before_it_is_collected_leaves_no_key_anywhere(desk):
    desk.erases(desk.says("Je ne veux plus"))
    assert desk.rows() == []
    assert desk.collector.go() == 0
    desk.clerk.go(desk.stage.now)
    assert (desk.read(), list(desk.vault.words.all())) == ([], [])


class _Killed(Exception):
    """In place of a kill."""


@pytest.mark.parametrize("place", ["keeper.keys_kept", "keeper.collected"])
def test_killed_while_it_collects_it_neither_loses_a_key_nor_brings_one_back(
    desk, monkeypatch, place
):
    kept, erased = desk.says("Le puits est sec"), desk.says("Je ne veux plus")

    def dies(name):
        if name == place:
            raise _Killed

    monkeypatch.setattr(collecting, "reached", dies)
    with pytest.raises(_Killed):
        desk.collector.go()
    monkeypatch.undo()
    assert desk.read() == ["Le puits est sec", "Je ne veux plus"]
    desk.erases(erased)
    desk.clerk.go(desk.stage.now)
    desk.collector.go()
    assert desk.read() == ["Le puits est sec"]
    assert [one.name.split(":")[0] for one in desk.vault.words.all()] == [str(kept)]


def test_who_erases_while_a_key_is_being_collected_wins(desk, monkeypatch):
    told, other = desk.says("Je ne veux plus"), Store(desk.store.url)
    erasing = Thread(target=desk.erases, args=(told,))

    def meanwhile(name):
        if name == "keeper.keys_kept":
            erasing.start()
            erasing.join(0.3)  # it waits for us: for the row, or for the one writer's turn

    monkeypatch.setattr(collecting, "reached", meanwhile)
    desk.collector.go()
    erasing.join()
    desk.clerk.go(desk.stage.now)
    other.close()
    assert (desk.rows(), desk.read(), list(desk.vault.words.all())) == ([], [], [])


def test_a_clerk_killed_before_its_commit_does_it_again(desk, monkeypatch):
    desk.erases(desk.says("Je ne veux plus"))
    desk.collector.go()
    drained = erasures.drain

    def dies(work):
        work.session.execute(text("SELECT 1"))
        facts = drained(work)
        monkeypatch.setattr(erasures, "drain", drained)
        desk.vault.words.destroy(one.ref for one in facts)
        raise OSError("the disk went")

    monkeypatch.setattr(erasures, "drain", dies)
    with pytest.raises(OSError, match="went"):
        desk.clerk.go(desk.stage.now)
    desk.clerk.go(desk.stage.now)
    with desk.store.reading(Job("test")) as work:
        assert not erasures.is_noted(work)


def test_another_story_that_was_given_the_same_id_does_not_take_its_key(desk):
    told = desk.says("Le puits est sec")
    desk.collector.go()
    with desk.store.work(Job("test")) as work:
        work.session.get_one(Story, told).at += timedelta(seconds=1)
    assert desk.read() == []


def test_sealers_follow_the_pair_of_the_day(desk):
    clock = [desk.stage.now.timestamp()]
    sealer = Sealer.load(desk.keys, lambda: clock[0])
    before = sealer.story("avant")
    clock[0] += 86_400
    after = sealer.story("apres")
    assert before[1] != after[1]
    assert [desk.vault.story(*one) for one in (before, after)] == ["avant", "apres"]
    clock[0] -= 30 * 86_400  # a clock that was put back stops nobody
    assert desk.vault.story(*sealer.story("encore")) == "encore"
