"""Seals what only the keeper may open, and wraps words in motion. Opens no number and no story."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from nacl.secret import SecretBox

from models.errors import SealBroken, TransitLost

KEY_ID_BYTES = 4
DAY_S = 86_400
RECHECK_S = 5  # how often a process without today's key looks for it
LOOK_S = 60  # how often who seals looks for new public keys: one serves for days after the next

NUMBER = b"n:"  # a sealed receipt put where a number belongs must not pass for one
RECEIPT = b"r:"
TEXT = b"t:"  # and the key of a case put where words belong is no text


def key_id(key: bytes) -> bytes:
    """Return the name of a key: four bytes, from which nothing of the key can be learnt."""
    return blake2b(key, digest_size=KEY_ID_BYTES, person=b"jaabi key id").digest()


def of_kind(kind: bytes, opened: bytes) -> str:
    """Return what was sealed as this kind of thing. Raises SealBroken for another one."""
    if not opened.startswith(kind):
        raise SealBroken("another kind")
    return opened[len(kind) :].decode()


def read_key(path: Path) -> bytes:
    """Return the 32 bytes of a key file. Raises OSError, or ValueError when it holds no key."""
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) != SecretBox.KEY_SIZE:
        raise ValueError(f"{path.name} holds no key")
    return key


def read_days(folder: Path, ending: str) -> dict[str, bytes]:
    """Return the keys that are made new each day, by ISO date. Raises OSError or ValueError."""
    days = {}
    for path in sorted(folder.glob(f"????-??-??.{ending}")):
        with suppress(FileNotFoundError):  # destroyed between the list and the reading
            days[path.stem] = read_key(path)
    return days


def day_of(now: float) -> str:
    """Return the ISO date of a time, UTC."""
    return datetime.fromtimestamp(now, UTC).date().isoformat()


class Sealer:
    """Holds public keys of a programme: what it seals, it cannot open. Follows new keys by itself.

    ``clock`` gives seconds since 1970 UTC.
    """

    __slots__ = ("_addresses", "_arrivals", "_clock", "_keys", "_looked_at")

    def __init__(self, keys: Path, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        self._look(clock())

    @classmethod
    def load(cls, keys: Path, clock: Callable[[], float] = time.time) -> "Sealer":
        """Read the public keys of the key directory. Raises OSError or ValueError."""
        return cls(keys, clock)

    def number(self, msisdn: str) -> bytes:
        """Seal an E.164 number: equal numbers do not look equal."""
        return self._seal(NUMBER, msisdn)

    def receipt(self, digits: str) -> bytes:
        """Seal the twelve digits of a receipt that waits for the keeper to digest it."""
        return self._seal(RECEIPT, digits)

    def story(self, words: str) -> tuple[bytes, str, bytes]:
        """Seal words under a new case key: (sealed words, id of what wraps it, wrapped case key).

        Raises TransitLost when there is no key to wrap it for.
        """
        return self.sound(words.encode())

    def sound(self, sound: bytes) -> tuple[bytes, str, bytes]:
        """Seal bytes somebody spoke as ``story`` seals words."""
        self._follow()
        if self._arrivals is None:
            self._look(self._clock())
        if self._arrivals is None:
            raise TransitLost("no key for arrivals")
        name, box = self._arrivals
        case_key = nacl.utils.random(SecretBox.KEY_SIZE)
        sealed = bytes(SecretBox(case_key).encrypt(sound))
        return sealed, name, box.encrypt(case_key)

    def outward(self, text: str) -> bytes:
        """Seal words in motion for the keeper under its key of the day. Raises TransitLost."""
        self._follow()
        if self._arrivals is None:
            self._look(self._clock())
        if self._arrivals is None:
            raise TransitLost("no key for arrivals")
        name, box = self._arrivals
        return bytes.fromhex(name) + box.encrypt(TEXT + text.encode())

    def _seal(self, kind: bytes, value: str) -> bytes:
        self._follow()
        name, box = self._addresses
        return name + box.encrypt(kind + value.encode())

    def _follow(self) -> None:
        now = self._clock()
        if not 0 <= now - self._looked_at < LOOK_S:
            # Between one file and the next a rotation may replace it: what we have still serves.
            with suppress(OSError, ValueError):
                self._look(now)

    def _look(self, now: float) -> None:
        self._looked_at = now
        addresses = read_key(self._keys / "addresses.pub")
        days = read_days(self._keys / "arrivals", "pub")
        self._addresses = (key_id(addresses), SealedBox(PublicKey(addresses)))
        self._arrivals: tuple[str, SealedBox[PublicKey]] | None = None
        if days:
            # A clock that was put back must not stop who speaks: then the oldest there is.
            newest = days[max((one for one in days if one <= day_of(now)), default=min(days))]
            self._arrivals = (key_id(newest).hex(), SealedBox(PublicKey(newest)))


class Transit:
    """Wraps words in motion under the key of the day; follows new keys by itself.

    ``clock`` gives seconds since 1970 UTC: the day of the key is the service's, not a caller's.
    """

    __slots__ = ("_boxes", "_clock", "_current", "_days", "_folder", "_until")

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._boxes: Mapping[bytes, SecretBox] = {}
        self._days: Mapping[str, bytes] = {}
        self._current: tuple[bytes, SecretBox] | None = None
        self._until = 0.0

    @classmethod
    def load(cls, keys: Path, clock: Callable[[], float] = time.time) -> "Transit":
        """Read the daily keys under the key directory. Raises OSError or ValueError."""
        transit = cls(keys / "transit", clock)
        transit._reload(clock())
        return transit

    def wrap(self, text: str) -> bytes:
        """Wrap words under the key of the day. Raises TransitLost when there is no key at all."""
        now = self._clock()
        if now >= self._until:
            self._reload(now)
        if self._current is None:
            raise TransitLost("no transit key")
        name, box = self._current
        return name + box.encrypt(text.encode())

    def unwrap(self, wrapped: bytes) -> str:
        """Return the words. Raises TransitLost once their key is destroyed, or if bytes changed."""
        name = wrapped[:KEY_ID_BYTES]
        if name not in self._boxes:
            self._reload(self._clock())
        box = self._boxes.get(name)
        if box is None:
            raise TransitLost("transit key destroyed")
        try:
            return box.decrypt(wrapped[KEY_ID_BYTES:]).decode()
        except CryptoError:
            raise TransitLost("changed on its way") from None

    def digest(self, words: str, day: date) -> str | None:
        """Return a digest of words, 32 hex digits, under the key of that day; None without it.

        The same words give the same digest until the key is destroyed, and then never again.
        """
        key = self._days.get(day.isoformat())
        if key is None:
            return None
        digest = blake2b(words.encode(), digest_size=16, key=key, person=b"jaabi likeness")
        return digest.hexdigest()

    def _reload(self, now: float) -> None:
        today = day_of(now)
        days = read_days(self._folder, "key")
        current_day = max((day for day in days if day <= today), default="")
        boxes = {key_id(key): SecretBox(key) for key in days.values()}
        current = days.get(current_day)
        self._boxes, self._days = boxes, days
        self._current = None if current is None else (key_id(current), boxes[key_id(current)])
        midnight = (now // DAY_S + 1) * DAY_S
        self._until = midnight if current_day == today else now + RECHECK_S


class OneWay(Transit):
    """Wraps words in motion for the keeper alone: for a process that may open none of them."""

    __slots__ = ("_sealer",)

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def wrap(self, text: str) -> bytes:
        """Seal words for the keeper. Raises TransitLost when there is no key of the day."""
        return self._sealer.outward(text)

    def unwrap(self, wrapped: bytes) -> str:
        """Open nothing: whoever holds this has no key. Raises TransitLost."""
        del wrapped
        raise TransitLost("no key to open it")

    def digest(self, words: str, day: date) -> str | None:
        """Return none: whether words are alike is told by a key."""
        del words, day
        return None
