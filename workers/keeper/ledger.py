"""What the keeper does for the audit beside opening words: links it, and sends its head away."""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.keeper.chain import Chain

ROUND_S = 2.0
FILE = "audit-head-{day}.json"
FILES = "audit-head-????-??-??.json"
TELL_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=90)  # here; who keeps them elsewhere has them for five years

log = logging.getLogger(__name__)


class Ledger:
    """One programme's. ``exports`` is the folder from which heads are taken off this machine."""

    def __init__(self, chain: Chain, exports: Path) -> None:
        self._chain = chain
        self._exports = exports
        self._begun = False
        self._told_at = datetime.min.replace(tzinfo=UTC)
        self._failing = False

    def go(self, now: datetime) -> None:
        """Do one round. Doing it twice is harmless. Raises OSError while the disk is full."""
        today = self._exports / FILE.format(day=f"{now:%Y-%m-%d}")
        daily = not self._begun or not today.exists()
        self._chain.catch_up(now, whole=daily)
        self._begun = True
        self._chain.remember()
        if daily or now - self._told_at >= TELL_EVERY:
            self._chain.tell()
            self._told_at = now
        if daily:
            self._chain.forget(now)
        if not today.exists():
            self._send_away(today, now)

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go on until ``going`` says no."""
        while going():
            try:
                self.go(clock())
                self._failing = False
            except OSError as error:
                if not self._failing:
                    self._say(error)
                self._failing = True
            wait(ROUND_S)

    def _say(self, error: OSError) -> None:
        log.error("head not written", extra={"reason": type(error).__name__})

    def _send_away(self, path: Path, now: datetime) -> None:
        """Write the head of today for whoever keeps it off this machine; forget old ones."""
        self._exports.mkdir(mode=0o750, parents=True, exist_ok=True)
        head = {**asdict(self._chain.head()), "written_at": now.isoformat()}
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.write_text(json.dumps(head) + "\n", encoding="utf-8")
        draft.chmod(0o640)
        draft.replace(path)
        oldest = FILE.format(day=f"{now - KEPT:%Y-%m-%d}")
        for old in self._exports.glob(FILES):
            if old.name < oldest:
                old.unlink()
