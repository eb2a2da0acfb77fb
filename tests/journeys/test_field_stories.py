"""What people in the field do from a basic phone: send, raise, log, answer, hand on."""

import re
from itertools import count

import pytest

from tests.journeys.world import HEAD, MCD, TRIAGER

MATERNITY, STORE = "+22370000102", "+22370000103"
CSREF_STORE = "+22370000113"
RRM, SUPERVISOR, GBV, OPERATOR = "+22370000141", "+22370000152", "+22370000155", "+22370000301"
RELAY, OTHER_RELAY = "+22370000201", "+22370000202"
A_WEEKEND = 72 * 60
A_NIGHT = 15 * 60  # minutes: a centre is written to by day only
NUMBERS = (f"+2237000{digits}" for digits in count(2000))


@pytest.fixture
def speaker(world):
    """A phone nobody used before: all tests speak to one service."""
    return world.phone(next(NUMBERS))


@pytest.fixture
def relay(world):
    return world.phone(RELAY)


@pytest.fixture
def maternity(world):
    return world.phone(MATERNITY)


def number_in(text):
    return re.search(r"\b(\d{5})\b", text).group(1)


def referral(world, number):
    [row] = [one for one in world.lines("referrals", "--json") if one["number"] == number]
    return row


def refers(relay, line):
    """Let a relay refer somebody and return the code and the centre's text about it."""
    relay.sms(line)
    code = number_in(relay.received(r"\d{5} note\. Dites ce code"))
    relay.world.pass_minutes(A_NIGHT)
    return code, relay.world.phone(MATERNITY).received(rf"^{code}: ")


def test_a_referral_goes_from_the_village_to_the_centre_and_back(world, relay, maternity):
    code, announced = refers(relay, "REF 6143 24 3")
    assert "relais R128" in announced
    assert not re.search(r"implant|planning|Tessit", announced, re.IGNORECASE)
    maternity.sms(f"{code} 2")
    maternity.received(rf"{code}: venue et servie, note")
    maternity.sms(f"DONNE {code} 3")
    relay.received(rf"{code} est passee au centre")
    world.until(lambda: referral(world, code)["given"] == "3")
    assert referral(world, code)["status"] in ("served", "closed")


def test_a_woman_refers_herself_and_nothing_comes_to_her_phone(world, speaker, maternity):
    speaker.dial()
    assert "sans nom ni numero" in speaker.type("3", "1", "3")
    speaker.type("1", "24")
    if "C'est ou" in speaker.screen:
        speaker.type("6143", "1")
    shown = speaker.type("1")
    assert "Votre code" in shown, shown
    code = number_in(shown)
    speaker.hang_up()
    world.pass_minutes(A_NIGHT)
    maternity.received(rf"^{code}: ")
    assert not world.provider.inbox[speaker.number]
    maternity.sms(f"VENUE {code}")
    world.until(lambda: referral(world, code)["status"] == "arrived")
    speaker.dial()
    assert "Avez-vous ete recue?" in speaker.type("4", code)
    speaker.type("1")


def test_a_centre_without_stock_is_seen_before_she_walks(world, relay, maternity):
    world.phone(STORE).sms("STOCK 4 0")
    relay.sms("REF 6143 24 4")
    offered = relay.received("plus en stock")
    assert "1 envoyer la-bas" in offered or "2 envoyer quand meme" in offered
    relay.sms("2")
    relay.received(r"\d{5} note\. Dites ce code")
    assert [row for row in world.lines("stock", "--json") if row["product"] == "4"]


def test_two_voices_of_one_flood_are_one_alert_with_one_answer(world, relay):
    relay.sms("ALERTE 6143 1 120 menages")
    number = number_in(relay.received(r"^Recu \d{5}\. Merci"))
    other = world.phone(OTHER_RELAY)
    other.sms("ALERTE 6143 eau 150 menages")
    assert number_in(other.received(r"^Recu \d{5}\. Merci")) == number
    rrm = world.phone(RRM)
    assert "2 sources" not in rrm.received(rf"Alerte {number}: inondation, commune Tessit")
    rrm.sms(f"PRIS {number}")
    rrm.received(rf"{number} est a vous")
    rrm.sms(f"DIRE {number} mission prevue jeudi")
    rrm.received(rf"{number}: .*Part dans 10 min")
    world.pass_minutes(11)
    for voice in (relay, other):
        voice.received(rf"{number}: .*Suite")
    [row] = [one for one in world.lines("alerts", "--json") if one["number"] == number]
    assert (row["kind"], row["sources"]) == ("flood", 2)


def test_an_attack_is_told_without_a_word_coming_back(world, relay):
    relay.dial()
    relay.type("8", world.pins()["R128"])
    relay.type("4", "4")
    while "C'est ou" not in relay.screen and "Envoyer" not in relay.screen:
        relay.type("1")
    if "C'est ou" in relay.screen:
        relay.type("6143", "1")
    while "1 Envoyer" not in relay.screen:
        relay.type("1")
    shown = relay.type("1")
    assert re.search(r"Recu \d{5}\. Merci", shown), shown


def test_an_evacuation_rings_with_numbers_to_call(world, relay):
    relay.sms("EVAC 6143 1")
    told = relay.received("le centre est prevenu")
    number = number_in(told)
    rung = world.phone(HEAD).received(rf"URGENT {number}: evacuation, .*Tessit, accouchement")
    assert "70 00 02 01" in rung or "70000201" in rung
    assert not world.provider.inbox[MCD] or number not in str(world.provider.inbox[MCD])
    world.phone(HEAD).sms(f"PRIS {number}")
    world.phone(HEAD).received(rf"^{number}")


def test_a_call_is_logged_on_a_slip_whose_code_the_caller_already_has(world, speaker, tmp_path):
    world.jaabi("slips", "issue", "--operator", "P0301", "--out", str(tmp_path / "slips.pdf"))
    assert (tmp_path / "slips.pdf").read_bytes().startswith(b"%PDF")
    operator = world.phone(OPERATOR)
    operator.sms("LV 07 6143 12 F34 Rations incompletes depuis deux mois")
    asked = operator.received(r"\d{5}, fiche 07: Tessit, vivres")
    number = number_in(asked)
    operator.sms("1")
    [case] = [one for one in world.cases() if one["number"] == number]
    assert (case["category"], case["status"]) == ("12", "routed")
    operator.sms("LV 07 6143 12")
    operator.received("fiche 07")
    world.pass_minutes(6)
    world.phone(TRIAGER).received(rf"nouveau dossier {number}")


def test_a_private_call_leaves_no_story(world):
    operator = world.phone(OPERATOR)
    operator.sms("PRIVE 08 ANSONGO SOIR FEMME")
    told = operator.received("fiche 08 prive: note sans recit")
    number = number_in(told)
    world.pass_minutes(6)
    world.phone(GBV).received(rf"nouveau dossier {number}")
    assert number not in {one["number"] for one in world.cases()}
    assert not world.rows(
        "SELECT s.id FROM story s JOIN case_ c ON c.id = s.case_id WHERE c.number = :n", n=number
    )


def test_a_stranger_who_sends_a_relays_command_is_heard_as_a_speaker(world, speaker):
    before = len(world.lines("referrals", "--json"))
    speaker.sms("REF 6143 24 3")
    speaker.received(r"Recu|C'est|bien recu")
    assert len(world.lines("referrals", "--json")) == before


def test_a_lost_phone_is_dead_at_the_next_message(world):
    world.jaabi(
        "people", "add", "--role", "relay", "--phone", "+22370000299",
        "--organisation", "cscom-tessit", "--function", "relay", "--area", "ML070106",
    )  # fmt: skip
    [number] = [one["person"] for one in world.lines("people", "list", "--json")
                if one.get("phone", "").endswith("299")]  # fmt: skip
    lost = world.phone("+22370000299")
    lost.sms("LISTE")
    lost.received("Aucun dossier|dossiers")
    world.phone(SUPERVISOR).sms(f"PERDU {number}")
    world.phone(SUPERVISOR).received(rf"Telephone de {number} bloque")
    lost.dial()
    assert "n'est pas dans la liste" in lost.type("8")
    before = len(world.lines("referrals", "--json"))
    lost.sms("REF 6143 24 3")
    lost.received(r"Recu|C'est|bien recu")
    assert len(world.lines("referrals", "--json")) == before


def test_a_case_nobody_takes_changes_hands_once(world, speaker):
    speaker.dial()
    speaker.type("1", "1", "1", "2", "6143", "1", "1", "1")
    code = "".join(re.search(r"(\d\d \d\d \d\d)", speaker.screen).group(1).split())
    speaker.hang_up()
    [case] = world.cases_by(speaker.number)
    number = case["number"]
    triager = world.phone(TRIAGER)
    triager.received(f"nouveau dossier {number}")
    world.lapse(number)
    world.until(lambda: world.cases_by(speaker.number)[0]["level"] > 0)
    moved = world.cases_by(speaker.number)[0]
    world.pass_minutes(A_WEEKEND)
    triager.received(rf"{number} a depasse le delai")
    assert world.cases_by(speaker.number)[0] == moved
    speaker.dial()
    assert "Le delai est passe" in speaker.type("4", code)
