"""Runs what the network does by itself, later: reports, texts, the end of silent sessions."""

import heapq
import itertools
import time
from collections.abc import Callable
from threading import Condition, Thread

Errand = Callable[[], None]


class Postman:
    """One background thread, woken when an errand is due or a sooner one arrives.

    Errands of the same moment run in the order they were given.
    """

    def __init__(self) -> None:
        self._bell = Condition()
        self._due: list[tuple[float, int, Errand]] = []
        self._count = itertools.count()
        self._open = True
        self._thread = Thread(target=self._walk, name="postman", daemon=True)
        self._thread.start()

    def later(self, seconds: float, errand: Errand) -> None:
        """Run an errand after that many seconds, unless the network is closed before."""
        with self._bell:
            entry = (time.monotonic() + seconds, next(self._count), errand)
            heapq.heappush(self._due, entry)
            self._bell.notify()

    def close(self) -> None:
        """Finish the errand under way, forget the others, and stop."""
        with self._bell:
            self._open = False
            self._bell.notify()
        self._thread.join()

    def _walk(self) -> None:
        while (errand := self._next()) is not None:
            errand()

    def _next(self) -> Errand | None:
        with self._bell:
            while self._open:
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._bell.wait(left)
        return None
