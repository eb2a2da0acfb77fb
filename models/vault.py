"""Opens what was sealed and names contacts. Held by the keeper alone, and by the key commands."""

import contextlib
import hmac
import itertools
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import nacl.utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from models.errors import SealBroken
from models.seal import KEY_ID_BYTES, NUMBER, RECEIPT, key_id, read_key

SHORT_DIGITS = 6
LONG_DIGITS = 12
TRANSIT_DAYS = 7  # threat model 3: words in motion are readable seven days at most
PRIVATE, SHARED, PUBLIC = 0o600, 0o640, 0o644
PAIRS = ("addresses", "stories")


class Vault:
    """Where number and pseudonym meet, and where stories are opened."""

    __slots__ = ("_addresses", "_pepper", "_stories")

    def __init__(
        self,
        pepper: bytes,
        addresses: Mapping[bytes, SealedBox[PrivateKey]],
        stories: Mapping[bytes, SealedBox[PrivateKey]],
    ) -> None:
        self._pepper = pepper
        self._addresses = addresses
        self._stories = stories

    @classmethod
    def load(cls, keys: Path) -> "Vault":
        """Read the keeper's own keys. Raises OSError or ValueError."""
        folder = keys / "keeper"
        return cls(
            read_key(folder / "pepper.key"),
            _private_boxes(folder, "addresses"),
            _private_boxes(folder, "stories"),
        )

    def pseudonym(self, msisdn: str) -> str:
        """Return the stable pseudonym of an E.164 number: 64 hex digits."""
        return hmac.new(self._pepper, msisdn.encode(), sha256).hexdigest()

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the digests (six digits with contact, twelve digits), None where not given.

        Twelve digits are those six and six more: they give both when the contact is known.
        """
        short = long = None
        if contact is not None and len(receipt) in (SHORT_DIGITS, LONG_DIGITS):
            short = self._digest(f"short:{contact}:{receipt[:SHORT_DIGITS]}")
        if len(receipt) == LONG_DIGITS:
            long = self._digest(f"long:{receipt}")
        return short, long

    def number(self, sealed: bytes) -> str:
        """Open a sealed E.164 number. Raises SealBroken."""
        return self._open(NUMBER, sealed)

    def receipt(self, sealed: bytes) -> str:
        """Open the digits of a sealed receipt. Raises SealBroken."""
        return self._open(RECEIPT, sealed)

    def story(self, sealed: bytes, key_id: str, wrapped: bytes) -> str:
        """Open words with their wrapped case key. Raises SealBroken."""
        try:
            return self.sound(sealed, key_id, wrapped).decode()
        except ValueError:
            raise SealBroken("story") from None

    def sound(self, sealed: bytes, key_id: str, wrapped: bytes) -> bytes:
        """Open what was spoken with its wrapped case key. Raises SealBroken."""
        try:
            case_key = self._stories[bytes.fromhex(key_id)].decrypt(wrapped)
            return SecretBox(case_key).decrypt(sealed)
        except (KeyError, ValueError, CryptoError):
            raise SealBroken("story") from None

    def _open(self, kind: bytes, sealed: bytes) -> str:
        try:
            opened = self._addresses[sealed[:KEY_ID_BYTES]].decrypt(sealed[KEY_ID_BYTES:])
        except (KeyError, CryptoError):
            raise SealBroken("address") from None
        if not opened.startswith(kind):
            raise SealBroken("another kind")
        return opened[len(kind) :].decode()

    def _digest(self, value: str) -> str:
        return hmac.new(self._pepper, value.encode(), sha256).hexdigest()


def create_keys(keys: Path, clock: Callable[[], float] = time.time) -> None:
    """Make the key set of one programme; what is already there stays as it is."""
    private = keys / "keeper"
    _folder(keys, 0o750)
    _folder(private, 0o700)
    _write(private / "pepper.key", nacl.utils.random(SecretBox.KEY_SIZE), PRIVATE)
    for pair in PAIRS:
        if not list(private.glob(f"{pair}-*.key")):
            key = PrivateKey.generate()
            name = key_id(bytes(key.public_key)).hex()
            _write(private / f"{pair}-{name}.key", bytes(key), PRIVATE)
        newest = max(private.glob(f"{pair}-*.key"), key=lambda path: path.stat().st_mtime)
        _write(keys / f"{pair}.pub", bytes(PrivateKey(read_key(newest)).public_key), PUBLIC)
    renew_transit(keys, datetime.fromtimestamp(clock(), UTC))


def renew_transit(keys: Path, now: datetime) -> None:
    """Make the transit keys of today and tomorrow, and destroy those whose days are over.

    A key is destroyed seven days after the next one took over, so words wrapped while the keeper
    was away for days are not lost with the key they had to use.
    """
    folder = keys / "transit"
    _folder(folder, 0o750)
    today = now.astimezone(UTC).date()
    for day in (today, today + timedelta(days=1)):
        _write(folder / f"{day.isoformat()}.key", nacl.utils.random(SecretBox.KEY_SIZE), SHARED)
    paths = sorted(folder.glob("????-??-??.key"))
    for path, following in itertools.pairwise(paths):
        if today - date.fromisoformat(following.stem) >= timedelta(days=TRANSIT_DAYS):
            _destroy(path)


def _private_boxes(folder: Path, pair: str) -> dict[bytes, SealedBox[PrivateKey]]:
    boxes = {}
    for path in folder.glob(f"{pair}-*.key"):
        key = PrivateKey(read_key(path))
        boxes[key_id(bytes(key.public_key))] = SealedBox(key)
    if not boxes:
        raise ValueError(f"no {pair} key in the keeper's folder")
    return boxes


def _folder(path: Path, mode: int) -> None:
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(mode)


def _write(path: Path, key: bytes, mode: int) -> None:
    # Linked into place whole: a process killed while it writes leaves no half key behind.
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(handle)
    draft.chmod(mode)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _destroy(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
