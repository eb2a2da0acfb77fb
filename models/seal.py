"""Seals what only the keeper may open, and wraps words in motion. Opens no number and no story."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox
from nacl.secret import SecretBox

from models.errors import TransitLost

KEY_ID_BYTES = 4
DAY_S = 86_400
RECHECK_S = 5  # how often a process without today's key looks for it

NUMBER = b"n:"  # a sealed receipt put where a number belongs must not pass for one
RECEIPT = b"r:"


def key_id(key: bytes) -> bytes:
    """Return the name of a key: four bytes, from which nothing of the key can be learnt."""
    return blake2b(key, digest_size=KEY_ID_BYTES, person=b"jaabi key id").digest()


def read_key(path: Path) -> bytes:
    """Return the 32 bytes of a key file. Raises OSError, or ValueError when it holds no key."""
    key = bytes.fromhex(path.read_text("ascii").strip())
    if len(key) != SecretBox.KEY_SIZE:
        raise ValueError(f"{path.name} holds no key")
    return key


class Sealer:
    """Holds the two public keys of a programme: what it seals, it cannot open."""

    __slots__ = ("_addresses", "_stories", "_stories_id")

    def __init__(self, addresses: PublicKey, stories: PublicKey) -> None:
        self._addresses = (key_id(bytes(addresses)), SealedBox(addresses))
        self._stories = SealedBox(stories)
        self._stories_id = key_id(bytes(stories)).hex()

    @classmethod
    def load(cls, keys: Path) -> "Sealer":
        """Read the public keys of the key directory. Raises OSError or ValueError."""
        return cls(
            PublicKey(read_key(keys / "addresses.pub")), PublicKey(read_key(keys / "stories.pub"))
        )

    def number(self, msisdn: str) -> bytes:
        """Seal an E.164 number: equal numbers do not look equal."""
        return self._seal(NUMBER, msisdn)

    def receipt(self, digits: str) -> bytes:
        """Seal the twelve digits of a receipt that waits for the keeper to digest it."""
        return self._seal(RECEIPT, digits)

    def story(self, words: str) -> tuple[bytes, str, bytes]:
        """Seal words under a new case key: (sealed words, class key's id, wrapped case key)."""
        return self.sound(words.encode())

    def sound(self, sound: bytes) -> tuple[bytes, str, bytes]:
        """Seal bytes somebody spoke as ``story`` seals words."""
        case_key = nacl.utils.random(SecretBox.KEY_SIZE)
        sealed = bytes(SecretBox(case_key).encrypt(sound))
        return sealed, self._stories_id, self._stories.encrypt(case_key)

    def _seal(self, kind: bytes, value: str) -> bytes:
        name, box = self._addresses
        return name + box.encrypt(kind + value.encode())


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
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        boxes, days, current, current_day = {}, {}, None, ""
        for path in sorted(self._folder.glob("????-??-??.key")):
            try:
                key = read_key(path)
            except FileNotFoundError:
                continue  # the keeper destroyed it between the list and the reading
            box = SecretBox(key)
            boxes[key_id(key)] = box
            days[path.stem] = key
            if path.stem <= today:
                current, current_day = (key_id(key), box), path.stem
        self._boxes, self._days, self._current = boxes, days, current
        midnight = (now // DAY_S + 1) * DAY_S
        self._until = midnight if current_day == today else now + RECHECK_S
