"""A problem goes out from a basic phone, and the answer comes back."""

import re

from tests.journeys.world import HEAD, MCD, MEAL, TRIAGER

SPEAKER = "+22370000001"
NEIGHBOUR = "+22370000002"


def code_on(screen):
    return "".join(re.search(r"(\d\d \d\d \d\d)", screen).group(1).split())


def long_code_on(screen):
    return "".join("".join(pair.split()) for pair in re.findall(r"\d\d \d\d \d\d", screen))


def test_not_enough_rations_in_tessit_from_ussd_to_the_answer_and_back(world):
    speaker = world.phone(SPEAKER)
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

    announced = world.phone(TRIAGER).received(r"nouveau dossier \d{5}")
    number = re.search(r"dossier (\d{5})", announced).group(1)
    [case] = world.cases()
    assert (case["number"], case["category"], case["class"]) == (number, "12", "C4")
    assert case["status"] == "routed"
    assert "Tessit" not in announced

    triager = world.phone(TRIAGER)
    triager.sms(f"VOIR {number}")
    assert "pas assez" in triager.received(rf"{number}: vivres")
    triager.sms(f"PRIS {number}")
    triager.received(f"{number} est a vous")
    triager.sms(f"DIRE {number} Le camion revient jeudi avec le reste.")
    triager.received("Part dans 10 min")

    other = world.phone(NEIGHBOUR)
    other.dial()
    assert "On s'en occupe" in other.type("4", long_code)

    world.pass_minutes(11)
    world.until(lambda: world.cases()[0]["status"] == "answered")
    other.dial()
    assert "Le camion revient jeudi" in other.type("4", long_code)
    assert "content de la reponse" in other.type("9")
    assert "On regarde encore" in other.type("2")
    assert world.cases()[0]["status"] == "reopened"


def test_words_are_read_behind_the_pin_and_by_nobody_else(world):
    speaker = world.phone(SPEAKER)
    speaker.dial()
    speaker.type("1", "1", "1", "2", "6143", "1", "1", "1", "1", "La moitie des sacs manque ici")
    speaker.hang_up()
    triager = world.phone(TRIAGER)
    triager.received("nouveau dossier")
    triager.dial()
    assert "PIN" in triager.type("8")
    assert "Mes dossiers" in triager.type(world.pins()["P0151"])
    assert re.search(r"1 \d{5}", triager.type("1"))
    assert "vivres, pas assez" in triager.type("1")
    assert "La moitie des sacs manque ici" in triager.type("1")
    stranger = world.phone("+22370000009")
    stranger.dial()
    assert "n'est pas dans la liste" in stranger.type("8")


def test_the_same_by_sms_in_free_words(world):
    speaker = world.phone(SPEAKER)
    speaker.sms("les vivres de tessit n'ont pas ete donnes a tout le monde")
    assert "Tessit" in speaker.received("C'est bien")
    speaker.sms("1")
    speaker.received("Qui est en cause")
    speaker.sms("8")
    receipt = speaker.received("Recu. Code:")
    code = code_on(receipt)
    number = re.search(r"\d{5}", world.phone(TRIAGER).received("nouveau dossier")).group()
    triager = world.phone(TRIAGER)
    triager.sms(f"fini {number} La liste est revue")
    triager.received("regle")
    speaker.sms(code)
    speaker.received("On s'en occupe")
    world.pass_minutes(11)
    world.until(lambda: world.cases()[0]["status"] == "answered")
    speaker.dial()
    assert "La liste est revue" in speaker.type("4", code)


def test_complaints_that_look_like_keywords_are_complaints(world):
    for number, said in (("3", "aide alimentaire pas recue"), ("4", "arret de la distribution")):
        phone = world.phone(f"+2237000000{number}")
        phone.sms(said)
        phone.received(r"C'est ou\?")
        phone.sms("6143")
        phone.received("Qui est en cause")
        phone.sms("8")
        phone.received("Recu. Code:")
    assert len(world.cases()) == 2


def test_nobody_accused_ever_hears_of_it(world):
    about_ngo = world.phone(SPEAKER)
    about_ngo.dial()
    about_ngo.type("1", "1", "1", "2", "6143", "1", "3")  # W1-3 an NGO
    if "Quelle organisation" in about_ngo.screen:
        about_ngo.type("1")
    about_ngo.type("1")
    about_ngo.hang_up()
    about_centre = world.phone(NEIGHBOUR)
    about_centre.dial()
    about_centre.type("1", "1", "2", "4", "6143", "1", "3", "1")  # badly received, head of centre
    about_centre.hang_up()
    world.phone(TRIAGER).received("nouveau dossier")
    world.phone(MCD).received("nouveau dossier")
    assert not world.provider.inbox[MEAL]
    assert not world.provider.inbox[HEAD]
    for number in (MEAL, HEAD):
        phone = world.phone(number)
        phone.sms("LISTE")
        phone.received("Aucun dossier pour vous")
