"""Opens a text as it leaves, and remembers for a minute what was said to whom."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b

import nacl.utils

from flows.fills import put_in
from models.errors import SealBroken, TransitLost
from models.seal import Transit
from models.services.turns import Due
from models.vault import Vault

MINUTE_S = 60.0
KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Opener:
    """What opens a message for sending: the number by the vault, the words by the transit key.

    What the console wrote is sealed for the keeper alone: those words the vault opens too.

    ``fill`` gives what the row names to be put in at sending (workers/keeper/filling.py).
    """

    vault: Vault
    transit: Transit
    fill: Callable[[Mapping[str, str] | None], Mapping[str, str]] = lambda _names: {}

    def number(self, due: Due) -> str:
        """Return the E.164 number a text is for. Raises SealBroken."""
        if due.address is None or due.text_sealed is None:
            raise SealBroken("nothing to send")
        return self.vault.number(due.address)

    def text(self, due: Due) -> str:
        """Return the words, with what only the keeper puts in. Raises SealBroken, TransitLost."""
        if due.text_sealed is None:
            raise SealBroken("nothing to send")
        return put_in(self._unwrapped(due.text_sealed), self.fill(due.fills))

    def _unwrapped(self, sealed: bytes) -> str:
        try:
            return self.transit.unwrap(sealed)
        except TransitLost as lost:
            with suppress(SealBroken):
                return self.vault.text(sealed)
            raise lost from None


@dataclass(slots=True, repr=False)
class Said:
    """Which words which number was sent within the minute, as digests under a key of its own.

    Two machines that answer each other say the same again and again (threat model, T6).
    """

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: nacl.utils.random(KEY_BYTES))
    _said: dict[bytes, tuple[float, int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, number: str, text: str, row: int) -> bool:
        """Note that a row is about to say this; False when another did less than a minute ago."""
        digest, now = self._digest(number, text), self.clock()
        with self._lock:
            while self._said and now - next(iter(self._said.values()))[0] >= MINUTE_S:
                del self._said[next(iter(self._said))]  # what was said first stands first
            return self._said.setdefault(digest, (now, row))[1] == row

    def unsay(self, number: str, text: str) -> None:
        """Note that it was not said after all: the provider refused it."""
        with self._lock:
            self._said.pop(self._digest(number, text), None)

    def _digest(self, number: str, text: str) -> bytes:
        return blake2b(f"{number}\0{text}".encode(), key=self._key, digest_size=16).digest()
