"""A storm: a crowd that speaks while faults fall, and then the time until all has its end."""

import itertools
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psutil
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.chaos.crowd import Crowd
from tests.chaos.faults import possible
from tests.chaos.law import judge

# The other version of the code: another text, which is enough to be another version.
SECOND_VERSION = (("flows/definitions/messages.yaml", "Recu. Code: {c6}.", "Recu. Code {c6}."),)
# How a fault itself may fail: that is none of the service's.
FAILURES = (OSError, subprocess.SubprocessError, AssertionError, DBAPIError, psutil.Error)
CALM_S = 1.5  # before the first fault
AT_ONCE = 6
LOCK_AGAIN_S = 4.0  # a table's second lock: several whole ones would outlast the storm
SETTLED_WITHIN_S = 120.0
OPEN_IN = "SELECT id FROM inbound_message WHERE status NOT IN ('processed', 'ignored', 'dead')"
LONG_S = 15  # what waits longer than that waits for an hour, not for us
BROUGHT_FORWARD = (
    "UPDATE outbound_message SET due_at = :now WHERE settled_at IS NULL"
    " AND status IN ('waiting', 'unknown') AND due_at > :later",
    "UPDATE inbound_message SET due_at = :now WHERE status = 'waiting' AND due_at > :later",
)
OPEN_OUT = "SELECT id FROM outbound_message WHERE settled_at IS NULL"
OPEN_REPORTS = (  # of texts we know: the keeper applies them on its rounds
    "SELECT report.id FROM delivery_report report JOIN outbound_message ours"
    " ON ours.channel = report.channel AND ours.provider_id = report.provider_id"
    " WHERE NOT report.matched"
)


@dataclass
class Plan:
    """How much is said, how fast, and how many faults fall; all drawn from one seed."""

    seed: int
    messages: int
    rate: float
    faults: int
    kinds: tuple[str, ...] | None = None
    lock_s: float = 6.0


@dataclass
class Outcome:
    """What a storm did and what it left."""

    plan: Plan
    verdict: object = None
    struck: Counter = field(default_factory=Counter)  # faults that were done, by name
    missed: Counter = field(default_factory=Counter)  # and those that could not be just then
    kinds: set = field(default_factory=set)
    spoken_s: float = 0.0
    settled_s: float | None = None  # from the last fault, or the last word if that was later
    waits: list = field(default_factory=list)
    refused: dict = field(default_factory=dict)

    @property
    def holds(self):
        """Whether every law held and all had its end in time."""
        return not self.verdict.summary and self.settled_s is not None

    def wait(self, share):
        """Return how long so many of the texts waited to be acknowledged, in seconds."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Storm:
    """One storm over one stage."""

    def __init__(self, stage, plan, other_code):
        self.stage = stage
        self.plan = plan
        self.other_code = other_code
        self.locks_s = itertools.chain([plan.lock_s], itertools.repeat(LOCK_AGAIN_S))
        self.outcome = Outcome(plan)
        self._locks = {}
        self._own = threading.Lock()
        self._last_fault = 0.0

    def blow(self):
        """Let it happen, wait until all has its end, and return the outcome with its verdict."""
        plan, outcome = self.plan, self.outcome
        self.crowd = Crowd(self.stage, messages=plan.messages, rate=plan.rate, seed=plan.seed)
        began = time.monotonic()
        self.crowd.start()
        try:
            self._strike(began)
            self.crowd.join()
            outcome.spoken_s = time.monotonic() - began
            self._settle(max(self._last_fault, time.monotonic()))
        finally:
            self.crowd.close()
        history = self.crowd.history
        outcome.waits, outcome.refused = history.waits, history.refused
        outcome.verdict = judge(self.stage, history)
        return outcome

    def alone(self, name):
        """Return the lock of what two faults may not harm at once."""
        with self._own:
            return self._locks.setdefault(name, threading.Lock())

    def pause(self, seconds):
        time.sleep(seconds)

    def until_answering(self, port, seconds=20.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with socket.socket() as trial:
                if trial.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)

    def _strike(self, began):
        """Let every fault fall at its moment, several at once."""
        draw = random.Random(self.plan.seed)
        length = self.plan.messages / self.plan.rate
        moments = sorted(draw.uniform(CALM_S, length) for _ in range(self.plan.faults))
        drawn = _drawn(possible(self.stage, self.plan.kinds), draw, self.plan.faults)
        with ThreadPoolExecutor(AT_ONCE) as hands:
            for moment, fault in zip(moments, drawn, strict=True):
                time.sleep(max(0.0, began + moment - time.monotonic()))
                hands.submit(self._do, fault, random.Random(draw.random()))

    def _do(self, fault, draw):
        try:
            done = fault.do(self, draw) is not False
        except FAILURES as error:
            self.outcome.missed[f"{fault.name}: {error!r}"[:200]] += 1
            return
        if done:
            self.outcome.struck[fault.name] += 1
            self.outcome.kinds.add(fault.kind)
        else:
            self.outcome.missed[fault.name] += 1
        self._last_fault = time.monotonic()

    def _settle(self, since):
        """Wait until every row has its end; what waits for an hour is brought forward."""
        end = since + SETTLED_WITHIN_S
        self.stage.revive()
        while time.monotonic() < end:
            try:
                if not self.open():
                    self.outcome.settled_s = time.monotonic() - since
                    return
                self._bring_forward()
            except DBAPIError:
                pass  # its own recovery may last
            time.sleep(1.0)

    def _bring_forward(self):
        """Let what waits for an hour of its own be due now; leases are left alone."""
        now = datetime.now(UTC)
        later = now + timedelta(seconds=LONG_S)
        with self.stage.database.begin() as link:
            for sql in BROUGHT_FORWARD:
                link.execute(text(sql), {"now": self._stamp(now), "later": self._stamp(later)})

    def _stamp(self, at):
        return at if self.stage.postgres else at.isoformat(" ", "microseconds")[:26]

    def open(self):
        """Return how many rows have no end yet, and files that wait for the database."""
        waiting = len(list(self.stage.home.glob("spool/*/posts/*")))
        return waiting + sum(
            len(self.stage.rows(asked)) for asked in (OPEN_IN, OPEN_OUT, OPEN_REPORTS)
        )


def _drawn(faults, draw, count):
    """Draw so many faults, each kind once before any comes twice."""
    by_kind = {}
    for one in faults:
        by_kind.setdefault(one.kind, []).append(one)
    first = [draw.choice(of_kind) for of_kind in by_kind.values()]
    draw.shuffle(first)
    weights = [one.weight for one in faults]
    more = draw.choices(faults, weights, k=max(0, count - len(first)))
    drawn = (first + more)[:count]
    draw.shuffle(drawn)
    return drawn
