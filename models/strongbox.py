"""Files that hold one key each: written whole or not at all, overwritten before they go."""

import contextlib
import os
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from models.errors import KeysLocked
from models.seal import read_key

PRIVATE, SHARED, PUBLIC = 0o600, 0o640, 0o644


class Strongbox:
    """The private keys of one folder: in clear or, with a ``lock``, under a passphrase."""

    __slots__ = ("_lock", "folder")

    def __init__(self, folder: Path, lock: SecretBox | None = None) -> None:
        self.folder = folder
        self._lock = lock

    def read(self, name: str) -> bytes:
        """Return a key. Raises OSError, KeysLocked, or ValueError when the file holds none."""
        path = self.folder / name
        if _is_clear(path):
            return read_key(path)
        sealed = bytes.fromhex(path.read_text("ascii").strip())
        if self._lock is None:
            raise KeysLocked("a passphrase locks the keys")
        try:
            return self._lock.decrypt(sealed)
        except CryptoError:
            raise KeysLocked("this is not the passphrase of the keys") from None

    def keep(self, name: str, key: bytes) -> None:
        """Write a key, unless there is one of that name."""
        write(self.folder / name, self._sealed(key), PRIVATE)

    def change(self, name: str, key: bytes) -> None:
        """Write a key in the place of the one that is there, in one step."""
        replace(self.folder / name, self._sealed(key), PRIVATE)

    def names(self, pattern: str) -> list[str]:
        """Return the names of the keys that are there, in order."""
        return sorted(path.name for path in self.folder.glob(pattern))

    def lock_all(self) -> int:
        """Put every key that lies in clear under the lock; return how many are under it then."""
        names = self.names("*.key")
        for name in names:
            if _is_clear(self.folder / name):
                self.change(name, read_key(self.folder / name))
        return len(names)

    def unlock_all(self) -> None:
        """Put every key in clear again. Raises KeysLocked."""
        for name in self.names("*.key"):
            if not _is_clear(self.folder / name):
                replace(self.folder / name, self.read(name), PRIVATE)

    def _sealed(self, key: bytes) -> bytes:
        return key if self._lock is None else bytes(self._lock.encrypt(key))


def _is_clear(path: Path) -> bool:
    return len(path.read_text("ascii").strip()) <= 2 * SecretBox.KEY_SIZE


def make_folder(path: Path, mode: int) -> None:
    """Make a folder of that mode, unless it is there."""
    if not path.is_dir():
        path.mkdir(parents=True)
        path.chmod(mode)


def write(path: Path, key: bytes, mode: int) -> None:
    """Write a key file, unless it is there.

    It is linked into place whole: a process killed while it writes leaves no half key behind.
    """
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


def replace(path: Path, key: bytes, mode: int) -> None:
    """Write a key file in the place of the one that is there, in one step."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    write(draft, key, mode)
    with path.open("r+b") as old:
        draft.rename(path)
        _blank(old.fileno())


def destroy(path: Path) -> None:
    """Overwrite a key file and remove it; one that is gone already is as good."""
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            _blank(file.fileno())
        path.unlink()


def _blank(handle: int) -> None:
    os.pwrite(handle, bytes(os.fstat(handle).st_size), 0)
    os.fsync(handle)
