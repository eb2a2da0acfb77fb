"""Hands texts to the providers: claims in one unit of work, calls in none, settles in another."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.fills import put_in
from flows.rendering import narrowed
from gateway.channels.base import Channel, Outbound, SendFailed, SendUnknown
from models.db import Job, Store, Work
from models.errors import SealBroken, TransitLost
from models.points import reached
from models.seal import Transit
from models.services import messages, reports
from models.services.messages import Claimed
from models.vault import Vault

ACTOR = Job("sender")
POLL_S = 5.0  # due rows are looked for this often, whatever the doorbell does
LANES = 4  # texts in providers' hands at once: as many fates may be unknown after a kill
LOOK_S = 0.2  # while a lane waits for its provider, what became due is looked for this often
PAUSE = timedelta(minutes=5)
REASON_LENGTH = 80

log = logging.getLogger(__name__)

Settle = Callable[[Work, datetime], None]


@dataclass(frozen=True, slots=True)
class Road:
    """A channel out, the beginnings of the numbers it reaches (none = all), messages a second.

    ``wide``: it carries letters outside GSM-7.
    """

    channel: Channel
    prefixes: tuple[str, ...] = ()
    rate: float = 20.0
    wide: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Opener:
    """What opens a message for sending: the number by the vault, the words by the transit key.

    ``fill`` gives what the row names to be put in at sending (workers/keeper/filling.py).
    """

    vault: Vault
    transit: Transit
    fill: Callable[[Mapping[str, str] | None], Mapping[str, str]] = lambda _names: {}

    def open(self, ours: Claimed) -> Outbound:
        """Return number and text in clear. Raises SealBroken or TransitLost."""
        if ours.address is None or ours.text_sealed is None:
            raise SealBroken("nothing to send")
        number = self.vault.number(ours.address)
        text = put_in(self.transit.unwrap(ours.text_sealed), self.fill(ours.fills))
        return Outbound(number, text, reference=str(ours.id))


@dataclass(frozen=True, slots=True)
class _Flight:
    """A text in the hands of a lane, and whose it is."""

    recipient: str
    future: Future[None]


class Sender:
    """Sends what is due, oldest first, a few at once and one phone's texts in order."""

    def __init__(
        self, store: Store, opener: Opener, roads: Sequence[Road], clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._opener = opener
        self._roads = tuple(roads)
        self._clock = clock
        self._pace = Pace()
        self._paused: dict[str, datetime] = {}

    def run(self, wait: Callable[[float], object], going: Callable[[], bool]) -> None:
        """Send until ``going`` says no; ``wait`` returns when the doorbell rings or time is up."""
        while going():
            self.drain(going)
            wait(POLL_S)

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """Send all that is due; return how many rows were taken up.

        A lane that waits for its provider keeps nobody else's text from leaving.
        """
        taken, flying = 0, list[_Flight]()
        with ThreadPoolExecutor(LANES, thread_name_prefix="lane") as lanes:
            while going():
                room = LANES - len(flying)
                batch = self._claim(room) if room else []
                if batch:
                    reached("keeper.claimed")
                for ours in batch:
                    before = [one.future for one in flying if one.recipient == ours.recipient]
                    future = lanes.submit(self._send_after, before, ours)
                    flying.append(_Flight(ours.recipient, future))
                taken += len(batch)
                if not flying:
                    break
                if len(batch) < room or not room:
                    wait([one.future for one in flying], LOOK_S, FIRST_COMPLETED)
                flying = _still_flying(flying)
        return taken

    def _claim(self, limit: int) -> list[Claimed]:
        with self._store.work(ACTOR) as work:
            return messages.claim_due(work, self._clock(), limit)

    def _send_after(self, before: Sequence[Future[None]], ours: Claimed) -> None:
        wait(before)  # one phone's texts leave in order
        settle = self._hand_over(ours)
        with self._store.work(ACTOR) as work:
            settle(work, self._clock())
            reached("keeper.before_settle")
        reached("keeper.settled")

    def _hand_over(self, ours: Claimed) -> Settle:
        try:
            out = self._opener.open(ours)
        except (SealBroken, TransitLost) as error:
            return _refuse(ours, type(error).__name__, again=False)
        road = next((road for road in self._roads if _reaches(road, out.to)), None)
        if road is None:
            return _refuse(ours, "no channel reaches it", again=False)
        name = road.channel.name
        paused = self._paused.get(name)
        if paused is not None and self._clock() < paused:
            return lambda work, _: messages.held(work, ours, "channel paused", paused)
        self._pace.wait(name, road.rate)
        spelt = out if road.wide else replace(out, text=narrowed(out.text))
        return self._call(road.channel, ours, spelt)

    def _call(self, channel: Channel, ours: Claimed, out: Outbound) -> Settle:
        try:
            reached("keeper.before_call")
            provider_id = channel.send(out)
            reached("keeper.called")
        except SendFailed as error:
            return self._failed(channel.name, ours, error)
        except SendUnknown as error:
            reason = str(error)[:REASON_LENGTH] or "no answer"
            log.warning("fate unknown", extra=_facts(ours, channel.name, reason))
            return lambda work, now: messages.unknown(work, ours, reason, now)
        return _handed_over(ours, channel.name, provider_id)

    def _failed(self, channel: str, ours: Claimed, error: SendFailed) -> Settle:
        reason = error.reason[:REASON_LENGTH]
        if error.stop:
            until = self._clock() + PAUSE
            self._paused[channel] = until
            log.error("channel paused", extra=_facts(ours, channel, reason))
            return lambda work, _: messages.held(work, ours, reason, until)
        log.warning("send refused", extra=_facts(ours, channel, reason))
        if error.opted_out:
            return lambda work, now: messages.opted_out(work, ours, now)
        return _refuse(ours, reason, again=error.again)


class Pace:
    """Keeps each channel to the messages a second its provider takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at: dict[str, float] = defaultdict(float)

    def wait(self, name: str, rate: float) -> None:
        """Return when the next message may leave by this channel."""
        with self._lock:
            slot = max(self._free_at[name], time.monotonic())
            self._free_at[name] = slot + 1 / rate
        time.sleep(max(0.0, slot - time.monotonic()))


def _still_flying(flying: Sequence[_Flight]) -> list[_Flight]:
    done = {one for one in flying if one.future.done()}
    for one in done:
        one.future.result()  # raises what a lane met; leaving the pool then waits for the others
    return [one for one in flying if one not in done]


def _reaches(road: Road, number: str) -> bool:
    return not road.prefixes or number.startswith(road.prefixes)


def _facts(ours: Claimed, channel: str, reason: str) -> dict[str, object]:
    return {"row": ours.id, "channel": channel, "reason": reason}


def _refuse(ours: Claimed, reason: str, *, again: bool) -> Settle:
    return lambda work, now: messages.refused(work, ours, reason, now, again=again)


def _handed_over(ours: Claimed, channel: str, provider_id: str) -> Settle:
    def settle(work: Work, now: datetime) -> None:
        if messages.handed_over(work, ours, channel, provider_id, now):
            reports.match_early(work, now)

    return settle
