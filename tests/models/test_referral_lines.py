"""The loop by SMS: sent with her consent, received anywhere, answered by a number and a digit."""

import pytest
from sqlalchemy import func, select

from flows.gsm7 import segments
from models.db import Job
from models.referral import Referral
from tests import referral_world as world
from tests.referral_world import referral, refers

UNKNOWN = "10008"  # a number whose check digit agrees


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def steps(stage, number):
    return [(one.transition, one.by) for one in referral(stage, number).steps]


def test_a_relay_gets_a_code_to_say_and_the_matron_a_band_a_wish_and_a_date(loop):
    said = loop.writes("R128", "REF 6143 24 3")
    code = said.split()[0]
    assert said == (
        f"{code} note. Dites ce code a la personne: {code}. CSCOM Tessit, 8 h a 16 h, "
        f"avant le 23/12. Erreur? ANNULE {code}"
    )
    assert loop.outbox("referral_new") == [
        (
            "P0202",
            f"{code}: 20-24 ans, souhait 3, relais R128, avant le 23/12. Repondez {code} puis "
            "1 venue 2 servie 3 pas servie 4 CSRef",
        )
    ]


def test_consent_is_written_before_anything_leaves_and_no_age_is_kept(loop):
    one = referral(loop, refers(loop))
    assert [step.transition for step in one.steps] == ["consented", "sent"]
    assert one.consent_at == loop.now
    assert (one.age_band, one.wish, one.relay_id is not None) == ("20-24", "3", True)


def test_without_a_wish_it_is_advice(loop):
    refers(loop, "REF 6143 19")
    [(_, text)] = loop.outbox("referral_new")
    assert "15-19 ans, souhait conseil," in text


def test_one_number_and_one_digit_say_everything(loop):
    code = refers(loop)
    assert loop.writes("P0202", f"{code} 1") == f"{code}: venue, note. Erreur? ANNULE {code}"
    said = loop.writes("P0202", f"{code} 2")
    assert said == (
        f"{code}: venue et servie, note. Quel produit? Envoyez DONNE {code} et le chiffre "
        f"de la carte. Erreur? ANNULE {code}"
    )
    given = loop.writes("P0202", f"DONNE {code} 3")
    assert given.startswith(f"{code}: venue et servie, produit 3, note.")
    one = referral(loop, code)
    assert (one.status, one.given) == ("served", "3")
    assert [done for done, _ in steps(loop, code)].count("arrived") == 1


def test_served_without_having_been_seen_to_come_counts_as_come(loop):
    code = refers(loop)
    loop.writes("P0202", f"DONNE {code} 2")
    assert [done for done, _ in steps(loop, code)] == [
        "consented", "sent", "arrived", "served", "counter_sent",
    ]  # fmt: skip


def test_a_reason_is_asked_and_kept(loop):
    code = refers(loop)
    assert "Pourquoi? Envoyez PAS" in loop.writes("P0202", f"{code} 3")
    assert "raison 4" in loop.writes("P0202", f"PAS {code} 4")
    one = referral(loop, code)
    assert (one.status, one.reason) == ("not_served", "changed_mind")


def test_saying_it_twice_changes_nothing(loop):
    code = refers(loop)
    lines = (f"VENUE {code}", f"DONNE {code} 3", f"{code} 2", f"{code} 1", f"PAS {code} 2")
    loop.writes("P0202", lines[1])
    before = steps(loop, code)
    for line in lines:
        assert loop.writes("P0202", line) == (
            f"{code}: c'est deja note, passee au centre. Rien a faire."
        )
    assert steps(loop, code) == before


def test_the_relay_hears_that_she_came_and_nothing_of_what_for(loop):
    code = refers(loop)
    loop.writes("P0202", f"VENUE {code}")
    assert loop.outbox("referral_came") == [("R128", f"{code} est passee au centre. Merci.")]
    loop.writes("P0202", f"DONNE {code} 3")
    loop.writes("P0202", f"DONNE {code} 2")
    assert loop.outbox("referral_came_back") == [
        ("R128", f"{code} est passee au centre. Merci. Prochain rendez-vous: mois de fevrier.")
    ]


def test_the_next_visit_is_the_same_whatever_was_given(loop):
    said = set()
    for product in "1359":
        code = refers(loop)
        loop.writes("P0202", f"DONNE {code} {product}")
        [text] = [text for _, text in loop.outbox("referral_came_back") if text.startswith(code)]
        said.add(text.removeprefix(code))
    assert len(said) == 1


def test_any_centre_may_receive_and_the_first_is_told_nothing_more(loop):
    code = refers(loop)
    before = [one for one in loop.outbox("referral_new") if one[0] == "P0202"]
    assert loop.writes("P0222", f"VENUE {code}").startswith(f"{code}: venue, note.")
    one = referral(loop, code)
    assert (one.status, one.facility_id) == ("arrived", "F3")
    assert "redirected" in [step.transition for step in one.steps]
    assert [one for one in loop.outbox("referral_new") if one[0] == "P0202"] == before
    assert "deja note" in loop.writes("P0222", f"VENUE {code}")


def test_she_is_sent_on_to_the_reference_centre_which_is_told(loop):
    code = refers(loop)
    assert "envoyee vers CSRef Ansongo" in loop.writes("P0202", f"{code} 4")
    assert [who for who, _ in loop.outbox("referral_new")] == ["P0202", "P0112"]
    assert "deja note" in loop.writes("P0202", f"ORIENTE {code}")
    assert "deja note" in loop.writes("P0202", f"VENUE {code}")
    assert referral(loop, code).facility_id == "F9"
    loop.writes("P0112", f"DONNE {code} 4")
    assert referral(loop, code).status == "served"


def test_a_code_that_means_nothing_is_answered_with_what_to_do_without_one(loop):
    assert loop.writes("P0202", f"VENUE {UNKNOWN}") == (
        f"{UNKNOWN} inconnu. Si elle n'a pas de code: VENUE, son age, numero du relais. "
        "Ex: VENUE 24 R128"
    )
    number = loop.files()["n"]
    assert loop.writes("P0202", f"VENUE {number}") == (
        f"{number} inconnu. Si elle n'a pas de code: VENUE, son age, numero du relais. "
        "Ex: VENUE 24 R128"
    )


def test_who_comes_without_a_code_is_found_by_age_and_relay(loop):
    mine, other = refers(loop), refers(loop, "REF 6143 31 2")
    said = loop.writes("P0202", "VENUE 22 R128")
    assert said == (
        f"R128, 20-24 ans: {mine} 30 j. Repondez code puis 1 venue 2 servie 3 pas servie 4 CSRef. "
        "Aucun: VENUE 22"
    )
    assert other not in said
    assert referral(loop, mine).status == "sent"


def test_at_most_four_codes_stand_in_one_sms(loop):
    for _ in range(6):
        refers(loop)
    said = loop.writes("P0202", "VENUE 24 R128")
    assert said.count(" 30 j") == 4
    assert segments(said) == 1


def test_who_was_never_sent_is_counted(loop):
    said = loop.writes("P0202", "VENUE 24")
    code = said.split(":")[0]
    assert "venue sans code, note" in said
    one = referral(loop, code)
    assert (one.source, one.status, one.consent_at, one.facility_id) == (
        "walk_in", "arrived", None, "F1",
    )  # fmt: skip
    loop.writes("P0202", f"DONNE {code} 5")
    assert referral(loop, code).given == "5"
    assert loop.outbox("referral_came_back") == []


def test_the_relay_undoes_within_ten_minutes_and_the_code_means_nothing(loop):
    code = refers(loop)
    assert loop.writes("R128", f"ANNULE {code}") == (f"{code}: annule. Ce code ne vaut plus rien.")
    assert loop.outbox("referral_new") == []
    assert len(loop.outbox("referral_new", "withheld")) == 1
    assert "inconnu" in loop.writes("P0202", f"VENUE {code}")
    assert "n'existe pas chez vous" in loop.writes("R128", f"VOIR {code}")


def test_the_relay_may_stop_a_code_as_long_as_she_is_awaited(loop):
    code = refers(loop)
    loop.later(days=2)
    assert "ne vaut plus rien" in loop.writes("R128", f"ANNULE {code}")
    assert [done for done, _ in steps(loop, code)][-1] == "withdrawn"
    again = refers(loop)
    loop.writes("P0202", f"VENUE {again}")
    loop.later(minutes=11)
    assert "trop tard" in loop.writes("R128", f"ANNULE {again}")


def test_a_centre_undoes_its_last_act_whole_and_what_it_caused_is_withheld(loop):
    code = refers(loop)
    loop.writes("P0222", f"DONNE {code} 3")
    assert loop.writes("P0222", f"ANNULE {code}") == f"{code}: annule."
    one = referral(loop, code)
    assert (one.status, one.facility_id, one.given) == ("sent", "F1", None)
    assert loop.outbox("referral_came_back") == []
    loop.writes("P0202", f"DONNE {code} 2")
    assert len(loop.outbox("referral_came_back")) == 1


def test_two_acts_are_undone_one_after_the_other(loop):
    code = refers(loop)
    loop.writes("P0202", f"{code} 1")
    loop.writes("P0202", f"{code} 3")
    loop.writes("P0202", f"ANNULE {code}")
    assert referral(loop, code).status == "arrived"
    loop.writes("P0202", f"ANNULE {code}")
    assert referral(loop, code).status == "sent"


def test_after_ten_minutes_and_by_another_nothing_is_undone(loop):
    code = refers(loop)
    loop.writes("P0202", f"VENUE {code}")
    assert "trop tard" in loop.writes("P0201", f"ANNULE {code}")
    loop.later(minutes=10)
    assert "trop tard" in loop.writes("P0202", f"ANNULE {code}")
    assert referral(loop, code).status == "arrived"


def test_her_relay_says_why_she_stays_away_with_the_digits_of_the_reminder(loop):
    code = refers(loop)
    assert loop.writes("R128", f"{code} 5") == f"{code}: note, merci. Erreur? ANNULE {code}"
    assert referral(loop, code).reason == "changed_mind"
    assert "n'existe pas chez vous" in loop.writes("R129", f"{code} 5")
    loop.writes("P0202", f"VENUE {code}")
    assert "deja note" in loop.writes("R128", f"{code} 1")


def test_a_relay_confirms_no_arrival(loop):
    code = refers(loop)
    assert loop.writes("R128", f"VENUE {code}").startswith("Pas compris: VENUE.")
    assert "repondez" in loop.writes("R128", f"{code} 9")
    assert referral(loop, code).status == "sent"


def test_what_was_asked_back_may_be_answered_with_the_digit_alone(loop):
    code = refers(loop)
    loop.writes("P0202", f"{code} 2")
    assert loop.writes("P0202", "3").startswith(f"{code}: venue et servie, produit 3, note.")
    assert referral(loop, code).given == "3"
    other = refers(loop)
    loop.writes("P0202", f"{other} 3")
    assert "raison 6" in loop.writes("P0202", "6")
    assert referral(loop, other).reason == "come_back"


def test_a_digit_beside_the_choices_is_asked_again_and_the_question_stands(loop):
    loop.writes("P0203", "RUPTURE 3")
    asked = loop.writes("R128", "REF 6143 24 3")
    assert asked.endswith("2 envoyer quand meme 0 annuler")
    assert loop.writes("R128", "7") == asked
    assert loop.writes("R128", "0") == "Annule. Rien n'est parti."


def test_a_centre_that_cannot_receive_says_so_and_another_still_may(loop):
    code = refers(loop)
    assert "pas chez vous" in loop.writes("P0202", f"RENVOI {code}")
    assert referral(loop, code).status == "refused"
    loop.writes("P0212", f"DONNE {code} 3")
    assert referral(loop, code).status == "served"


def test_an_unknown_place_is_said_and_nothing_is_filed(loop):
    said = loop.writes("R128", "REF 9999 24 3")
    assert "9999" in said
    with loop.store.work(Job("test")) as work:
        assert work.session.scalar(select(func.count()).select_from(Referral)) == 0
