"""The keeper's rounds: daily keys renewed, keys of words collected, late names filled in."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from models.db import Job, Store
from models.services import messages, reports, waiting, watching
from models.services.waiting import Filled
from models.vault import Vault, renew_transit
from workers.keeper.collecting import Collector
from workers.keeper.naming import NamingVault
from workers.keeper.rewrapping import Rewrapper
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
        self._collector = Collector(store, vault)
        self._rewrapper = Rewrapper(store, vault, keys)
        self._forgot_at: datetime | None = None
        self._is_full = False
        self._broken = 0
        self._alarmed = False
        self._said: tuple[int, bool] | None = None

    def go(self, now: datetime) -> None:
        """Do one round. Doing it twice is harmless."""
        renew_transit(self._keys, now)
        self._vault.begin_day(now)
        self._tend(now)
        filled = self.name()
        with self._store.work(ACTOR) as work:
            reports.match_early(work, now)
        with self._store.reading(ACTOR) as work:
            self._watch.look(work, now)
        self._alarm(filled.broken, now)
        if self._is_time(now):
            with self._store.work(ACTOR) as work:
                waiting.drop_unowed(work)
                messages.forget_old(work, now)
            self._forgot_at = now

    def _is_time(self, now: datetime) -> bool:
        return self._forgot_at is None or now - self._forgot_at >= FORGET_EVERY

    def _tend(self, now: datetime) -> None:
        """Do what needs the keeper's own disk."""
        try:
            self._collector.go()
            if isinstance(self._vault, NamingVault):
                self._watch.renamed(self._vault.rename())
            if self._is_time(now):
                self._rewrapper.go(now)
        except OSError as error:
            # Then they wait in the database, and no pair that could open them is destroyed.
            self._say_full(error)
        else:
            self._is_full = False
            self._vault.end_days(now)

    def _say_full(self, error: OSError) -> None:
        if not self._is_full:
            log.error("keys of words not kept", extra={"reason": type(error).__name__})
        self._is_full = True

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

    def _alarm(self, broken: int, now: datetime) -> None:
        # Said once per change, not every other second for as long as it lasts.
        if broken > self._broken:
            log.error("sealed under a key we do not hold", extra={"count": broken})
        self._broken = broken
        if self._watch.is_over and not self._alarmed:
            log.error("names asked for needlessly", extra={"count": self._watch.needless})
        said = (self._watch.needless, self._watch.is_over)
        if said != self._said:
            with self._store.work(ACTOR) as work:
                watching.note(work, said[0], is_over=said[1], now=now)
        self._said, self._alarmed = said, self._watch.is_over
