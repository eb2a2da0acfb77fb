"""Units of work: all or nothing, and nobody is woken for nothing."""

import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text, update

from models.conversation import Contact
from models.db import Job, Store

POOL = 5  # links kept, as a store has them unless told otherwise
ROOT = Path(__file__).resolve().parents[2]


def test_what_is_committed_is_there_and_wakes_once(store, now):
    rung = []
    awake = Store(store.url, rung.append)
    with awake.work(Job("test")) as work:
        work.session.add(Contact(pseudonym="a" * 64, seen_at=now))
        work.wake("outbox")
        work.wake("outbox")
    with awake.work(Job("test"), durable=False) as work:
        assert work.session.get(Contact, "a" * 64).seen_at == now
    assert rung == ["outbox"]
    awake.close()


def test_an_exception_undoes_all_of_it_and_wakes_nobody(store, now):
    rung = []
    awake = Store(store.url, rung.append)

    def fails_half_way():
        with awake.work(Job("test")) as work:
            work.session.add(Contact(pseudonym="b" * 64, seen_at=now))
            work.wake("outbox")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_half_way()
    with awake.work(Job("test")) as work:
        assert work.session.get(Contact, "b" * 64) is None
    assert rung == []
    awake.close()


def test_accepted_things_commit_in_full_and_keypresses_relaxed(sqlite_store):
    with sqlite_store.durable.connect() as link:
        assert link.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert link.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    with sqlite_store.relaxed.connect() as link:
        assert link.exec_driver_sql("PRAGMA synchronous").scalar() == 1


def test_who_reads_never_waits_for_who_writes(store, now):
    with store.work(Job("writer")) as writing:
        writing.session.add(Contact(pseudonym="c" * 64, seen_at=now))
        writing.session.flush()
        with store.reading(Job("reader")) as work:
            assert work.session.get(Contact, "c" * 64) is None
    with store.reading(Job("reader")) as work:
        assert work.session.get(Contact, "c" * 64).seen_at == now


GREEDY = """
import sys
from sqlalchemy import text
from models.db import Job, Store
store = Store(sys.argv[1])
while True:
    with store.work(Job("greedy"), durable=False) as work:
        for _ in range(400):
            work.session.execute(text("UPDATE contact SET stopped_at = NULL"))
    print(flush=True)
"""


@contextmanager
def one_that_writes_without_pause(url):
    words = [sys.executable, "-c", GREEDY, str(url)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as greedy:
        greedy.stdout.readline()
        yield greedy
        greedy.kill()


def test_who_writes_without_pause_keeps_nobody_else_from_writing(sqlite_store):
    with one_that_writes_without_pause(sqlite_store.url) as greedy:
        for _ in range(20):
            with sqlite_store.work(Job("other"), durable=False) as work:
                work.session.execute(update(Contact).values(stopped_at=None))
        greedy.kill()
        rounds = len(greedy.stdout.readlines())
    assert rounds <= 30  # each of ours stood behind one of theirs at most


def test_nobody_notices_that_links_were_cut_while_nobody_used_them(postgres, owner):
    many = range(3)
    with ExitStack() as stack:
        works = [stack.enter_context(postgres.work(Job("test"))) for _ in many]
        links = {pid_of(work) for work in works}
    assert len(links) == len(many)
    with owner.begin() as server:
        for pid in links:
            server.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with ExitStack() as stack:
        for _ in many:
            work = stack.enter_context(postgres.work(Job("test")))
            assert pid_of(work) not in links
            assert work.session.scalar(text("SELECT jaabi_actor()")) == "job:test"


def test_what_somebody_holds_while_others_are_cut_is_closed_once_it_is_back(postgres, owner):
    with ExitStack() as stack:
        many = [stack.enter_context(postgres.work(Job("test"))) for _ in range(2)]
        links = {pid_of(work) for work in many}
    with postgres.work(Job("test")) as holding:
        mine, held = pid_of(holding), holding.session.connection().connection.dbapi_connection
        with owner.begin() as server:
            server.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE pid = ANY(:cut)"
                ),
                {"cut": list(links - {mine})},
            )
        with ExitStack() as stack:
            for _ in range(POOL):  # one of them meets what was cut
                pid_of(stack.enter_context(postgres.work(Job("test"))))
    with ExitStack() as stack:
        for _ in range(POOL):
            assert pid_of(stack.enter_context(postgres.work(Job("test")))) != mine
    assert held.closed


def pid_of(work):
    return work.session.scalar(text("SELECT pg_backend_pid()"))
