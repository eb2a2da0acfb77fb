"""Where texts are in providers' hands: calls side by side, no database, news of how each ended."""

import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from sqlalchemy.exc import OperationalError

from flows.gsm7 import segments
from flows.rendering import narrowed
from gateway.channels.base import Outbound, SendFailed, SendUnknown
from models.errors import SealBroken, TransitLost
from models.points import reached
from models.services.messages import SENSITIVE
from models.services.turns import Due
from workers.keeper.roads import Road
from workers.keeper.texts import Opener, Said

GATHER_S = 0.02


@dataclass(frozen=True, slots=True, repr=False)
class Leaving:
    """A text on its road. ``number`` is E.164; ``in_window``: it may answer a chat in our words."""

    ours: Due
    number: str
    road: Road
    in_window: bool = True


@dataclass(frozen=True, slots=True)
class Identical:
    """It was not sent: the same words left for the same number within the minute."""


Fate = str | SendFailed | SendUnknown | SealBroken | TransitLost | OperationalError | Identical


@dataclass(frozen=True, slots=True, repr=False)
class Landed:
    """How a call ended: the provider's id for the text, or why there is none."""

    leaving: Leaving
    fate: Fate
    segments: int = 0


class Lanes:
    """Hands texts over, each in a thread, and gives back how it went."""

    def __init__(self, opener: Opener, said: Said, width: int) -> None:
        self._opener = opener
        self._said = said
        self._threads = ThreadPoolExecutor(width, thread_name_prefix="lane")
        self._ended = SimpleQueue[tuple[int, Future[Landed]]]()
        self.out = dict[int, Leaving]()
        self.broken: BaseException | None = None  # what a lane met and could not judge

    def start(self, leaving: Leaving) -> None:
        """Hand one text over."""
        self.out[leaving.ours.id] = leaving
        row = leaving.ours.id
        future = self._threads.submit(self._hand_over, leaving)
        future.add_done_callback(lambda ended: self._ended.put((row, ended)))

    def landed(self, wait_s: float) -> list[Landed]:
        """Return what ended meanwhile, after waiting so long for the first of them.

        While others are out it waits a moment for them: a unit of work costs more than a text.
        """
        found = []
        for row, future in self._taken(wait_s):
            del self.out[row]
            self.broken = self.broken or future.exception()
            if future.exception() is None:
                found.append(future.result())
        return found

    def _taken(self, wait_s: float) -> Iterable[tuple[int, Future[Landed]]]:
        with suppress(Empty):
            if wait_s > 0:
                yield self._ended.get(timeout=wait_s)
            end = time.monotonic() + GATHER_S
            while self.out:
                left_s = end - time.monotonic()
                yield self._ended.get(block=left_s > 0, timeout=max(left_s, 0.0))

    def _hand_over(self, leaving: Leaving) -> Landed:
        try:
            text = self._opener.text(leaving.ours)
        except (SealBroken, TransitLost, OperationalError) as error:
            return Landed(leaving, error)
        said = text if leaving.road.wide else narrowed(text)
        if leaving.ours.priority > SENSITIVE and not self._said.say(
            leaving.number, said, leaving.ours.id
        ):
            return Landed(leaving, Identical())
        out = Outbound(leaving.number, said, str(leaving.ours.id), leaving.in_window)
        fate = _call(leaving.road, out)
        if isinstance(fate, SendFailed):
            self._said.unsay(leaving.number, said)
        return Landed(leaving, fate, segments(said))


def _call(road: Road, out: Outbound) -> str | SendFailed | SendUnknown:
    try:
        reached("keeper.before_call")
        return road.channel.send(out)
    except (SendFailed, SendUnknown) as error:
        return error
    finally:
        reached("keeper.called")
