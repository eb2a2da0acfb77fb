"""Units of work: all or nothing, and nobody is woken for nothing."""

import threading
from contextlib import closing

import pytest
from sqlalchemy import update

from models.conversation import Contact
from models.db import Job, Store


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


def counted(store, count, wanted=lambda done: True):
    """Commit while it is wanted and count, waiting for nothing in between."""
    while wanted(count[0]):
        with store.work(Job("writer"), durable=False) as work:
            work.session.execute(update(Contact).values(stopped_at=None))
        count[0] += 1


def test_who_writes_without_pause_keeps_nobody_else_from_writing(sqlite_store):
    often, seldom, over = [0], [0], threading.Event()
    greedy = threading.Thread(
        target=lambda: counted(sqlite_store, often, lambda _: not over.is_set())
    )
    with closing(Store(sqlite_store.url)) as other:
        greedy.start()
        try:
            counted(other, seldom, lambda done: done < 20)
        finally:
            over.set()
            greedy.join()
    assert seldom == [20]
    assert often[0] <= 20 * seldom[0]
