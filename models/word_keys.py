"""The keys of words in a store of their own, the keeper's: erased here, words are gone for ever.

It lies outside the database, because a row that is deleted lives on in backups and logs of the
database. Importable by who holds the vault only.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from models.keeper_file import KeeperFile

FILE = "keys.db"
AT_ONCE = 500
TABLE = (
    "word_key (name TEXT PRIMARY KEY, key_id TEXT NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID"
)
ROWS = "SELECT name, key_id, wrapped FROM word_key"


class WordKey(NamedTuple):
    """One case key. ``name`` is the story's id and time (models/services/erasures.py)."""

    name: str
    key_id: str
    wrapped: bytes


class WordKeys:
    """The store. Every call raises OSError when the disk does not do its part."""

    def __init__(self, folder: Path) -> None:
        self._file = KeeperFile(folder / FILE, TABLE)

    def put(self, keys: Iterable[WordKey]) -> None:
        """Keep these; one that is there already is replaced."""
        self._file.change(("REPLACE INTO word_key VALUES (?, ?, ?)", list(keys)))

    def find(self, names: Collection[str]) -> dict[str, WordKey]:
        """Return the keys of these words by name, of those that are not erased."""
        marks = ",".join("?" * len(names))
        rows = self._file.read(f"{ROWS} WHERE name IN ({marks})", *names)
        return {row[0]: WordKey(*row) for row in rows}

    def destroy(self, names: Iterable[str]) -> None:
        """Erase: overwritten in the file, and in no other."""
        gone = [(name,) for name in names]
        if gone:
            self._file.change(("DELETE FROM word_key WHERE name = ?", gone))

    def all(self) -> Iterator[WordKey]:
        """Return all, in order of name, while others work here."""
        last = ""
        while rows := self._file.read(
            f"{ROWS} WHERE name > ? ORDER BY name LIMIT ?", last, AT_ONCE
        ):
            yield from (WordKey(*row) for row in rows)
            last = rows[-1][0]

    def change(self, changes: Iterable[tuple[WordKey, tuple[str, bytes]]]) -> None:
        """Put (key id, wrapped) in the place of each; one that was erased meanwhile stays so."""
        self._file.change(
            (
                "UPDATE word_key SET key_id = ?, wrapped = ? WHERE name = ? AND key_id = ?",
                [(*new, old.name, old.key_id) for old, new in changes],
            )
        )

    def close(self) -> None:
        """Let the file go until it is needed again."""
        self._file.close()


def batches(keys: Iterable[WordKey]) -> Iterator[list[WordKey]]:
    """Return keys by the few hundred."""
    left = iter(keys)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
