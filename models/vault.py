"""Opens what was sealed and names contacts. Held by the keeper alone, and by the key commands."""

import hmac
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from models.errors import SealBroken
from models.seal import KEY_ID_BYTES, NUMBER, RECEIPT, TEXT, key_id, of_kind, read_key
from models.strongbox import PUBLIC, SHARED, Strongbox, destroy, make_folder, write
from models.word_keys import WordKeys

SHORT_DIGITS = 6
LONG_DIGITS = 12
TRANSIT_DAYS = 7  # threat model 3: words in motion are readable seven days at most
PAIRS = ("addresses", "stories")
KEEPER, WORDS, ARRIVALS, TRANSIT = "keeper", "words", "arrivals", "transit"
PRIVATE_FOLDER, OUR_FOLDER = 0o700, 0o750
PUBLIC_FOLDER, WAY_IN = 0o755, 0o751  # the console seals too: what seals is for everybody
DAYS = "????-??-??"
DIGITS = 64
FIRST_PEPPER = "pepper.key"

Boxes = Mapping[bytes, SealedBox[PrivateKey]]


@dataclass(frozen=True, slots=True, repr=False)
class Pepper:
    """One of a programme. What it digests begins with its ``name``; the first one has none."""

    name: str
    key: bytes

    def digest(self, value: str) -> str:
        """Return 64 hex digits."""
        return (self.name + hmac.new(self.key, value.encode(), sha256).hexdigest())[:DIGITS]


@dataclass(frozen=True, slots=True, repr=False)
class _Held:
    """What the private files hold: replaced whole when there are new ones."""

    peppers: Sequence[Pepper]  # the newest first
    addresses: Boxes
    stories: Boxes  # of the class of words, and of the arrivals of the last days


class Vault:
    """Where number and pseudonym meet, and where stories are opened.

    ``words`` is where the keys of words are, from the moment the keeper collected them.
    """

    __slots__ = ("_current", "_held", "_keys", "_lock", "_state", "words")

    def __init__(self, keys: Path, lock: SecretBox | None = None) -> None:
        self._keys = keys
        self._lock = lock
        self.words = WordKeys(keys / WORDS)
        self.reload()

    @classmethod
    def load(cls, keys: Path, lock: SecretBox | None = None) -> "Vault":
        """Read the keeper's own keys. Raises OSError, ValueError or KeysLocked."""
        return cls(keys, lock)

    def reload(self) -> None:
        """Read the private files again: some were made, some destroyed."""
        self._state = _state(self._keys)
        own = Strongbox(self._keys / KEEPER, self._lock)
        days = Strongbox(self._keys / WORDS, self._lock)
        peppers = _peppers(own)
        stories = _boxes(own, "stories-*.key")
        if not stories:
            raise ValueError("no stories key in the keeper's folder")
        addresses = _boxes(own, "addresses-*.key")
        if not addresses:
            raise ValueError("no addresses key in the keeper's folder")
        self._held = _Held(peppers, addresses, {**stories, **_boxes(days, f"{DAYS}.key")})
        self._current = {pair: _public(self._keys, pair) for pair in PAIRS}

    @property
    def peppers(self) -> Sequence[Pepper]:
        """All that may still have named somebody, the newest first."""
        return self._held.peppers

    def current(self, pair: str) -> bytes:
        """Return the id of the newest key of a pair: what is under another one is to be changed."""
        return self._current[pair][0]

    def older(self, pair: str) -> set[bytes]:
        """Return the ids of its keys that are still held beside the newest one."""
        held = self._held.addresses if pair == "addresses" else self._held.stories
        return set(held) - {self.current(pair)}

    def pseudonym(self, msisdn: str) -> str:
        """Return the stable pseudonym of an E.164 number: 64 hex digits."""
        return self.peppers[0].digest(msisdn)

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the digests (six digits with contact, twelve digits), None where not given.

        Twelve digits are those six and six more: they give both when the contact is known.
        """
        return digests(self.peppers[0], contact, receipt)

    def choice(self, name: str, among: int) -> int:
        """Return 0 to ``among`` - 1 for a name: always the same, and all equally often."""
        return int(self.peppers[0].digest(f"choice:{name}")[KEY_ID_BYTES * 2 :], 16) % among

    def number(self, sealed: bytes) -> str:
        """Open a sealed E.164 number. Raises SealBroken."""
        return self._open(NUMBER, sealed)

    def receipt(self, sealed: bytes) -> str:
        """Open the digits of a sealed receipt. Raises SealBroken."""
        return self._open(RECEIPT, sealed)

    def text(self, sealed: bytes) -> str:
        """Open words that were sealed outward by who may open none. Raises SealBroken."""
        return of_kind(TEXT, self._unwrapped(sealed[:KEY_ID_BYTES].hex(), sealed[KEY_ID_BYTES:]))

    def story(self, sealed: bytes, key_id: str, wrapped: bytes) -> str:
        """Open words with their wrapped case key. Raises SealBroken."""
        try:
            return self.sound(sealed, key_id, wrapped).decode()
        except ValueError:
            raise SealBroken("story") from None

    def sound(self, sealed: bytes, key_id: str, wrapped: bytes) -> bytes:
        """Open what was spoken with its wrapped case key. Raises SealBroken."""
        try:
            return SecretBox(self._unwrapped(key_id, wrapped)).decrypt(sealed)
        except CryptoError:
            raise SealBroken("story") from None

    def rewrapped(self, key_id: str, wrapped: bytes) -> tuple[str, bytes]:
        """Return a case key as the newest class key wraps it: (its id, wrapped). SealBroken."""
        name, box = self._current["stories"]
        return name.hex(), box.encrypt(self._unwrapped(key_id, wrapped))

    def resealed(self, sealed: bytes) -> bytes:
        """Return a number or receipt as it is sealed for the newest key. Raises SealBroken."""
        name, box = self._current["addresses"]
        return name + box.encrypt(self._opened(sealed))

    def begin_day(self, now: datetime) -> None:
        """Make the pairs for the arrivals of today and tomorrow, and follow a rotation."""
        if make_arrivals(self._keys, now, self._lock) or _state(self._keys) != self._state:
            self.reload()

    def end_days(self, now: datetime) -> None:
        """Destroy the pairs of arrivals whose days are over: call it when all were collected."""
        over = [path.stem for path in _over(self._keys / WORDS, now)]
        for day in over:
            destroy(self._keys / ARRIVALS / f"{day}.pub")
            destroy(self._keys / WORDS / f"{day}.key")
        if over:
            self.reload()

    def _unwrapped(self, name: str, wrapped: bytes) -> bytes:
        try:
            key = bytes.fromhex(name)
            if key not in self._held.stories:
                self.reload()  # the pair of a day that began after we did
            return self._held.stories[key].decrypt(wrapped)
        except (KeyError, ValueError, CryptoError):
            raise SealBroken("story") from None

    def _open(self, kind: bytes, sealed: bytes) -> str:
        return of_kind(kind, self._opened(sealed))

    def _opened(self, sealed: bytes) -> bytes:
        name = sealed[:KEY_ID_BYTES]
        if name not in self._held.addresses:
            self.reload()  # the pair is newer than we are
        try:
            return self._held.addresses[name].decrypt(sealed[KEY_ID_BYTES:])
        except (KeyError, CryptoError):
            raise SealBroken("address") from None


def digests(pepper: Pepper, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
    """Return the digests of a receipt under one pepper, as ``Vault.digests`` does."""
    short = long = None
    if contact is not None and len(receipt) in (SHORT_DIGITS, LONG_DIGITS):
        short = pepper.digest(f"short:{contact}:{receipt[:SHORT_DIGITS]}")
    if len(receipt) == LONG_DIGITS:
        long = pepper.digest(f"long:{receipt}")
    return short, long


def create_keys(
    keys: Path, clock: Callable[[], float] = time.time, lock: SecretBox | None = None
) -> None:
    """Make the key set of one programme; what is already there stays as it is."""
    own = Strongbox(keys / KEEPER, lock)
    make_folder(keys, WAY_IN)
    make_folder(own.folder, PRIVATE_FOLDER)
    if not own.names("pepper*.key"):
        own.keep(FIRST_PEPPER, nacl.utils.random(SecretBox.KEY_SIZE))
    for pair in PAIRS:
        if not own.names(f"{pair}-*.key"):
            make_pair(own, pair)
        if not (keys / f"{pair}.pub").exists():
            newest = max(own.folder.glob(f"{pair}-*.key"), key=lambda path: path.stat().st_mtime)
            public = PrivateKey(own.read(newest.name)).public_key
            write(keys / f"{pair}.pub", bytes(public), PUBLIC)
    now = datetime.fromtimestamp(clock(), UTC)
    renew_transit(keys, now)
    make_arrivals(keys, now, lock)


def make_pair(own: Strongbox, pair: str) -> bytes:
    """Make a pair, keep its private half under the id of its public one, which is returned."""
    key = PrivateKey.generate()
    public = bytes(key.public_key)
    own.keep(f"{pair}-{key_id(public).hex()}.key", bytes(key))
    return public


def renew_transit(keys: Path, now: datetime) -> None:
    """Make the transit keys of today and tomorrow, and destroy those whose days are over."""
    folder = keys / TRANSIT
    make_folder(folder, OUR_FOLDER)
    for day in _days(now):
        write(folder / f"{day}.key", nacl.utils.random(SecretBox.KEY_SIZE), SHARED)
    for path in _over(folder, now):
        destroy(path)


def make_arrivals(keys: Path, now: datetime, lock: SecretBox | None = None) -> bool:
    """Make the pairs of today and tomorrow for case keys on their way; False: all are there.

    The private half is written first: nobody seals for a pair that nobody can open.
    """
    own = Strongbox(keys / WORDS, lock)
    make_folder(own.folder, PRIVATE_FOLDER)
    make_folder(keys / ARRIVALS, PUBLIC_FOLDER)
    missing = [day for day in _days(now) if not (keys / ARRIVALS / f"{day}.pub").exists()]
    for day in missing:
        own.keep(f"{day}.key", bytes(PrivateKey.generate()))
        public = PrivateKey(own.read(f"{day}.key")).public_key
        write(keys / ARRIVALS / f"{day}.pub", bytes(public), PUBLIC)
    return bool(missing)


def _days(now: datetime) -> list[str]:
    today = now.astimezone(UTC).date()
    return [day.isoformat() for day in (today, today + timedelta(days=1))]


def _over(folder: Path, now: datetime) -> list[Path]:
    """Return the daily keys whose time is over: seven days after the next one took over.

    So what was wrapped while the keeper was away for days is not lost with the key it had to use.
    """
    today = now.astimezone(UTC).date()
    paths = sorted(folder.glob(f"{DAYS}.key"))
    return [
        path
        for path, following in itertools.pairwise(paths)
        if today - date.fromisoformat(following.stem) >= timedelta(days=TRANSIT_DAYS)
    ]


def _boxes(own: Strongbox, pattern: str) -> dict[bytes, SealedBox[PrivateKey]]:
    keys = [PrivateKey(own.read(name)) for name in own.names(pattern)]
    return {key_id(bytes(key.public_key)): SealedBox(key) for key in keys}


def _state(keys: Path) -> tuple[object, ...]:
    """Return what changes with every rotation."""
    public = [(keys / f"{pair}.pub").stat().st_mtime_ns for pair in PAIRS]
    return (*Strongbox(keys / KEEPER).names("*.key"), *public)


def _public(keys: Path, pair: str) -> tuple[bytes, SealedBox[PublicKey]]:
    key = read_key(keys / f"{pair}.pub")
    return key_id(key), SealedBox(PublicKey(key))


def _peppers(own: Strongbox) -> list[Pepper]:
    """Return them newest first: those that followed the first one are named by their day."""
    keys = [(name, own.read(name)) for name in own.names("pepper-*.key")]
    peppers = [Pepper(key_id(key).hex(), key) for _, key in reversed(keys)]
    if not peppers or (own.folder / FIRST_PEPPER).exists():
        peppers.append(Pepper("", own.read(FIRST_PEPPER)))
    return peppers
