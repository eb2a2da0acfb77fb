"""The keeper's door: who may ask, what is opened for whom, and what it never says."""

import json
import logging
import socket
import stat
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, AuditLink
from models.case import Case, CaseKey, ItemNumber, Story, Subject
from models.conversation import Contact, Conversation
from models.db import Job
from models.errors import KeeperAway, KeeperRefused
from models.inbound import InboundMessage
from models.keeper import TIMEOUT_S, Keeper
from models.organisation import Organisation
from models.person import Hat, Person
from models.seal import Sealer
from models.services.audit import CASE, GLASS, READ
from models.services.waiting import AT_ONCE
from models.vault import Vault, create_keys
from workers.keeper.chain import Chain
from workers.keeper.chain_memory import FILE, Memory
from workers.keeper.keys import Rounds
from workers.keeper.openings import FRESH, Openings
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.watch import ALLOWED_AN_HOUR, GRACE, HOUR, Watch

SPEAKER = "+22370000001"
RECEIPT = "482173061549"


class Clock:
    """A clock moved by hand."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def keys(tmp_path, clock):
    create_keys(tmp_path / "keys", lambda: clock.at.timestamp())
    return tmp_path / "keys"


@pytest.fixture
def vault(keys):
    return Vault.load(keys)


@pytest.fixture
def address():
    with tempfile.TemporaryDirectory(prefix="jaabi-") as folder:
        yield Path(folder) / "keeper.sock"  # a socket's path has 107 characters at most


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def chain(store, tmp_path):
    return Chain(store, b"key", Memory(tmp_path / FILE))


@pytest.fixture
def desk(store, vault, watch, clock, chain):
    return Desk(vault, Openings(store, vault, chain, clock.at), watch, clock)


@contextmanager
def listening(address, desk):
    server = KeeperServer(address, desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def keeper(address, desk):
    with listening(address, desk):
        yield Keeper(address)


@pytest.fixture
def case(store, keys, vault, now):
    """A case held by P0151 of the cell, with two things said and two answers."""
    sealer = Sealer.load(keys)
    contact = vault.pseudonym(SPEAKER)
    short, long = vault.digests(contact, RECEIPT)
    with store.work(Job("test")) as work:
        add = _adder(work)
        add(Organisation(id="cell", name="Cell", kind="cell"))
        add(Organisation(id="ngo-a", name="NGO A", kind="ngo"))
        for row_id, number, organisation in ((1, "P0151", "cell"), (2, "P0121", "ngo-a")):
            add(_person(row_id, number, organisation))
        add(ItemNumber(number="15736", kind="case"))
        add(
            Case(
                id=1,
                number="15736",
                kind="complaint",
                category="12",
                case_class="C2",
                source="ussd",
                channel="phone",
                language="fr",
                status="routed",
                opened_at=now,
                due_at=now,
                why=[],
                holder_organisation="cell",
                holder_function="cell_triager",
                holder_person=1,
                receipt_short=short,
                receipt_long=long,
            )
        )
        for minutes, what, words in (
            (9, "said", "encore rien"),
            (0, "said", "pas assez de vivres"),
            (20, "answer", "complement samedi"),
            (25, "resolved", "c'est regle"),
        ):
            story = Story(case_id=1, what=what, by="gateway", at=now + timedelta(minutes=minutes))
            story.sealed, key_id, wrapped = sealer.story(words)
            add(story)
            add(CaseKey(story_id=story.id, case_id=1, key_id=key_id, wrapped=wrapped))
    return contact


@pytest.fixture
def reading(store, case, now):
    """Write the trace of a reading and return its row id."""

    def write(by="P0151", at=now, **about):
        said = {"act": READ, "about": CASE, "row_id": 1, "number": "15736", **about}
        with store.work(Job("test")) as work:
            entry = AuditEntry(actor=by, at=at, details={}, **said)
            work.session.add(entry)
            work.session.flush()
            return entry.id

    return write


@pytest.fixture
def change(store, case):
    def run(*rows, **about):
        with store.work(Job("test")) as work:
            work.session.add_all(rows)
            for name, value in about.items():
                setattr(work.session.get(Case, 1), name, value)

    return run


def _adder(work):
    def add(row):
        work.session.add(row)
        work.session.flush()

    return add


def _person(row_id, number, organisation):
    return Person(
        id=row_id,
        number=number,
        role="focal_point",
        organisation_id=organisation,
        pseudonym=str(row_id) * 64,
        phone_sealed=b"x",
        phone_ends="000",
    )


def raw(address, line):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(5)
        link.connect(str(address))
        link.sendall(line)
        link.shutdown(socket.SHUT_WR)
        with link.makefile("rb") as replies:
            return [json.loads(reply) for reply in replies]


def test_a_pseudonym_and_digests_come_over_the_socket(keeper, vault):
    contact = keeper.pseudonym(SPEAKER)
    assert contact == vault.pseudonym(SPEAKER)
    assert keeper.digests(contact, RECEIPT) == vault.digests(contact, RECEIPT)
    assert keeper.digests(None, RECEIPT) == (None, vault.digests(None, RECEIPT)[1])


def test_one_connection_may_ask_several_times(keeper, address):
    ask = b'{"do": "pseudonym", "number": "+22370000001"}\n'
    replies = raw(address, ask + ask)
    assert len(replies) == 2
    assert replies[0] == replies[1]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"\xff\xfe\n",
        b'{"do": "number", "sealed": "x"}\n',
        b'{"do": ["words"]}\n',
        b'{"do": "pseudonym"}\n',
        b'{"do": "pseudonym", "number": 22370000001}\n',
        b'{"do": "pseudonym", "number": "Orange"}\n',
        b'{"do": "pseudonym", "number": "+22370000001", "why": "x"}\n',
        b'{"do": "digests", "contact": "x", "receipt": "482173"}\n',
        b'{"do": "digests", "contact": null, "receipt": "15736"}\n',
        b'{"do": "digests", "contact": null, "receipt": 482173061549}\n',
        b'{"do": "words", "reading": "1"}\n',
        b'{"do": "words", "reading": true}\n',
        b'{"do": "words", "reading": -1}\n',
        b'{"do": "answer", "case": null, "contact": null, "receipt": "482173061549"}\n',
    ],
)
def test_what_is_no_request_is_refused_and_repeated_to_nobody(keeper, address, line):
    (reply,) = raw(address, line)
    assert list(reply) == ["refused"]
    assert "2237" not in reply["refused"]
    assert "4821" not in reply["refused"]
    assert keeper.pseudonym(SPEAKER)


def test_a_line_longer_than_any_request_is_hung_up_on(keeper, address):
    assert raw(address, b"x" * 5000 + b"\n") == []
    assert keeper.pseudonym(SPEAKER)


def test_without_a_keeper_everybody_is_told_so(address):
    with pytest.raises(KeeperAway):
        Keeper(address).pseudonym(SPEAKER)


def test_a_line_left_open_finds_the_keeper_again_after_its_restart(address, desk, vault):
    keeper = Keeper(address)
    with listening(address, desk):
        assert keeper.pseudonym(SPEAKER) == vault.pseudonym(SPEAKER)
    with pytest.raises(KeeperAway):
        keeper.pseudonym(SPEAKER)
    with listening(address, desk):
        assert keeper.pseudonym(SPEAKER) == vault.pseudonym(SPEAKER)


def test_a_keeper_that_hangs_is_waited_for_once_and_not_by_everybody(address, desk):
    with listening(address, desk):
        keeper = Keeper(address)
        keeper.pseudonym(SPEAKER)  # its line stays open, to somebody who will not answer
    hanging = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    hanging.bind(str(address))
    hanging.listen()
    begun = time.monotonic()
    for _ in range(10):
        with pytest.raises(KeeperAway):
            keeper.pseudonym(SPEAKER)
    assert time.monotonic() - begun < 2 * TIMEOUT_S
    hanging.close()


def test_threads_asking_at_once_each_get_their_own_answer(keeper, vault):
    numbers = [f"+2237000{number:04}" for number in range(400)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(keeper.pseudonym, numbers)) == [
            vault.pseudonym(number) for number in numbers
        ]


def test_only_its_own_user_may_open_the_door(keeper, address):
    assert stat.S_IMODE(address.stat().st_mode) == 0o600


def test_a_dead_keepers_socket_is_replaced_and_a_living_ones_is_not(address, desk):
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(address))
    left.close()
    with listening(address, desk):
        with pytest.raises(OSError, match="in use"):
            KeeperServer(address, desk)
        assert Keeper(address).pseudonym(SPEAKER)
    assert not address.exists()


def test_the_holder_hears_what_was_said_oldest_first(keeper, reading):
    assert keeper.words(reading()) == ["pas assez de vivres", "encore rien"]


def test_a_reading_opens_words_once(keeper, reading):
    trace = reading()
    keeper.words(trace)
    with pytest.raises(KeeperRefused):
        keeper.words(trace)
    assert keeper.words(reading())


def test_a_reading_is_good_for_a_minute(keeper, reading, clock):
    trace = reading()
    clock.at += FRESH
    with pytest.raises(KeeperRefused):
        keeper.words(trace)


@pytest.mark.parametrize(
    "about",
    [
        {"act": "block"},
        {"act": GLASS, "reason": "urgent"},  # broken by somebody who may not
        {"about": "person"},
        {"row_id": None},
        {"row_id": 2},
        {"number": "15737"},  # the row's number was given to another case since
        {"by": "operator"},
        {"by": "gateway"},
    ],
)
def test_an_entry_that_is_not_of_this_reading_opens_nothing(store, keeper, reading, about, change):
    change(holder_person=2)
    with pytest.raises(KeeperRefused):
        keeper.words(reading(**{"by": "P0121", **about}))


def test_without_the_trace_of_a_reading_nothing_is_opened(keeper):
    with pytest.raises(KeeperRefused):
        keeper.words(999)


def test_an_entry_dated_ahead_opens_nothing(keeper, reading, now):
    with pytest.raises(KeeperRefused):
        keeper.words(reading(at=now + FRESH))


def test_what_is_opened_is_in_the_chain_first(store, keeper, reading):
    trace = reading()
    assert keeper.words(trace)
    with store.reading(Job("test")) as work:
        link = work.session.scalars(select(AuditLink)).one()
        assert (link.position, link.entry_id) == (1, trace)


def test_an_entry_noted_before_a_keeper_began_opens_nothing(
    address, store, vault, chain, watch, clock, reading
):
    trace = reading()
    clock.at += timedelta(seconds=1)
    desk = Desk(vault, Openings(store, vault, chain, clock.at), watch, clock)
    with listening(address, desk):
        with pytest.raises(KeeperRefused):
            Keeper(address).words(trace)
        assert Keeper(address).words(reading(at=clock.at))


def test_a_stranger_opens_nothing_and_does_not_use_up_the_reading(keeper, reading, change):
    trace = reading(by="P0121")
    with pytest.raises(KeeperRefused):
        keeper.words(trace)
    change(holder_person=2)
    assert keeper.words(trace)


def test_whoever_wears_the_holding_function_may_read(keeper, reading, change):
    change(Hat(person_id=2, function="cell_triager", organisation_id="ngo-a"), holder_person=None)
    with pytest.raises(KeeperRefused):
        keeper.words(reading(by="P0121"))
    change(Hat(person_id=2, function="cell_triager", organisation_id="cell"))
    assert keeper.words(reading(by="P0121"))


@pytest.mark.parametrize(
    "subject", [("person", "P0151"), ("organisation", "cell"), ("organisation", "ngo-a")]
)
def test_whom_a_case_is_about_never_hears_its_words(keeper, reading, change, subject):
    kind, ref = subject
    hat = Hat(person_id=1, function="meal", organisation_id="ngo-a")
    change(Subject(case_id=1, kind=kind, ref=ref), hat)
    with pytest.raises(KeeperRefused):
        keeper.words(reading())


def test_a_revoked_person_hears_nothing(store, keeper, reading, now):
    with store.work(Job("test")) as work:
        work.session.get(Person, 1).revoked_at = now
    with pytest.raises(KeeperRefused):
        keeper.words(reading())


def test_the_receipt_opens_the_answers_from_the_phone_or_from_any_other(keeper, case):
    answers = ["complement samedi", "c'est regle"]
    assert keeper.answer(1, case, RECEIPT[:6]) == answers
    assert keeper.answer(1, case, RECEIPT) == answers
    assert keeper.answer(1, None, RECEIPT) == answers


def test_another_phone_or_another_code_opens_nothing(keeper, case, vault):
    other = vault.pseudonym("+22370000002")
    for contact, receipt in (
        (other, RECEIPT[:6]),
        (None, RECEIPT[:6]),
        (case, "482174"),
        (None, "482173061548"),
    ):
        with pytest.raises(KeeperRefused):
            keeper.answer(1, contact, receipt)
    with pytest.raises(KeeperRefused):
        keeper.answer(2, case, RECEIPT)


def test_an_answer_that_may_still_be_undone_is_not_read_out(store, keeper, case):
    with store.work(Job("test")) as work:
        for story in work.session.query(Story).filter(Story.what == "answer"):
            story.status = "leaving"
    assert keeper.answer(1, case, RECEIPT) == ["c'est regle"]


def test_words_whose_key_is_deleted_are_gone(store, keeper, reading):
    with store.work(Job("test")) as work:
        work.session.query(CaseKey).delete()
    assert keeper.words(reading()) == []


def test_words_nobody_here_can_open_are_as_if_the_keeper_were_away(store, keeper, reading, caplog):
    with store.work(Job("test")) as work:
        work.session.query(CaseKey).update({"key_id": "00000000"})
    with pytest.raises(KeeperAway):
        keeper.words(reading())
    assert [vars(record)["reason"] for record in caplog.records] == ["SealBroken"]


def test_nothing_asked_or_opened_is_logged(keeper, reading, case, caplog, address):
    caplog.set_level(logging.DEBUG)
    keeper.pseudonym(SPEAKER)
    keeper.words(reading())
    keeper.answer(1, case, RECEIPT)
    raw(address, b'{"do": "pseudonym", "number": "70000001"}\n')
    said = " ".join(str(vars(record)) for record in caplog.records)
    for secret in ("7000000", "vivres", RECEIPT, "samedi"):
        assert secret not in said


def test_names_asked_for_needlessly_are_counted_and_then_refused_for_an_hour(
    store, keeper, watch, clock
):
    def look():
        with store.work(Job("keeper")) as work:
            watch.look(work, clock.at)

    for number in range(ALLOWED_AN_HOUR + 1):
        keeper.pseudonym(f"+2237000{number:04}")
    look()
    assert not watch.is_over
    clock.at += GRACE
    look()
    assert watch.is_over
    with pytest.raises(KeeperAway):
        keeper.pseudonym(SPEAKER)
    clock.at += HOUR
    look()
    assert keeper.pseudonym(SPEAKER)


def test_names_that_a_committed_row_needed_count_for_nothing(store, keeper, watch, clock):
    with store.work(Job("test")) as work:
        for number in range(600):
            contact = keeper.pseudonym(f"+2237000{number:04}")
            work.session.add(
                Conversation(
                    key=f"ussd:phone:{number}",
                    turn=1,
                    contact=contact,
                    sealed=b"x",
                    over=False,
                    resumable=False,
                    updated_at=clock.at,
                )
                if number % 2
                else Contact(pseudonym=contact, seen_at=clock.at)
            )
    clock.at += GRACE
    with store.work(Job("keeper")) as work:
        watch.look(work, clock.at)
    assert watch.needless == 0


def test_the_alarm_is_raised_once(store, vault, keys, clock, watch, caplog):
    rounds = Rounds(store, vault, keys, watch)
    for number in range(ALLOWED_AN_HOUR + 1):
        watch.asked(f"{number:064x}", clock.at)
    clock.at += GRACE
    rounds.go(clock.at)
    rounds.go(clock.at)
    (alarm,) = caplog.records
    assert (alarm.levelname, vars(alarm)["count"]) == ("ERROR", ALLOWED_AN_HOUR + 1)


def test_a_round_makes_tomorrows_key_and_drops_what_is_not_owed(store, vault, keys, clock):
    with store.work(Job("test")) as work:
        work.session.add(
            Conversation(
                key="ussd:phone:1",
                turn=1,
                sender_sealed=Sealer.load(keys).number(SPEAKER),
                sealed=b"x",
                over=True,
                resumable=False,
                updated_at=clock.at,
            )
        )
    clock.at += timedelta(days=1)
    Rounds(store, vault, keys, Watch()).go(clock.at)
    assert (keys / "transit" / "2026-11-25.key").exists()
    with store.work(Job("test")) as work:
        row = work.session.get(Conversation, "ussd:phone:1")
        assert (row.contact, row.sender_sealed) == (vault.pseudonym(SPEAKER), None)


def test_what_nobody_can_open_keeps_no_other_from_its_name(
    sqlite_store, vault, keys, clock, tmp_path
):
    create_keys(tmp_path / "other")
    strange, ours = Sealer.load(tmp_path / "other"), Sealer.load(keys)
    at = {"channel": "phone", "received_at": clock.at, "due_at": clock.at}
    with sqlite_store.work(Job("test")) as work:
        work.session.add_all(
            InboundMessage(provider_id=f"{serial}", sender_sealed=strange.number(SPEAKER), **at)
            for serial in range(AT_ONCE + 1)
        )
        work.session.flush()
        work.session.add(
            InboundMessage(provider_id="ours", sender_sealed=ours.number(SPEAKER), **at)
        )
    filled = Rounds(sqlite_store, vault, keys, Watch()).name()
    assert (filled.named, filled.broken) == (1, AT_ONCE + 1)
    with sqlite_store.work(Job("test")) as work:
        named = select(InboundMessage.provider_id).where(InboundMessage.contact.is_not(None))
        assert work.session.scalars(named).all() == ["ours"]


def test_sealed_rows_nobody_here_can_open_are_reported_once(
    store, vault, keys, clock, tmp_path, caplog
):
    create_keys(tmp_path / "other")
    with store.work(Job("test")) as work:
        work.session.add(
            Conversation(
                key="ussd:phone:1",
                turn=1,
                sender_sealed=Sealer.load(tmp_path / "other").number(SPEAKER),
                sealed=b"x",
                over=False,
                resumable=False,
                updated_at=clock.at,
            )
        )
    rounds = Rounds(store, vault, keys, Watch())
    rounds.go(clock.at)
    rounds.go(clock.at)
    assert [vars(record)["count"] for record in caplog.records] == [1]
