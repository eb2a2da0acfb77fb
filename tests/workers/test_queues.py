"""News after a commit: rung once, heard at once, missed without harm."""

import signal
import threading
import time

import pytest
from rq import Queue, SimpleWorker

from gateway import valkey
from workers import jobs
from workers.queues import JOBS, Doorbell, Waker


@pytest.fixture
def inbox(link):
    return Queue("inbox", connection=link, serializer="json")


def test_news_of_the_inbox_becomes_one_waiting_job_however_often_it_rings(link, inbox):
    wake = Waker(link)
    for _ in range(5):
        wake("inbox")
    assert inbox.count == 1


def test_a_job_carries_no_row_no_word_and_no_number(link, inbox):
    Waker(link)("inbox")
    [job] = inbox.jobs
    assert (job.func_name, job.args, job.kwargs) == ("workers.jobs.inbox", [], {})
    assert job.description == "inbox"
    kept = b" ".join(link.hgetall(job.key).values())
    assert b"pickle" not in kept
    assert link.hget(job.key, "data").startswith(b"x")  # zlib, of JSON


def test_a_worker_drains_what_the_job_stands_for_and_leaves_nothing(link, inbox):
    drained = threading.Event()
    jobs.equip({"inbox": lambda: drained.set() or 0})
    Waker(link)("inbox")
    worker = SimpleWorker([inbox], connection=link, serializer="json")
    worker.work(burst=True, logging_level="ERROR")
    assert drained.is_set()
    assert [key for key in link.keys("rq:job:*") if not key.endswith(b":executions")] == []


def test_every_job_named_has_a_function():
    for name in JOBS.values():
        room, _, function = name.rpartition(".")
        assert room == "workers.jobs"
        assert callable(getattr(jobs, function))


def test_ringing_while_valkey_is_away_says_nothing_and_takes_no_time(tmp_path):
    link = valkey.connect(f"unix://{tmp_path / 'nobody.sock'}")
    wake = Waker(link)
    begun = time.monotonic()
    for _ in range(100):
        wake("inbox")
        wake("outbox")
    assert time.monotonic() - begun < 1


def test_the_doorbell_wakes_whoever_waits(link):
    bell = Doorbell(link, threading.Event())
    heard = []
    waiter = threading.Thread(target=lambda: heard.append(bell.wait(30)))
    waiter.start()
    Waker(link)("outbox")
    waiter.join(timeout=5)
    assert heard == [True]


def test_a_ring_before_the_wait_is_not_lost_and_many_are_one(link):
    wake = Waker(link)
    for _ in range(3):
        wake("outbox")
    bell = Doorbell(link, threading.Event())
    assert bell.wait(1) is True
    assert bell.wait(0.01) is False


def test_without_valkey_waiting_is_only_a_matter_of_time(tmp_path):
    link = valkey.connect(f"unix://{tmp_path / 'nobody.sock'}")
    assert Doorbell(link, threading.Event()).wait(0.05) is False


def test_while_nobody_can_ring_the_sender_looks_sooner(own_valkey):
    bell = Doorbell(valkey.connect(own_valkey.url, reply_s=0.1), threading.Event())
    own_valkey.process.send_signal(signal.SIGSTOP)  # there, but silent
    begun = time.monotonic()
    assert bell.wait(60) is False
    assert time.monotonic() - begun < 10
    own_valkey.process.send_signal(signal.SIGCONT)


def test_who_is_told_to_stop_waits_no_longer(tmp_path):
    stop = threading.Event()
    stop.set()
    link = valkey.connect(f"unix://{tmp_path / 'nobody.sock'}")
    assert Doorbell(link, stop).wait(60) is False


def test_the_doorbell_is_heard_again_once_valkey_is_back(own_valkey):
    link = valkey.connect(own_valkey.url, reply_s=5)
    bell = Doorbell(link, threading.Event())
    assert bell.wait(0.01) is False
    own_valkey.kill()
    assert bell.wait(0.01) is False
    own_valkey.start()
    Waker(valkey.connect(own_valkey.url))("outbox")
    assert bell.wait(5) is True
