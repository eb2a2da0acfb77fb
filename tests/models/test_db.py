"""Units of work: all or nothing, and nobody is woken for nothing."""

import pytest

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
