"""The focal point's basic phone: one line in, one segment out, and ten minutes to think again."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.gsm7 import segments
from models.area import Area
from models.case import Subject
from models.db import Job
from models.person import Person
from models.services import commanding
from tests.factories import SPEAKER, TESSIT, phone_of
from tests.outbox import claim_due

UNKNOWN = "10008"  # a number whose check digit agrees


@pytest.fixture
def filed(stage):
    """A case at the triager P0150: (row id, number)."""
    given_back = stage.files()
    assert stage.holder(given_back["case"]) == "P0150"
    return given_back["case"], given_back["n"]


def test_the_list_is_short_dated_and_says_what_is_late(stage, filed):
    _, number = filed
    assert stage.writes("P0150", "LISTE") == f"1 dossier: {number} avant 07/12. VOIR et le numero."
    for _ in range(5):
        stage.files()
    listed = stage.writes("P0150", "mes dossiers")
    assert listed.startswith("6 dossiers: ")
    assert listed.count("avant") == 4
    assert segments(listed) == 1
    stage.later(days=20)
    assert f"{number} en retard" in stage.writes("P0150", "LISTE")
    assert stage.writes("P0151", "LISTE") == "Aucun dossier pour vous."


def test_the_facts_name_topic_commune_and_voices_but_no_words(stage, filed):
    case, number = filed
    stage.does("add_words", {"case": case, "words": "les sacs etaient ouverts"})
    stage.files("+22370009001")
    said = stage.writes("P0150", f"VOIR {number}")
    assert said.startswith(
        f"{number}: vivres, pas assez. Commune Tessit. 2 sources. Avant le 07/12"
    )
    assert "sacs" not in said
    assert stage.writes("P0150", number) == said  # the number alone is VOIR
    assert segments(said) == 1


@pytest.mark.parametrize("category", ["14", "22", "26", "27"])
def test_the_facts_are_one_segment_with_the_longest_place_and_many_voices(stage, category):
    stage.change(Area, {"pcode": TESSIT}, name="Gossi-Gourma-Rharous-Es")
    for voice in range(12):
        filed = stage.files(f"+223700090{voice:02d}", category=category, about="nobody")
    said = stage.writes(stage.holder(filed["case"]), f"VOIR {filed['n']}")
    assert "12 sources" in said
    assert "Commune Gossi-Gourma-Rharous-E" in said
    assert segments(said) == 1


def test_nothing_sensitive_is_read_by_sms_even_by_its_officer(stage):
    number = stage.files(category="17")["n"]
    said = stage.writes("P0153", f"VOIR {number}")
    assert said.startswith(f"{number}: rien a lire par SMS.")
    assert "Tessit" not in said


def test_taking_it_makes_it_hers_and_the_second_one_is_told_so(stage, filed):
    case, number = filed
    assert stage.writes("P0150", f"PRIS {number}").startswith(f"{number} est a vous.")
    assert stage.case(case).status == "taken"
    assert stage.writes("P0151", f"PRIS {number}") == (
        f"{number} est deja pris par une autre personne. Rien a faire."
    )
    assert stage.holder(case) == "P0150"
    assert stage.writes("P0150", f"PRIS {number}").startswith(f"{number} est a vous.")


def test_of_two_who_wear_the_function_the_first_to_take_it_has_it(stage, filed):
    case, number = filed
    assert stage.writes("P0151", f"PRIS {number}").startswith(f"{number} est a vous.")
    assert stage.holder(case) == "P0151"
    assert "deja pris" in stage.writes("P0150", f"DIRE {number} Bonjour")


def test_an_answer_is_read_back_and_leaves_after_ten_minutes(stage, filed):
    case, number = filed
    said = stage.writes("P0150", f"DIRE {number} Le camion arrive, la liste est revue.")
    assert said == (
        f'{number}: la personne lira: "Le camion arrive, la liste est revue." '
        f"Part dans 10 min. Pour arreter: ANNULE {number}"
    )
    assert stage.settles() == 0
    assert stage.case(case).status == "taken"  # answering is taking
    stage.later(minutes=10)
    assert stage.settles() == 1
    assert stage.case(case).status == "answered"


def test_an_answer_can_be_taken_back_within_ten_minutes_and_not_later(stage, filed):
    case, number = filed
    stage.writes("P0150", f"DIRE {number} Non.")
    stage.later(minutes=9)
    assert stage.writes("P0150", f"ANNULE {number}") == f"{number}: annule. Rien n'est parti."
    stage.later(minutes=10)
    assert stage.settles() == 0
    assert stage.case(case).status == "taken"
    stage.writes("P0150", f"DIRE {number} Oui.")
    stage.later(minutes=10)
    assert stage.writes("P0150", f"ANNULE {number}").startswith(f"{number}: trop tard")
    stage.settles()
    assert stage.case(case).status == "answered"


def test_a_colleague_does_not_take_back_what_she_did(stage, filed):
    case, number = filed
    stage.writes("P0150", f"DIRE {number} Oui.")
    assert "deja pris" in stage.writes("P0151", f"ANNULE {number}")
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(case).status == "answered"


def test_the_last_of_several_answers_is_the_one_that_leaves(stage):
    filed = stage.files()
    number = filed["n"]
    stage.writes("P0150", f"DIRE {number} Le camion arive jeudi.")
    stage.writes("P0150", f"DIRE {number} Le camion arrive vendredi.")
    stage.later(minutes=10)
    stage.settles()
    assert stage.follows(filed["c6"]).values["pages"] == ["Le camion arrive vendredi."]


def test_a_correction_after_the_answer_is_heard_first(stage):
    filed = stage.files()
    for text in ("Rien a faire.", "Erreur. Le camion revient lundi."):
        stage.writes("P0150", f"DIRE {filed['n']} {text}")
        stage.later(minutes=10)
        stage.settles()
    pages = stage.follows(filed["c6"]).values["pages"]
    assert pages == ["Erreur. Le camion revient lundi.", "Rien a faire."]


def test_a_resolution_is_read_back_and_answers_the_speaker(stage):
    filed = stage.files(answer="sms")
    said = stage.writes("P0150", f"FINI {filed['n']} La liste est revue.")
    assert said.startswith(f'{filed["n"]}: regle. La personne lira: "La liste est revue."')
    assert stage.outbox("answer_ready") == []
    stage.later(minutes=10)
    stage.settles()
    assert stage.outbox("answer_ready") == [
        ("speaker", "Jaabi: un message vous attend. Composez *123# puis 4.")
    ]


def test_a_resolution_without_words_is_told_what_it_wants(stage, filed):
    case, number = filed
    assert "FINI" in stage.writes("P0150", f"FINI {number}")
    stage.later(minutes=10)
    assert stage.settles() == 0
    assert stage.case(case).status == "taken"


def test_a_nameless_case_takes_no_answer_but_can_be_resolved(stage):
    filed = stage.files(answer="none")
    assert "n'attend pas de reponse" in stage.writes("P0150", f"DIRE {filed['n']} Bonjour")
    assert stage.case(filed["case"]).status == "routed"
    assert stage.writes("P0150", f"FINI {filed['n']}").startswith(f"{filed['n']}: regle. Erreur?")
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(filed["case"]).status == "answered"


def test_what_is_sent_back_goes_to_another_desk_after_ten_minutes(stage, filed):
    case, number = filed
    assert stage.writes("P0150", f"RENVOI {number} pas mon secteur").startswith(
        f"{number}: rendu, merci."
    )
    assert stage.holder(case) == "P0150"
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(case).status == "routed"
    assert stage.holder(case) == "P0151"
    assert [person for person, _ in stage.outbox("case_new")].count("P0151") == 1
    assert ("returned", "P0150") in stage.events(case)


def test_what_is_sent_back_twice_ends_at_the_supervisor(stage, filed):
    case, number = filed
    for number_of_person in ("P0150", "P0151"):
        stage.writes(number_of_person, f"RENVOI {number}")
        stage.later(minutes=10)
        stage.settles()
    assert stage.holder(case) == "P0152"


def test_sending_back_can_be_taken_back(stage, filed):
    case, number = filed
    stage.writes("P0150", f"RENVOI {number} absent")
    assert stage.writes("P0150", f"ANNULE {number}") == f"{number}: annule. Rien n'est parti."
    stage.later(minutes=10)
    assert stage.settles() == 0
    assert stage.holder(case) == "P0150"


def test_taking_can_be_taken_back(stage, filed):
    case, number = filed
    stage.writes("P0150", f"PRIS {number}")
    assert stage.writes("P0150", f"ANNULE {number}") == f"{number}: annule. Rien n'est parti."
    assert stage.case(case).status == "routed"
    stage.writes("P0150", f"PRIS {number}")
    stage.later(minutes=10)
    assert stage.writes("P0150", f"ANNULE {number}").startswith(f"{number}: trop tard")


def test_a_note_is_kept_for_staff_and_never_heard_by_the_speaker(stage):
    filed = stage.files()
    assert stage.writes("P0150", f"NOTE {filed['n']} Vu le maire.").startswith(
        f"{filed['n']}: note gardee."
    )
    stage.writes("P0150", f"DIRE {filed['n']} Merci.")
    stage.later(minutes=10)
    stage.settles()
    assert stage.follows(filed["c6"]).values["pages"] == ["Merci."]


def test_what_is_not_hers_and_what_does_not_exist_read_the_same(stage, filed):
    _, number = filed
    for verb in ("VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "ANNULE"):
        words = " bien" if verb in {"DIRE", "NOTE"} else ""
        theirs = stage.writes("P0121", f"{verb} {number}{words}")
        nobodys = stage.writes("P0121", f"{verb} {UNKNOWN}{words}")
        assert theirs.replace(number, UNKNOWN) == nobodys
        assert "n'existe pas chez vous" in nobodys
    assert f"Vos dossiers: {number}" in stage.writes("P0150", f"VOIR {UNKNOWN}")


def test_a_line_that_is_no_command_is_left_to_be_a_story(stage):
    for line in ("aide alimentaire pas recue", "arret de la distribution", "merci beaucoup"):
        assert stage.writes("P0150", line) is None
    assert stage.writes("P0121", "LISTE") == "Aucun dossier pour vous."


def test_a_wrong_word_is_answered_with_an_example_of_her_own(stage, filed):
    _, number = filed
    said = stage.writes("P0150", f"XYZ {number}")
    assert said.startswith("Pas compris: ")
    assert said.endswith(f"Ex: PRIS {number}")


def test_stop_is_asked_back_once_then_obeyed_and_jaabi_starts_again(stage, filed):
    assert "STOP encore une fois" in stage.writes("P0150", "STOP")
    assert stage.writes("P0150", "STOP") == (
        "C'est fait: plus aucun SMS. Pour reprendre, envoyez JAABI."
    )
    stage.later(minutes=6)
    with stage.store.work(Job("sender")) as work:
        assert claim_due(work, stage.now, 10) == []
    assert [status for _, status in stage.outbox("case_new", "withheld")] == [""]
    assert stage.writes("P0150", "JAABI") is None
    with stage.store.work(Job("test")) as work:
        person = work.session.get(Person, stage.person_by_phone(phone_of("P0150")))
        assert person.stopped_at is None


def test_a_stop_that_is_not_repeated_stops_nothing(stage, filed):
    stage.writes("P0150", "ARRET")
    stage.later(days=2)
    assert "STOP encore une fois" in stage.writes("P0150", "STOP")


@pytest.mark.parametrize("line", ["AIDE", "MENU", "LANGUE", "RAPPEL", "482173"])
def test_what_everybody_may_send_is_answered_as_for_everybody(stage, line):
    assert stage.writes("P0150", line) is None


def test_a_revoked_phone_is_nobodys(stage, filed):
    _, number = filed
    stage.change(Person, {"number": "P0150"}, revoked_at=stage.now)
    with stage.store.work(Job("test")) as work:
        scene = stage.scene(phone_of("P0150"), "sms")
        assert commanding.hear(work, scene, f"VOIR {number}") is None


def test_telephone_numbers_leave_in_no_answer(stage):
    filed = stage.files()
    said = stage.writes("P0150", f"DIRE {filed['n']} Appelez le 70 00 00 07.")
    assert "70 00" not in said
    stage.later(minutes=10)
    stage.settles()
    assert stage.follows(filed["c6"]).values["pages"] == ["Appelez le [numero]."]


def test_a_closed_case_is_no_longer_on_her_phone(stage):
    filed = stage.files()
    stage.writes("P0150", f"DIRE {filed['n']} Merci.")
    stage.later(minutes=10)
    stage.settles()
    stage.does("satisfied", {"case": filed["case"]}, SPEAKER)
    assert "n'existe pas chez vous" in stage.writes("P0150", f"DIRE {filed['n']} Encore.")
    assert stage.case(filed["case"]).status == "closed"


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(words=st.text(min_size=1, max_size=300))
def test_whatever_the_answer_says_its_read_back_is_one_segment(stage, words):
    number = stage.files()["n"]
    said = stage.writes("P0150", f"FINI {number} {words}")
    assert said is None or segments(said) == 1


def test_the_number_of_voices_leaves_out_what_she_may_not_know_of(stage):
    stage.files("+22370009001")
    about_her = stage.files("+22370009002")
    filed = stage.files("+22370009003")
    holder = stage.holder(filed["case"])
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=about_her["case"], kind="person", ref=holder))
    assert "2 sources" in stage.writes(holder, f"VOIR {filed['n']}")
