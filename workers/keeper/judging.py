"""What follows from how a call ended: for the text, and for what is thought of its channel."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from gateway.channels.base import SendFailed, SendUnknown
from models.db import Work
from models.services import outbox
from models.services.outbox import Taken
from models.services.turns import Due
from workers.keeper.books import Books
from workers.keeper.health import Health
from workers.keeper.lanes import Identical, Landed, Leaving
from workers.keeper.planning import Planner

REASON_LENGTH = 80
IDENTICAL = "same words within a minute"
UNFILLED = "database away"  # as what only it knows was to be put into the text
AWAY = timedelta(seconds=5)

log = logging.getLogger(__name__)

Settle = Callable[[Work, datetime], None]


class Judge:
    """Decides what becomes of a text that landed, and writes it into the books."""

    def __init__(self, health: Mapping[str, Health], planner: Planner, books: Books) -> None:
        self._health = health
        self._planner = planner
        self._books = books

    def judge(self, one: Landed, now: datetime) -> None:
        """Note how one call ended."""
        ours, name = one.leaving.ours, one.leaving.road.name
        health, ends = self._health[name], self._books.ends
        match one.fate:
            case str(provider_id):
                health.ended(ours.id, None)
                self._books.taken.append(Taken(ours, name, provider_id, one.segments))
            case SendFailed() as error:
                health.ended(ours.id, error)
                ends.append(self._refused(one.leaving, error, now))
                return
            case SendUnknown() as error:
                health.ended(ours.id, error)
                self._books.doubt(ours.id, name, one.segments)
                ends.append(_unknown(one.leaving, error))
            case OperationalError():
                health.forget(ours.id)
                ends.append(lambda work, at: outbox.held(work, ours, UNFILLED, at + AWAY))
            case Identical():
                health.forget(ours.id)
                ends.append(lambda work, at: outbox.withheld(work, ours, IDENTICAL, at))
            case error:
                health.forget(ours.id)
                ends.append(lost(ours, error))
        self._planner.settled(ours.id)

    def _refused(self, leaving: Leaving, error: SendFailed, now: datetime) -> Settle:
        ours, health = leaving.ours, self._health[leaving.road.name]
        reason = error.reason[:REASON_LENGTH]
        log.warning("send refused", extra=_facts(leaving, reason))
        if error.opted_out:
            self._planner.settled(ours.id)
            return lambda work, at: outbox.opted_out(work, ours, at)
        for_good, again = error.elsewhere and not error.again, error.again
        if again or for_good:
            if self._planner.refused_by(leaving, now, for_good=for_good):
                self._planner.put_back(leaving, now)
                return lambda work, at: outbox.returned(work, ours, reason, at)
            again = self._planner.has_road(leaving, now)  # its day will come, or there is none
        if not again:
            self._planner.settled(ours.id)
        elif error.again and not health.is_well:
            until = now + timedelta(seconds=health.wait_s)
            return lambda work, _: outbox.held(work, ours, reason, until)
        return lambda work, at: outbox.refused(work, ours, reason, at, again=again)


def lost(ours: Due, error: Exception) -> Settle:
    """Return the end of a text that nobody can open any more."""
    reason = type(error).__name__
    log.error("text lost", extra={"row": ours.id, "reason": reason})
    return lambda work, now: outbox.lost(work, ours, reason, now)


def _unknown(leaving: Leaving, error: SendUnknown) -> Settle:
    reason = str(error)[:REASON_LENGTH] or "no answer"
    log.warning("fate unknown", extra=_facts(leaving, reason))
    return lambda work, now: outbox.unknown(work, leaving.ours, reason, now)


def _facts(leaving: Leaving, reason: str) -> dict[str, object]:
    return {"row": leaving.ours.id, "channel": leaving.road.name, "reason": reason}
