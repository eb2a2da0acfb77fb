"""What the keeper does for the audit beside opening words: links it, and sends its head away."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from workers.keeper.chain import Chain
from workers.keeper.on_disk import go_round

FILE = "audit-head-{day}.json"
FILES = "audit-head-????-??-??.json"
KEPT = timedelta(days=90)  # here; who keeps them elsewhere has them for five years


class Ledger:
    """One programme's. ``exports`` is the folder from which heads are taken off this machine."""

    def __init__(self, chain: Chain, exports: Path) -> None:
        self._chain = chain
        self._exports = exports
        self._begun = False

    def go(self, now: datetime) -> None:
        """Do one round. Doing it twice is harmless. Raises OSError while the disk is full."""
        today = self._exports / FILE.format(day=f"{now:%Y-%m-%d}")
        daily = not self._begun or not today.exists()
        self._chain.catch_up(now, whole=daily)
        self._begun = True
        self._chain.remember()
        self._chain.tell()
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
        go_round(self.go, "head not written", wait, going, clock)

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
