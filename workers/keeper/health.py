"""How the channels do, as the sender sees it: who is left alone for a while, and who is tried."""

import logging
import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from pybreaker import STATE_CLOSED, CircuitBreaker

from gateway.channels.base import SendFailed, SendUnknown
from models.services.channels import FAILING, STOPPED, WELL, State

FAILURES = 3  # in a row: then the channel is left alone
FIRST_S, LONGEST_S = 5.0, 30.0  # before it is tried again; twice as long after each try in vain
STOPPED_S = 300.0  # staff must act first: no money, wrong sender
SLOW_S = 3.0  # a call out for longer: others go by another road, if there is one
LANES = 16  # calls of one channel at once: as many fates may be unknown after a kill
FEWEST = 2
NEWEST = 0.2  # weight of the last call in the mean of how long they take

log = logging.getLogger(__name__)

Ended = SendFailed | SendUnknown | None  # None: the provider took it


class Health:
    """One channel's: well, failing or stopped, and how many calls it is worth at once.

    ``clock`` gives seconds that never jump; the library's own follows the wall clock, so only its
    counting of failures is used.
    """

    def __init__(self, name: str, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.state = WELL
        self.reason: str | None = None
        self._rate = rate
        self._clock = clock
        self._breaker = CircuitBreaker(FAILURES, throw_new_error_on_trip=False)
        self._pause_s = FIRST_S
        self._until = 0.0
        self._since = clock()
        self._takes_s = 1.0
        self._out: dict[int, float] = {}
        self._is_news = True

    @property
    def is_well(self) -> bool:
        """Whether texts may leave by it as they come."""
        return self._breaker.current_state == STATE_CLOSED

    @property
    def is_slow(self) -> bool:
        """Whether a call is out for so long that others had better take another road."""
        return bool(self._out) and self._clock() - min(self._out.values()) > SLOW_S

    @property
    def may_be_tried(self) -> bool:
        """Whether it was left alone long enough for one text to try it."""
        return not self.is_well and not self._out and self._clock() >= self._until

    @property
    def room(self) -> int:
        """How many more texts may be in its hands: no more than its pace needs."""
        if not self.is_well:
            return int(self.may_be_tried)
        needed = math.ceil(2 * self._rate * self._takes_s)
        return max(0, min(LANES, max(FEWEST, needed)) - len(self._out))

    @property
    def wait_s(self) -> float:
        """For how many seconds it is left alone; a try that is under way decides later."""
        return max(FIRST_S if self._out else 0.0, self._until - self._clock())

    def left(self, row: int) -> None:
        """Note that a text is in its hands."""
        self._out[row] = self._clock()
        if not self.is_well:
            self._breaker.half_open()

    def ended(self, row: int, ended: Ended) -> None:
        """Note how a call ended, and what that says of the channel."""
        took_s = self._clock() - self._out.pop(row)
        if self._breaker.current_state == "open":
            return  # it left before; whoever tries the channel next will tell
        if isinstance(ended, SendFailed) and (ended.stop or ended.wait_s is not None):
            self._leave_alone(ended)
        elif isinstance(ended, SendUnknown) or (ended and ended.again and not ended.elsewhere):
            self._failed(str(ended))
        else:
            self._worked(took_s)

    def forget(self, row: int) -> None:
        """Note that a text never came to be in its hands."""
        self._out.pop(row)

    def news(self, now: datetime) -> State | None:
        """Return what to remember of it, if that changed since it was last asked."""
        if not self._is_news:
            return None
        self._is_news = False
        at = self._clock()
        until = None if self.is_well else now + timedelta(seconds=self._until - at)
        since = now - timedelta(seconds=at - self._since)
        return State(self.name, self.state, self.reason, since, until)

    def _worked(self, took_s: float) -> None:
        self._takes_s += NEWEST * (took_s - self._takes_s)
        self._breaker.call(lambda: None)
        if self.is_well and self.state != WELL:
            self._pause_s = FIRST_S
            self._become(WELL, None)
            log.info("channel well again", extra={"channel": self.name})

    def _failed(self, reason: str) -> None:
        try:
            self._breaker.call(_fail)
        except _Failure:
            if not self.is_well:
                self._rest(FAILING, reason, self._pause_s)
                self._pause_s = min(LONGEST_S, 2 * self._pause_s)

    def _leave_alone(self, asked: SendFailed) -> None:
        self._breaker.open()
        if asked.stop:
            self._rest(STOPPED, asked.reason, STOPPED_S)
        else:
            self._rest(FAILING, asked.reason, asked.wait_s or FIRST_S)

    def _rest(self, state: str, reason: str, seconds: float) -> None:
        self._until = self._clock() + seconds
        if state != self.state:
            level = logging.ERROR if state == STOPPED else logging.WARNING
            about = {"channel": self.name, "reason": reason, "state": state}
            log.log(level, "channel left alone", extra=about)
        self._become(state, reason)

    def _become(self, state: str, reason: str | None) -> None:
        if state != self.state:
            self._since = self._clock()
        self.state, self.reason, self._is_news = state, reason, True


class _Failure(Exception):
    """What the library counts."""


def _fail() -> None:
    raise _Failure
