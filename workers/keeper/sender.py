"""Hands texts to the providers: claims in one unit of work, calls in none, settles in another.

One thread plans, claims and settles, all that goes together in one unit of work; the lanes only
call. A row is claimed when its road has room for it and not before: what is `sending` in the
database is in a provider's hands.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from models.db import Job, Store, Work
from models.errors import SealBroken
from models.points import reached
from models.services import channels, outbox, overdue, turns
from models.services.turns import Due
from workers.keeper.books import Books
from workers.keeper.health import LANES, Health
from workers.keeper.judging import Judge, lost
from workers.keeper.lanes import Lanes, Leaving
from workers.keeper.planning import NO_ROAD, NONE_WELL, Plan, Planner
from workers.keeper.purse import Purse
from workers.keeper.roads import Road
from workers.keeper.texts import Opener, Said

ACTOR = Job("sender")
POLL_S = 5.0  # due rows are looked for this often, whatever the doorbell does
LOOK_S = 0.2  # while texts are in the air, what became due is looked for this often
RULES_S = 1.0  # how soon a pause or a cap is obeyed, and what expired is settled
LAST_S = 1.5  # what is in the air at the end has so long to land
AT_ONCE, FEW = 100, 16


class Sender:
    """Sends what is due, most urgent first, several at once and one phone's texts in order.

    ``seconds`` is a clock that never jumps: the health of channels is measured by it.
    """

    def __init__(
        self,
        store: Store,
        opener: Opener,
        roads: Sequence[Road],
        clock: Callable[[], datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._opener = opener
        self._clock = clock
        self._seconds = seconds
        self._roads = {road.name: road for road in roads}
        self._health = {road.name: Health(road.name, road.rate, seconds) for road in roads}
        self._purse = Purse()
        self._planner = Planner(roads, self._health, self._purse)
        self._lanes = Lanes(opener, Said(seconds), LANES * max(1, len(roads)))
        self._books = Books({road.name: road.price for road in roads})
        self._judge = Judge(self._health, self._planner, self._books)
        self._is_new = True
        self._looked_at = self._ruled_at = -RULES_S

    def run(self, wait: Callable[[float], object], going: Callable[[], bool]) -> None:
        """Send until ``going`` says no; ``wait`` returns when the doorbell rings or time is up."""
        if self._is_new:
            self._take_over()
        while going():
            self.drain(going)
            wait(POLL_S)
        self._finish()

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """Send all that is due; return how many rows were taken up.

        A provider that lets one text wait keeps nobody else's from leaving.
        """
        taken, is_more, patience_s = 0, True, 0.0
        while going() and is_more:
            self._land(patience_s)
            busy = {one.ours.recipient for one in self._lanes.out.values()}
            plan = Plan() if self._purse.paused else self._planner.plan(self._clock(), busy)
            claimed, found = self._turn(plan)
            taken += claimed
            self._raise_what_broke()
            waits = bool(self._lanes.out or self._planner.known)
            is_more = bool(waits or found or self._books.ends)
            patience_s = LOOK_S if plan.soonest_s is None else min(LOOK_S, plan.soonest_s)
            patience_s = 0.0 if found or not waits else patience_s
        return taken

    def _raise_what_broke(self) -> None:
        broken, self._lanes.broken = self._lanes.broken, None
        if broken is not None:
            self._finish()  # one lane's trouble is not that of the others
            raise broken

    def _take_over(self) -> None:
        """Settle what a sender before us had in hand, and say how our channels do."""
        with self._store.work(ACTOR) as work:
            overdue.abandon(work, self._clock())
            channels.forget_others(work, self._roads)
        self._is_new = False

    def _turn(self, plan: Plan) -> tuple[int, int]:
        """Record, claim and look in one unit of work; return how many were claimed and found."""
        at = self._seconds()
        looks = len(self._planner.known) < FEW or at - self._looked_at >= LOOK_S
        self._books.states += [
            state for one in self._health.values() if (state := one.news(self._clock()))
        ]
        if not (looks or plan.is_full or self._books):
            return 0, 0
        with ExitStack() as broken:
            broken.callback(self._doubt, plan)
            claimed, found = self._write(plan, looks=looks)
            broken.pop_all()
        if self._books:
            reached("keeper.settled")
        self._books.clear()
        self._looked_at = at if looks else self._looked_at
        self._start([one for one in plan.leaving if one.ours.id in claimed])
        not_ours = {one.ours.recipient for one in plan.leaving if one.ours.id not in claimed}
        self._planner.forget(not_ours)  # somebody holds a row of theirs: nothing passes it
        self._take_up(found)
        return len(claimed), len(found)

    def _doubt(self, plan: Plan) -> None:
        # Whether their claim was committed nobody knows; and nothing known is to pass them.
        self._books.doubtful += [one.ours for one in plan.leaving]
        self._planner.clear()

    def _write(self, plan: Plan, *, looks: bool) -> tuple[set[int], list[Due]]:
        now, at = self._clock(), self._seconds()
        with self._store.work(ACTOR) as work:
            if self._books:
                reached("keeper.before_settle")
            self._books.write(work, now)
            for due in plan.nowhere:
                outbox.lost(work, due, NO_ROAD, now)
            outbox.delayed(work, plan.later, NONE_WELL)
            leaving = [(one.ours, one.road.name) for one in plan.leaving]
            claimed = outbox.claim(work, leaving, now)
            # While paused each time: whoever lets texts leave again is obeyed at once.
            is_stale = self._purse.paused or at - self._ruled_at >= RULES_S
            if is_stale or len(claimed) < len(leaving):
                overdue.sweep(work, now)
                flying = [*self._lanes.out.values(), *plan.leaving]
                self._purse.read(work, now, [(one.ours, one.road) for one in flying])
                self._ruled_at = at
            return claimed, self._look(work, now) if looks else []

    def _look(self, work: Work, now: datetime) -> list[Due]:
        if self._purse.paused:
            self._planner.clear()
            return []
        known, capped = self._planner.known, self._purse.capped
        return turns.look(work, now, len(known) + AT_ONCE, known, capped=capped)

    def _start(self, leaving: Sequence[Leaving]) -> None:
        if leaving:
            reached("keeper.claimed")
        for one in leaving:
            self._health[one.road.name].left(one.ours.id)
            self._lanes.start(replace(one, ours=one.ours.claimed()))

    def _take_up(self, found: Sequence[Due]) -> None:
        opened = []
        for due in found:
            try:
                opened.append((due, self._opener.number(due)))
            except SealBroken as error:
                self._books.ends.append(lost(due, error))
        if opened:
            self._planner.add(opened, self._clock())

    def _land(self, wait_s: float) -> None:
        for one in self._lanes.landed(wait_s):
            self._judge.judge(one, self._clock())

    def _finish(self) -> None:
        """Let what is in the air land, and record it; what does not in time stays unknown."""
        end = self._seconds() + LAST_S
        while self._lanes.out and self._seconds() < end:
            self._land(LOOK_S)
            self._turn(Plan())
