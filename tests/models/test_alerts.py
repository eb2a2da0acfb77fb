"""One event told by many is one item; everybody who told it hears what was decided, or nothing."""

from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import select

from flows.gsm7 import segments
from models.alert import Alert
from models.case import Case
from models.db import Handler, Job
from models.outbound import OutboundMessage
from models.person import Person
from models.services import committees, readings
from tests.factories import NEIGHBOUR, SPEAKER, staged
from tests.models.alert_world import LABBEZANGA, settle_in


@pytest.fixture
def field(stage):
    """The programme with those who raise and answer alerts, on each engine."""
    return settle_in(stage)


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    """The same, on the embedded engine alone."""
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


def number_of(reply):
    return reply.split()[1].rstrip(".")


def only_case(stage, number):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(Case).where(Case.number == number)).one()


def alert_of(stage, number):
    with stage.store.work(Job("test")) as work:
        return work.session.get_one(Alert, only_case(stage, number).id)


def decides(stage, who, line):
    stage.writes(who, line)
    stage.later(minutes=10)
    stage.settles()


def told(stage, number):
    return [text for person, text in stage.outbox("alert_decided") if person == number]


def test_an_alert_is_answered_by_its_number_and_told_to_whoever_answers_shocks(field):
    number = number_of(field.writes("R128", "ALERTE 6143 3 120 menages hier"))
    [(person, text)] = field.outbox("case_new")
    assert person == "P0141"
    assert text == (
        f"Alerte {number}: deplacement, commune Tessit, 120 menages env., hier, 1 source."
        f" Dans 24 h: PRIS {number} ou RENVOI {number}"
    )
    assert segments(text) == 1


def test_a_second_voice_gets_the_same_number_and_raises_the_estimate(field):
    first = field.writes("R128", "ALERTE 6143 3 120 menages")
    field.later(hours=20)
    second = field.writes("R129", "ALERTE 6143 3 350 menages")
    assert second == first == f"Recu {number_of(first)}. Merci."
    field.writes("R129", "ALERTE 6143 3 40 menages")
    shown = field.writes("P0141", f"VOIR {number_of(first)}")
    assert "350 menages env." in shown
    assert "2 sources" in shown
    assert "R128" not in shown


def test_voices_that_come_at_once_are_one_event(field):
    relays = [Thread(target=field.writes, args=(who, "ALERTE 6143 2")) for who in ("R128", "R129")]
    for one in relays:
        one.start()
    for one in relays:
        one.join()
    with field.store.work(Job("test")) as work:
        [case] = work.session.scalars(select(Case))
    assert "2 sources" in field.writes("P0141", f"VOIR {case.number}")


def test_another_place_another_kind_or_a_later_week_is_another_event(here):
    lines = ("ALERTE 6143 3 120 menages", "ALERTE 6160 3 120 menages", "ALERTE 6143 1")
    numbers = {number_of(here.writes("R128", line)) for line in lines}
    here.later(days=8)
    numbers.add(number_of(here.writes("R129", lines[0])))
    assert len(numbers) == 4


def test_taking_acknowledges_and_the_decision_goes_to_every_source(field):
    number = number_of(field.writes("R128", "ALERTE 6143 3 120 menages"))
    field.writes("R129", "ALERTE 6143 3 120 menages")
    field.later(hours=2)
    assert field.writes("P0141", f"PRIS {number}").startswith(f"{number} est a vous.")
    assert alert_of(field, number).acknowledged_at == field.now
    decides(field, "P0141", f"DIRE {number} mission prevue")
    assert alert_of(field, number).decided_at == field.now
    for relay in ("R128", "R129"):
        assert told(field, relay) == [f"{number}: {{decision}}. Suite: *123#."]


def test_whoever_tells_it_after_the_decision_hears_it_at_once(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    decides(here, "P0141", f"DIRE {number} mission prevue")
    assert number_of(here.writes("R129", "ALERTE 6143 3")) == number
    assert len(told(here, "R129")) == 1


def test_a_taking_that_is_taken_back_acknowledges_nothing(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    here.writes("P0141", f"PRIS {number}")
    here.writes("P0141", f"ANNULE {number}")
    assert alert_of(here, number).acknowledged_at is None


def test_a_refusal_names_who_takes_it_or_is_asked(field):
    number = number_of(field.writes("R128", "ALERTE 6143 6"))
    case = only_case(field, number).id
    assert field.holder(case) == "P0133"
    asked = field.writes("P0133", f"RENVOI {number} pas pour nous")
    assert asked.startswith(f"{number}: qui prend l'alerte a votre place?")
    assert "Ecrivez son nom" in field.writes("P0133", "personne")
    assert field.writes("P0133", "RRM Centre").startswith(f"{number}: rendu, passe a RRM Centre.")
    assert field.holder(case) == "P0133"
    field.later(minutes=10)
    field.settles()
    assert field.holder(case) == "P0142"
    assert told(field, "R128") == [f"{number}: passe a une autre equipe. Suite: *123#."]
    assert alert_of(field, number).passed_to == "rrm-centre"
    assert [person for person, _ in field.outbox("case_new")].count("P0142") == 1


def test_a_refusal_that_names_the_function_goes_there(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    assert "passe a SAP Ansongo" in here.writes("P0141", f"RENVOI {number} SAP")
    here.later(minutes=10)
    here.settles()
    assert here.holder(only_case(here, number).id) == "P0133"


def test_a_refusal_can_be_taken_back(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    here.writes("P0141", f"RENVOI {number} SAP")
    here.writes("P0141", f"ANNULE {number}")
    here.later(minutes=10)
    here.settles()
    assert here.holder(only_case(here, number).id) == "P0141"


@pytest.mark.parametrize("line", ["ALERTE 6143 4 50 menages", "ALERTE 6143 76"])
def test_of_what_a_text_betrays_nothing_comes_after_the_receipt(here, line):
    reply = here.writes("R128", line)
    number = number_of(reply)
    assert reply == f"Recu {number}. Merci."
    [(holder, _)] = here.outbox("case_new")
    decides(here, holder, f"DIRE {number} on arrive")
    here.later(days=2)
    with here.store.work(Job("timetable")) as work:
        committees.tell_committees(work, here.house, here.now)
    assert {person for person, _ in everything(here)} == {holder}


def everything(stage):
    with stage.store.work(Job("test")) as work:
        purposes = set(work.session.scalars(select(OutboundMessage.purpose)))
    return [one for purpose in purposes for one in stage.outbox(purpose)]


def test_an_attack_raised_by_a_relay_goes_to_who_helps_and_a_speakers_to_protection(here):
    number = number_of(here.writes("R128", "ALERTE 6143 4"))
    assert here.holder(only_case(here, number).id) == "P0141"
    theirs = here.files(category="64", kind="alert")
    assert here.holder(theirs["case"]) == "P0143"


def test_where_armed_people_are_is_not_kept(here):
    here.writes("R128", "ALERTE 6143 3 120 menages. Des hommes armes sont a la sortie nord.")
    number = number_of(here.writes("R129", "ALERTE 6143 3 30 menages sans abri"))
    said = here.signed_in("P0141", "open_item", item=number)
    assert said.name == "opened"
    pages = " ".join(read(here, "P0141", number))
    assert "sortie" not in pages
    assert "[coupe]" in pages
    assert "sans abri" in pages


def read(stage, person, number):
    with stage.store.work(Job("test")) as work:
        case = work.session.scalars(select(Case).where(Case.number == number)).one()
        one = work.session.scalars(select(Person).where(Person.number == person)).one()
        event = record_reading(work, case, one, stage.now)
    return stage.house.keeper.words(event)


def record_reading(work, case, person, now):
    return readings.begin(replace(work, actor=Handler(person.id, person.number)), case, now)


def test_an_alert_that_accuses_is_a_sealed_complaint(here):
    reply = here.writes("R128", "ALERTE 6143 71 le chef a vendu les vivres et demande de l'argent")
    assert reply.startswith("Recu, merci. Vous pouvez effacer ces SMS.")
    with here.store.work(Job("test")) as work:
        case = work.session.scalars(select(Case)).one()
        assert (case.kind, case.case_class, case.source) == ("complaint", "C5", "sms")
        assert case.contact is None
    assert all(by != "R128" for _, by in here.events(case.id))
    assert [person for person, _ in everything(here)] == ["P0153"]


def test_a_place_that_nobody_knows_is_asked_and_nothing_else(here):
    asked = here.writes("R128", "ALERTE 9999 3 120 menages")
    assert asked.startswith("Lieu pas trouve: 9999.")
    number = number_of(here.writes("R128", "6143"))
    assert "120 menages env." in here.writes("P0141", f"VOIR {number}")


def test_a_source_takes_back_what_it_told_within_ten_minutes(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    assert here.writes("R128", f"ANNULE {number}") == f"{number}: annule."
    assert only_case(here, number).status == "withdrawn"
    other = number_of(here.writes("R128", "ALERTE 6143 3"))
    assert other != number
    here.later(minutes=10)
    assert "trop tard" in here.writes("R128", f"ANNULE {other}")


def test_a_committee_is_told_a_day_later_and_only_where_the_administration_is(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3 120 menages"))

    def tells():
        with here.store.work(Job("timetable")) as work:
            return committees.tell_committees(work, here.house, here.now)

    assert tells() == 0
    here.later(days=1)
    assert tells() == 1
    assert tells() == 0
    [(person, text)] = here.outbox("alert_committee")
    assert person == "P0134"
    assert text == (
        f"Alerte {number}: deplacement, commune Tessit, 120 menages env. Suivie par RRM Ansongo."
        " Decision avant le 27/11."
    )


def test_a_speakers_danger_joins_what_a_relay_raised_and_hears_its_decision(field):
    number = number_of(field.writes("R128", "ALERTE 6143 1 50 menages"))
    filed = field.files(SPEAKER, category="61", kind="alert", answer="sms")
    assert len(field.outbox("case_new")) == 1
    assert "2 sources" in field.writes("P0141", f"VOIR {number}")
    assert field.follows(filed["c6"]).name == "waiting"
    field.does("add_words", {"case": filed["case"], "words": "l'eau est dans les maisons"})
    assert read(field, "P0141", number) == ["l'eau est dans les maisons"]
    decides(field, "P0141", f"DIRE {number} mission prevue")
    assert [person for person, _ in field.outbox("answer_ready")] == ["speaker"]
    opened = field.follows(filed["c6"])
    assert opened.name == "answered"
    assert opened.values["pages"] == ["mission prevue"]


def test_a_relay_joins_what_a_speaker_told_first(here):
    filed = here.files(SPEAKER, category="61", kind="alert")
    number = number_of(here.writes("R128", "ALERTE 6143 1 50 menages"))
    assert number == filed["n"]
    here.does("withdraw", {"case": filed["case"]})
    assert only_case(here, number).status == "routed"
    assert here.follows(filed["c6"]).name == "unknown"
    decides(here, "P0141", f"DIRE {number} mission prevue")
    assert len(told(here, "R128")) == 1


def test_words_that_few_may_know_leave_the_event_to_the_others(here):
    filed = here.files(SPEAKER, category="61", kind="alert")
    number = number_of(here.writes("R128", "ALERTE 6143 1 50 menages"))
    here.does("add_words", {"case": filed["case"], "words": "le chef du village a vole l'argent"})
    assert here.case(filed["case"]).case_class == "C5"
    with here.store.work(Job("test")) as work:
        heirs = work.session.scalars(select(Case).where(Case.case_class == "C9")).all()
    assert [one.status for one in heirs] == ["routed"]
    assert heirs[0].number != number
    shown = here.writes("P0141", f"VOIR {heirs[0].number}")
    assert "1 source" in shown


def test_the_same_phone_twice_is_one_voice(here):
    for _ in range(2):
        here.files(NEIGHBOUR, category="61", kind="alert")
    number = here.files(SPEAKER, category="61", kind="alert", place=f"c:{LABBEZANGA}")["n"]
    with here.store.work(Job("test")) as work:
        first = work.session.scalars(select(Case).order_by(Case.id)).first()
    assert "1 source" in here.writes("P0141", f"VOIR {first.number}")
    assert "1 source" in here.writes("P0141", f"VOIR {number}")


def test_an_alert_that_is_decided_by_nobody_changes_hands(here):
    number = number_of(here.writes("R128", "ALERTE 6143 3"))
    case = only_case(here, number)
    assert (case.act_by - case.opened_at).total_seconds() == 24 * 3600
    assert (case.due_at - case.opened_at).total_seconds() == 72 * 3600
