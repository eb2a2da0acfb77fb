"""A problem goes out from a basic phone, and the answer comes back."""

import re

import pytest

from tests.journeys.world import HEAD, MCD, MEAL, TRIAGER

NUMBERS = (f"+2237000{digits}" for digits in range(1000, 2000))


@pytest.fixture
def speaker(world):
    """A phone nobody used before: all tests speak to one service."""
    return world.phone(next(NUMBERS))


@pytest.fixture
def other(world):
    return world.phone(next(NUMBERS))


def code_on(screen):
    return "".join(re.search(r"(\d\d \d\d \d\d)", screen).group(1).split())


def long_code_on(screen):
    return "".join("".join(pair.split()) for pair in re.findall(r"\d\d \d\d \d\d", screen))


def number_of(speaker):
    """The number staff say for the one case of this phone."""
    [case] = speaker.world.cases_by(speaker.number)
    return case["number"]


def status_of(speaker):
    [case] = speaker.world.cases_by(speaker.number)
    return case["status"]


def open_item(agent, number):
    """Find an item by its number, screen by screen."""
    screen = agent.screen
    while number not in screen:
        screen = agent.type("9")
    return agent.type(re.search(rf"(\d) {number}", screen).group(1))


def test_not_enough_rations_in_tessit_from_ussd_to_the_answer_and_back(world, speaker, other):
    assert "Dire un probleme" in speaker.dial()
    speaker.type("1", "1", "1", "2")  # M1, M3, C1 food, C2 not enough
    assert "Tessit" in speaker.type("6143")
    speaker.type("1")  # L3 yes
    assert "Voulez-vous une reponse?" in speaker.type("1")  # W1 a lack, nobody's fault
    filed = speaker.type("1")
    assert "C'est recu. Votre code:" in filed
    assert speaker.presses <= 9  # eight, one more when the place is coded

    long_code = long_code_on(speaker.type("2"))
    assert len(long_code) == 12
    speaker.type("1", "On a donne la moitie a ma famille")
    speaker.hang_up()

    triager = world.phone(TRIAGER)
    number = number_of(speaker)
    announced = triager.received(f"nouveau dossier {number}")
    [case] = [one for one in world.cases() if one["number"] == number]
    assert (case["category"], case["class"], case["status"]) == ("12", "C4", "routed")
    assert "Tessit" not in announced

    triager.sms(f"VOIR {number}")
    assert "pas assez" in triager.received(rf"{number}: vivres")
    triager.sms(f"PRIS {number}")
    triager.received(f"{number} est a vous")
    triager.sms(f"DIRE {number} Le camion revient jeudi avec le reste.")
    triager.received(rf"{number}: .*Part dans 10 min")

    other.dial()
    assert "On s'en occupe" in other.type("4", long_code)

    world.pass_minutes(11)
    world.until(lambda: status_of(speaker) == "answered")
    other.dial()
    assert "Le camion revient jeudi" in other.type("4", long_code)
    assert "content de la reponse" in other.type("9")
    assert "On regarde encore" in other.type("2")
    assert status_of(speaker) == "reopened"


def test_words_are_read_behind_the_pin_and_by_nobody_else(world, speaker, other):
    speaker.dial()
    speaker.type("1", "1", "1", "2", "6143", "1", "1", "1", "1", "La moitie des sacs manque ici")
    speaker.hang_up()
    triager = world.phone(TRIAGER)
    number = number_of(speaker)
    triager.received(f"nouveau dossier {number}")
    triager.dial()
    assert "PIN" in triager.type("8")
    assert "Mes dossiers" in triager.type(world.pins()["P0151"])
    triager.type("1")
    assert "vivres, pas assez" in open_item(triager, number)
    assert "La moitie des sacs manque ici" in triager.type("1")
    other.dial()
    assert "n'est pas dans la liste" in other.type("8")


def test_the_same_by_sms_in_free_words(world, speaker):
    speaker.sms("les vivres de tessit n'ont pas ete donnes a tout le monde")
    assert "Tessit" in speaker.received("C'est bien")
    speaker.sms("1")
    speaker.received("Qui est en cause")
    speaker.sms("8")
    code = code_on(speaker.received("Recu. Code:"))
    triager = world.phone(TRIAGER)
    number = number_of(speaker)
    triager.received(f"nouveau dossier {number}")
    triager.sms(f"fini {number} La liste est revue")
    triager.received(f"{number}: regle")
    speaker.sms(code)
    speaker.received("On s'en occupe")
    world.pass_minutes(11)
    world.until(lambda: status_of(speaker) == "answered")
    speaker.dial()
    assert "La liste est revue" in speaker.type("4", code)


@pytest.mark.parametrize("said", ["aide alimentaire pas recue", "arret de la distribution"])
def test_complaints_that_look_like_keywords_are_complaints(speaker, said):
    speaker.sms(said)
    speaker.received(r"C'est ou\?")
    speaker.sms("6143")
    speaker.received("Qui est en cause")
    speaker.sms("8")
    speaker.received("Recu. Code:")
    assert number_of(speaker)


def test_nobody_accused_ever_hears_of_it(world, speaker, other):
    speaker.dial()
    speaker.type("1", "1", "1", "2", "6143", "1", "3")  # W1-3 an NGO
    if "Quelle organisation" in speaker.screen:
        speaker.type("1")
    speaker.type("1")
    speaker.hang_up()
    other.dial()
    other.type("1", "1", "2", "4", "6143", "1", "3", "1")  # badly received, head of centre
    other.hang_up()
    world.phone(TRIAGER).received(f"nouveau dossier {number_of(speaker)}")
    world.phone(MCD).received(f"nouveau dossier {number_of(other)}")
    assert not world.provider.inbox[MEAL]
    assert not world.provider.inbox[HEAD]
    for number in (MEAL, HEAD):
        phone = world.phone(number)
        phone.sms("LISTE")
        phone.received("Aucun dossier pour vous")
