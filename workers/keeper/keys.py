"""The keeper's rounds: daily keys renewed, late names filled in, early reports matched."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from models.db import Job, Store
from models.services import messages, reports, waiting
from models.services.waiting import Filled
from models.vault import Vault, renew_transit
from workers.keeper.watch import Watch

ACTOR = Job("keeper")
ROUND_S = 2.0
FORGET_EVERY = timedelta(minutes=10)

log = logging.getLogger(__name__)


class Rounds:
    """What the keeper does every other second beside sending and answering."""

    def __init__(self, store: Store, vault: Vault, keys: Path, watch: Watch) -> None:
        self._store = store
        self._vault = vault
        self._keys = keys
        self._watch = watch
        self._forgot_at: datetime | None = None
        self._broken = 0
        self._alarmed = False

    def go(self, now: datetime) -> None:
        """Do one round. Doing it twice is harmless."""
        renew_transit(self._keys, now)
        filled = self.name()
        with self._store.work(ACTOR) as work:
            reports.match_early(work, now)
            self._watch.look(work, now)
        self._alarm(filled.broken)
        if self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY:
            with self._store.work(ACTOR) as work:
                waiting.drop_unowed(work)
                messages.forget_old(work, now)
            self._forgot_at = now

    def name(self) -> Filled:
        """Give its name to all that was accepted while no keeper was there to ask."""
        filled = Filled(is_full=True)
        while filled.is_full:
            with self._store.work(ACTOR) as work:
                waiting.fill(work, self._vault, filled)
        return filled

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go round until ``going`` says no."""
        while going():
            self.go(clock())
            wait(ROUND_S)

    def _alarm(self, broken: int) -> None:
        # Said once per change, not every other second for as long as it lasts.
        if broken > self._broken:
            log.error("sealed under a key we do not hold", extra={"count": broken})
        self._broken = broken
        if self._watch.is_over and not self._alarmed:
            log.error("names asked for needlessly", extra={"count": self._watch.needless})
        self._alarmed = self._watch.is_over
