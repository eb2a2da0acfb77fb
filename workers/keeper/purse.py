"""Whether texts may leave at all, and what of the day's money is left."""

import logging
import math
from collections.abc import Iterable
from datetime import datetime

from models.db import Work
from models.services import channels, sending
from models.services.messages import SENSITIVE
from models.services.turns import Due
from workers.keeper.roads import Road

log = logging.getLogger(__name__)


class Purse:
    """What the programme allows, as last read: nothing while paused, what is urgent at the cap."""

    def __init__(self) -> None:
        self.paused: str | None = None
        self.capped = False
        self._left = math.inf
        self._is_spent = False

    def read(self, work: Work, now: datetime, in_the_air: Iterable[tuple[Due, Road]]) -> None:
        """Look again at what the programme is set to and at what was spent today."""
        paused, cap = sending.why_paused(work), sending.cap(work)
        if paused and not self.paused:
            log.warning("sending paused", extra={"reason": paused})
        self.paused = paused
        self._left = math.inf
        if cap is not None:
            flying = sum(_cost(due, road) for due, road in in_the_air)
            self._left = cap - channels.spent(work, now) - flying
        self.capped = self._left <= 0
        self._is_spent = self._is_spent and cap is not None

    def take(self, due: Due, road: Road) -> bool:
        """Take the price of a text out; False if it has to wait for another day's money."""
        cost = _cost(due, road)
        if due.priority > SENSITIVE and (self.capped or cost > self._left):
            self._say_spent()
            self.capped = True
            return False
        self._left -= cost
        return True

    def _say_spent(self) -> None:
        if not self._is_spent:
            log.error("spending cap reached")
        self._is_spent = True


def _cost(due: Due, road: Road) -> float:
    return due.segments * road.price
