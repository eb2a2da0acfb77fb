"""Takes the keys of words out of the database, into the keeper's own store."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from models.case import CaseKey, Story
from models.db import Job, Store, Work
from models.errors import SealBroken
from models.points import reached
from models.services import erasures
from models.vault import Vault
from models.word_keys import AT_ONCE, WordKey

ACTOR = Job("keeper")

log = logging.getLogger(__name__)

_Rows = Sequence[Row[tuple[int, datetime, str, bytes]]]


class Collector:
    """Re-wraps each key under the class key, keeps it, and deletes its row.

    What is left of the row in a log or an old backup of the database is under the pair of its day,
    whose private half is destroyed after seven days.
    """

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._broken = 0

    def go(self) -> int:
        """Collect all there is; return how many. After a kill some are collected twice."""
        count = broken = last = 0
        is_more = self._is_any()
        while is_more:
            with self._store.work(ACTOR) as work:
                rows = _locked(work, last)
                kept = self._keep(work, rows)
            reached("keeper.collected")
            count, broken = count + kept, broken + len(rows) - kept
            last, is_more = (rows[-1].story_id if rows else 0), len(rows) == AT_ONCE
        self._say(broken)
        return count

    def _keep(self, work: Work, rows: _Rows) -> int:
        # Locked first, kept second, deleted last: whoever erases meanwhile waits for this commit,
        # and notes it after, so that no key outlives its erasure here.
        keys = dict(self._rewrapped(rows))
        self._vault.words.put(keys.values())
        reached("keeper.keys_kept")
        work.session.execute(delete(CaseKey).where(CaseKey.story_id.in_(keys)))
        return len(keys)

    def _rewrapped(self, rows: _Rows) -> Iterator[tuple[int, WordKey]]:
        for row in rows:
            try:
                key_id, wrapped = self._vault.rewrapped(row.key_id, row.wrapped)
            except SealBroken:
                continue  # it stays where it is: its key may only be missing here
            yield row.story_id, WordKey(erasures.name(row.story_id, row.at), key_id, wrapped)

    def _is_any(self) -> bool:
        with self._store.reading(ACTOR) as work:
            return work.session.scalar(select(CaseKey.story_id).limit(1)) is not None

    def _say(self, broken: int) -> None:
        if broken > self._broken:
            log.error("sealed under a key we do not hold", extra={"count": broken})
        self._broken = broken


def _locked(work: Work, after: int) -> _Rows:
    asked: Any = (
        select(CaseKey.story_id, Story.at, CaseKey.key_id, CaseKey.wrapped)
        .join(Story, Story.id == CaseKey.story_id)
        .where(CaseKey.story_id > after)
        .order_by(CaseKey.story_id)
        .limit(AT_ONCE)
        .with_for_update(of=CaseKey, skip_locked=True)
    )
    return work.session.execute(asked).all()
