"""Which news goes by which road: wake-ups after a commit, that carry no word and no number.

The row is the truth. A wake-up that is lost costs seconds, because whoever waits for it also looks
by itself every POLL_S; so ringing never raises and never makes a caller wait.
"""

import threading
import time
from collections.abc import Mapping

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

POLL_S = 2.0  # what a killed worker had is free when its lease ends: nobody rings for that
QUIET_S = 1.0  # after a failure nobody tries again before
SLICE_S = 1.0  # how long a listener is deaf to being told to stop
# Without news two polls stand in line, the worker's and the sender's: together within ten seconds.
UNTOLD_S = 2.0
JOB_TIMEOUT_S = 120
OUTBOX = "outbox"

# What a queue's news makes a worker do, by name. The sender is no worker: it has a doorbell.
JOBS: Mapping[str, str] = {"inbox": "workers.jobs.inbox"}


class Waker:
    """Rings the queue a committed unit of work asked for. Handed to the Store."""

    def __init__(self, link: Redis) -> None:
        self._link = link
        self._queues = {name: Queue(name, connection=link, serializer="json") for name in JOBS}
        self._quiet_until = 0.0

    def __call__(self, queue: str) -> None:
        """Ring; do nothing while Valkey is away."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._ring(queue)
        except (RedisError, OSError):
            self._quiet_until = time.monotonic() + QUIET_S

    def _ring(self, queue: str) -> None:
        if queue == OUTBOX:
            ring(self._link)
        elif not self._queues[queue].count:
            # One waiting job sees whatever was committed before it starts. Retries are the row's.
            self._queues[queue].enqueue(
                JOBS[queue],
                description=queue,
                job_timeout=JOB_TIMEOUT_S,
                result_ttl=0,
                failure_ttl=0,
            )


def ring(link: Redis) -> None:
    """Ring the sender's doorbell: once is as good as often, so the list holds one."""
    with link.pipeline() as together:
        together.lpush(bell_key(), 1)
        together.ltrim(bell_key(), 0, 0)
        together.execute()


def bell_key() -> str:
    """Return the name of the doorbell's list."""
    return f"jaabi:bell:{OUTBOX}"


class Doorbell:
    """Where the sender waits: for a ring, for time to pass, or to be told to stop."""

    def __init__(self, link: Redis, stop: threading.Event) -> None:
        self._link = link
        self._stop = stop

    def wait(self, seconds: float) -> bool:
        """Return True when it rang, False when the time is over or it was told to stop.

        While Valkey is away the time is over sooner: nobody can ring.
        """
        begun = time.monotonic()
        end = begun + seconds
        while not self._stop.is_set():
            left = min(end - time.monotonic(), SLICE_S)
            if left <= 0:
                return False
            try:
                if self._link.blpop([bell_key()], timeout=left) is not None:
                    return True
            except (RedisError, OSError):
                end = min(end, begun + UNTOLD_S)
                self._stop.wait(min(left, max(0.0, end - time.monotonic())))
        return False
