"""Hands over what a spool holds: oldest first, until the other side has it.

Several posts go together where the other side takes them so: while any waits, all that comes waits
behind it, so a spool must empty faster than it fills. When they fail together, each goes alone.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from gateway.spool import Post, Spool
from models.errors import TransitLost
from models.points import reached

AGAIN_S = 1.0  # after the other side was away
FORGET_EVERY_S = 3600.0
LOOK_S = 1.0  # what another process put in, or a dead one left

log = logging.getLogger(__name__)


class Away(Exception):
    """Nothing can be handed over now: all of it waits, so that order holds."""


class Refused(Exception):
    """This one post will never be taken. Its words are ours: no number, no text."""


class HandingOver:
    """Empties one spool through ``deliver``, which returns, or raises Away or Refused.

    It is given up to ``together`` posts in their order and takes all of them or none.
    """

    def __init__(
        self, spool: Spool, deliver: Callable[[Sequence[Post]], None], together: int = 1
    ) -> None:
        self._spool = spool
        self._deliver = deliver
        self._together = together
        self._forgets_at = 0.0

    def go(self) -> int:
        """Hand over until nothing is left and return how many. Raises Away, OSError.

        Returns 0 at once while another process hands over from the same folder.
        """
        done = 0
        with self._spool.alone() as ours:
            while ours and (names := self._spool.names()):
                for first in range(0, len(names), self._together):
                    self._some(names[first : first + self._together])
                done += len(names)
        return done

    def run(self, stop: threading.Event) -> None:
        """Go on until told to stop."""
        told = False
        while not stop.is_set():
            self._spool.filled.clear()
            self._forget()
            try:
                done = self.go()
            except (Away, OSError) as error:
                if not told:  # one line an outage, however long it lasts
                    log.warning("spool waits", extra={"reason": type(error).__name__})
                told = True
                stop.wait(AGAIN_S)
                continue
            told = False
            if done:
                log.info("spool handed over", extra={"count": done})
            self._spool.filled.wait(LOOK_S)

    def _forget(self) -> None:
        if time.monotonic() >= self._forgets_at:
            self._spool.forget(time.time())
            self._forgets_at = time.monotonic() + FORGET_EVERY_S

    def _some(self, names: Sequence[str]) -> None:
        if len(names) > 1 and self._go_together(names):
            return
        for name in names:
            self._one(name)

    def _go_together(self, names: Sequence[str]) -> bool:
        """Hand some over at once; return False when one of them is in the way of the others."""
        try:
            posts = [self._spool.read(name) for name in names]
        except (TransitLost, ValueError):
            return False
        error = self._bring(posts)
        if error is not None:  # each alone shows whose it is, and says so
            log.info("spooled posts go alone", extra={"reason": type(error).__name__})
            return False
        self._let_go(names)
        return True

    def _one(self, name: str) -> None:
        try:
            post = self._spool.read(name)
        except (TransitLost, ValueError):
            if not self._spool.has_key():
                raise Away("no transit key") from None  # it comes back with the key directory
            self._set_aside(name, "nobody can open it any more")
            return
        error = self._bring([post])
        if error is None:
            self._let_go([name])
        elif isinstance(error, Refused):
            self._set_aside(name, str(error))
        else:
            log.error("spooled post failed", extra={"channel": post.channel}, exc_info=error)
            self._set_aside(name, type(error).__name__)

    def _bring(self, posts: Sequence[Post]) -> Exception | None:
        """Return why the other side took none of these, None if it took all. Raises Away, OSError.

        Whatever it is, it may not keep those behind them from being handed over.
        """
        try:
            self._deliver(posts)
        except (Away, OSError):
            raise
        except Exception as error:  # noqa: BLE001 as said
            return error
        return None

    def _let_go(self, names: Sequence[str]) -> None:
        reached("spool.delivered")
        for name in names:
            self._spool.done(name)

    def _set_aside(self, name: str, reason: str) -> None:
        log.error("spooled post set aside", extra={"reason": reason})
        self._spool.set_aside(name, reason)
