"""What the keeper remembers of the audit chain, outside the database: its beginning and its end.

A chain alone does not show that its last links are gone. Who can write the database cannot write
this file.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

FILE = "audit-chain.json"
NO_MAC = "0" * 64


@dataclass(frozen=True, slots=True)
class Place:
    """One link: its position, its mac, and the row id of its entry."""

    position: int
    mac: str
    entry: int


BEGINNING = Place(0, NO_MAC, 0)


@dataclass(frozen=True, slots=True)
class Cut:
    """An end of the chain that was gone when the keeper looked: the last one it had linked."""

    at: str
    lost: Place
    found: Place
    restored: bool = False


@dataclass(slots=True)
class Memory:
    """Links before ``first`` are over their time; ``head`` is the last, None when nobody knows."""

    path: Path
    first: Place = BEGINNING
    head: Place | None = None
    cuts: list[Cut] = field(default_factory=list)
    is_restored: bool = False
    _saved: str = ""

    @classmethod
    def load(cls, folder: Path) -> "Memory":
        """Read what was remembered; nothing where nothing was. Raises OSError or ValueError."""
        memory = cls(folder / FILE)
        try:
            said = json.loads(memory.path.read_text("utf-8"))
        except FileNotFoundError:
            return memory
        memory.first = Place(**said["first"])
        memory.head = said["head"] and Place(**said["head"])
        memory.cuts = [_cut(one) for one in said["cuts"]]
        memory.is_restored = said["restored"]
        return memory

    def was_cut(self, found: Place, now: datetime) -> None:
        """Remember that the chain ends before the last link that was known."""
        if self.head is not None:
            self.cuts.append(Cut(now.isoformat(), self.head, found, self.is_restored))
        self.head = found

    def save(self) -> None:
        """Write it down if it changed, whole or not at all, on disk when this returns."""
        said = self._said()
        if said == self._saved:
            return
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(said)
            file.flush()
            os.fsync(handle)
        draft.replace(self.path)
        self._saved = said

    def _said(self) -> str:
        said = {
            "first": asdict(self.first),
            "head": self.head and asdict(self.head),
            "cuts": [asdict(one) for one in self.cuts],
            "restored": self.is_restored,
        }
        return json.dumps(said) + "\n"


def note_restore(folder: Path) -> None:
    """Remember that a backup was put back: what is missing then is missing for that reason."""
    memory = Memory.load(folder)
    if memory.head is not None:  # else there is nothing that could be missing
        memory.is_restored = True
        memory.save()


def _cut(said: dict[str, Any]) -> Cut:
    places = {name: Place(**said[name]) for name in ("lost", "found")}
    return Cut(**{**said, **places})
