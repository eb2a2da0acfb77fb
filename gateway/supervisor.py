"""Keeps the processes of one machine alive: starts, restarts, and stops them in good order."""

import contextlib
import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.lifeline import die_with_parent

BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)  # after so many early deaths in a row
EARLY_S = 5.0
STOP_S = 3.0  # for all but the last; then they are killed
STOP_LAST_S = 1.0
LOOK_S = 0.1
IDLE_S = 5.0
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """What one process is given beside what all are: settings, and open files."""

    environment: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep alive. ``last``: stopped when all others are gone."""

    name: str
    command: Sequence[str]
    last: bool = False
    handed: Handed = Handed()


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    early_deaths: int = 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs programs until told to stop by SIGTERM, SIGINT or SIGHUP. Single-threaded."""

    def __init__(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        self._children = [_Child(program) for program in programs]
        self._environment = dict(environment)
        self._stopping = False

    def run(self, is_ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Start everything, call ``announce`` once all is ready, and return when all is stopped."""
        announced = False
        with self._signals() as wake:
            try:
                while not self._stopping:
                    self._keep_alive()
                    if not announced and is_ready():
                        announce()
                        announced = True
                    _sleep(wake, self._until_due() if announced else LOOK_S)
            finally:
                self._stop([one for one in self._children if not one.program.last], STOP_S)
                self._stop([one for one in self._children if one.program.last], STOP_LAST_S)

    def _keep_alive(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.alive:
                continue
            if child.process is not None:
                self._bury(child, now)
            if now >= child.due_at:
                self._start(child, now)

    def _bury(self, child: _Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 narrows the type
        if now - child.started_at >= EARLY_S:
            child.early_deaths = 0
        child.due_at = now + BACK_OFF_S[min(child.early_deaths, len(BACK_OFF_S) - 1)]
        child.early_deaths += 1
        facts = {"job": child.program.name, "status": child.process.returncode}
        log.warning("process ended, starting it again", extra=facts)
        _kill_group(child.process.pid)  # what it started itself, e.g. the web server's worker
        child.process = None

    def _start(self, child: _Child, now: float) -> None:
        child.started_at = now
        child.process = subprocess.Popen(  # noqa: S603 our own programs
            child.program.command,
            env={**self._environment, **child.program.handed.environment},
            pass_fds=child.program.handed.files,
            stdin=subprocess.DEVNULL,
            # Its own group: Ctrl-C reaches the supervisor alone, which stops all in order.
            process_group=0,
            preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 this process has one thread
        )

    def _stop(self, children: Sequence[_Child], patience_s: float) -> None:
        end = time.monotonic() + patience_s
        alive = [child.process for child in children if child.process is not None and child.alive]
        for process in alive:
            process.terminate()
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
        for process in alive:
            _kill_group(process.pid)
            process.wait()

    def _until_due(self) -> float:
        waiting = [child.due_at for child in self._children if child.process is None]
        return max(0.0, min(waiting, default=time.monotonic() + IDLE_S) - time.monotonic())

    @contextlib.contextmanager
    def _signals(self) -> Iterator[int]:
        """Let every signal wake the loop by a pipe, so that none is missed between two looks."""
        out, into = os.pipe()
        os.set_blocking(into, False)
        os.set_blocking(out, False)
        before = signal.set_wakeup_fd(into)
        handlers = {number: signal.signal(number, self._told) for number in STOPS}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            yield out
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            os.close(out)
            os.close(into)

    def _told(self, *_: object) -> None:
        self._stopping = True


def _sleep(wake: int, seconds: float) -> None:
    if select.select([wake], [], [], seconds)[0]:
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 4096)


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
