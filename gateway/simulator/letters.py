"""What reached each phone: a box a number, and a bell for whoever waits. In memory only."""

import time
from collections import defaultdict, deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from threading import Condition
from typing import Literal

KEPT = 200  # a box holds this many, then forgets the oldest as a basic phone does

Kind = Literal["sms", "ended"]


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """An SMS, or the word that a USSD session ended by itself. ``seq`` only grows."""

    seq: int
    kind: Kind
    number: str
    sender: str
    text: str
    at: datetime


class Letters:
    """All boxes of the network. Safe for threads."""

    def __init__(self) -> None:
        self._bell = Condition()
        self._boxes: dict[str, deque[Letter]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._read: dict[str, int] = {}
        # Begins at the clock so that a page that outlives a restart misses nothing.
        self._seq = time.time_ns() // 1_000_000
        self._open = True

    def put(self, kind: Kind, number: str, sender: str, text: str, at: datetime) -> None:
        """Put a letter in the box of a number and ring the bell."""
        with self._bell:
            self._seq += 1
            self._boxes[number].append(Letter(self._seq, kind, number, sender, text, at))
            self._bell.notify_all()

    def since(self, numbers: Collection[str], seq: int, wait: float) -> list[Letter]:
        """List the letters after ``seq``, oldest first; wait at most that many seconds for one."""
        end = time.monotonic() + wait
        with self._bell:
            while True:
                found = [
                    letter
                    for number in numbers
                    for letter in self._boxes.get(number, ())
                    if letter.seq > seq
                ]
                left = end - time.monotonic()
                if found or left <= 0 or not self._open:
                    return sorted(found, key=lambda letter: letter.seq)
                self._bell.wait(left)

    def read_until(self, number: str) -> int:
        """Give the ``seq`` up to which this box was read."""
        with self._bell:
            return self._read.get(number, 0)

    def mark_read(self, number: str, seq: int) -> None:
        """Note that the box was read up to ``seq``; never moves back."""
        with self._bell:
            self._read[number] = max(seq, self._read.get(number, 0))

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._bell:
            self._open = False
            self._bell.notify_all()
