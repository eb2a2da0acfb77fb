"""Opens words for whoever may hear them: who has the case, or the holder of its receipt.

And the number of somebody to be called, once, for whoever took the call. Staff's reading and
calling is noted and linked into the audit chain before anything is opened.
"""

import hmac
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import and_, or_, select

from flows.policy import SENSITIVE
from models.alert import AlertSource
from models.audit import AuditEntry
from models.case import Case, Story
from models.db import Job, Store, Work
from models.errors import KeeperRefused, SealBroken
from models.points import reached
from models.services import calls, readings
from models.services.stories import VOICE
from models.vault import Vault
from workers.keeper.chain import Chain
from workers.keeper.reading import Told, opened, told, with_keys

ACTOR = Job("keeper")
FRESH = timedelta(seconds=60)
CALL_FRESH = timedelta(minutes=2)  # who calls has the page open before them
Judge = Callable[[Work, AuditEntry], Case | None]
ANSWERS = ("answer", "resolved")
TO_HANDLERS = ("said", "repair")  # and what an organisation answered to a repair request


class Openings:
    """Checks who asks before anything is opened. One entry of the audit opens words once.

    ``begun``: an entry noted before this keeper was there may have been used with the last one.
    """

    def __init__(self, store: Store, vault: Vault, chain: Chain, begun: datetime) -> None:
        self._store = store
        self._vault = vault
        self._chain = chain
        self._begun = begun
        self._lock = Lock()
        self._used: dict[int, datetime] = {}

    def words(self, reading: int, now: datetime) -> list[str]:
        """Return what was said in a case and of its repair, oldest first. Raises KeeperRefused.

        ``reading`` is the row id of a committed entry that says who reads: the trace comes first.
        """

        def opens(work: Work, entry: AuditEntry) -> Case | None:
            return readings.case_opened_by(work, entry, now)

        case_id, _ = self._judge(reading, now, FRESH, opens)
        reached("keeper.before_link")
        self._chain.link(reading, now)
        with self._store.reading(ACTOR) as work:
            return self._opened(work, _told_alike(work, case_id), TO_HANDLERS)

    def conversation(self, reading: int, now: datetime) -> list[Told]:
        """Return all that was said and written in a case, as ``words`` does. Raises KeeperRefused.

        What may still be taken back is among it: who has the case may see what is about to leave.
        """

        def opens(work: Work, entry: AuditEntry) -> Case | None:
            return readings.case_opened_by(work, entry, now)

        case_id, _ = self._judge(reading, now, FRESH, opens)
        reached("keeper.before_link")
        self._chain.link(reading, now)
        with self._store.reading(ACTOR) as work:
            others = and_(
                Story.case_id.in_(_told_alike(work, case_id)), Story.what.in_(TO_HANDLERS)
            )
            theirs = and_(Story.case_id == case_id, Story.what != VOICE)
            return told(work, self._vault, or_(others, theirs), status=("kept", "leaving"))

    def sound(self, reading: int, story: int, now: datetime) -> bytes:
        """Return one sound of a case, for whoever noted that they hear it. Raises KeeperRefused."""

        def opens(work: Work, entry: AuditEntry) -> Case | None:
            return readings.case_opened_by(work, entry, now, story)

        case_id, _ = self._judge(reading, now, FRESH, opens)
        self._chain.link(reading, now)
        with self._store.reading(ACTOR) as work:
            this = (Story.id == story, Story.case_id.in_(_told_alike(work, case_id)))
            found = with_keys(work, self._vault, *this, Story.what == VOICE)
        if not found:
            raise KeeperRefused("no such sound")
        return self._vault.sound(*found[0])

    def number(self, calling: int, now: datetime) -> str:
        """Return the number that somebody shall be called on. Raises KeeperRefused.

        ``calling`` is the row id of a committed entry by whoever took the call.
        """
        _, address = self._judge(calling, now, CALL_FRESH, calls.case_called_by)
        self._chain.link(calling, now)
        try:
            return self._vault.number(address or b"")
        except SealBroken:
            raise KeeperRefused("unreadable") from None

    def answer(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Return the answers given to a case, oldest first. Raises KeeperRefused."""
        short, long = self._vault.digests(contact, receipt)
        with self._store.reading(ACTOR) as work:
            case = work.session.get(Case, case_id)
            if case is None or not (
                _same(short, case.receipt_short) or _same(long, case.receipt_long)
            ):
                raise KeeperRefused("not its receipt")
            return self._opened(work, {case_id, *_joined(work, case_id)}, ANSWERS)

    def _judge(
        self, row: int, now: datetime, fresh: timedelta, opens: Judge
    ) -> tuple[int, bytes | None]:
        """Return the case that an entry opens, with its sealed number; it opens none again."""
        with self._store.reading(ACTOR) as work:
            entry = work.session.get(AuditEntry, row)
            if entry is None or abs(now - entry.at) >= fresh or entry.at < self._begun:
                raise KeeperRefused("no fresh reading")
            case = opens(work, entry)
            if case is None:
                raise KeeperRefused("not theirs")
            self._use(row, now)
            return case.id, case.address

    def _use(self, row: int, now: datetime) -> None:
        with self._lock:
            if row in self._used:
                raise KeeperRefused("used before")
            lately = {one: at for one, at in self._used.items() if now - at < 2 * CALL_FRESH}
            self._used = {**lately, row: now}

    def _opened(self, work: Work, cases: Collection[int], what: Collection[str]) -> list[str]:
        return opened(work, self._vault, Story.case_id.in_(cases), Story.what.in_(what))


def _told_alike(work: Work, case_id: int) -> set[int]:
    """Return a case with those of speakers who told the same event and wait for it."""
    own = select(AlertSource.own_id).where(AlertSource.case_id == case_id)
    waiting = select(Case.id).where(Case.id.in_(own), Case.case_class.not_in(SENSITIVE))
    return {case_id, *work.session.scalars(waiting)}


def _joined(work: Work, case_id: int) -> set[int]:
    """Return the case whose answers are also those of a speaker's own one, if it joined another."""
    return set(
        work.session.scalars(select(AlertSource.case_id).where(AlertSource.own_id == case_id))
    )


def _same(digest: str | None, kept: str | None) -> bool:
    return digest is not None and kept is not None and hmac.compare_digest(digest, kept)
