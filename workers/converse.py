"""Drains the inbox: each SMS through its conversation, in order, safe to run twice.

Several messages share one unit of work, because a commit costs more than most answers. When one of
them fails, all is undone and each is answered again by itself (docs/decisions/0024).
"""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import OperationalError

from models.db import Job, Store, Work, is_contended
from models.errors import KeeperAway
from models.inbound import InboundMessage
from models.points import reached
from models.services import inbox
from models.services.conversing import Conversing
from models.services.dialogues import TakenMeanwhile
from models.services.inbox import Claim
from models.services.sms import SmsDialogues

log = logging.getLogger(__name__)

ACTOR = Job("converse")
TOGETHER = 16  # messages of one unit of work
HOLD_S = 0.15  # and no longer than this: others wait for what it has locked
PATIENCE_S = 1.5  # what was not looked at by then is given back, before its lease ends
QUICK_S = 1.0  # a whole claim answered sooner shows that more can be taken at once
RUN_S = 30.0  # of one run, so that it never holds its worker for ever


class _Batch:
    """What one claim took and is still to be answered, and what is to be given back."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.left = list(claims)
        self.back = list[Claim]()

    def done(self, claims: Sequence[Claim]) -> None:
        self.left = [one for one in self.left if one not in claims]

    def stay(self, claim: Claim) -> None:
        """Let no later message of this contact pass the one that stays unanswered."""
        self.done([claim])
        later = [one for one in self.left if one.contact == claim.contact]
        self.back += later
        self.done(later)


class Converser:
    """Answers what waits in the inbox. Built once a process."""

    def __init__(self, conversing: Conversing, clock: Callable[[], datetime]) -> None:
        self._store: Store = conversing.store
        self._sms = SmsDialogues(conversing)
        self._clock = clock

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """Handle due messages until none is left, and return how many had their effect."""
        handled, limit, end = 0, inbox.AT_ONCE, time.monotonic() + RUN_S
        while going() and (begun := time.monotonic()) < end:
            with self._store.work(ACTOR) as work:
                claims = inbox.claim(work, self._clock(), limit)
            if not claims:
                break
            reached("worker.claimed")
            done = self._handle(_Batch(claims), going)
            quick = done == limit and time.monotonic() < begun + QUICK_S
            limit = inbox.MOST_AT_ONCE if quick else inbox.AT_ONCE
            handled += done
        self._bury()
        return handled

    def _handle(self, batch: _Batch, going: Callable[[], bool]) -> int:
        handled, together, end = 0, TOGETHER, time.monotonic() + PATIENCE_S
        while batch.left and going() and time.monotonic() < end:
            answered = self._answer(batch, batch.left[:together])
            handled += answered
            together = min(TOGETHER, 1 + 2 * answered)  # of the slow ones few are read in vain
        if batch.left or batch.back:
            with self._store.work(ACTOR) as work:
                inbox.release(work, [*batch.left, *batch.back], self._clock())
        return handled

    def _answer(self, batch: _Batch, some: Sequence[Claim]) -> int:
        """Answer some messages together, or each alone if that fails; return how many were."""
        answered = self._attempt(batch, some)
        if not isinstance(answered, Exception):
            batch.done(answered)
            return len(answered)
        if isinstance(answered, OperationalError) and not is_contended(answered):
            raise answered  # the database is away: no fault of any message
        if len(some) > 1:
            return sum(self._answer(batch, [one]) for one in some if one in batch.left)
        self._wait(batch, some[0], answered)
        return 0

    def _attempt(self, batch: _Batch, some: Sequence[Claim]) -> list[Claim] | Exception:
        """Answer some messages in one unit of work; return them, or why none of them was."""
        answered, began = list[Claim](), time.monotonic()
        try:
            with self._store.work(ACTOR) as work:
                rows = inbox.held(work, some)
                for one in (one for one in some if one.row not in rows):
                    batch.stay(one)  # another has it now, and whatever stands behind it
                with self._sms.together(work, list(rows.values()), self._clock) as together:
                    for one in (one for one in some if one in batch.left):
                        if not answered or time.monotonic() < began + HOLD_S:
                            together.answer(rows[one.row])
                            answered.append(one)
                self._settle(work, [rows[one.row] for one in answered])
            reached("worker.committed")
        except Exception as error:  # noqa: BLE001 it may keep no other from being answered
            return error
        return answered

    def _wait(self, batch: _Batch, claim: Claim, error: Exception) -> None:
        batch.stay(claim)
        waits = isinstance(error, (KeeperAway, TakenMeanwhile, OperationalError))
        facts = {"row": claim.row, "tries": claim.tries}
        if waits:
            log.info("inbound waits", extra=facts | {"reason": type(error).__name__})
        else:
            log.error("inbound failed", extra=facts, exc_info=error)
        with self._store.work(ACTOR) as work:
            (inbox.put_back if waits else inbox.failed)(work, claim, self._clock())

    def _settle(self, work: Work, rows: Sequence[InboundMessage]) -> None:
        inbox.settle(work, rows, self._clock())
        work.session.flush()
        reached("worker.before_commit")

    def _bury(self) -> None:
        with self._store.work(ACTOR) as work:
            for row_id in inbox.bury(work, self._clock()):
                log.error("dead letter", extra={"row": row_id})
