"""Who leaves next and by which road: what is due and not yet claimed, in the order of its turn."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.services.messages import SENSITIVE
from models.services.turns import Due
from workers.keeper.health import SLOW_S, Health
from workers.keeper.lanes import Leaving
from workers.keeper.pace import Pace
from workers.keeper.purse import Purse
from workers.keeper.roads import Road, is_open, roads_for

NO_ROAD = "no channel reaches it"
NONE_WELL = "no channel is well"


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """A text that is due, with the number it is for."""

    due: Due
    number: str
    roads: Sequence[Road]


@dataclass(slots=True)
class Plan:
    """What leaves now; what nobody can carry; what waits, and until when."""

    leaving: list[Leaving] = field(default_factory=list)
    nowhere: list[Due] = field(default_factory=list)
    later: list[tuple[Due, datetime]] = field(default_factory=list)
    soonest_s: float | None = None

    @property
    def is_full(self) -> bool:
        """Whether there is anything to record."""
        return bool(self.leaving or self.nowhere or self.later)


class Planner:
    """Keeps what was looked at until a road has room for it. Holds no row in the database."""

    def __init__(self, roads: Sequence[Road], health: Mapping[str, Health], purse: Purse) -> None:
        self._roads = tuple(roads)
        self._purse = purse
        self._health = health
        self._pace = {one.name: Pace(one.rate) for one in roads}
        self._waiting: dict[int, Waiting] = {}
        self._tried: dict[int, set[str]] = {}
        self._closed: dict[int, set[str]] = {}

    @property
    def known(self) -> Collection[int]:
        """The ids of what waits here."""
        return self._waiting.keys()

    def add(self, found: Iterable[tuple[Due, str]], now: datetime) -> None:
        """Take up what became due, each with the number it is for; the most urgent go first.

        What answers a phone is as urgent as what it is to hear after it, and comes after what is
        told unasked and as urgent: a harm waits for nobody's help.
        """
        for due, number in found:
            roads = roads_for(self._roads, due, number, now)
            self._waiting[due.id] = Waiting(due, number, roads)
        turns, after = [], dict[str, int]()
        for row in sorted(self._waiting, reverse=True):
            due = self._waiting[row].due
            turn = due.priority
            if due.answers:
                turn = after[due.recipient] = min(turn, after.get(due.recipient, turn))
            turns.append((turn, turn <= SENSITIVE and due.answers, row))
        self._waiting = {row: self._waiting[row] for _, _, row in sorted(turns)}

    def clear(self) -> None:
        """Forget all that waits: the database knows it."""
        self._waiting.clear()

    def forget(self, recipients: Collection[str]) -> None:
        """Forget what waits for these: it is looked for anew, in order."""
        if recipients:
            kept = (one for one in self._waiting.values() if one.due.recipient not in recipients)
            self._waiting = {one.due.id: one for one in kept}

    def put_back(self, leaving: Leaving, now: datetime) -> None:
        """Take up again a text that no provider took."""
        self.add([(leaving.ours.unclaimed(), leaving.number)], now)

    def refused_by(self, leaving: Leaving, now: datetime, *, for_good: bool) -> bool:
        """Note that this road did not take a text; tell whether another can be tried now.

        ``for_good``: this road never takes it.
        """
        refusals = self._closed if for_good else self._tried
        refusals.setdefault(leaving.ours.id, set()).add(leaving.road.name)
        untried = self._but(self._open_to(leaving, now), self._tried.get(leaving.ours.id, ()))
        others = (self._health[one.name] for one in untried)
        return any(one.is_well or one.may_be_tried for one in others)

    def has_road(self, leaving: Leaving, now: datetime) -> bool:
        """Tell whether a text has a road left that may take it one day; all are open to it anew."""
        self._tried.pop(leaving.ours.id, None)
        return bool(self._open_to(leaving, now))

    def settled(self, row: int) -> None:
        """Forget which roads refused this text."""
        self._tried.pop(row, None)
        self._closed.pop(row, None)

    def plan(self, now: datetime, busy: Collection[str]) -> Plan:
        """Return what leaves now. ``busy`` are the recipients whose texts are still in the air."""
        plan, passed = Plan(), set(busy)
        rooms = {name: health.room for name, health in self._health.items()}
        well = {name for name, health in self._health.items() if health.is_well}
        for one in list(self._waiting.values()):
            if one.due.recipient in passed:
                continue
            passed.add(one.due.recipient)  # one phone's texts leave in order, one at a time
            self._place(plan, one, rooms, now)
            if not any(rooms[name] for name in well or rooms):
                break  # nobody behind them can leave either
        return plan

    def _place(self, plan: Plan, one: Waiting, rooms: dict[str, int], now: datetime) -> None:
        road = self._choose(one, rooms)
        if not one.roads:
            plan.nowhere.append(one.due)
        elif road is None or (not rooms[road.name] and self._health[road.name].is_slow):
            wait_s = min(max(SLOW_S, self._health[road.name].wait_s) for road in one.roads)
            self._put_off(plan, one, now + timedelta(seconds=wait_s))
            return
        elif not rooms[road.name]:
            return
        elif (wait_s := self._pace[road.name].wait_s()) > 0:
            plan.soonest_s = min(wait_s, plan.soonest_s or wait_s)
            return
        elif self._purse.take(one.due, road):  # else it waits in the database for another day
            rooms[road.name] -= 1
            self._pace[road.name].leave()
            in_window = road.channel.carries != "chat" or is_open(one.due, now)
            plan.leaving.append(Leaving(one.due, one.number, road, in_window))
        del self._waiting[one.due.id]

    def _put_off(self, plan: Plan, one: Waiting, until: datetime) -> None:
        """Let a text wait; one that answers, with what its phone is to hear after it.

        But for what could leave by a road that this one may not take.
        """
        is_alone = not one.due.answers or one.due.id in self._closed
        for other in [one] if is_alone else list(self._waiting.values()):
            answers = other.due.answers and other.due.recipient == one.due.recipient
            if other is one or (answers and other.roads == one.roads):
                plan.later.append((other.due, until))
                self._tried.pop(other.due.id, None)  # all its roads are open to it again
                del self._waiting[other.due.id]

    def _choose(self, one: Waiting, rooms: Mapping[str, int]) -> Road | None:
        """Return the best road that does well, or one that is to be tried again, or None.

        A road is tried with a text that may be repeated, if it can: it may vanish there.
        """
        row = one.due.id
        refusals = {*self._tried.get(row, ()), *self._closed.get(row, ())}
        roads = self._but(one.roads, refusals)
        well = [road for road in roads if self._health[road.name].is_well]
        best = next((road for road in well if not self._health[road.name].is_slow), None)
        best = best or next(iter(well), None)
        better = roads if best is None else roads[: roads.index(best)]
        if best is None or not one.due.unrepeatable:
            for road in better:
                if self._health[road.name].may_be_tried and rooms[road.name]:
                    return road
        return best

    def _open_to(self, leaving: Leaving, now: datetime) -> list[Road]:
        roads = roads_for(self._roads, leaving.ours, leaving.number, now)
        return self._but(roads, self._closed.get(leaving.ours.id, ()))

    def _but(self, roads: Iterable[Road], names: Collection[str]) -> list[Road]:
        return [one for one in roads if one.name not in names]
