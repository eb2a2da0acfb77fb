"""Rings beside whoever commits: nobody waits for the news to leave, and many rings are one."""

import threading
import time
from collections.abc import Callable

from workers.beside import start_beside

PAUSE_S = 0.005  # what is committed meanwhile is told together


class Ringing:
    """Passes on each queue's name to ``waker`` soon, from a thread of its own."""

    def __init__(self, waker: Callable[[str], None]) -> None:
        self._waker = waker
        self._wanted: set[str] = set()
        self._changing = threading.Lock()
        self._told = threading.Event()
        start_beside("ringing", self._run)

    def __call__(self, queue: str) -> None:
        """Ask for a ring; return at once."""
        with self._changing:
            self._wanted.add(queue)
        self._told.set()

    def _run(self) -> None:
        while True:
            self._told.wait()
            self._told.clear()
            with self._changing:
                wanted, self._wanted = self._wanted, set()
            for queue in sorted(wanted):
                self._waker(queue)
            time.sleep(PAUSE_S)
