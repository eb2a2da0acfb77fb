"""What the keeper opens for the console: its texts as they leave, conversations, and sounds."""

import pytest
from sqlalchemy import select

from models.case import Case, Story
from models.db import Gateway, Handler, Job
from models.errors import KeeperRefused, SealBroken
from models.person import Person
from models.seal import TEXT, OneWay, Sealer, Transit
from models.services import handling, messages, readings, stories
from models.services.messages import Draft
from models.services.stories import Words
from models.vault import Vault
from tests.factories import staged
from tests.workers.sending import SPEAKER


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as stage:
        yield stage


@pytest.fixture
def case(stage):
    filed = stage.files(words="pas assez de mil")
    return int(filed["case"])


def at(stage, number, act):
    """Let somebody do something in a unit of work of their own."""
    with stage.store.work(Job("console")) as work:
        person = work.session.scalar(select(Person).where(Person.number == number))
        desk = handling.desk_of(work, stage.house, person.id, stage.now)
        return act(desk)


def reads(stage, case, number="P0150", sound=None):
    return at(
        stage,
        number,
        lambda desk: readings.begin(
            desk.work, desk.work.session.get_one(Case, case), stage.now, sound
        ),
    )


def test_what_is_sealed_outward_reaches_the_phone(sender, store, keys, line, fates, opener, clock):
    sealer = Sealer.load(keys, clock.seconds)
    contact = opener.vault.pseudonym(SPEAKER)
    draft = Draft("test:1", "case_new", "bonjour", sealer.number(SPEAKER), contact)
    with store.work(Job("console")) as work:
        messages.queue(work, draft, OneWay(sealer), clock.at)
    sender.drain()
    assert fates() == [("handed_over", None)]
    assert line.texts == ["bonjour"]


def test_the_key_of_a_case_is_no_text(keys, clock):
    vault, sealer = Vault.load(keys), Sealer.load(keys, clock.seconds)
    assert vault.text(sealer.outward("bonjour")) == "bonjour"
    _, name, wrapped = sealer.sound(TEXT + b"nobody asked for this")
    with pytest.raises(SealBroken):
        vault.text(bytes.fromhex(name) + wrapped)
    sealed = sealer.outward("x")
    with pytest.raises(SealBroken):
        vault.text(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(SealBroken):
        vault.text(Transit.load(keys, clock.seconds).wrap("x"))


def test_a_conversation_tells_all_that_was_written_and_who_wrote_it(stage, case):
    def writes(desk):
        own = desk.work.session.get_one(Case, case)
        handling.take(desk, own)
        handling.leave(desk, own, "note", "appeler le magasin")

    holder = stage.holder(case)
    at(stage, holder, writes)
    told = stage.house.keeper.conversation(reads(stage, case, holder))
    assert [(one["what"], one["by"], one["status"], one["text"]) for one in told] == [
        ("said", "gateway", "kept", "pas assez de mil"),
        ("note", holder, "leaving", "appeler le magasin"),
    ]


def test_a_conversation_is_opened_once_and_only_by_who_may(stage, case):
    holder = stage.holder(case)
    once = reads(stage, case, holder)
    stage.house.keeper.conversation(once)
    for reading in (once, reads(stage, case, "P0121")):
        with pytest.raises(KeeperRefused):
            stage.house.keeper.conversation(reading)


def test_who_notes_that_they_hear_a_sound_opens_that_one_and_nothing_else(stage, case):
    holder = stage.holder(case)
    with stage.store.work(Gateway()) as work:
        own = work.session.get_one(Case, case)
        sound = stories.keep_sound(work, stage.house.sealer, own, b"OggS" * 9000, stage.now).id
        said = stories.keep(work, stage.house.sealer, own, Words("said", "x"), stage.now).id
    keeper = stage.house.keeper
    assert keeper.sound(reads(stage, case, holder, sound), sound) == b"OggS" * 9000
    for wrong in (
        lambda: keeper.words(reads(stage, case, holder, sound)),
        lambda: keeper.conversation(reads(stage, case, holder, sound)),
        lambda: keeper.sound(reads(stage, case, holder), sound),
        lambda: keeper.sound(reads(stage, case, holder, said), said),
        lambda: keeper.sound(reads(stage, case, "P0121", sound), sound),
    ):
        with pytest.raises(KeeperRefused):
            wrong()


def test_an_entry_of_somebody_else_is_not_ones_own(stage, case):
    holder = stage.holder(case)
    reading = reads(stage, case, holder)
    with stage.store.reading(Job("test")) as work:
        number = work.session.get_one(Case, case).number
        person = work.session.scalar(select(Person).where(Person.number == holder))
        work.actor = Handler(person.id, person.number)
        assert readings.begun_by(work, reading, number)
        assert not readings.begun_by(work, reading, "99999")
        work.actor = Handler(person.id + 1, "P9999")
        assert not readings.begun_by(work, reading, number)
        assert work.session.scalar(select(Story.id).limit(1)) is not None
