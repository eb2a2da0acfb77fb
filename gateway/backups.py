"""The files of a backup: one line that says what it is, and then the rows, in the age format.

They are encrypted to recipients whose identities are not on this machine, so whoever takes the
machine opens no backup, and this machine opens none either (threat model, 3).
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

import pyrage
from pyrage.x25519 import Identity, Recipient

FORMAT = 1
ROWS, WORDS = "rows", "words"
LONGEST_HEADER = 4096
SECRET = "AGE-SECRET-KEY-"  # noqa: S105 how such a key begins


class BackupRefused(Exception):
    """A backup that cannot be made or opened; the sentence says why and what to do."""


class Readable(Protocol):
    """What rows are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a file is: ``kind`` rows or words, of which engine and revision, made when (UTC)."""

    kind: str
    engine: str
    revision: str
    made_at: str
    format: int = FORMAT

    @property
    def time(self) -> datetime:
        """When it was begun."""
        return datetime.fromisoformat(self.made_at)


def recipients(path: Path) -> list[Recipient]:
    """Return whom backups are for: one ``age1...`` a line. Raises BackupRefused."""
    lines = _lines(path, "write there, one a line, the age recipients of who keeps the backups")
    if any(line.startswith(SECRET) for line in lines):
        raise BackupRefused(f"{path} holds a secret identity: take it off this machine")
    try:
        found = [Recipient.from_str(line) for line in lines]
    except pyrage.RecipientError as error:
        raise BackupRefused(f"{path}: {error}; a recipient begins with age1") from None
    if not found:
        raise BackupRefused(f"{path} names no recipient: age1..., one a line")
    return found


def identities(path: Path) -> list[Identity]:
    """Return the identities of a file. Raises BackupRefused."""
    lines = _lines(path, "give the file of your identity with --identity")
    try:
        found = [Identity.from_str(line) for line in lines]
    except pyrage.IdentityError as error:
        raise BackupRefused(f"{path}: {error}; an identity begins with {SECRET}") from None
    if not found:
        raise BackupRefused(f"{path} holds no identity")
    return found


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Lend a new file that has its name only when all is written and on disk."""
    draft = path.with_name(f"{path.name}.part")
    if path.exists():
        raise BackupRefused(f"{path} is there already: a backup never overwrites another")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)


def seal(header: Header, rows: Readable, out: IO[bytes], to: Sequence[Recipient]) -> None:
    """Write header and rows, encrypted. Raises BackupRefused when reading or writing fails."""
    first = json.dumps(asdict(header)).encode() + b"\n"
    try:
        pyrage.encrypt_io(_Chained(iter((first,)), rows), out, to)
    except pyrage.EncryptError as error:
        raise BackupRefused(f"the backup broke off: {error}") from None


def unseal(path: Path, kind: str, opened_by: Sequence[Identity], into: Path) -> Header:
    """Write the rows of a backup into a new file, for us alone, and return its header.

    Raises BackupRefused for a wrong identity, and for a file that is another kind, cut or changed.
    """
    handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with path.open("rb") as file, os.fdopen(handle, "wb") as out:
            behead = _Beheaded(out)
            pyrage.decrypt_io(file, behead, opened_by)
            header = behead.header()
    except (pyrage.DecryptError, OSError) as error:
        into.unlink()
        raise BackupRefused(f"{path} cannot be opened: {error}") from None
    if header is None or header.kind != kind or header.format != FORMAT:
        into.unlink()
        raise BackupRefused(f"{path} is no backup of this kind ({kind}) and format ({FORMAT})")
    return header


def stream(lines: Iterable[bytes]) -> Readable:
    """Return lines as something to read."""
    return _Chained(iter(lines))


class _Chained:
    """Some pieces, and then what is left to read."""

    def __init__(self, pieces: Iterator[bytes], rest: Readable | None = None) -> None:
        self._pieces = pieces
        self._rest = rest
        self._held = b""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b"" if self._rest is None else self._rest.read(size)
            self._held = piece
        size = len(self._held) if size < 0 else size
        given, self._held = self._held[:size], self._held[size:]
        return given


class _Beheaded:
    """Keeps the first line to itself, and passes on what follows."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._first = b""
        self._is_read = False

    def write(self, piece: bytes) -> int:
        """Take one piece."""
        if self._is_read:
            return self._out.write(piece)
        self._first += piece
        line, end, rest = self._first.partition(b"\n")
        if end:
            self._first, self._is_read = line, True
            self._out.write(rest)
        elif len(self._first) > LONGEST_HEADER:
            raise OSError("no header")
        return len(piece)

    def flush(self) -> None:
        """Pass on."""
        self._out.flush()

    def header(self) -> Header | None:
        try:
            return Header(**json.loads(self._first)) if self._is_read else None
        except (ValueError, TypeError):
            return None


def _lines(path: Path, advice: str) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read ({error.strerror}): {advice}") from None
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
