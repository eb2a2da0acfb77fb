"""Two hundred phones speak and four work: afterwards their numbers and words stand nowhere."""

import base64
import contextlib
import hashlib
import random
import re
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from gateway import valkey
from gateway.demo import PEOPLE
from tests.journeys.provider import TELLING
from tests.journeys.traces import Traces, ways_of_number
from tests.journeys.world import HEAD, TRIAGER, World

CANARIES = 204
WORKERS = ("R128", "R129", "P0141", "P0301")  # have new phones, whose numbers are canaries too
MATERNITY, STORE, SUPERVISOR = "+22370000102", "+22370000103", "+22370000152"
A_NIGHT = 15 * 60  # minutes: a centre is written to by day only
SEED = 20261123
CONSONANTS, VOWELS = "bcdfgjkpvwxz", "aeiou"
MEANT = ("keys", "demo-pins", "channels.toml")  # where secrets belong, and the demo's PINs
ANSWERED = 10


def canaries():
    """Return numbers with the word that only this phone says, none of them of the demo."""
    draw = random.Random(SEED)
    tails = draw.sample(range(500, 10_000), CANARIES)
    syllables = ["".join((one, two)) for one in CONSONANTS for two in VOWELS]
    words = ["xw" + "".join(draw.choices(syllables, k=5)) for _ in tails]
    return [(f"+2237000{tail:04}", word) for tail, word in zip(tails, words, strict=True)]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    one = World(tmp_path_factory.mktemp("canaries") / "home").prepare()
    try:
        yield one.start()
    finally:
        one.close()


@pytest.fixture(scope="module")
def traces():
    numbers, words = zip(*canaries(), strict=True)
    return Traces(numbers, words)


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
        asked = phone.received("C'est bien|C'est ou|Qui est|Recu")
        phone.world.provider.inbox[phone.number].clear()
        if asked.startswith("Recu"):
            break
        phone.sms({"C'est b": "1", "C'est o": "6143", "Qui est": "8"}[asked[:7]])
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


def everybody_speaks(world, road):
    for number, word in canaries()[: -len(WORKERS)][road :: len(ROADS)]:
        ROADS[road](world.phone(number), word)


def staff_works(world, folder):
    """Let registered phones, each with a number and a word of its own, use all their roads."""
    phones = {}
    for person, (number, word) in zip(WORKERS, canaries()[-len(WORKERS) :], strict=True):
        world.jaabi("people", "phone", person, "--phone", number)
        phones[person] = (world.phone(number), word)
    world.jaabi("slips", "issue", "--operator", "P0301", "--out", str(folder / "slips.pdf"))
    relay, word = phones["R128"]
    refer(world, relay, word)
    raise_alerts(world, phones)
    log_calls(world, *phones["P0301"])
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


def log_calls(world, operator, word):
    operator.sms(f"LV 01 6143 12 F34 Le {word} manque, son numero {operator.number}")
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


def staff_answers(world):
    """Let words be read behind the PIN, and said again in answers that are then heard."""
    triager = world.phone(TRIAGER)
    triager.dial()
    triager.type("8", world.pins()["P0151"], "1", "1", "1")
    for number, word in canaries()[: ANSWERED * len(ROADS) : len(ROADS)]:
        [case] = world.cases_by(number)
        triager.sms(f"DIRE {case['number']} Le {word} vient jeudi")
        triager.received(f"{case['number']}: la personne lira")
    world.pass_minutes(11)
    for number, _ in canaries()[: ANSWERED * len(ROADS) : len(ROADS)]:
        phone = world.phone(number)
        phone.received("un message vous attend")
        [code] = [code for whose, code in world.receipts if whose == number]
        phone.dial()
        assert "vient jeudi" in phone.type("4", code)


def all_goes_wrong(world):
    """Let errors arise on every side while numbers and words are in hand."""
    (number, word), (other, said) = canaries()[:2]
    phone, form = world.phone(number), {"from": number, "text": word, "phoneNumber": number}
    world.post("sms", form)
    world.post("ussd", form)
    world.post("delivery", form | {"id": "ATXid_1", "status": "Failed", "retryCount": "0"})
    world.post("nothing", form)
    requests.post(world.url(f"/hooks/phone/{word}/sms"), params=form, data=form, timeout=15)
    world.post("ussd-end", form | {"sessionId": "1", "status": "Failed", "input": word})
    world.post("optout", {"phoneNumber": other})
    world.post("voice", form | {"callerNumber": number, "sessionId": "1", "isActive": word})
    world.post("voice", {"callerNumber": number})
    with world.provider.being(TELLING):
        phone.sms(f"{word} AIDE")
        world.provider.wait_until_heard(number, "une personne va lire")
    with locked(world):  # longer than anybody waits for it
        world.phone(other).dial()
        with contextlib.suppress(AssertionError):
            world.phone(other).sms(said)


@contextlib.contextmanager
def locked(world):
    link = sqlite3.connect(world.home / "jaabi.db", isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    yield
    link.rollback()
    link.close()


def code_on(screen):
    return "".join(re.search(r"(\d\d \d\d \d\d)", screen).group(1).split())


def left_behind(world):
    """Give every file of the programme where no number belongs, as (name, content)."""
    for path in sorted(world.home.rglob("*")):
        if path.is_file() and path.relative_to(world.home).parts[0] not in MEANT:
            yield str(path.relative_to(world.home)), path.read_bytes()


def seen_from_outside(world):
    """Give what any program of this machine may know of our processes."""
    for name, process in world.processes().items():
        yield f"arguments of {name}", "\0".join(process.cmdline()).encode()
        yield f"environment of {name}", "\0".join(process.environ().values()).encode()


def search(traces, places):
    return {name: found for name, content in places if (found := traces.found_in(content))}


def test_after_two_hundred_phones_spoke_no_number_and_no_word_stands_anywhere(
    world, traces, tmp_path
):
    with ThreadPoolExecutor(len(ROADS)) as crowd:
        list(crowd.map(lambda road: everybody_speaks(world, road), range(len(ROADS))))
    staff_answers(world)
    staff_works(world, tmp_path)
    all_goes_wrong(world)
    assert {"jaabi.db", "jaabi.db-wal", "run.log"} <= {name for name, _ in left_behind(world)}
    assert search(traces, left_behind(world)) == {}
    assert search(traces, seen_from_outside(world)) == {}
    planted = plant(world, *canaries()[-1])
    world.stop()
    assert search(traces, left_behind(world)) == planted  # and nothing beside it


def plant(world, number, word):
    """Leave a number or a word in each place that is searched; return what is to be found."""
    digest = hashlib.sha256(number.encode()).hexdigest()
    with sqlite3.connect(world.home / "jaabi.db") as link:
        link.execute("INSERT INTO programme_setting VALUES ('planted', ?)", (digest,))
    link.close()
    carried = valkey.connect(valkey.url_of(world.settings))
    carried.set("planted", base64.b64encode(f"to {number}".encode()))
    carried.close()
    with (world.home / "run.log").open("a") as log:
        log.write(f"heard {word}\n")
    [carrier] = [name for name, _ in left_behind(world) if name.endswith(".incr.aof")]
    return {
        "jaabi.db": {f"{number} sha256 hex"},
        carrier: {f"{number} base64"},
        "run.log": {f"{word} plain"},
    }


@pytest.mark.parametrize("way", sorted({way for way, _ in ways_of_number("+22370000501")}))
def test_a_number_is_found_in_each_way_of_writing_it(traces, way):
    number, _ = canaries()[0]
    for named, written in ways_of_number(number):
        if named == way:
            assert f"{number} {way}" in traces.found_in(b"\x00to: " + written + b";\xff")


@pytest.mark.parametrize("written", ["{}", "+{}", "00{}", "%2B{}", "tel:+{}", '"{}"', "x{}y"])
def test_a_number_is_found_whatever_stands_around_it(traces, written):
    number, _ = canaries()[0]
    assert traces.found_in(written.format(number[1:]).encode())


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_number_is_found_inside_of_longer_things_that_were_recoded(traces, before):
    number, word = canaries()[0]
    said = f"{before}{number}: {word}".encode()
    assert {f"{number} base64", f"{word} base64"} <= traces.found_in(base64.b64encode(said))
    assert {f"{number} hex", f"{word} hex"} <= traces.found_in(said.hex().encode())


def test_eight_digits_of_a_longer_number_are_nobodys(traces):
    national = canaries()[0][0].removeprefix("+223")
    assert traces.found_in(f"1{national}".encode()) == set()
    assert traces.found_in(f"{national}1".encode()) == set()
    assert traces.found_in(f" {national} ".encode()) != set()


def test_no_canary_is_a_phone_of_the_demo():
    demo = {f"+2237000{digits}" for _, digits, *_ in PEOPLE}
    assert demo.isdisjoint(number for number, _ in canaries())
