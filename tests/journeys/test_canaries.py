"""Two hundred phones speak and four work: afterwards their numbers and words stand nowhere."""

import base64
import contextlib
import hashlib
import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from gateway import valkey
from gateway.demo import PEOPLE
from tests.journeys.canary_roads import ROADS, WORKERS, staff_works
from tests.journeys.provider import TELLING
from tests.journeys.traces import Traces, ways_of_number
from tests.journeys.world import TRIAGER, World

CANARIES = 204
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


def a_caller():
    """Return a number that does not even end like one of a registered phone of the demo."""
    return next(number for number, _ in canaries() if int(number[-3:]) >= 500)


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


def everybody_speaks(world, road):
    for number, word in canaries()[: -len(WORKERS)][road :: len(ROADS)]:
        ROADS[road](world.phone(number), word)


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
    staff_works(world, tmp_path, canaries()[-len(WORKERS) :], a_caller())
    all_goes_wrong(world)
    assert {"jaabi.db", "jaabi.db-wal", "run.log"} <= {name for name, _ in left_behind(world)}
    assert search(traces, left_behind(world)) == {}
    assert search(traces, seen_from_outside(world)) == {}
    planted = plant(world, *canaries()[-1])
    world.stop()
    merge_the_log(world)
    assert search(traces, left_behind(world)) == planted  # and nothing beside it


def merge_the_log(world):
    """Do what the last to close does, unless it was ended sooner or two close at once."""
    with contextlib.closing(sqlite3.connect(world.home / "jaabi.db")) as link:
        busy, *_ = link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert not busy


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
