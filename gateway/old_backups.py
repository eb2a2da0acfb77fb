"""Destroys backups that may not be kept any longer: what was erased would come back from them.

The keys of words are told from the rows by their name; each is as old as when it was written.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

WORDS = ".words"
KEPT_WORDS, KEPT_ROWS = timedelta(days=7), timedelta(days=35)  # threat model, 5
AGE = b"age-encryption.org/"  # how every file of ours begins


def destroy(folder: Path, now: datetime) -> list[Path]:
    """Destroy what is over its time in a folder of backups; return which files. Raises OSError."""
    gone = list(_over(folder, now))
    for file in gone:
        file.unlink()
    return gone


def _over(folder: Path, now: datetime) -> Iterator[Path]:
    for file in sorted(folder.iterdir()):
        kept = KEPT_WORDS if file.suffix == WORDS else KEPT_ROWS
        if file.is_file() and _is_ours(file) and file.stat().st_mtime <= (now - kept).timestamp():
            yield file


def _is_ours(file: Path) -> bool:
    with file.open("rb") as begin:
        return begin.read(len(AGE)) == AGE
