"""The audit chain: whoever touches it is found, whatever happens to those who add to it."""

import json
import multiprocessing
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from models.audit import AuditEntry, AuditLink
from models.case import Case, CaseEvent, ItemNumber
from models.db import Job, Operator, Store
from models.referral import Referral, ReferralStep
from models.services import gauges
from models.services.audit import Mark, note
from tests.conftest import NOON
from workers.keeper.chain import AT_ONCE, Chain, mac, years_ago
from workers.keeper.chain_memory import FILE, NO_MAC, Memory, Place, note_restore
from workers.keeper.ledger import KEPT, Ledger
from workers.keeper.proof import compare, prove

ACTS = ("update", "delete")
TRIGGERS = [f"audit_{table}_no_{act}" for table in ("entry", "link") for act in ACTS]
KEY = b"a key of thirty-two bytes, nearly"
MANY = 100_000
WHOLE = []


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def chain(store, folder):
    return Chain(store, KEY, Memory(folder / FILE))


def write(store, now, count=1, **about):
    """Note some entries as the operator; return their row ids."""
    mark = Mark(**{"act": "block", "about": "person", "number": "R128", **about})
    with store.work(Operator()) as work:
        return [note(work, mark, now).id for _ in range(count)]


def faults(store, chain, now, key=KEY):
    chain.remember()
    with store.reading(Job("test")) as work:
        return prove(work, key, Memory.load(chain._memory.path.parent), now).faults


def positions(store):
    with store.reading(Job("test")) as work:
        links = select(AuditLink.position, AuditLink.entry_id).order_by(AuditLink.position)
        return [tuple(row) for row in work.session.execute(links)]


@pytest.fixture
def by_force(request, store):
    """What only the owner of the tables can do: change them without what refuses it."""

    def on_sqlite(*statements):
        with closing(sqlite3.connect(store.url.database)) as link, link:  # no foreign keys here
            for name in TRIGGERS:
                link.execute(f"DROP TRIGGER IF EXISTS {name}")
            for statement in statements:
                link.execute(statement)

    def on_postgresql(*statements):
        with request.getfixturevalue("owner").begin() as link:
            link.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in statements:
                link.execute(text(statement))

    return on_sqlite if store.is_sqlite else on_postgresql


def test_entries_are_linked_in_order_each_once(store, chain, now):
    first, second = write(store, now, 2)
    chain.link(second, now)
    chain.link(second, now)
    chain.catch_up(now)
    chain.catch_up(now)
    assert positions(store) == [(1, second), (2, first)]
    assert faults(store, chain, now) == WHOLE


def test_a_link_says_what_the_entry_says_after_the_one_before(store, chain, now):
    write(store, now, details={"zone": "ML07", "again": True})
    write(store, now)
    chain.catch_up(now)
    with store.reading(Job("test")) as work:
        before = NO_MAC
        for entry, link in work.session.execute(
            select(AuditEntry, AuditLink).join(AuditLink, AuditLink.entry_id == AuditEntry.id)
        ):
            assert link.mac == mac(KEY, before, link.position, entry)
            before = link.mac


def test_more_than_one_batch_is_linked_at_once(store, chain, now):
    write(store, now, AT_ONCE + 3)
    chain.catch_up(now)
    assert len(positions(store)) == AT_ONCE + 3


def test_an_entry_committed_long_after_later_ones_is_found_by_the_whole_look(store, chain, now):
    for number in (5000, 100):
        with store.work(Job("test")) as work:
            said = {"at": now, "actor": "operator", "act": "export", "about": "figures"}
            work.session.add(AuditEntry(id=number, details={}, **said))
        chain.catch_up(now)
    assert positions(store) == [(1, 5000)]
    chain.catch_up(now, whole=True)
    assert positions(store) == [(1, 5000), (2, 100)]


TOUCHED = {
    "an entry is changed": ["UPDATE audit_entry SET number = 'R129' WHERE id = 5"],
    "its details are": ["UPDATE audit_entry SET details = '{\"k\": 1}' WHERE id = 5"],
    "its time is": ["UPDATE audit_entry SET at = '2020-01-01 00:00:00' WHERE id = 5"],
    "the last one is": ["UPDATE audit_entry SET actor = 'P0151' WHERE id = 9"],
    "an entry is removed with its link": [
        "DELETE FROM audit_link WHERE entry_id = 5",
        "DELETE FROM audit_entry WHERE id = 5",
    ],
    "and those after it move up": [
        "DELETE FROM audit_link WHERE position = 5",
        "DELETE FROM audit_entry WHERE id = 5",
        "UPDATE audit_link SET position = -position WHERE position > 5",
        "UPDATE audit_link SET position = -position - 1 WHERE position < 0",
    ],
    "the first one is removed": [
        "DELETE FROM audit_link WHERE entry_id = 1",
        "DELETE FROM audit_entry WHERE id = 1",
    ],
    "two are swapped": [
        "UPDATE audit_link SET entry_id = 99 WHERE position = 4",
        "UPDATE audit_link SET entry_id = 4 WHERE position = 5",
        "UPDATE audit_link SET entry_id = 5 WHERE position = 4",
    ],
    "two links are swapped": [
        "UPDATE audit_link SET position = 99 WHERE position = 4",
        "UPDATE audit_link SET position = 4 WHERE position = 5",
        "UPDATE audit_link SET position = 5 WHERE position = 99",
    ],
    "one is put in": [
        "INSERT INTO audit_entry (id, at, actor, act, about, details)"
        " SELECT 77, at, actor, act, about, details FROM audit_entry WHERE id = 9",
        "INSERT INTO audit_link (position, entry_id, mac)"
        " SELECT 10, 77, mac FROM audit_link WHERE position = 9",
    ],
    "the end is cut off": [
        "DELETE FROM audit_link WHERE position > 7",
        "DELETE FROM audit_entry WHERE id > 7",
    ],
    "the last link is": ["DELETE FROM audit_link WHERE position = 9"],
    "all of it is": ["DELETE FROM audit_link", "DELETE FROM audit_entry"],
    "an entry is gone and its link stays": ["DELETE FROM audit_entry WHERE id = 5"],
}


@pytest.mark.parametrize("how", TOUCHED)
def test_whoever_touches_it_is_found(store, chain, now, how, by_force):
    write(store, now, 9)
    chain.catch_up(now)
    assert faults(store, chain, now) == WHOLE
    by_force(*TOUCHED[how])
    assert faults(store, chain, now) != WHOLE


def test_it_is_said_where_and_how_many_are_missing(store, chain, now, by_force):
    write(store, now, 9)
    chain.catch_up(now)
    by_force(*TOUCHED["an entry is removed with its link"])
    assert faults(store, chain, now)[0] == "before position 6: 1 links are missing"


@pytest.mark.parametrize("how", ["the end is cut off", "all of it is"])
def test_what_was_cut_off_stays_found_when_the_chain_goes_on(
    store, chain, now, how, caplog, by_force
):
    write(store, now, 9)
    chain.catch_up(now)
    by_force(*TOUCHED[how])
    write(store, now, 5)
    chain.catch_up(now)
    assert [record.message for record in caplog.records] == ["audit chain cut"]
    chain.catch_up(now)
    again = Chain(store, KEY, Memory.load(chain._memory.path.parent))
    assert len(faults(store, chain, now)) == 1
    write(store, now)
    again.catch_up(now)
    assert len(faults(store, again, now)) == 1
    assert told_of(store) == 0
    Ledger(again, chain._memory.path.parent / "exports").go(now)
    assert told_of(store) == 1


def told_of(store):
    """What metrics say of cuts."""
    with store.reading(Operator()) as work:
        [cuts] = [one.value for one in gauges.read(work, NOON) if one.name == "audit_cuts"]
        return cuts


def test_a_backup_that_was_put_back_is_no_fault_and_excuses_no_other(
    store, chain, folder, now, by_force
):
    write(store, now, 9)
    chain.catch_up(now)
    chain.remember()
    by_force(*TOUCHED["the end is cut off"])
    note_restore(folder)
    with store.reading(Job("test")) as work:
        assert prove(work, KEY, Memory.load(folder), now).faults == WHOLE
    begun = Chain(store, KEY, Memory.load(folder))
    write(store, now, 2)
    begun.catch_up(now)
    assert faults(store, begun, now) == WHOLE
    by_force("DELETE FROM audit_link WHERE position > 3")
    assert faults(store, begun, now) != WHOLE


def test_a_restore_of_all_there_was_excuses_nothing_later(store, chain, folder, now, by_force):
    write(store, now, 9)
    chain.catch_up(now)
    chain.remember()
    note_restore(folder)
    begun = Chain(store, KEY, Memory.load(folder))
    write(store, now)
    begun.catch_up(now)
    by_force(*TOUCHED["the end is cut off"])
    assert faults(store, begun, now) != WHOLE


def test_without_the_key_nobody_makes_a_link(store, chain, now):
    write(store, now, 3)
    chain.catch_up(now)
    assert len(faults(store, chain, now, key=b"another")) == 3


def test_a_keeper_that_died_before_it_wrote_down_the_end_goes_on_from_the_database(
    store, folder, now
):
    write(store, now, 3)
    died = Chain(store, KEY, Memory.load(folder))
    died.catch_up(now)
    died.remember()
    write(store, now, 3)
    died.catch_up(now)
    begun = Chain(store, KEY, Memory.load(folder))
    write(store, now, 3)
    begun.catch_up(now)
    assert len(positions(store)) == 9
    assert faults(store, begun, now) == WHOLE


def append(url, folder, now, count):
    """Note entries and link each at once, as a process of its own."""
    store = Store(url)
    chain = Chain(store, KEY, Memory(folder / FILE))
    for _ in range(count):
        chain.link(write(store, now)[0], now)
    store.close()


def test_two_processes_that_add_at_once_keep_one_chain(store, folder, now):
    context = multiprocessing.get_context("spawn")
    two = []
    for name in ("one", "other"):
        (folder / name).mkdir()
        url = store.url.render_as_string(hide_password=False)
        two.append(context.Process(target=append, args=(url, folder / name, now, 40)))
    for one in two:
        one.start()
    for one in two:
        one.join(60)
        assert one.exitcode == 0
    assert [position for position, _ in positions(store)] == list(range(1, 81))
    with store.reading(Job("test")) as work:
        assert prove(work, KEY, Memory(folder / FILE), now).faults == WHOLE


@pytest.fixture(scope="session")
def long_chain(tmp_path_factory, sqlite_template):
    """A database with so many entries in their chain, built fast; and what its keeper remembers."""
    folder = tmp_path_factory.mktemp("chain")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    store = Store(f"sqlite:///{folder / 'jaabi.db'}")
    start = years_ago(datetime.now(UTC)) + timedelta(days=900)
    entries, links, before = [], [], NO_MAC
    for number in range(1, MANY + 1):
        said = {
            "id": number,
            "at": start + timedelta(minutes=number),
            "actor": f"P{number % 300:04}",
            "act": "read",
            "about": "case",
            "row_id": number % 9000,
            "number": f"{number % 90000:05}",
            "reason": None,
            "details": {},
        }
        before = mac(KEY, before, number, AuditEntry(**said))
        entries.append(said)
        links.append({"position": number, "entry_id": number, "mac": before})
    with store.durable.begin() as link:
        link.execute(insert(AuditEntry), entries)
        link.execute(insert(AuditLink), links)
    Memory(folder / FILE, head=Place(MANY, before, MANY)).save()
    yield folder, store
    store.close()


FAR = {
    "none": [],
    "changed": ["UPDATE audit_entry SET number = '90001' WHERE id = 50000"],
    "removed": [
        "DELETE FROM audit_link WHERE position = 50000",
        "DELETE FROM audit_entry WHERE id = 50000",
    ],
    "swapped": [
        "UPDATE audit_link SET position = 0 WHERE position = 50000",
        "UPDATE audit_link SET position = 50000 WHERE position = 50001",
        "UPDATE audit_link SET position = 50001 WHERE position = 0",
    ],
    "put in": [
        "INSERT INTO audit_entry (id, at, actor, act, about, details)"
        " SELECT 100001, at, actor, act, about, details FROM audit_entry WHERE id = 50000",
        "INSERT INTO audit_link (position, entry_id, mac)"
        " SELECT 100001, 100001, mac FROM audit_link WHERE position = 50000",
    ],
    "cut off": ["DELETE FROM audit_link WHERE position = 100000"],
}


@pytest.mark.parametrize("how", FAR)
def test_one_among_a_hundred_thousand_is_found(long_chain, now, how):
    folder, store = long_chain
    with store.work(Job("test")) as work:
        for statement in (*(f"DROP TRIGGER {name}" for name in TRIGGERS), *FAR[how]):
            work.session.execute(text(statement))
        found = prove(work, KEY, Memory.load(folder), now).faults
        work.session.rollback()
    assert bool(found) is bool(FAR[how])


def test_a_head_that_was_sent_away_is_in_the_chain_or_the_chain_is_another(long_chain):
    folder, store = long_chain
    with store.reading(Job("test")) as work:
        link = work.session.get_one(AuditLink, 70_000)
        memory = Memory.load(folder)
        assert compare(work, Place(70_000, link.mac, 70_000), memory) == WHOLE
        assert compare(work, Place(70_000, NO_MAC, 70_000), memory) != WHOLE
        assert compare(work, Place(MANY + 1, link.mac, 1), memory) != WHOLE


def test_what_was_noted_is_neither_changed_nor_removed_by_whoever_works_here(store, chain, now):
    write(store, now, 2)
    chain.catch_up(now)
    for statement in (
        "UPDATE audit_entry SET actor = 'P0151'",
        "DELETE FROM audit_link",
        "DELETE FROM audit_entry",
        "UPDATE audit_link SET mac = ''",
    ):
        with pytest.raises(DBAPIError), store.work(Job("test")) as work:
            work.session.execute(text(statement))
    assert faults(store, chain, now) == WHOLE


def add_history(work, now):
    for row in (
        ItemNumber(number="15736", kind="case"),
        Case(
            **{"id": 1, "number": "15736", "kind": "complaint", "category": "12", "why": []},
            **{"case_class": "C2", "source": "ussd", "channel": "phone", "language": "fr"},
            **{"status": "routed", "opened_at": now, "due_at": now},
        ),
        CaseEvent(case_id=1, transition="opened", status="routed", by="gateway", at=now),
        ItemNumber(number="48213", kind="referral"),
        Referral(
            **{"id": 1, "number": "48213", "source": "relay", "age_band": "25plus"},
            **{"status": "sent", "sent_at": now, "due_at": now},
        ),
        ReferralStep(
            **{"referral_id": 1, "transition": "sent", "status": "sent"},
            **{"by": "R128", "road": "sms", "at": now},
        ),
    ):
        work.session.add(row)
        work.session.flush()


def test_the_history_of_cases_and_referrals_is_never_changed(store, now):
    with store.work(Job("test")) as work:
        add_history(work, now)
    for change, end in (
        ("UPDATE case_event SET status = 'closed'", "DELETE FROM case_event"),
        ("UPDATE referral_step SET status = 'closed'", "DELETE FROM referral_step"),
    ):
        with pytest.raises(DBAPIError), store.work(Job("test")) as work:
            work.session.execute(text(change))
        with store.work(Job("test")) as work:
            work.session.execute(text(end))


def test_entries_of_more_than_five_years_go_and_the_chain_holds(store, chain, folder, by_force):
    # The database judges by its own clock.
    now = datetime.now(UTC)
    old = [write(store, years_ago(now) - timedelta(seconds=1))[0] for _ in range(3)]
    young = write(store, years_ago(now) + timedelta(minutes=5), 2)
    write(store, now)
    chain.catch_up(now)
    chain.forget(now)
    chain.forget(now)
    assert [entry for _, entry in positions(store)] == [*young, old[-1] + 3]
    assert faults(store, chain, now) == WHOLE
    with store.reading(Job("test")) as work:
        assert work.session.scalar(select(func.count(AuditEntry.id))) == 3
    by_force("DELETE FROM audit_link WHERE position = 4")
    assert faults(store, Chain(store, KEY, Memory.load(folder)), now) != WHOLE


def test_a_chain_of_which_all_is_over_its_time_begins_where_it_ended(store, chain, now):
    write(store, years_ago(datetime.now(UTC)) - timedelta(days=2), 3)
    chain.catch_up(now)
    chain.forget(datetime.now(UTC))
    assert positions(store) == []
    write(store, now)
    chain.catch_up(now)
    assert [position for position, _ in positions(store)] == [4]
    assert faults(store, chain, now) == WHOLE


def test_each_day_the_head_is_written_for_whoever_keeps_it_elsewhere(store, chain, folder, now):
    ledger = Ledger(chain, folder / "exports")
    write(store, now, 3)
    ledger.go(now)
    write(store, now)
    ledger.go(now + timedelta(hours=1))
    [path] = (folder / "exports").iterdir()
    head = json.loads(path.read_text())
    assert (path.name, head["position"]) == (f"audit-head-{now:%Y-%m-%d}.json", 3)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    ledger.go(now + timedelta(days=1))
    assert len(list((folder / "exports").iterdir())) == 2
    ledger.go(now + KEPT + timedelta(days=2))
    assert len(list((folder / "exports").iterdir())) == 1
    with store.reading(Job("test")) as work:
        sent = Place(head["position"], head["mac"], head["entry"])
        assert compare(work, sent, Memory.load(folder)) == WHOLE


def test_a_full_disk_is_said_once_and_the_links_are_made(store, chain, folder, now, caplog):
    (folder / "exports").write_text("no folder")
    ledger = Ledger(chain, folder / "exports")
    write(store, now)
    left = [True, True, True, False]
    ledger.run(lambda _: None, lambda: left.pop(0), lambda: now)
    assert [vars(one)["reason"] for one in caplog.records] == ["FileExistsError"]
    assert len(positions(store)) == 1
