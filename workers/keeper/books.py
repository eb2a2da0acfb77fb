"""What the next unit of work has to record of texts that came to an end; kept until it has."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from models.db import Work
from models.services import channels, outbox, reports
from models.services.channels import State
from models.services.outbox import Taken
from models.services.turns import Due

Settle = Callable[[Work, datetime], None]


@dataclass(slots=True)
class Books:
    """Texts that providers took, how others ended, what it cost, how channels do.

    ``unsure`` are the rows of texts whose fate a report may have told already.
    ``doubtful`` are texts whose claim may or may not have been committed before the database went
    away: they were handed to nobody.
    """

    prices: dict[str, float]
    taken: list[Taken] = field(default_factory=list)
    ends: list[Settle] = field(default_factory=list)
    billed: list[tuple[str, int]] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    doubtful: list[Due] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.taken or self.ends or self.billed or self.states or self.doubtful)

    def doubt(self, row: int, channel: str, segments: int) -> None:
        """Note that a text may have been taken: then it costs, and a report may tell."""
        self.billed.append((channel, segments))
        self.unsure.append(row)

    def write(self, work: Work, now: datetime) -> None:
        """Record it. Doing it twice is doing it once, but for a price nobody can be sure of."""
        for one in self.doubtful:
            outbox.returned(work, one.claimed(), "database away", now)
        for settle in self.ends:
            settle(work, now)
        ours = outbox.handed_over(work, self.taken, now)
        reports.match(work, self.unsure, now)
        segments: dict[str, int] = defaultdict(int)
        for channel, count in self.billed:
            segments[channel] += count
        for text in self.taken:
            segments[text.channel] += text.segments if text.ours.id in ours else 0
        for channel, count in segments.items():
            channels.spend(work, channel, count, count * self.prices[channel], now)
        for state in self.states:
            channels.put_state(work, state)

    def clear(self) -> None:
        """Forget what is recorded."""
        for kept in (self.taken, self.ends, self.billed, self.states, self.doubtful, self.unsure):
            kept.clear()
