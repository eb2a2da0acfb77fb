"""What people in the field send, while something dies: each is done once, each text leaves once."""

import contextlib
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from sqlalchemy import text

from tests.journeys.provider import REFUSING
from tests.journeys.world import HEAD

MATERNITY, RELAY, OTHER_RELAY = "+22370000102", "+22370000201", "+22370000202"
OPERATOR = "+22370000301"
NUMBERS = (f"+2237000{digits}" for digits in count(2000))
MANY = 120  # more than one batch
AWAY = "ne peut pas repondre"

# What two do at once on PostgreSQL stands in tests/models/test_meanwhile.py and tests/workers.
pytestmark = pytest.mark.parametrize("world", ["sqlite"], indirect=True)


@pytest.fixture
def relay(world):
    return world.phone(RELAY)


@pytest.fixture
def speaker(world):
    return world.phone(next(NUMBERS))


def number_in(said):
    return re.search(r"\b(\d{5})\b", said).group(1)


def change(world, sql, **values):
    with world.database.begin() as link:
        link.execute(text(sql), values)


def replaced(world, name):
    """Kill a process and wait until another stands in its place."""
    dead = world.kill(name)
    world.until(lambda: world.processes().get(name, dead) != dead)


def five_minutes(world, case):
    """Let the five minutes of whoever was rung last be over."""
    sql = "UPDATE evacuation SET next_at = :then WHERE case_id = :case AND next_at IS NOT NULL"
    change(world, sql, case=case["id"], then=case["opened_at"])


def rung(world, case):
    return world.rows(
        "SELECT * FROM evacuation_ring WHERE case_id = :id ORDER BY id", id=case["id"]
    )


def urgent(world, number):
    """Return (phone, text) of all that rang for this evacuation."""
    return [
        (phone, one)
        for phone, texts in world.provider.inbox.items()
        for one in texts
        if f"URGENT {number}" in one
    ]


def case_of(world, number):
    [row] = world.rows("SELECT * FROM case_ WHERE number = :one", one=number)
    return row


def test_an_evacuation_rings_on_whoever_is_killed_and_rings_nobody_twice(world, relay):
    relay.sms("EVAC 6143 1")
    number = number_in(world.phone(HEAD).received(r"^URGENT \d{5}"))
    case = case_of(world, number)
    for victim in ("worker", "keeper"):
        before = len(rung(world, case))
        five_minutes(world, case)
        replaced(world, victim)
        world.until(lambda before=before: len(rung(world, case)) > before)
    change(world, "UPDATE evacuation SET next_at = NULL WHERE case_id = :id", id=case["id"])
    told = {row["person_id"] for row in rung(world, case)}
    world.pass_minutes(2)  # a text that was in the hands of a dead keeper
    world.until(lambda: not sending(world))
    world.pass_minutes(11)
    world.until(lambda: len({phone for phone, _ in urgent(world, number)}) >= len(told))
    assert len(told) == len(rung(world, case))
    doubted = world.rows("SELECT id FROM outbound_message WHERE repeated AND purpose = 'ring'")
    assert len(urgent(world, number)) <= len(told) + len(doubted)


def sending(world):
    return world.rows("SELECT id FROM outbound_message WHERE status = 'sending'")


def multiply(world, case, times):
    """Write a case so often, with numbers of their own."""
    numbers = [str(8_000_000 + one) for one in range(times)]
    alike = case | {"receipt_short": None, "receipt_long": None}
    del alike["id"]
    names = ", ".join(alike)
    values = ", ".join(f":{name}" for name in alike)
    with world.database.begin() as link:
        link.execute(
            text("INSERT INTO item_number (number, kind) VALUES (:number, 'case')"),
            [{"number": one} for one in numbers],
        )
        link.execute(
            text(f"INSERT INTO case_ ({names}) VALUES ({values})"),  # noqa: S608 our own names
            [alike | {"number": one} for one in numbers],
        )
    return numbers


def test_two_hundred_cases_change_hands_once_though_their_worker_dies_again_and_again(
    world, speaker
):
    speaker.dial()
    speaker.type("1", "1", "1", "2", "6143", "1", "1", "1")
    [case] = world.cases_by(speaker.number)
    numbers = {*multiply(world, case, MANY), case["number"]}
    change(world, "UPDATE case_ SET act_by = opened_at WHERE category = :one", one=case["category"])

    def moved():
        return world.rows(
            "SELECT case_event.case_id FROM case_event JOIN case_ ON case_.id = case_id"
            " WHERE transition = 'escalated' AND category = :one AND case_event.at >= :since",
            one=case["category"],
            since=case["opened_at"],
        )

    for _ in range(2):
        replaced(world, "worker")
    world.until(lambda: len(moved()) >= len(numbers))
    found = [row["case_id"] for row in moved()]
    assert len(found) == len(set(found))
    # Of new cases a holder hears sixty times an hour (decision 24); the others stand in LISTE.
    for purpose, heard in (("moved_up", len(numbers)), ("case_new", min(len(numbers), 60))):
        told = world.rows(
            "SELECT DISTINCT cause FROM outbound_message WHERE purpose = :purpose"
            " AND case_id IN (SELECT id FROM case_ WHERE category = :one AND level > 0)",
            purpose=purpose,
            one=case["category"],
        )
        assert len(told) >= heard


def test_the_same_line_delivered_at_once_is_one_referral_with_one_answer(world, relay):
    given = relay.sms("AIDE")
    relay.received("Jaabi|REF")
    before = len(world.rows("SELECT id FROM referral"))
    same = f"{given}-same"
    with ThreadPoolExecutor(4) as network:
        list(network.map(lambda _: relay.sms("REF 6143 31 2", id=same), range(4)))
    relay.received(r"\d{5} note\. Dites ce code")
    world.until(lambda: len(world.rows("SELECT id FROM referral")) == before + 1)
    assert relay.sms("REF 6143 31 2", id=same) == same
    assert len(world.provider.sent(RELAY, "note. Dites ce code")) == 1


def test_without_the_keeper_lines_wait_a_woman_has_her_code_and_no_menu_opens(
    world, relay, speaker, tmp_path
):
    before = len(world.rows("SELECT id FROM referral"))
    agent = world.phone(OTHER_RELAY)
    with world.stopped("keeper"):
        relay.sms("REF 6143 22 1")
        out = str(tmp_path / "slips.pdf")
        world.jaabi("slips", "issue", "--operator", "P0301", "--count", "2", "--out", out)
        world.phone(OPERATOR).sms("LV 01 6143 12 F34 pas assez")
        agent.dial()
        assert AWAY in agent.type("8") or "inconnu" in agent.screen or "PIN" in agent.screen
        speaker.dial()
        speaker.type("3", "1", "3", "1", "24")
        if "C'est ou" in speaker.screen:
            speaker.type("6143", "1")
        assert "Votre code" in speaker.type("1")
        world.mark_fault()
    world.until(
        lambda: len(world.rows("SELECT id FROM referral")) == before + 2, seconds=world.left()
    )
    world.phone(OPERATOR).received("fiche 01")
    world.until(lambda: not world.rows("SELECT 1 FROM slip WHERE receipt_sealed IS NOT NULL"))
    [logged] = world.rows("SELECT case_.* FROM slip JOIN case_ ON case_.id = slip.case_id")
    assert logged["receipt_long"]


def test_without_news_of_valkey_an_alert_arrives_all_the_same(world, relay):
    with world.stopped("valkey"):
        world.mark_fault()
        relay.sms("ALERTE 6143 2 12 menages")
        world.until(
            lambda: world.provider.sent(RELAY, r"^Recu \d{5}\. Merci"), seconds=world.left()
        )


def test_a_ring_that_the_provider_refused_leaves_as_soon_as_it_is_well(world):
    caller = world.phone(OTHER_RELAY)
    with contextlib.ExitStack() as trouble:
        trouble.enter_context(world.provider.being(REFUSING))
        caller.sms("EVAC 6143 4")
        heard = world.provider.wait_until_heard(HEAD, r"^URGENT \d{5}: evacuation, .*blesse")
        number = number_in(heard)
        world.until(lambda: not sending(world))
    change(world, "UPDATE outbound_message SET due_at = created_at WHERE purpose = 'ring'")
    world.phone(HEAD).received(f"URGENT {number}")
    assert len([one for phone, one in urgent(world, number) if phone == HEAD]) == 1
