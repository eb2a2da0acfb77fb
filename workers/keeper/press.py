"""Publishes the figures of each period that is over. Here, because here alone is the key.

Nobody can ask for a cell: the door has no such request, so whoever holds the web host learns of a
rounding what everybody reads.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import OperationalError

from models.db import Job, Store
from models.services import figures
from models.vault import Vault

ACTOR = Job("figures")
EVERY_S = 600.0

log = logging.getLogger(__name__)


class Press:
    """Looks every ten minutes whether a table is due."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault

    def go(self, now: datetime) -> int:
        """Publish all that is due, period by period; return how many tables."""
        count = 0
        while tables := self._due(now):
            with self._store.work(ACTOR) as work:
                count += figures.freeze(work, tables, now)
        if count:
            log.info("figures published", extra={"count": count})
        return count

    def _due(self, now: datetime) -> list[figures.Table]:
        # A month of a large programme is counted for seconds, in which nobody waits for us.
        with self._store.reading(ACTOR) as work:
            return figures.compose(work, self._vault.choice, now)

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go until ``going`` says no. A fault here may not stop whoever names and sends."""
        while going():
            try:
                self.go(clock())
            except OperationalError:
                raise  # the database is away: outlast waits for it
            except Exception:
                log.exception("figures wait")
            wait(EVERY_S)
