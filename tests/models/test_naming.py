"""Whom words name is barred, and what names a person never reaches the ordinary queue (T2)."""

import pytest
from sqlalchemy import select

from flows.alert_kinds import KINDS, Estimate
from models.db import Job, Operator
from models.errors import NotFound
from models.person import Person
from models.services import known_names
from models.services.alerts import Raised, raise_alert
from models.services.directory import DirectoryRefused
from tests.factories import NEIGHBOUR, SPEAKER, TESSIT, phone_of
from tests.models.talking import Talking

MCD = "P0111"
NAME = "Moussa Traore"
PLAIN = "Il n'y a plus de riz depuis lundi"
NAMING = f"{PLAIN}, demandez a {NAME}"


@pytest.fixture
def known(stage):
    """The programme, with the name by which people speak of one of its people."""
    with stage.store.work(Operator()) as work:
        known_names.call(work, MCD, NAME)
    return stage


def about(stage, case_id):
    return {(one.kind, one.ref) for one in stage.case(case_id).subjects}


def test_a_story_that_names_somebody_is_held_for_the_officer_and_they_are_barred(known):
    given = known.files(category="22", words=NAMING)
    case = known.case(given["case"])
    assert case.case_class == "C5"
    assert ("person", MCD) in about(known, case.id)
    assert known.holder(case.id) == "P0153"
    assert [one for one, _ in known.outbox("case_new")] == ["P0153"]
    assert given["private"] is True


def test_the_same_story_without_the_name_goes_where_it_always_went(known):
    given = known.files(category="22", words=PLAIN)
    assert known.case(given["case"]).case_class == "C4"
    assert known.holder(given["case"]) == MCD


def test_words_added_later_take_the_case_out_of_the_hands_of_whom_they_name(known):
    given = known.files(category="22")
    assert known.holder(given["case"]) == MCD
    added = known.does("add_words", {"case": given["case"], "words": NAMING})
    assert added.name == "private"
    assert known.holder(given["case"]) == "P0153"
    assert known.signed_in(MCD, "my_items").name == "none"


def test_an_officer_who_is_named_himself_does_not_keep_it(known):
    with known.store.work(Operator()) as work:
        known_names.call(work, "P0153", "Issa Maiga")
    given = known.files(category="17")
    assert known.holder(given["case"]) == "P0153"
    known.does("add_words", {"case": given["case"], "words": "c'est Issa Maiga"})
    assert known.case(given["case"]).case_class == "C5"
    assert known.holder(given["case"]) == "P0159"  # all of the cell are near to him
    assert known.signed_in("P0153", "my_items").name == "none"


def test_somebody_of_another_place_is_not_meant(known):
    with known.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == MCD))
        [hat] = person.hats
        hat.area_pcode = "ML0702"
    given = known.files(words=NAMING)
    assert known.case(given["case"]).case_class == "C4"
    nowhere = known.files(words=NAMING, place="")
    assert known.case(nowhere["case"]).case_class == "C5"  # it may be he


def test_by_sms_a_named_person_is_answered_as_all_that_is_private(known):
    phones = Talking(known)
    said = phones.text(NEIGHBOUR, f"{NAME} garde nos cartes a Tessit")
    plain = phones.text(SPEAKER, "un homme a viole ma fille")
    assert said == plain
    assert len(said) == 1


def test_a_telephone_of_the_staff_names_its_owner(stage):
    given = stage.files(category="22", words=f"{PLAIN} appelez le 70 00 01 11")
    assert ("person", MCD) in about(stage, given["case"])
    assert stage.case(given["case"]).case_class == "C5"


def test_a_telephone_that_only_ends_alike_is_in_doubt_theirs(stage):
    given = stage.files(category="22", words=f"{PLAIN} appelez le 76 54 31 11")
    assert ("person", MCD) in about(stage, given["case"])
    other = stage.files(category="22", words=f"{PLAIN} appelez le 76 54 32 10")
    assert stage.case(other["case"]).case_class == "C4"


def test_the_keeper_is_asked_of_no_number_that_stands_in_words(stage, monkeypatch):
    asked = []
    known = type(stage.house.keeper).pseudonym
    monkeypatch.setattr(
        type(stage.house.keeper), "pseudonym", lambda *said: asked.append(said[1]) or known(*said)
    )
    stage.files(words=" ".join(f"7{place}0111" for place in range(100, 140)))
    assert asked == []


def test_what_somebody_is_bars_them_without_hiding_the_case(stage):
    given = stage.files(category="22", words="le MCD ne vient jamais, dit-on")
    assert ("function", f"mcd@{TESSIT}") in about(stage, given["case"])
    assert stage.case(given["case"]).case_class == "C4"
    assert stage.holder(given["case"]) == "P0161"  # the next level: DRS
    assert stage.signed_in(MCD, "my_items").name == "none"


def test_words_that_name_the_function_of_who_has_it_move_it_on(stage):
    given = stage.files(category="22")
    assert stage.holder(given["case"]) == MCD
    added = stage.does("add_words", {"case": given["case"], "words": "le MCD le sait bien"})
    assert added.name == "added"
    assert stage.holder(given["case"]) == "P0161"


def test_of_a_danger_who_helps_may_be_named(known):
    given = known.files(category="61", words=f"l'eau monte, {NAME} est au courant")
    case = known.case(given["case"])
    assert case.case_class == "C9"
    assert ("person", MCD) in about(known, case.id)


def test_an_alert_of_a_relay_that_names_somebody_stays_an_alert(known):
    with known.store.work(Job("test")) as work:
        scene = known.scene(phone_of("P0122"), "sms")
        person = work.session.scalar(select(Person).where(Person.number == "P0122"))
        raised = Raised(KINDS["flood"], "61", f"c:{TESSIT}", Estimate(), words=f"avec {NAME}")
        assert raise_alert(work, scene, person, raised).kind == "alert"


def test_a_name_is_noted_once_listed_and_forgotten(known):
    with known.store.work(Operator()) as work:
        known_names.call(work, MCD, f" {NAME}  ")
        known_names.call(work, MCD, "docteur Moussa")
        assert known_names.names_of(work, MCD) == [NAME, "docteur Moussa"]
        known_names.forget(work, MCD)
        assert known_names.names_of(work, MCD) == []


def test_nobody_can_be_recognised_by_two_letters(known):
    with known.store.work(Operator()) as work, pytest.raises(DirectoryRefused):
        known_names.call(work, MCD, "Al")
    with known.store.work(Operator()) as work, pytest.raises(NotFound):
        known_names.call(work, "P9999", NAME)
