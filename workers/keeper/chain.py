"""Links what was noted into one chain: whoever changes, removes or adds an entry breaks it.

Each link's mac is a keyed digest of the mac before and of the entry; only the keeper has the key.
The keeper also remembers the last link in its own folder (chain_memory.py), so that nobody can cut
the end off either.
"""

import hmac
import json
import logging
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from threading import Lock
from typing import Any

import nacl.utils
from sqlalchemy import Row, Select, delete, exists, func, insert, select, true
from sqlalchemy.exc import IntegrityError

from models.audit import AuditEntry, AuditLink
from models.base import Base
from models.db import Job, Store, Work
from models.points import reached
from models.services import watching
from models.strongbox import Strongbox
from workers.keeper.chain_memory import Memory, Place

ACTOR = Job("keeper")
KEY, KEY_BYTES = "audit.key", 32
YEARS = 5
LATE = 1000  # so many entries may be committed before one that took its id earlier
AT_ONCE = 500
TRIES = 20
APART_MS = 20

# Plain rows: objects of the tables would cost whoever waits for words twice the time.
_ENTRIES, _LINKS = Base.metadata.tables["audit_entry"], Base.metadata.tables["audit_link"]
_UNLINKED = select(_ENTRIES).where(~exists().where(_LINKS.c.entry_id == _ENTRIES.c.id))
_PLACE = (_LINKS.c.position, _LINKS.c.mac, _LINKS.c.entry_id)
_NEWEST = select(*_PLACE).order_by(_LINKS.c.position.desc()).limit(1)
_LAST = _NEWEST.subquery("last")

log = logging.getLogger(__name__)


def audit_key(box: Strongbox) -> bytes:
    """Return the key of the chain, made when it is first asked for; it is never changed."""
    box.keep(KEY, nacl.utils.random(KEY_BYTES))
    return box.read(KEY)


def mac(key: bytes, before: str, position: int, entry: AuditEntry | Row[Any]) -> str:
    """Return the mac of an entry at its position, after the mac ``before``."""
    about = (entry.actor, entry.act, entry.about, entry.row_id, entry.number, entry.reason)
    said = (position, entry.id, entry.at.isoformat(), *about, entry.details)
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, f"{before}\n{canonical}".encode(), sha256).hexdigest()


class Chain:
    """Adds links. There is one keeper; of two that link at once, one has to do it again."""

    def __init__(self, store: Store, key: bytes, memory: Memory) -> None:
        self._store = store
        self._key = key
        self._memory = memory
        self._lock = Lock()
        self._told: int | None = None

    @classmethod
    def load(cls, store: Store, box: Strongbox) -> "Chain":
        """Read key and memory in the keeper's folder. Raises OSError, KeysLocked or ValueError."""
        return cls(store, audit_key(box), Memory.load(box.folder))

    def link(self, entry_id: int, now: datetime, since: datetime | None = None) -> None:
        """Let a committed entry have its link, committed too when this returns.

        One noted before ``since`` waits for the next round.
        """
        wanted = _UNLINKED.where(_ENTRIES.c.id == entry_id)
        self._add(wanted if since is None else wanted.where(_ENTRIES.c.at >= since), now)

    def catch_up(self, now: datetime, *, whole: bool = False) -> None:
        """Link what was noted since; ``whole`` looks at every entry there ever was."""
        added = AT_ONCE
        while added == AT_ONCE:
            # Most rounds find nothing, and then nobody who writes shall wait for them.
            with self._store.reading(ACTOR) as work:
                last = _newest(work) or self._memory.first
                news = _UNLINKED.where(_ENTRIES.c.id > (0 if whole else last.entry - LATE))
                if last == self._memory.head and work.session.scalar(news.limit(1)) is None:
                    return
            added = self._add(news, now)

    def remember(self) -> None:
        """Write down where the chain ends, for whoever looks later. Raises OSError."""
        with self._lock:
            self._memory.save()

    def head(self) -> Place:
        """Return the last link."""
        return self._memory.head or self._memory.first

    def tell(self) -> None:
        """Say where everybody on duty looks how often its end was gone, but by a restore."""
        count = sum(not one.restored for one in self._memory.cuts)
        if count != self._told:  # most rounds have no news: then nobody who writes waits for them
            with self._store.work(ACTOR) as work:
                watching.note_cuts(work, count)
            self._told = count

    def forget(self, now: datetime) -> None:
        """Remove the entries of more than five years, from the beginning of the chain on."""
        with self._lock, self._store.work(ACTOR) as work:
            last = _last_over(work, now)
            if last is None:
                return
            self._memory.first = last
            self._memory.save()  # before: what goes now must not look as if it were cut off
            _remove(work, last)

    def _add(self, wanted: Select[Any], now: datetime) -> int:
        for left in reversed(range(TRIES)):
            try:
                with self._lock:
                    return self._added(wanted, now)
            except IntegrityError:
                if not left:
                    raise
                time.sleep(secrets.randbelow(APART_MS) / 1000)  # else the two meet again
        return 0

    def _added(self, wanted: Select[Any], now: datetime) -> int:
        with self._store.work(ACTOR) as work:
            # Each with the last link, or none: whoever waits for words waits for each question.
            asked = wanted.add_columns(*_LAST.c).outerjoin_from(_ENTRIES, _LAST, true())
            entries = work.session.execute(asked.order_by(_ENTRIES.c.id).limit(AT_ONCE)).all()
            last = self._last(work, _newest_of(entries) if entries else _newest(work), now)
            links = []
            for entry in entries:
                position = last.position + 1
                last = Place(position, mac(self._key, last.mac, position, entry), entry.id)
                links.append({"position": position, "entry_id": entry.id, "mac": last.mac})
            if links:
                work.session.execute(insert(_LINKS), links)
        reached("keeper.linked")
        self._memory.head = last
        return len(entries)

    def _last(self, work: Work, newest: Place | None, now: datetime) -> Place:
        """Return what the next link follows; where the end is gone, that is remembered for ever."""
        last, known = newest or self._memory.first, self._memory.head
        begun = known is None or known.position <= self._memory.first.position
        if known is not None and last != known and not (begun or _holds(work, known)):
            log.error("audit chain cut", extra={"count": known.position - last.position})
            self._memory.was_cut(last, now)
            with suppress(OSError):  # then with the next round
                self._memory.save()
        self._memory.is_restored = False
        return last


def years_ago(now: datetime) -> datetime:
    """Return the time before which entries are over their five years."""
    try:
        return now.replace(year=now.year - YEARS)
    except ValueError:  # the 29th of February
        return now.replace(year=now.year - YEARS, day=28)


def _newest(work: Work) -> Place | None:
    row = work.session.execute(_NEWEST).one_or_none()
    return None if row is None else Place(*row)


def _newest_of(entries: Sequence[Row[Any]]) -> Place | None:
    """Return the last link as it stands beside entries that were asked for with it."""
    one = entries[0]
    return None if one.position is None else Place(one.position, one.mac, one.entry_id)


def _holds(work: Work, known: Place) -> bool:
    """Tell whether a link that was known is still in its place, or was when its time was over."""
    link = work.session.get(AuditLink, known.position)
    return link is not None and (link.mac, link.entry_id) == (known.mac, known.entry)


def _last_over(work: Work, now: datetime) -> Place | None:
    """Return the last link of those at the beginning that are over their time."""
    until = years_ago(now)
    if work.session.scalar(select(AuditEntry.id).where(AuditEntry.at <= until).limit(1)) is None:
        return None
    joined = select(func.min(AuditLink.position)).join(
        AuditEntry, AuditEntry.id == AuditLink.entry_id
    )
    young = work.session.scalar(joined.where(AuditEntry.at > until))
    over = select(AuditLink).order_by(AuditLink.position.desc()).limit(1)
    if young is not None:
        over = over.where(AuditLink.position < young)
    link = work.session.scalar(over)
    return None if link is None else Place(link.position, link.mac, link.entry_id)


def _remove(work: Work, last: Place) -> None:
    over = AuditLink.position <= last.position
    entries = work.session.scalars(select(AuditLink.entry_id).where(over)).all()
    work.session.execute(delete(AuditLink).where(over))
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        work.session.execute(delete(AuditEntry).where(AuditEntry.id.in_(some)))
