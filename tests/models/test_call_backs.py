"""Being called by a person: of the cell for ordinary things, of the compartment for private."""

import pytest
from sqlalchemy import select

from models.case import CallBack, Case
from models.conversation import Contact
from models.db import Job
from models.person import Hat, Person
from models.services.call_backs import queue
from models.services.call_lines import says_not_reached
from models.services.handling import desk_at
from tests.factories import NEIGHBOUR, SPEAKER, phone_of

WISH = {"call_language": "ses", "call_when": "morning", "call_voice": "man", "when": "matin"}
PHONES = (SPEAKER, NEIGHBOUR, "+22370000003")
HARM = "un homme a viole ma fille"


def items(stage):
    """Return every call-back item with its wish, oldest first."""
    with stage.store.work(Job("test")) as work:
        rows = select(Case, CallBack).join(CallBack, CallBack.case_id == Case.id)
        return [(case, wish) for case, wish in work.session.execute(rows.order_by(Case.id)).all()]


def test_a_wish_to_be_called_is_an_item_of_the_cell_with_its_clock(stage):
    noted = stage.does("open_call_back", WISH)
    [(case, wish)] = items(stage)
    assert noted.name == "noted"
    assert noted.values["case"] == case.id
    assert noted.values["when"] == "matin"
    assert (case.kind, case.status, case.case_class) == ("call_back", "asked", "C1")
    assert (wish.language, wish.hour, wish.voice) == ("ses", "morning", "man")
    assert wish.consent_at == stage.now
    assert stage.vault.number(case.address) == SPEAKER
    assert stage.holder(case.id) == "P0157"  # a man was asked for
    assert [person for person, _ in stage.outbox("case_new")] == ["P0157"]
    assert case.due_at > stage.now
    assert stage.follows(noted.values["c6"]).values["sentence"] == "Recu, pas encore lu."


def test_whoever_speaks_the_language_asked_for_comes_first(stage):
    stage.change(Person, {"number": "P0157"}, language="fr")
    stage.change(Person, {"number": "P0156"}, language="ses")
    stage.does("open_call_back", {**WISH, "call_voice": "any"})
    [(case, _)] = items(stage)
    assert stage.holder(case.id) == "P0156"
    stage.change(Person, {"number": "P0157"}, language="ff")
    stage.does("open_call_back", {**WISH, "call_language": "ff", "call_voice": "any"})
    assert stage.holder(items(stage)[-1][0].id) == "P0157"


def test_by_sms_the_wish_needs_no_language_nor_hour(stage):
    stage.does("open_call_back", {"call_voice": "any", "call_when": "any"}, kind="sms")
    [(_, wish)] = items(stage)
    assert (wish.language, wish.hour, wish.voice) == ("fr", "any", "any")


def test_nothing_said_before_goes_with_an_ordinary_wish(stage):
    stage.does("open_call_back", {**WISH, "category": "12", "about": "ngo", "about_org": "ngo-a"})
    [(case, _)] = items(stage)
    assert (case.category, case.about) == ("8", "nobody")


def test_a_voice_for_a_filed_case_is_asked_of_the_cell_and_tied_to_it(stage):
    given = stage.files(answer="call")
    noted = stage.does("open_call_back", {**WISH, "case": given["case"], "c6": given["c6"]})
    [(item, wish)] = items(stage)
    assert (noted.values["case"], noted.values["c6"]) == (given["case"], given["c6"])
    assert wish.about_id == given["case"]
    assert stage.vault.number(item.address) == SPEAKER
    assert stage.case(given["case"]).address is None
    assert sorted(person for person, _ in stage.outbox("case_new")) == ["P0150", "P0157"]


def test_asking_twice_changes_the_wish_and_adds_no_item(stage):
    given = stage.files()
    stage.does("open_call_back", {**WISH, "case": given["case"]})
    stage.does("open_call_back", {**WISH, "call_when": "evening", "case": given["case"]})
    [(_, wish)] = items(stage)
    assert wish.hour == "evening"


def test_a_code_typed_is_not_shown_again(stage):
    given = stage.files()
    assert stage.does("open_call_back", {**WISH, "case": given["case"]}).values["c6"] == ""


def test_a_nameless_case_gets_a_code_with_its_call(stage):
    given = stage.files(answer="none")
    noted = stage.does("open_call_back", {**WISH, "case": given["case"]})
    assert stage.follows(noted.values["c6"]).values["case"] == given["case"]


def test_stopping_the_case_stops_its_call(stage):
    given = stage.files(answer="call")
    stage.does("open_call_back", {**WISH, "case": given["case"]})
    item = items(stage)[0][0].id
    stage.does("withdraw", {"case": given["case"]})
    assert stage.case(item).status == "closed"
    assert stage.case(item).address is None
    assert items(stage) == []
    assert stage.outbox("case_new") == []


def test_a_wish_can_be_taken_back(stage):
    noted = stage.does("open_call_back", WISH)
    stage.does("withdraw", {"case": noted.values["case"]})
    assert stage.case(noted.values["case"]).status == "closed"
    assert stage.follows(noted.values["c6"]).name == "unknown"


def test_a_private_call_has_no_way_back_before_the_yes(stage):
    said = {"category": "93", "private": True, "answer": "code", "call_voice": "woman"}
    given = stage.does("open_case", said).values
    assert stage.case(given["case"]).address is None
    wish = {"case": given["case"], "c6": given["c6"], "call_when": "market", "call_voice": "woman"}
    agreed = stage.does("agree_call", wish)
    assert (agreed.values["case"], agreed.values["c6"]) == (given["case"], given["c6"])
    assert stage.vault.number(stage.case(given["case"]).address) == SPEAKER
    [(case, kept)] = items(stage)
    assert (case.id, kept.hour, kept.about_id) == (given["case"], "market", None)
    assert stage.outbox("answer_ready") == []
    assert [person for person, _ in stage.outbox("case_new")] == ["P0155"]


def test_who_only_wants_to_talk_in_private_is_heard_by_those_trained_to(stage):
    noted = stage.does("open_call_back", {**WISH, "private": True})
    case = stage.case(noted.values["case"])
    assert (case.case_class, stage.holder(case.id)) == ("C7", "P0155")


def test_a_call_with_a_code_of_a_compartment_stays_in_it(stage):
    given = stage.files(category="17")
    stage.does("open_call_back", {**WISH, "case": given["case"]})
    [(case, _)] = items(stage)
    assert (case.id, stage.holder(case.id)) == (given["case"], "P0153")


def test_words_that_raise_the_class_take_the_call_into_the_compartment(stage):
    given = stage.files(answer="call")
    stage.does("open_call_back", {**WISH, "case": given["case"]})
    stage.does("add_words", {"case": given["case"], "words": HARM})
    [(case, wish)] = items(stage)
    assert (case.id, stage.holder(case.id), wish.hour) == (given["case"], "P0155", "morning")
    assert stage.vault.number(case.address) == SPEAKER
    assert [person for person, _ in stage.outbox("case_new")] == ["P0155"]


def test_an_agent_takes_a_call_and_says_when_it_is_done(stage):
    noted = stage.does("open_call_back", WISH).values
    number = stage.case(noted["case"]).number
    assert stage.writes("P0157", f"PRIS {number}") == (
        f"{number} est a vous. Appel fait: FINI {number}. "
        f"Personne n'a repondu: FINI {number} PAS JOINT."
    )
    assert "n'attend pas de reponse" in stage.writes("P0157", f"DIRE {number} Bonjour")
    stage.writes("P0157", f"FINI {number}")
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(noted["case"]).status == "reached"
    assert stage.follows(noted["c6"]).name == "closed"


@pytest.mark.parametrize(("on_duty", "woman", "man"), [(True, True, False), (False, False, False)])
def test_who_is_on_duty_for_the_harmed_is_said_by_voice(stage, on_duty, woman, man):
    stage.change(Hat, {"function": "gbv"}, on_duty=on_duty)
    known = stage.does("help_on_duty", {}).values
    assert (known["woman_on_duty"], known["man_on_duty"]) == (woman, man)
    assert isinstance(known["zones"], list)


def test_a_private_wish_remembers_no_place_of_the_phone(stage):
    stage.does("open_call_back", {**WISH, "private": True})
    with stage.store.work(Job("test")) as work:
        assert work.session.scalars(select(Contact.last_commune)).all() in ([], [None])


def test_whoever_was_not_reached_is_rung_no_second_time(stage):
    noted = stage.does("open_call_back", WISH).values
    case, number = noted["case"], stage.case(noted["case"]).number
    told = stage.writes("P0157", f"FINI {number} PAS JOINT")
    assert told == f"{number}: pas joint, note. Erreur? ANNULE {number} avant 10 min."
    assert stage.case(case).status == "taken"
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(case).status == "not_reached"
    assert stage.case(case).address is None
    assert stage.follows(noted["c6"]).values["sentence"] == "C'est fini."


def test_a_call_not_made_after_all_can_be_taken_back(stage):
    noted = stage.does("open_call_back", WISH).values
    number = stage.case(noted["case"]).number
    stage.writes("P0157", f"FINI {number} pas repondu")
    assert stage.writes("P0157", f"ANNULE {number}") == f"{number}: annule. Rien n'est parti."
    stage.writes("P0157", f"FINI {number}")
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(noted["case"]).status == "reached"


def test_a_call_taken_by_another_is_not_ended(stage):
    noted = stage.does("open_call_back", WISH).values
    number = stage.case(noted["case"]).number
    stage.change(Hat, {"function": "call_back", "voice": "woman"}, voice="man")
    stage.writes("P0157", f"PRIS {number}")
    assert "deja pris" in stage.writes("P0156", f"FINI {number} PAS JOINT")


@pytest.mark.parametrize(
    ("words", "missed"),
    [
        ("PAS JOINT", True),
        ("pas joint.", True),
        ("Injoignable", True),
        ("ne répond pas", True),
        ("", False),
        ("elle a tout dit", False),
        ("joint", False),
    ],
)
def test_how_it_is_said_that_nobody_was_reached(words, missed):
    assert says_not_reached(words) is missed


def listed(stage, number, **by):
    phone = phone_of(number)
    with stage.store.work(Job("test")) as work:
        desk = desk_at(work, stage.scene(phone, "sms"))
        return [one.number for one in queue(desk.work, **by)]


def test_the_queue_is_by_language_voice_and_hour(stage):
    wishes = [
        {"call_language": "ses", "call_voice": "man", "call_when": "morning"},
        {"call_language": "fr", "call_voice": "man", "call_when": "evening"},
        {"call_language": "fr", "call_voice": "any", "call_when": "any"},
    ]
    numbers = [
        stage.case(stage.does("open_call_back", wish, phone).values["case"]).number
        for wish, phone in zip(wishes, PHONES, strict=True)
    ]
    stage.change(Hat, {"function": "call_back", "voice": "woman"}, voice="man")
    assert listed(stage, "P0157") == numbers
    assert listed(stage, "P0157", language="fr") == numbers[1:]
    assert listed(stage, "P0157", voice="woman") == numbers[2:]
    assert listed(stage, "P0157", hour="morning") == [numbers[0], numbers[2]]
    assert listed(stage, "P0157", language="fr", voice="man", hour="evening") == numbers[1:]
    assert listed(stage, "P0151") == []


def test_the_queue_says_nothing_of_phones_and_ends_with_the_call(stage):
    number = stage.case(stage.does("open_call_back", WISH).values["case"]).number
    with stage.store.work(Job("test")) as work:
        desk = desk_at(work, stage.scene(phone_of("P0157"), "sms"))
        [one] = queue(desk.work)
    assert (one.language, one.voice, one.hour, one.status) == ("ses", "man", "morning", "asked")
    assert "7000" not in repr(one)
    stage.writes("P0157", f"FINI {number}")
    stage.later(minutes=10)
    stage.settles()
    assert listed(stage, "P0157") == []


def test_a_private_call_is_in_the_queue_of_its_compartment_alone(stage):
    number = stage.case(
        stage.does("open_call_back", {**WISH, "private": True}).values["case"]
    ).number
    assert listed(stage, "P0155") == [number]
    assert listed(stage, "P0157") == []
