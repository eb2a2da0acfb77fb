"""Opens words for whoever may hear them: who has the case, or the holder of its receipt.

And the number of somebody to be called, once, for whoever took the call. Staff's reading and
calling is noted and linked into the audit chain before anything is opened.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from sqlalchemy import ColumnElement, and_, literal, or_, select

from flows.policy import SENSITIVE
from models.alert import AlertSource
from models.audit import AuditEntry
from models.case import Case, Story
from models.db import Job, Store, Work
from models.errors import KeeperRefused, SealBroken
from models.person import Person
from models.points import reached
from models.services import calls, readings
from models.services.questions import ASKED, QUESTION, REPLIED
from models.services.stories import VOICE
from models.vault import Vault
from workers.keeper.chain import Chain
from workers.keeper.reading import Told, opened, told, with_keys

ACTOR = Job("keeper")
FRESH = timedelta(seconds=60)
CALL_FRESH = timedelta(minutes=2)  # who calls has the page open before them
Judge = Callable[[Work, AuditEntry, Person], Case | None]
ANSWERS = ("answer", "resolved")
SHOWN = ("kept", "leaving", ASKED, REPLIED)  # all but what was taken back
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
        opens = partial(readings.case_opened_by, now=now)
        with self._allowed(reading, now, FRESH, opens) as (work, case):
            return opened(work, self._vault, _told_alike(case), Story.what.in_(TO_HANDLERS))

    def conversation(self, reading: int, now: datetime) -> list[Told]:
        """Return all that was said and written in a case, as ``words`` does. Raises KeeperRefused.

        What may still be taken back is among it: who has the case may see what is about to leave.
        """
        opens = partial(readings.case_opened_by, now=now)
        with self._allowed(reading, now, FRESH, opens) as (work, case):
            others = and_(_told_alike(case), Story.what.in_(TO_HANDLERS))
            theirs = and_(Story.case_id == case.id, Story.what != VOICE)
            return told(work, self._vault, or_(others, theirs), status=SHOWN)

    def sound(self, reading: int, story: int, now: datetime) -> bytes:
        """Return one sound of a case, for whoever noted that they hear it. Raises KeeperRefused."""
        opens = partial(readings.case_opened_by, now=now, sound=story)
        with self._allowed(reading, now, FRESH, opens) as (work, case):
            this = (Story.id == story, _told_alike(case), Story.what == VOICE)
            found = with_keys(work, self._vault, *this)
        if not found:
            raise KeeperRefused("no such sound")
        return self._vault.sound(*found[0])

    def number(self, calling: int, now: datetime) -> str:
        """Return the number that somebody shall be called on. Raises KeeperRefused.

        ``calling`` is the row id of a committed entry by whoever took the call.
        """
        with self._allowed(calling, now, CALL_FRESH, calls.case_called_by) as (_, case):
            try:
                return self._vault.number(case.address or b"")
            except SealBroken:
                raise KeeperRefused("unreadable") from None

    def answer(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Return the answers given to a case, oldest first. Raises KeeperRefused."""
        with self._behind(case_id, contact, receipt) as work:
            theirs = Story.case_id.in_({case_id, *_joined(work, case_id)})
            return opened(work, self._vault, theirs, Story.what.in_(ANSWERS))

    def question(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Return the question that waits for the speaker of a case. Raises KeeperRefused."""
        with self._behind(case_id, contact, receipt) as work:
            asked = (Story.case_id == case_id, Story.what == QUESTION)
            return [one.text for one in told(work, self._vault, *asked, status=(ASKED,))]

    @contextmanager
    def _behind(self, case_id: int, contact: str | None, receipt: str) -> Iterator[Work]:
        """Lend a work to whoever holds the receipt of a case. Raises KeeperRefused."""
        short, long = self._vault.digests(contact, receipt)
        with self._store.reading(ACTOR) as work:
            case = work.session.get(Case, case_id)
            if case is None or not (
                _same(short, case.receipt_short) or _same(long, case.receipt_long)
            ):
                raise KeeperRefused("not its receipt")
            yield work

    @contextmanager
    def _allowed(
        self, row: int, now: datetime, fresh: timedelta, opens: Judge
    ) -> Iterator[tuple[Work, Case]]:
        """Link a fresh entry, then lend the case that it opens and a work; it opens none again."""
        reached("keeper.before_link")
        self._chain.link(row, now, max(self._begun, now - fresh))
        with self._store.reading(ACTOR) as work:
            entry, person = readings.noted(work, row) or (None, None)
            if entry is None or abs(now - entry.at) >= fresh or entry.at < self._begun:
                raise KeeperRefused("no fresh reading")
            case = None if person is None else opens(work, entry, person)
            if case is None:
                raise KeeperRefused("not theirs")
            self._use(row, now)
            yield work, case

    def _use(self, row: int, now: datetime) -> None:
        with self._lock:
            if row in self._used:
                raise KeeperRefused("used before")
            lately = {one: at for one, at in self._used.items() if now - at < 2 * CALL_FRESH}
            self._used = {**lately, row: now}


def _told_alike(case: Case) -> ColumnElement[bool]:
    """Return what holds of words of a case, or of speakers who told its event and wait for it."""
    own = select(AlertSource.own_id).where(AlertSource.case_id == case.id)
    waiting = select(Case.id).where(Case.id.in_(own), Case.case_class.not_in(SENSITIVE))
    return Story.case_id.in_(select(literal(case.id)).union_all(waiting))


def _joined(work: Work, case_id: int) -> set[int]:
    """Return the case whose answers are also those of a speaker's own one, if it joined another."""
    return set(
        work.session.scalars(select(AlertSource.case_id).where(AlertSource.own_id == case_id))
    )


def _same(digest: str | None, kept: str | None) -> bool:
    return digest is not None and kept is not None and hmac.compare_digest(digest, kept)
