"""One worker process: RQ on every queue in the main thread, and beside it what needs no news."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from types import FrameType, MappingProxyType, TracebackType

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from sqlalchemy.exc import OperationalError

from workers import jobs
from workers.beside import start_beside
from workers.queues import JOBS, POLL_S
from workers.timetable import Timetable

AGAIN_S = 1.0
JOIN_S = 2.0

log = logging.getLogger(__name__)


class QueueWorker(SimpleWorker):
    """RQ's worker that forks nothing, says nothing of its jobs, and soon finds Valkey again."""

    max_connection_wait_time = 2.0
    stop: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Tell the process first, then end the loop of RQ."""
        self.stop.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def _install_signal_handlers(self) -> None:
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self.stop.is_set():
            raise StopRequested  # told between two rounds, when nobody of RQ listened


class WorkerProcess:
    """Works until a signal says stop. ``drain`` answers the inbox; it may run twice at once.

    ``beside`` are further works by name, each in a thread of its own until the event is set.
    """

    def __init__(
        self,
        link: Redis,
        drain: Callable[[Callable[[], bool]], int],
        timetable: Timetable,
        clock: Callable[[], datetime],
        beside: Mapping[str, Callable[[threading.Event], None]] = MappingProxyType({}),
    ) -> None:
        self._link = link
        self._beside = beside
        self._drain_while = drain
        self._timetable = timetable
        self._clock = clock
        self._stop = threading.Event()
        self._draining = threading.Lock()  # two threads at it only take the interpreter in turns

    def run(self) -> None:
        """Work in the main thread, because RQ stops by signals."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        jobs.equip({"inbox": self._drain})
        beside = [
            start_beside("poll", self._poll),
            start_beside("timetable", lambda: self._timetable.run(self._clock, self._stop)),
            *(start_beside(name, partial(run, self._stop)) for name, run in self._beside.items()),
        ]
        while not self._stop.is_set():
            self._listen()
        for thread in beside:
            thread.join(JOIN_S)

    def _drain(self) -> int:
        with self._draining:
            return self._drain_while(lambda: not self._stop.is_set())

    def _listen(self) -> None:
        try:
            worker = QueueWorker(
                [Queue(name, connection=self._link, serializer="json") for name in JOBS],
                connection=self._link,
                serializer="json",
                log_job_description=False,
                exception_handlers=[_say],
            )
            worker.stop = self._stop
            worker.work(logging_level="ERROR")
        except StopRequested:
            return
        except (RedisError, OSError) as error:
            log.warning("no news from Valkey", extra={"reason": type(error).__name__})
            self._stop.wait(AGAIN_S)

    def _poll(self) -> None:
        while not self._stop.is_set():
            try:
                if not self._draining.locked():
                    self._drain()
            except OperationalError:
                log.warning("database away", extra={"job": "poll"})
            self._stop.wait(POLL_S)


def _say(
    job: Job, kind: type[BaseException], error: BaseException, passed: TracebackType | None
) -> bool:
    """Log how a job ended; its rows are still due, so nothing else is done about it."""
    log.error("job ended", extra={"job": job.origin}, exc_info=(kind, error, passed))
    return False
