"""Opens words: the one place where their rows and their keys meet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from models.case import CaseKey, Story
from models.db import Work
from models.services import erasures
from models.vault import Vault
from models.word_keys import WordKey

KEPT = ("kept",)


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """One thing said or written in a case, opened."""

    id: int
    what: str
    by: str
    at: datetime
    status: str
    text: str


def opened(work: Work, vault: Vault, *which: ColumnElement[bool]) -> list[str]:
    """Return the words of these stories, oldest first; what was erased is passed over.

    Raises SealBroken for what is under a key that is not ours, OSError when the disk fails.
    """
    return [vault.story(*one) for one in with_keys(work, vault, *which)]


def told(
    work: Work, vault: Vault, *which: ColumnElement[bool], status: Collection[str]
) -> list[Told]:
    """Return the same with who wrote it and when, in any of these states."""
    rows = _keyed(work, vault, *which, status=status)
    return [
        Told(row.id, row.what, row.by, row.at, row.status, vault.story(*under))
        for row, under in rows
    ]


def with_keys(
    work: Work, vault: Vault, *which: ColumnElement[bool]
) -> list[tuple[bytes, str, bytes]]:
    """Return the same still sealed, each with the key that opens it, wrapped."""
    return [under for _, under in _keyed(work, vault, *which, status=KEPT)]


def _keyed(
    work: Work, vault: Vault, *which: ColumnElement[bool], status: Collection[str]
) -> list[tuple[Row[*tuple[Any, ...]], tuple[bytes, str, bytes]]]:
    said = select(Story.id, Story.at, Story.sealed, Story.what, Story.by, Story.status)
    rows = work.session.execute(
        said.add_columns(CaseKey.key_id, CaseKey.wrapped)
        .outerjoin(CaseKey, CaseKey.story_id == Story.id)
        .where(*which, Story.status.in_(status))
        .order_by(Story.at, Story.id)
    ).all()
    names = [erasures.name(row.id, row.at) for row in rows]
    # Whoever erased waits for nobody: from the commit on the words are closed.
    gone = erasures.pending(work, names)
    keys = vault.words.find(names)
    for name, row in zip(names, rows, strict=True):
        if row.wrapped is not None:  # not collected yet
            keys[name] = WordKey(name, row.key_id, row.wrapped)
    return [
        (row, (row.sealed, keys[name].key_id, keys[name].wrapped))
        for name, row in zip(names, rows, strict=True)
        if name in keys and name not in gone
    ]
