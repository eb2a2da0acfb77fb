"""Keeps a channel to the messages a second its provider takes."""

import time
from collections.abc import Callable

BURST_S = 0.1  # what was not used may be made up for over so long a time, and no longer


class Pace:
    """The generic cell rate algorithm (ITU-T I.371): one number, and nobody sleeps.

    ``clock`` gives seconds that never jump.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap_s = 1 / rate
        self._clock = clock
        self._next = 0.0

    def wait_s(self) -> float:
        """Return the seconds until the next message may leave; 0.0: now."""
        return max(0.0, self._next - self._clock())

    def leave(self) -> None:
        """Count one message that leaves now."""
        self._next = max(self._next, self._clock() - BURST_S) + self._gap_s
