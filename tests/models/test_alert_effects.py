"""Alerts and evacuations by keypad: kind, place, size and when, then sent; accusations apart."""

import pytest
from sqlalchemy import select

from models.alert import Alert
from models.area import Facility
from models.case import Case
from models.db import Job
from models.services import settling
from tests.factories import PIN, TESSIT, phone_of, staged
from tests.models.alert_world import CSREF, settle_in
from tests.models.talking import Talking

PLACE = f"c:{TESSIT}"


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    """The programme with those who raise and answer alerts."""
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


def raises(stage, who="R128", **said):
    answers = {"alert_kind": "flood", "place": PLACE, "alert_size": "many"}
    return stage.signed_in(who, "raise_alert", **{**answers, "alert_when": "yesterday", **said})


def cases_of(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(Case).order_by(Case.id)).all()


def test_what_was_understood_is_shown_before_it_is_sent(here):
    said = here.signed_in(
        "R128",
        "read_alert",
        alert_kind="flood",
        place=PLACE,
        alert_size="many",
        alert_when="yesterday",
    )
    assert said.values == {
        "alert_facts": "Inondation, 50 a 200 menages, hier",
        "place_name": "Tessit",
    }


def test_a_line_and_a_keypad_tell_the_same_event(here):
    number = raises(here).values["n"]
    assert here.writes("R129", "ALERTE 6143 1 120 menages") == f"Recu {number}. Merci."
    [case] = cases_of(here)
    with here.store.work(Job("test")) as work:
        alert = work.session.get_one(Alert, case.id)
        assert (alert.households, alert.size) == (120, "many")
    [(person, text)] = here.outbox("case_new")
    assert person == "P0141"
    assert "inondation, commune Tessit, 50 a 200 menages, hier" in text


def test_nothing_at_all_follows_to_whoever_raised_it_by_keypad(here):
    raises(here, alert_kind="attack")
    assert {person for person, _ in here.outbox("case_new")} == {"P0141"}
    assert here.outbox("command") == here.outbox("alert_decided") == []


def test_a_closed_school_is_no_closed_centre(here):
    numbers = {
        raises(here, alert_kind="closed", alert_category=category).values["n"]
        for category in ("21", "31")
    }
    assert len(numbers) == 2
    assert [one.category for one in cases_of(here)] == ["21", "31"]


def test_without_the_pin_nothing_is_raised_nor_called(here):
    assert here.does("raise_alert", {"alert_kind": "flood", "place": PLACE}).name == "gone"
    assert here.does("call_evacuation", {"evacuation": "birth", "place": PLACE}).name == "gone"
    assert cases_of(here) == []


def test_a_complaint_out_of_an_alert_leads_back_to_nobody(here):
    given = here.does(
        "open_case",
        {
            "category": "91",
            "private": True,
            "place": PLACE,
            "about": "chief",
            "answer": "code",
            "agent": "",
        },
        phone="+22370000128",
    ).values
    case = here.case(given["case"])
    assert (case.case_class, case.source, case.contact) == ("C5", "ussd", None)
    assert all("R128" not in by for _, by in here.events(case.id))
    assert here.follows(given["c6"], phone="+22370000128").name == "waiting"


def test_an_evacuation_is_called_and_the_numbers_stand_on_the_screen_and_in_a_text(here):
    assert here.signed_in("R128", "centre_telephone").values == {"tel_centre": "70 00 01 01"}
    shown = here.signed_in("R128", "read_evacuation", evacuation="birth", place=PLACE)
    assert shown.values == {"sick": "accouchement", "place_name": "Tessit"}
    called = here.signed_in("R128", "call_evacuation", evacuation="birth", place=PLACE)
    assert called.values["tel_centre"] == "70 00 01 01"
    assert called.values["tel_cercle"] == "pas connu"
    number = called.values["n"]
    assert here.holder(cases_of(here)[0].id) == "P0101"
    texts = dict(here.outbox("ring"))
    assert texts["R128"].startswith(f"{number}: le centre est prevenu.")


def test_a_place_that_was_not_said_is_the_callers_own(here):
    here.signed_in("R128", "call_evacuation", evacuation="child", place="")
    assert here.holder(cases_of(here)[0].id) == "P0101"


def test_a_refusal_by_keypad_asks_who_takes_it(here):
    number = raises(here).values["n"]
    asked = here.signed_in("P0141", "return_item", item=number, why="2")
    assert asked.name == "whom"
    offered = [one["value"] for one in asked.values["takers"]]
    assert "sap-ansongo" in offered
    assert "rrm-ansongo" not in offered
    done = here.signed_in("P0141", "return_item", item=number, why="2", taker="sap-ansongo")
    assert done.name == "returned"
    here.later(minutes=10)
    with here.store.work(Job("settle")) as work:
        settling.settle_leaving(work, here.house, here.now)
    assert here.holder(cases_of(here)[0].id) == "P0133"


def test_taking_by_keypad_acknowledges(here):
    number = raises(here).values["n"]
    assert here.signed_in("P0141", "take_item", item=number).name == "taken"
    with here.store.work(Job("test")) as work:
        assert work.session.get_one(Alert, cases_of(here)[0].id).acknowledged_at == here.now


def test_the_centre_of_the_cercle_is_shown_where_it_has_a_telephone(here):
    here.change(Facility, {"id": CSREF}, telephone="+22370000111")
    called = here.signed_in("R128", "call_evacuation", evacuation="birth", place=PLACE)
    assert called.values["tel_cercle"] == "70 00 01 11"


class Phone:
    """One phone that dials: each answer is added to what was typed in this session."""

    def __init__(self, stage, number, session):
        self._talking, self._number, self._session = Talking(stage), number, session
        self._typed = []

    def says(self, *answers):
        """Type answers one after the other; return the last screen."""
        screen = ""
        for answer in answers or ("",):
            self._typed += [answer] if answer else []
            screen = self._talking.dial(self._number, self._session, "*".join(self._typed))
        return screen


def test_an_alert_from_the_code_to_its_number_in_the_words_of_the_field_guide(here):
    phone = Phone(here, phone_of("R128"), "s1")
    phone.says("")
    assert phone.says("8").startswith("Votre PIN")
    assert phone.says(PIN).startswith("R128:")
    assert phone.says("4").startswith("Alerte:\n1 Inondation")
    phone.says("3", "6143", "1")
    assert phone.says("2").startswith("C'etait quand?")
    assert phone.says("2") == (
        "Tessit\nDeplacement, 10 a 50 menages, hier.\n1 Envoyer\n2 Corriger\n0 Annuler"
    )
    assert phone.says("1").startswith("Recu ")
    assert len(cases_of(here)) == 1


def test_what_was_begun_behind_the_pin_is_not_offered_to_whoever_dials_next(here):
    phone = Phone(here, phone_of("R128"), "s1")
    phone.says("")
    phone.says("8", PIN, "4", "3")
    again = Phone(here, phone_of("R128"), "s2").says("")
    assert "Vous aviez commence" not in again


def test_in_private_is_the_way_of_whoever_accuses(here):
    phone = Phone(here, phone_of("R128"), "s1")
    phone.says("")
    assert phone.says("8", PIN, "4", "7", "7").startswith("En prive.")
    phone.says("1", "6143", "1", "2")
    filed = phone.says("1")
    assert filed.startswith("C'est recu. Votre code:")
    [case] = cases_of(here)
    assert (case.case_class, case.kind, case.contact) == ("C5", "complaint", None)
    assert all("R128" not in by for _, by in here.events(case.id))
