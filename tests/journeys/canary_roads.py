"""The roads of a phone whose number and word must come to stand nowhere: speakers and staff."""

import re
import uuid

from tests.journeys.world import HEAD

WORKERS = ("R128", "R129", "P0141", "P0301")  # have new phones, whose numbers are canaries too
MATERNITY, STORE, SUPERVISOR = "+22370000102", "+22370000103", "+22370000152"
A_NIGHT = 15 * 60  # minutes: a centre is written to by day only


def speak(phone, word):
    """File by USSD, add words, and follow it with the code."""
    phone.dial()
    assert "C'est recu" in phone.type("1", "1", "1", "2", "6143", "1", "1", "2")
    code = code_on(phone.screen)
    assert "C'est ajoute" in phone.type("1", f"Le {word} manque chez nous")
    phone.hang_up()
    phone.dial()
    phone.type("4", code, "1", f"Encore le {word}")


def speak_in_private(phone, word):
    phone.dial()
    assert "C'est recu" in phone.type("5", "1", "1", "6143", "1", "8", "1")
    code = code_on(phone.screen)
    phone.type("1", f"Il veut le {word} avant de donner")
    phone.dial()
    phone.type("4", code)


def write(phone, word):
    """Say it by SMS, answer what is asked, and type what no menu has."""
    phone.sms(f"les vivres de tessit {word} n'ont pas ete donnes a tout le monde")
    for _ in range(3):
        asked = re.search("C'est bien|C'est ou|Qui est|Recu", phone.received("C'est|Qui est|Recu"))
        phone.world.provider.inbox[phone.number].clear()
        if asked[0] == "Recu":
            break
        phone.sms({"C'est bien": "1", "C'est ou": "6143", "Qui est": "8"}[asked[0]])
    phone.dial()
    phone.type(word, f"#*{word}", phone.number)


def write_and_stop(phone, word):
    phone.sms(f"{word} {word}")
    phone.received("une personne va lire")
    phone.sms("RAPPEL")
    phone.received("une personne vous appelle")
    phone.sms("STOP")
    phone.received("plus aucun SMS")


ROADS = (speak, write, speak_in_private, write_and_stop)


def staff_works(world, folder, canaries, caller):
    """Let registered phones, each with a number and a word of its own, use all their roads.

    ``caller`` is somebody's number that is told to an operator.
    """
    phones = {}
    for person, (number, word) in zip(WORKERS, canaries, strict=True):
        world.jaabi("people", "phone", person, "--phone", number)
        phones[person] = (world.phone(number), word)
    world.jaabi("slips", "issue", "--operator", "P0301", "--out", str(folder / "slips.pdf"))
    relay, word = phones["R128"]
    refer(world, relay, word)
    raise_alerts(world, phones)
    log_calls(world, *phones["P0301"], caller)
    change_pin(world, relay)
    relay.sms("EVAC 6143 1")
    called = relay.received("le centre est prevenu")[:5]
    rung = world.phone(HEAD).received(f"URGENT {called}: evacuation")
    assert relay.number.removeprefix("+223") in rung  # put in by the keeper alone
    world.phone(SUPERVISOR).sms("PERDU R129")
    world.phone(SUPERVISOR).received("Telephone de R129 bloque")


def refer(world, relay, word):
    relay.sms(f"REF {word} 24")
    relay.received("Lieu pas trouve")
    relay.sms("REF 6143 24 3")
    code = relay.received("note. Dites ce code")[:5]
    world.pass_minutes(A_NIGHT)
    matron = world.phone(MATERNITY)
    matron.received(f"^{code}: ")
    matron.sms(f"{code} 2")
    matron.received(f"{code}: venue et servie")
    world.phone(STORE).sms(f"STOCK {word}")
    world.phone(STORE).sms("STOCK 4 0")


def raise_alerts(world, phones):
    relay, word = phones["R128"]
    other, said = phones["R129"]
    rrm, decided = phones["P0141"]
    relay.sms(f"ALERTE 6143 1 120 menages {word} arrive, appelez {other.number}")
    number = relay.received(r"^Recu \d{5}")[5:10]
    other.sms(f"ALERTE 6143 1 {said}")
    other.received(f"Recu {number}")
    rrm.received(f"Alerte {number}")
    rrm.sms(f"PRIS {number}")
    rrm.received(f"{number} est a vous")
    rrm.sms(f"DIRE {number} {decided} vient, appelez {relay.number}")
    rrm.received(f"{number}: .*Part dans 10 min")
    world.pass_minutes(11)
    for source in (relay, other):
        assert decided in source.received(f"{number}: .*Suite")
    relay.sms(f"ALERTE 6143 7 le magasinier {word} a detourne les vivres")
    relay.received("Vous pouvez effacer")
    relay.sms(f"ALERTE {word} 3")
    relay.received("Lieu pas trouve")


def log_calls(world, operator, word, caller):
    operator.sms(f"LV 01 6143 12 F34 Le {word} manque, son numero {caller}")
    operator.received("fiche 01: Tessit")
    operator.sms(f"PRIVE 02 ANSONGO SOIR FEMME {operator.number}")
    operator.received("fiche 02 prive")
    operator.sms(f"PRIVE 03 ANSONGO le chef veut le {word}")
    operator.received("mis en prive")
    operator.sms(f"LV 04 {word} 12")
    operator.received("fiche 04")
    ringing = {"isActive": "1", "sessionId": uuid.uuid4().hex, "direction": "Inbound"}
    caller = {"callerNumber": operator.number, "destinationNumber": "+22370000399"}
    assert world.post("voice", ringing | caller).status_code == 200
    asked = "SELECT id FROM case_ WHERE source = 'voice'"
    world.until(lambda: world.rows(asked))


def change_pin(world, relay):
    relay.dial()
    relay.type("8", world.pins()["R128"], "6", "7351")
    assert "PIN change" in relay.type("7351")


def code_on(screen):
    return "".join(re.search(r"(\d\d \d\d \d\d)", screen).group(1).split())
