"""Opens words: the one place where their rows and their keys meet."""

from sqlalchemy import ColumnElement, select

from models.case import CaseKey, Story
from models.db import Work
from models.services import erasures
from models.vault import Vault
from models.word_keys import WordKey


def opened(work: Work, vault: Vault, *which: ColumnElement[bool]) -> list[str]:
    """Return the words of these stories, oldest first; what was erased is passed over.

    Raises SealBroken for what is under a key that is not ours, OSError when the disk fails.
    """
    return [vault.story(*one) for one in with_keys(work, vault, *which)]


def with_keys(
    work: Work, vault: Vault, *which: ColumnElement[bool]
) -> list[tuple[bytes, str, bytes]]:
    """Return the same still sealed, each with the key that opens it, wrapped."""
    rows = work.session.execute(
        select(Story.id, Story.at, Story.sealed, CaseKey.key_id, CaseKey.wrapped)
        .outerjoin(CaseKey, CaseKey.story_id == Story.id)
        .where(*which, Story.status == "kept")
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
        (row.sealed, keys[name].key_id, keys[name].wrapped)
        for name, row in zip(names, rows, strict=True)
        if name in keys and name not in gone
    ]
