"""Drains the inbox: each SMS through its conversation, in order, safe to run twice."""

import logging
from collections.abc import Callable
from datetime import datetime

from models.db import Job, Store
from models.errors import KeeperAway
from models.inbound import InboundMessage
from models.services import inbox
from models.services.conversing import Conversing
from models.services.dialogues import TakenMeanwhile
from models.services.sms import SmsDialogues

log = logging.getLogger(__name__)

ACTOR = Job("converse")
BATCH = 200  # rows a run, so that one run never holds its worker for ever


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
            handled += self._handle(claimed)
        self._bury()
        return handled

    def _handle(self, row_id: int) -> int:
        now = self._clock()
        try:
            with self._store.work(ACTOR) as work:
                row = work.session.get_one(InboundMessage, row_id)
                self._sms.answer(work, row, now)
                inbox.settle(row, now)
        except (KeeperAway, TakenMeanwhile) as wait:
            log.info("inbound waits", extra={"row": row_id, "reason": type(wait).__name__})
            with self._store.work(ACTOR) as work:
                inbox.put_back(work, row_id, now)
            return 0
        return 1

    def _bury(self) -> None:
        with self._store.work(ACTOR) as work:
            for row_id in inbox.bury(work, self._clock()):
                log.error("dead letter", extra={"row": row_id})
