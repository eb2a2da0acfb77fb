"""The language of what was said: kept with the case, remembered of the phone, deciding nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.case import Case
from models.conversation import Contact
from models.db import Gateway, Job
from models.services import intake
from models.services.conversing import Conversing
from models.services.hearing import heard_in
from tests.factories import NEIGHBOUR, SPEAKER, phone_of, staged
from workers.converse import Converser
from workers.language import hear

FRENCH = "on n'a pas recu les vivres a tessit depuis deux mois"
BAMBARA = "dugutigi ma dumuni di an ma tessit la kabini kalo fila"
DUTCH = "alle mensen worden vrij en gelijk in waardigheid en rechten geboren"


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        one.house = replace(one.house, hear=hear)
        yield one


def sends(stage, text, phone=SPEAKER):
    """Let a phone send one SMS and everything that follows from it happen."""
    with stage.store.work(Gateway()) as work:
        sms = intake.ReceivedSms("phone", f"{phone}:{stage.now}:{text}", phone, text)
        intake.receive_sms(work, stage.house, sms, stage.now)
    Converser(Conversing(stage.store, stage.house), lambda: stage.now).drain()
    stage.later(seconds=30)


def cases(stage):
    with stage.store.work(Job("test")) as work:
        return list(work.session.scalars(select(Case).order_by(Case.id)))


def remembered(stage, phone=SPEAKER):
    with stage.store.work(Job("test")) as work:
        row = work.session.get(Contact, stage.vault.pseudonym(phone))
        return None if row is None else (row.language, row.language_chosen)


def heard(stage, words, phone=SPEAKER, **how):
    with stage.store.work(Gateway()) as work:
        return heard_in(work, stage.scene(phone, "sms"), words, **{"private": False, **how})


@pytest.mark.parametrize(("text", "language"), [(FRENCH, "fr"), (BAMBARA, "bm"), (DUTCH, "und")])
def test_words_by_sms_are_kept_with_the_language_they_are_in(stage, text, language):
    sends(stage, text)
    while not cases(stage):
        sends(stage, "0")  # where it is, and whom it concerns, are not said
    assert [case.language for case in cases(stage)] == [language]


def test_what_is_surely_heard_is_remembered_and_a_choice_is_never_overruled(stage):
    assert heard(stage, BAMBARA) == "bm"
    assert remembered(stage) == ("bm", False)
    assert heard(stage, FRENCH) == "fr"
    assert remembered(stage) == ("fr", False)
    stage.does("choose_language", {"language": "ses"})
    assert heard(stage, BAMBARA) == "ses"
    assert remembered(stage) == ("ses", True)


def test_a_guess_is_not_remembered_and_short_words_follow_what_is(stage):
    assert heard(stage, "ok") == "und"
    assert remembered(stage) is None
    assert heard(stage, "ɔwɔ") == "bm"
    assert remembered(stage) is None
    heard(stage, BAMBARA)
    assert heard(stage, "ok") == "bm"
    assert heard(stage, "vivres") == "fr"
    assert remembered(stage) == ("bm", False)


def test_of_a_private_case_nothing_is_remembered_of_the_phone(stage):
    assert heard(stage, FRENCH, private=True) == "fr"
    assert remembered(stage) is None


def test_what_registered_people_write_is_not_listened_to(stage):
    assert heard(stage, BAMBARA, phone_of("P0150")) == "fr"
    assert remembered(stage, phone_of("P0150")) is None


def test_digits_alone_are_not_listened_to(stage):
    stage.house = replace(stage.house, hear=None)
    given = stage.files()
    assert stage.case(given["case"]).language == "fr"


def test_the_language_changes_nothing_in_who_gets_a_case(stage):
    seats = {
        stage.holder(stage.files(phone, words=words)["case"])
        for phone, words in ((SPEAKER, FRENCH), (NEIGHBOUR, BAMBARA))
    }
    assert len(seats) == 1
    assert [case.language for case in cases(stage)] == ["fr", "bm"]
