"""Drains the inbox: each SMS through its conversation, in order, safe to run twice."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import OperationalError

from models.db import Job, Store, Work, is_contended
from models.errors import KeeperAway
from models.points import reached
from models.services import inbox
from models.services.conversing import Conversing
from models.services.dialogues import TakenMeanwhile
from models.services.inbox import Claim
from models.services.sms import SmsDialogues

log = logging.getLogger(__name__)

ACTOR = Job("converse")
BATCH = 200  # rows a run, so that one run never holds its worker for ever

Settle = Callable[[Work, Claim, datetime], None]


class Converser:
    """Answers what waits in the inbox. Built once a process."""

    def __init__(self, conversing: Conversing, clock: Callable[[], datetime]) -> None:
        self._store: Store = conversing.store
        self._sms = SmsDialogues(conversing)
        self._clock = clock

    def drain(self) -> int:
        """Handle due messages until none is left, and return how many had their effect."""
        handled = 0
        for _ in range(BATCH):
            with self._store.work(ACTOR) as work:
                claimed = inbox.claim_next(work, self._clock())
            if claimed is None:
                break
            reached("worker.claimed")
            handled += self._handle(claimed)
        self._bury()
        return handled

    def _handle(self, claim: Claim) -> int:
        now = self._clock()
        try:
            with self._store.work(ACTOR) as work:
                row = inbox.held(work, claim)
                if row is None:
                    return 0
                self._sms.answer(work, row, now)
                inbox.settle(row, now)
                work.session.flush()
                reached("worker.before_commit")
            reached("worker.committed")
        except (KeeperAway, TakenMeanwhile, OperationalError) as wait:
            if isinstance(wait, OperationalError) and not is_contended(wait):
                raise  # the database is away: no fault of this message
            log.info("inbound waits", extra={"row": claim.row, "reason": type(wait).__name__})
            self._later(inbox.put_back, claim, now)
            return 0
        except Exception:
            # Whatever it is, it may not keep the messages of others from being answered.
            log.exception("inbound failed", extra={"row": claim.row, "tries": claim.tries})
            self._later(inbox.failed, claim, now)
            return 0
        return 1

    def _later(self, settle: Settle, claim: Claim, now: datetime) -> None:
        with self._store.work(ACTOR) as work:
            settle(work, claim, now)

    def _bury(self) -> None:
        with self._store.work(ACTOR) as work:
            for row_id in inbox.bury(work, self._clock()):
                log.error("dead letter", extra={"row": row_id})
