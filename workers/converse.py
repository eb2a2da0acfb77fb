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
HOLD_S = 0.05  # and no longer than this: others wait for what it has locked
PATIENCE_S = 1.5  # what was not looked at by then is given back, before its lease ends
RUN_S = 30.0  # of one run, so that it never holds its worker for ever

Settle = Callable[[Work, Claim, datetime], None]


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
        handled, end = 0, time.monotonic() + RUN_S
        while going() and time.monotonic() < end:
            with self._store.work(ACTOR) as work:
                claims = inbox.claim(work, self._clock())
            if not claims:
                break
            reached("worker.claimed")
            handled += self._handle(_Batch(claims), going)
        self._bury()
        return handled

    def _handle(self, batch: _Batch, going: Callable[[], bool]) -> int:
        handled, end = 0, time.monotonic() + PATIENCE_S
        while batch.left and going() and time.monotonic() < end:
            some = batch.left[:TOGETHER]
            answered = self._together(batch, some) if len(some) > 1 else None
            if answered is None:
                answered = sum(self._alone(batch, one) for one in some if one in batch.left)
            handled += answered
        if batch.left or batch.back:
            with self._store.work(ACTOR) as work:
                for one in (*batch.left, *batch.back):
                    inbox.release(work, one, self._clock())
        return handled

    def _together(self, batch: _Batch, some: Sequence[Claim]) -> int | None:
        """Answer some messages in one unit of work; None, and nothing done, if that failed."""
        answered, began = list[Claim](), time.monotonic()
        try:
            with self._store.work(ACTOR) as work:
                rows = inbox.held(work, some)
                lost = [one for one in some if one.row not in rows]
                for one in lost:
                    batch.stay(one)
                for one in (one for one in some if one in batch.left):
                    if not answered or time.monotonic() < began + HOLD_S:
                        self._sms.answer(work, rows[one.row], self._clock())
                        answered.append(one)
                self._settle(work, [rows[one.row] for one in answered])
            reached("worker.committed")
        except Exception as error:  # noqa: BLE001 it is met again where it is answered alone
            _raise_if_away(error)
            return None
        batch.done(answered)
        return len(answered)

    def _alone(self, batch: _Batch, claim: Claim) -> int:
        try:
            with self._store.work(ACTOR) as work:
                row = inbox.held(work, [claim]).get(claim.row)
                if row is not None:
                    self._sms.answer(work, row, self._clock())
                    self._settle(work, [row])
            reached("worker.committed")
        except (KeeperAway, TakenMeanwhile, OperationalError) as wait:
            _raise_if_away(wait)
            log.info("inbound waits", extra={"row": claim.row, "reason": type(wait).__name__})
            self._later(batch, inbox.put_back, claim)
            return 0
        except Exception:
            # Whatever it is, it may not keep the messages of others from being answered.
            log.exception("inbound failed", extra={"row": claim.row, "tries": claim.tries})
            self._later(batch, inbox.failed, claim)
            return 0
        if row is None:
            batch.stay(claim)  # another has it now, and whatever stands behind it
            return 0
        batch.done([claim])
        return 1

    def _settle(self, work: Work, rows: Sequence[InboundMessage]) -> None:
        inbox.settle(work, rows, self._clock())
        work.session.flush()
        reached("worker.before_commit")

    def _later(self, batch: _Batch, settle: Settle, claim: Claim) -> None:
        batch.stay(claim)
        with self._store.work(ACTOR) as work:
            settle(work, claim, self._clock())

    def _bury(self) -> None:
        with self._store.work(ACTOR) as work:
            for row_id in inbox.bury(work, self._clock()):
                log.error("dead letter", extra={"row": row_id})


def _raise_if_away(error: Exception) -> None:
    """Go no further where the database is away, which is no fault of any message."""
    if isinstance(error, OperationalError) and not is_contended(error):
        raise error
