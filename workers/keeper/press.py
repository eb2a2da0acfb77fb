"""Publishes the figures of each period that is over. Here, because here alone is the key.

Nobody can ask for a cell: the door has no such request, so whoever holds the web host learns of a
rounding what everybody reads.
"""

import logging
from collections.abc import Callable
from datetime import datetime

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
        """Publish all that is due, one period in one unit of work; return how many tables."""
        count, more = 0, True
        while more:
            with self._store.work(ACTOR) as work:
                more = bool(done := figures.publish(work, self._vault.choice, now))
            count += done
        if count:
            log.info("figures published", extra={"count": count})
        return count

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go until ``going`` says no."""
        while going():
            self.go(clock())
            wait(EVERY_S)
