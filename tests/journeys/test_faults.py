"""Whatever dies, and whenever: nothing accepted is lost or done twice, and work goes on at once."""

import contextlib
import random
import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
import requests

from gateway import valkey
from models.services import outbox
from tests.journeys.provider import CUTTING, HANGING, REFUSING
from tests.journeys.world import INTEGRITY, TRIAGER

NUMBERS = (f"+2237000{digits}" for digits in range(2000, 3000))
ON_SQLITE = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("world", ["postgresql"], indirect=True)
# Who dies, and at which moments of the story something of theirs is on its way.
MOMENTS = {
    "public": ("said", "filed", "dialled"),
    "public below": ("said", "dialled"),
    "worker": ("taken", "answered", "leaving"),
    "keeper": ("said", "filed", "taken", "dialled"),
    "valkey": ("filed", "taken", "answered"),
}
AWAY = "ne peut pas repondre"
SPEAKERS, DEATHS, SEED = 4, 8, 20261123
CROWD = range(4000, 8000, 1000)  # first digits of the phones of each speaker


@pytest.fixture
def speaker(world):
    return world.phone(next(NUMBERS))


@pytest.fixture
def other(world):
    return world.phone(next(NUMBERS))


@pytest.fixture(autouse=True)
def nothing_is_lost(world):
    """After each test: all that was acknowledged is there once, and all that was due is done."""
    yield
    world.until(lambda: not world.unfinished())
    for provider_id in world.acknowledged:
        kept = world.rows(
            "SELECT status FROM inbound_message WHERE provider_id = :one", one=provider_id
        )
        assert kept == [{"status": "processed"}]
    for number, code in world.receipts:
        assert world.case_of(number, code)["contact"] == world.vault.pseudonym(number)
    assert repeated(world.rows("SELECT * FROM case_ WHERE contact IS NOT NULL")) == []
    world.acknowledged.clear()
    world.receipts.clear()


def repeated(cases):
    """Return the contacts with more cases than problems: each phone here has one."""
    contacts = [case["contact"] for case in cases]
    return [one for one in contacts if contacts.count(one) > 1]


def tell(phone):
    """Say what is wrong, up to the question that files it."""
    phone.dial()
    return phone.type("1", "1", "1", "2", "6143", "1", "1")


def long_code_on(screen):
    return "".join("".join(pair.split()) for pair in re.findall(r"\d\d \d\d \d\d", screen))


def open_answer(phone, code):
    """Dial, type the code, and return the screen; None while it says: in a moment."""
    phone.dial()
    screen = phone.type("4", code)
    return None if AWAY in screen else screen


def read(phone, code):
    """Dial until the answer is there."""
    seen = []
    world = phone.world
    world.until(lambda: seen.append(open_answer(phone, code)) or seen[-1], seconds=world.left())
    return seen[-1]


def received(phone, pattern):
    """Wait for a text; what the keeper held when it died is of unknown fate, and comes later.

    So is what the provider here did not take in time: it runs in the process of the tests.
    """
    world, arrived = phone.world, phone.world.provider.sent
    world.until(lambda: arrived(phone.number, pattern) or is_late(phone), seconds=world.left())
    if not arrived(phone.number, pattern):
        world.pass_minutes(2)
        world.until(lambda: not doubted(phone))
        world.pass_minutes(11)
    return phone.received(pattern)


def doubted(phone):
    """Return the texts to this phone that the keeper had claimed before it died."""
    lease_ends = phone.world.keeper_died_at + outbox.LEASE
    held = [one for one in texts_to(phone.world, phone.number) if one["status"] == "sending"]
    return [one for one in held if at(one["due_at"]) <= lease_ends]


def is_late(phone):
    """Tell whether a text to this phone waits for minutes: of unknown fate, or refused."""
    tried = [one["status"] for one in texts_to(phone.world, phone.number) if one["tries"]]
    return bool(doubted(phone) or {"waiting", "unknown"} & set(tried))


def at(stored):
    """Return a time as the database gave it: SQLite has text without zone."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored


def texts_to(world, number):
    """Return what was written to a phone, oldest first."""
    asked = (
        "SELECT text.* FROM outbound_message text LEFT JOIN person ON person.id = text.person_id"
        " WHERE text.contact = :whose OR person.pseudonym = :whose ORDER BY text.id"
    )
    return world.rows(asked, whose=world.vault.pseudonym(number))


def last_to(world, number):
    return texts_to(world, number)[-1]


def inbox_row(world, provider_id):
    asked = "SELECT * FROM inbound_message WHERE provider_id = :one"
    [found] = world.rows(asked, one=provider_id)
    return found


@contextlib.contextmanager
def writing_forbidden(world):
    """Hold the lock that whoever files a case must have."""
    if world.database_url.startswith("sqlite"):
        link = sqlite3.connect(world.home / "jaabi.db", isolation_level=None)
        link.execute("BEGIN IMMEDIATE")
    else:
        link = psycopg.connect(world.database_url.replace("+psycopg", ""))
        link.execute("LOCK TABLE case_ IN EXCLUSIVE MODE")
    yield
    link.rollback()
    link.close()


def tell_in_private(phone):
    """Say that somebody asks for money, and return the number of the case."""
    phone.dial()
    phone.type("5", "1", "1", "6143", "1", "8", "1")
    phone.hang_up()
    [case] = phone.world.cases_by(phone.number)
    return case["number"]


def replaced(world, name):
    """Kill a process and wait until another stands in its place."""
    dead = world.kill(name)
    world.until(lambda: world.processes().get(name, dead) != dead and world.is_ready())


def speak(world, first, enough):
    """Speak with one phone after the other, each until its receipt is shown, then by SMS."""
    phones = []
    while not enough.is_set():
        phone = world.phone(f"+2237000{first + len(phones)}")
        while AWAY in tell(phone) or "C'est recu" not in phone.type("1"):
            pass  # cut off: whoever speaks dials again
        phone.sms("AIDE")
        phones.append(phone)
    return phones


def answered(world, number):
    [case] = world.rows("SELECT status FROM case_ WHERE number = :one", one=number)
    return case["status"] == "answered"


def tell_the_story(world, speaker, other, fault, moments=None):
    """The whole story; ``fault`` is called at those moments of it, or at each."""

    def meanwhile(moment):
        world.mark_fault()  # else what follows would be measured from an earlier one
        if moments is None or moment in moments:
            fault()

    tell(speaker)
    meanwhile("said")
    assert "C'est recu" in speaker.type("1")
    code = long_code_on(speaker.type("2"))
    world.until(lambda: world.case_of(speaker.number, code), seconds=world.left())
    number = world.case_of(speaker.number, code)["number"]

    speaker.hang_up()
    meanwhile("filed")
    triager = world.phone(TRIAGER)
    received(triager, f"nouveau dossier {number}")

    triager.sms(f"PRIS {number}")
    meanwhile("taken")
    received(triager, f"{number} est a vous")

    triager.sms(f"DIRE {number} Le camion revient jeudi.")
    meanwhile("answered")
    received(triager, f"{number}: la personne lira")

    world.pass_minutes(11)
    meanwhile("leaving")
    world.until(lambda: answered(world, number), seconds=world.left())

    other.dial()
    meanwhile("dialled")
    assert "Le camion revient jeudi" in read(other, code)
    assert "On regarde encore" in other.type("9", "2")


@ON_SQLITE
@pytest.mark.parametrize("victim", MOMENTS)
def test_the_story_goes_on_whoever_is_killed_in_the_midst_of_it(world, speaker, other, victim):
    tell_the_story(world, speaker, other, lambda: world.kill(victim), MOMENTS[victim])


@ON_POSTGRESQL
@pytest.mark.parametrize("victim", ["worker", "keeper"])
def test_it_goes_on_with_postgresql_too(world, speaker, other, victim):
    tell_the_story(world, speaker, other, lambda: world.kill(victim), MOMENTS[victim])


@ON_SQLITE
def test_it_goes_on_after_everything_was_killed_and_started_again(world, speaker, other):
    def end_all():
        world.kill_all()
        world.start()
        world.mark_fault()

    tell_the_story(world, speaker, other, end_all, ("filed", "leaving"))


@ON_POSTGRESQL
def test_it_goes_on_when_all_connections_to_postgresql_are_cut(world, speaker, other):
    def cut():
        with psycopg.connect(world.database_url.replace("+psycopg", "")) as link:
            link.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        world.mark_fault()

    tell_the_story(world, speaker, other, cut)


@ON_SQLITE
def test_it_goes_on_without_any_news_while_valkey_is_stopped(world, speaker, other):
    with world.stopped("valkey"):
        tell_the_story(world, speaker, other, world.mark_fault)


@ON_SQLITE
def test_an_emptied_valkey_costs_seconds(world, speaker):
    link = valkey.connect(valkey.url_of(world.settings))
    with world.stopped("worker"):
        speaker.sms("AIDE")
        link.flushall()
        world.mark_fault()
    received(speaker, "Jaabi")

    with contextlib.ExitStack() as keeper:
        with world.stopped("worker"):
            given = speaker.sms("LANGUE")
            keeper.enter_context(world.stopped("keeper"))
        world.until(lambda: inbox_row(world, given)["status"] == "processed")
        link.flushall()
        world.mark_fault()
    received(speaker, "repond en francais")
    link.close()


@ON_SQLITE
def test_an_emptied_valkey_gives_nobody_more_tries_at_a_code(world, speaker):
    tell(speaker)
    filed = speaker.type("1")
    code = re.search(r"(\d\d \d\d \d\d)", filed).group(1).replace(" ", "")
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    link = valkey.connect(valkey.url_of(world.settings))
    for _ in range(5):
        speaker.dial()
        assert "ne donne rien" in speaker.type("4", wrong)
    link.flushall()
    world.mark_fault()
    speaker.dial()
    assert "ne donne rien" in speaker.type("4", code)
    link.close()


def test_filing_that_died_before_its_commit_is_filed_once_when_sent_again(world, speaker):
    tell(speaker)
    server = world.processes()["public below"]
    with writing_forbidden(world), ThreadPoolExecutor(1) as network:
        fields = speaker.fields() | {"text": f"{speaker.text}*1"}
        unanswered = network.submit(requests.post, world.hook("ussd"), data=fields, timeout=15)
        world.until(lambda: any(one.status == "ESTABLISHED" for one in server.net_connections()))
        world.kill("public below")
        assert isinstance(unanswered.exception(), requests.ConnectionError)
    filed = speaker.type("1")
    assert "C'est recu" in filed
    assert speaker.press() == filed
    assert len(world.cases_by(speaker.number)) == 1


def test_an_sms_whose_worker_died_over_it_is_answered_by_the_next(world, speaker):
    tell(speaker)
    speaker.type("1")
    [(_, code)] = world.receipts
    with contextlib.ExitStack() as held:
        with world.stopped("worker"):
            given = speaker.sms(code)
            held.enter_context(world.stopped("keeper"))  # who alone can say whether it is a code
        world.until(lambda: inbox_row(world, given)["status"] == "processing")
        world.kill("worker")
    received(speaker, "On s'en occupe")
    assert speaker.sms(code, id=given) == given  # a provider that says it twice
    assert len(world.provider.sent(speaker.number, "On s'en occupe")) == 1


@pytest.mark.parametrize("killed", [True, False], ids=["its sender died", "no answer came"])
def test_a_text_of_unknown_fate_is_repeated_once_and_a_sensitive_one_never(
    world, speaker, other, killed
):
    with world.provider.being(HANGING if killed else CUTTING):
        speaker.sms("AIDE")
        world.provider.wait_until_heard(speaker.number, "Jaabi")
        number = tell_in_private(other)
        world.provider.wait_until_heard(INTEGRITY, f"nouveau dossier {number}")
        world.kill("keeper") if killed else world.mark_fault()
    other.sms("LANGUE")
    other.received("repond en francais", seconds=world.left())  # nobody waits for those two

    world.pass_minutes(2)  # a sender that has not said how it went by now is dead
    world.until(lambda: last_to(world, INTEGRITY)["status"] == "unknown")
    assert last_to(world, INTEGRITY)["settled_at"] is not None
    assert last_to(world, INTEGRITY)["address"] is None
    world.until(lambda: last_to(world, speaker.number)["status"] == "unknown")
    world.pass_minutes(11)
    speaker.received("Jaabi")
    assert len(world.provider.heard[speaker.number]) == 2
    assert len([one for one in world.provider.heard[INTEGRITY] if number in one]) == 1


def test_what_a_provider_refuses_is_kept_and_sent_once_when_it_is_well(world, speaker):
    with world.provider.being(REFUSING):
        speaker.sms("AIDE")
        world.provider.wait_until_heard(speaker.number, "Jaabi")
        world.until(lambda: last_to(world, speaker.number)["status"] == "waiting")
    world.pass_minutes(1)
    speaker.received("Jaabi")
    world.until(lambda: last_to(world, speaker.number)["status"] == "handed_over")
    assert len(world.provider.inbox[speaker.number]) == 1


def test_who_speaks_while_the_keeper_is_away_is_heard_and_answered_later(world, speaker, other):
    with world.stopped("keeper"):
        tell(speaker)
        code = long_code_on(speaker.type("1") and speaker.type("2"))
        assert open_answer(other, code) is None
        other.sms("AIDE")
        world.mark_fault()
    received(other, "Jaabi")
    assert "pas encore lu" in read(other, code)


def test_whatever_dies_while_many_speak_everything_acknowledged_is_there_once(world):
    draw, enough = random.Random(SEED), threading.Event()
    with world.patient(), ThreadPoolExecutor(SPEAKERS) as crowd:
        speaking = [crowd.submit(speak, world, first, enough) for first in CROWD]
        try:
            for _ in range(DEATHS):
                replaced(world, draw.choice([*MOMENTS, "network"]))
        finally:
            enough.set()  # else a crowd that nobody tells speaks for ever
        phones = [phone for one in speaking for phone in one.result()]
    assert len(phones) > DEATHS
    for one in phones:
        world.until(lambda one=one: len(world.cases_by(one.number)) == 1)
        received(one, "Jaabi")


def test_in_the_end_every_text_has_its_fate_and_none_was_sent_twice_without_a_doubt(world):
    for minutes in (2, 11):  # a dead sender's lease; the time until what is unknown is repeated
        world.pass_minutes(minutes)
        world.until(lambda: not world.unfinished())
    world.until(lambda: all(one["settled_at"] for one in fates(world)))
    taken = [one for one in fates(world) if one["status"] == "handed_over"]
    unknown = [one for one in fates(world) if one["status"] == "unknown"]
    doubted = len(unknown) + len([one for one in taken if one["repeated"]])
    accepted = sum(map(len, world.provider.inbox.values()))
    assert len(taken) <= accepted <= len(taken) + doubted


def fates(world):
    return world.rows("SELECT status, settled_at, repeated FROM outbound_message")
