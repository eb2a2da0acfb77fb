"""Files for the directory, brought by the console: looked at first, and taken in all at once.

What a file would change is found by taking it in and taking it back: exactly that will happen.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from models.db import Work
from models.errors import NotFound, StoreError
from models.paperwork import ImportDraft
from models.services.audit import Mark, note
from models.services.directory import DirectoryRefused, staying_open
from models.services.exchange import READERS, WRITERS

# What tells one row of a kind from another: its first columns.
KEYS: Mapping[str, tuple[str, ...]] = {
    "areas": ("id",),
    "facilities": ("id",),
    "organisations": ("id",),
    "coverage": ("organisation", "sector", "role", "area_pcode", "since"),
    "means": ("facility", "rank"),
}
SHOWN = 60  # changes told one by one
_UNTIL = "until"

Key = tuple[str, ...]
Table = dict[Key, Mapping[str, str]]
What = Literal["added", "changed", "ended"]


class DirectoryMoved(StoreError):
    """The directory is no more what it was when its changes were shown; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that becomes another: each cell that changes, as it was and as it will be."""

    what: What
    key: Key
    cells: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a file would do. ``mistakes``: why it cannot; ``mark`` names exactly these changes."""

    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    shown: tuple[Change, ...] = ()
    mark: str = ""
    mistakes: tuple[str, ...] = ()


def bring(work: Work, kind: str, body: str, account_id: int, now: datetime) -> ImportDraft:
    """Keep a file as it came; ``kind`` is a key of KEYS."""
    draft = ImportDraft(kind=kind, body=body, account_id=account_id, asked_at=now)
    work.session.add(draft)
    work.session.flush()
    return draft


def draft(work: Work, draft_id: int, account_id: int) -> ImportDraft:
    """Return a file that this account brought. Raises NotFound."""
    mine = (ImportDraft.id == draft_id, ImportDraft.account_id == account_id)
    found = work.session.scalar(select(ImportDraft).where(*mine).with_for_update())
    if found is None:
        raise NotFound(f"no file {draft_id}")
    return found


def look(work: Work, one: ImportDraft) -> Outlook:
    """Return what a file would do, and leave everything as it is."""
    step = work.session.begin_nested()
    try:
        return _take(work, one)
    except DirectoryRefused as refused:
        return Outlook(mistakes=tuple(refused.mistakes))
    finally:
        step.rollback()


def take(work: Work, one: ImportDraft, mark: str, now: datetime) -> Outlook | None:
    """Take a file in as it was shown, all of it; None when that was done before.

    Raises DirectoryMoved, and DirectoryRefused, and then nothing is changed.
    """
    if one.applied_at is not None:
        return None
    with work.session.begin_nested():
        outlook = _take(work, one)
        if outlook.mark != mark:
            raise DirectoryMoved(one.kind)
        details = {"rows": outlook.rows, **outlook.counts}
        note(work, Mark("import", "directory", one.id, reason=one.kind, details=details), now)
        one.applied_at = now
    return outlook


def _take(work: Work, one: ImportDraft) -> Outlook:
    before = _table(work, one.kind)
    with staying_open(work):
        rows = READERS[one.kind](work, one.body)
    return _compared(rows, before, _table(work, one.kind))


def _table(work: Work, kind: str) -> Table:
    header, _tags, *rows = csv.reader(io.StringIO(WRITERS[kind](work)))
    at = [header.index(name) for name in KEYS[kind]]
    return {tuple(row[place] for place in at): dict(zip(header, row, strict=True)) for row in rows}


def _compared(rows: int, before: Table, after: Table) -> Outlook:
    changes = [
        _change(key, before.get(key, {}), after.get(key, {}))
        for key in {**after, **before}
        if before.get(key) != after.get(key)
    ]
    counts = {what: sum(one.what == what for one in changes) for what in ("added", "changed")}
    counts["ended"] = len(changes) - sum(counts.values())
    return Outlook(rows, counts, tuple(changes[:SHOWN]), _mark(changes))


def _change(key: Key, before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    cells = tuple(
        (name, before.get(name, ""), after.get(name, ""))
        for name in after or before
        if before.get(name, "") != after.get(name, "")
    )
    what: What = "changed"
    if not before:
        what = "added"
    elif not after or _ends(before, after):
        what = "ended"
    return Change(what, key, cells)


def _ends(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return bool(after.get(_UNTIL)) and not before.get(_UNTIL)


def _mark(changes: Sequence[Change]) -> str:
    return hashlib.sha256(repr(sorted(map(repr, changes))).encode()).hexdigest()
