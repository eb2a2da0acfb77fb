"""The language remembered of a phone: a choice stays, a guess gives way."""

from dataclasses import replace

from models.conversation import Contact
from models.db import Gateway, Job
from models.services.tongues import guess_language
from tests.factories import FLOWS, SPEAKER


def chooses(stage, language, **scene):
    return stage.does("choose_language", {"language": language}, **scene)


def guesses(stage, language, **scene):
    with stage.store.work(Gateway()) as work:
        guess_language(work, stage.scene(SPEAKER, "sms", **scene), language)


def remembered(stage):
    with stage.store.work(Job("test")) as work:
        row = work.session.get(Contact, stage.vault.pseudonym(SPEAKER))
        return None if row is None else (row.language, row.language_chosen)


def test_the_last_guess_is_remembered(stage):
    guesses(stage, "bm")
    guesses(stage, "ses")
    assert remembered(stage) == ("ses", False)


def test_a_choice_replaces_a_guess_and_no_guess_replaces_a_choice(stage):
    guesses(stage, "bm")
    chooses(stage, "fr")
    guesses(stage, "ses")
    assert remembered(stage) == ("fr", True)
    chooses(stage, "ff")
    assert remembered(stage) == ("ff", True)


def test_nobody_is_remembered_while_nobody_knows_who_it_is(stage):
    assert chooses(stage, "bm", contact=False).values == {"language": "bm"}
    guesses(stage, "bm", contact=False)
    assert remembered(stage) is None


def test_the_languages_to_choose_from_stand_in_an_order_that_never_changes(stage):
    tongues = {code: replace(FLOWS, language=code) for code in ("ses", "snk", "bm")}
    house = replace(stage.house, tongues=tongues)
    listed = stage.does("languages", {}, house=house).values["languages"]
    assert [one["name"] for one in listed] == ["Francais", "Bamanankan", "Songhay", "Soninke"]
    assert stage.does("languages", {}).name == "one"
