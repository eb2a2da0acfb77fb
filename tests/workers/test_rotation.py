"""Keys are made anew while all goes on, and old ones live only as long as anything needs them."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from models import key_rotation
from models.case import Case, Story
from models.conversation import Contact, Conversation
from models.db import Gateway, Job
from models.errors import SealBroken
from models.key_rotation import RotatedToday
from models.outbound import OutboundMessage
from models.person import Person
from models.seal import Sealer
from models.services import intake, stories
from models.services.stories import Words
from models.vault import Vault
from tests.factories import NEIGHBOUR, SPEAKER, phone_of, staged
from workers.keeper.keys import Rounds
from workers.keeper.naming import NamingVault
from workers.keeper.reading import opened
from workers.keeper.watch import Notebook, Watch

MONTH = timedelta(days=36)


class Desk:
    """A programme whose keys are rotated, and its keeper's rounds."""

    def __init__(self, stage, folder):
        self.stage, self.store, self.keys = stage, stage.store, folder / "keys"
        self.vault = NamingVault(self.keys, stage.store)
        self.now = stage.now
        self.watch = Watch(Notebook(folder / "keys" / "words"))
        self.rounds = Rounds(self.store, self.vault, self.keys, self.watch)

    def goes_round(self, after=timedelta(minutes=11)):
        self.now += after
        self.rounds.go(self.now)

    def rotates(self, kind):
        key_rotation.rotate(self.keys, kind, self.now)
        when = self.now.timestamp()
        for path in (self.keys / f"{kind}.pub", *(self.keys / "keeper").glob(f"{kind}-20*.key")):
            if path.exists():
                os.utime(path, (when, when))

    def private(self, kind):
        return sorted(path.name for path in (self.keys / "keeper").glob(f"{kind}*.key"))

    def one(self, asked):
        with self.store.reading(Job("test")) as work:
            return work.session.scalars(asked).all()


@pytest.fixture
def desk(store, tmp_path, now):
    with staged(store, tmp_path, now) as stage:
        yield Desk(stage, tmp_path)
        stage.vault.words.close()


def test_numbers_in_rows_come_under_the_new_pair_and_the_old_one_dies_when_no_backup_needs_it(desk):
    desk.rotates("addresses")
    [old] = desk.one(select(Person.phone_sealed).where(Person.number == "P0151"))
    assert desk.vault.number(old) == phone_of("P0151")
    desk.goes_round()
    [new] = desk.one(select(Person.phone_sealed).where(Person.number == "P0151"))
    assert new[:4] == desk.vault.current("addresses") != old[:4]
    assert desk.vault.number(new) == phone_of("P0151")
    assert len(desk.private("addresses")) == 2
    desk.goes_round(MONTH)
    assert len(desk.private("addresses")) == 1
    with pytest.raises(SealBroken):
        desk.vault.number(old)
    with pytest.raises(SealBroken):
        Vault.load(desk.keys).number(old)
    assert desk.vault.number(new) == phone_of("P0151")


def test_whoever_seals_follows_within_a_minute_and_until_then_nothing_is_lost(desk):
    clock = [desk.now.timestamp()]
    sealer = Sealer.load(desk.keys, lambda: clock[0])
    desk.rotates("addresses")
    early = sealer.number(SPEAKER)
    clock[0] += 61
    late = sealer.number(SPEAKER)
    assert early[:4] != late[:4]
    assert [desk.vault.number(one) for one in (early, late)] == [SPEAKER, SPEAKER]


def test_an_old_pair_stays_as_long_as_a_row_that_could_not_be_changed_needs_it(desk, monkeypatch):
    desk.rotates("addresses")
    monkeypatch.setattr("workers.keeper.rewrapping.SEALED", ())
    monkeypatch.setattr(
        "workers.keeper.rewrapping.Rewrapper._holds_address", lambda _self, _key_id: True
    )
    desk.goes_round(MONTH)
    assert len(desk.private("addresses")) == 2


def test_keys_of_words_come_under_the_new_class_key(desk):
    case_id = int(desk.stage.files(SPEAKER)["case"])
    with desk.store.work(Gateway()) as work:
        case = work.session.get_one(Case, case_id)
        stories.keep(work, desk.stage.house.sealer, case, Words("said", "Le puits"), desk.now)
    desk.goes_round()
    [before] = desk.vault.words.all()
    desk.rotates("stories")
    desk.goes_round()
    [after] = desk.vault.words.all()
    assert (after.name, after.key_id) == (before.name, desk.vault.current("stories").hex())
    assert after.key_id != before.key_id
    assert len(desk.private("stories")) == 2
    desk.goes_round(timedelta(days=8))
    assert len(desk.private("stories")) == 1
    with desk.store.reading(Job("test")) as work:
        assert opened(work, desk.vault, Story.case_id == case_id) == ["Le puits"]


def test_with_a_new_pepper_everybody_is_known_and_renamed_and_their_codes_still_open(desk):
    answers = desk.stage.files(SPEAKER)
    case_id, old = int(answers["case"]), desk.vault.pseudonym(SPEAKER)
    with desk.store.work(Job("test")) as work:
        intake.stop(work, old, desk.now)
    receipt = receipt_of(answers)
    short, long = desk.vault.digests(old, receipt)
    assert desk.stage.case(case_id).receipt_short == short
    desk.rotates("pepper")
    desk.rounds.go(desk.now)
    assert desk.vault.pseudonym(SPEAKER) == old  # until it is renamed
    assert desk.vault.digests(old, receipt) == (short, long)
    desk.goes_round(timedelta(seconds=2))
    new = desk.vault.pseudonym(SPEAKER)
    assert new != old
    assert new.startswith(desk.vault.peppers[0].name)
    assert desk.stage.case(case_id).contact == new
    assert desk.vault.digests(new, receipt) == (short, long)
    assert desk.vault.digests(new, receipt[:6]) == (short, None)
    assert desk.vault.digests(None, receipt) == (None, long)
    with desk.store.reading(Job("test")) as work:
        assert work.session.get_one(Contact, new).stopped_at == desk.stage.now
        assert work.session.get(Contact, old) is None
        assert work.session.query(Conversation).filter_by(contact=old).count() == 0
        assert work.session.query(OutboundMessage).filter_by(contact=old).count() == 0
    # Another process of the keeper's, after a restart, knows it too.
    again = NamingVault(desk.keys, desk.store)
    assert again.digests(new, receipt) == (short, long)


def receipt_of(answers):
    """The twelve digits a case was given."""
    return (answers["c6"] + answers["c6b"]).replace(" ", "")


def test_registered_people_are_renamed_without_a_word_from_them(desk):
    desk.rotates("pepper")
    desk.goes_round()
    desk.goes_round(timedelta(seconds=2))
    newest = desk.vault.peppers[0].name
    names = desk.one(select(Person.pseudonym))
    assert names
    assert all(name.startswith(newest) for name in names)
    [name] = desk.one(select(Person.pseudonym).where(Person.number == "P0151"))
    assert desk.vault.pseudonym(phone_of("P0151")) == name


def test_whoever_is_renamed_was_not_asked_for_needlessly(desk):
    desk.stage.files(SPEAKER)
    desk.rotates("pepper")
    desk.rounds.go(desk.now)
    desk.watch.asked(desk.vault.pseudonym(SPEAKER), desk.now)
    desk.goes_round(timedelta(seconds=2))
    desk.watch = Watch(Notebook(desk.keys / "words"))  # nor after a restart
    for watch in (desk.rounds._watch, desk.watch):
        with desk.store.reading(Job("test")) as work:
            watch.look(work, desk.now + timedelta(minutes=2))
        assert watch.needless == 0


def test_who_was_met_under_both_names_and_refused_under_one_stays_refused(desk):
    old = desk.vault.pseudonym(NEIGHBOUR)
    desk.rotates("pepper")
    desk.rounds.go(desk.now)
    new = desk.vault.peppers[0].digest(NEIGHBOUR)
    with desk.store.work(Job("test")) as work:
        intake.stop(work, old, desk.now)
        work.session.add(Contact(pseudonym=new, seen_at=desk.now))
    assert desk.vault.pseudonym(NEIGHBOUR) == old
    desk.vault.rename()
    with desk.store.reading(Job("test")) as work:
        assert work.session.get_one(Contact, new).stopped_at == desk.now
        assert work.session.get(Contact, old) is None


def test_an_old_pepper_dies_with_the_last_row_that_needs_it_and_not_before_its_time(desk):
    case_id = int(desk.stage.files(SPEAKER)["case"])
    desk.rotates("pepper")
    desk.goes_round()
    desk.goes_round(timedelta(seconds=2))
    desk.vault.pseudonym(SPEAKER)
    desk.goes_round(MONTH)
    assert len(desk.private("pepper")) == 2  # the code of the case is under it
    desk.stage.change(Case, {"id": case_id}, receipt_short=None, receipt_long=None)
    desk.goes_round()
    desk.goes_round()
    assert len(desk.private("pepper")) == 1
    assert len(desk.vault.peppers) == 1
    assert desk.stage.case(case_id).contact == desk.vault.pseudonym(SPEAKER)


def test_the_pepper_is_made_anew_once_a_day(desk):
    desk.rotates("pepper")
    with pytest.raises(RotatedToday):
        desk.rotates("pepper")
