"""What runs when: one literal list, gone through by whichever worker holds the lease."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from models.db import Store, Work, is_contended
from models.points import reached
from models.services import clock_jumps, committees, leases, privacy, rings, settling
from models.services.purging import Rule
from workers import clocks, oversee, remind
from workers.duties import ACTOR, Duties, Line, emptied, swept, until_done

LEASE = leases.TIMETABLE
LEASE_FOR = timedelta(seconds=6)  # with LOOK_S: a killed worker's duties go on within ten seconds
LOOK_S = 1.0

log = logging.getLogger(__name__)


def act_on_silence(duties: Duties, now: datetime) -> None:
    """File what is known of dialogues that stopped."""
    del now  # each dialogue is judged at its own moment
    duties.silence.act()


def close_answered(duties: Duties, now: datetime) -> None:
    """Close what was answered long ago and not taken up again."""
    until_done(duties.store, lambda work: settling.close_answered(work, now))


def forgetting(rule: Rule) -> Callable[[Work, datetime], int]:
    """Return one batch of a rule of retention."""
    return lambda work, now: privacy.forget(work, rule, now)


def mend_clocks(duties: Duties, now: datetime) -> None:
    """Make due what was written while a clock ran ahead."""
    with duties.store.work(ACTOR) as work:
        clock_jumps.mend(work, now)


TIMETABLE: Sequence[Line] = (
    Line("settle leaving", timedelta(seconds=4), swept(settling.settle_leaving)),
    Line("ring evacuations", timedelta(seconds=4), swept(rings.ring_due)),
    Line("tell committees", timedelta(minutes=1), swept(committees.tell_committees)),
    Line("act on silence", timedelta(seconds=4), act_on_silence),
    Line("mend clocks", timedelta(seconds=30), mend_clocks),
    Line("hand over", timedelta(seconds=10), clocks.hand_over),
    Line("remind", timedelta(minutes=1), clocks.remind),
    Line("rehome", timedelta(minutes=1), clocks.rehome),
    Line("remind relays", timedelta(minutes=5), remind.remind_relays),
    Line("ask for stock", timedelta(minutes=10), remind.ask_stock),
    Line("tell the week", timedelta(minutes=10), remind.tell_week),
    Line("call silent centres", timedelta(hours=1), remind.call_silent_centres),
    Line("end referrals", timedelta(hours=1), remind.end_referrals),
    Line("ask repairs", timedelta(minutes=1), clocks.ask_repairs),
    Line("follow repairs", timedelta(minutes=1), clocks.follow_repairs),
    Line("watch readings", timedelta(minutes=1), oversee.watch_readings),
    Line("tell openings", timedelta(minutes=10), oversee.tell_openings),
    Line("close answered", timedelta(hours=1), close_answered),
    *(
        # Each by itself: a rule that fails keeps none of the others from forgetting.
        Line(f"forget {rule.name}", timedelta(hours=1), emptied(forgetting(rule)))
        for rule in privacy.RULES
    ),
)


class Timetable:
    """Goes through the lines while it holds the lease. ``holder`` names this process."""

    def __init__(
        self, store: Store, duties: Duties, holder: str, lines: Sequence[Line] = TIMETABLE
    ) -> None:
        self._store = store
        self._duties = duties
        self._holder = holder
        self._lines = lines
        self._due: dict[str, datetime] = {}

    def go(self, now: datetime) -> list[str]:
        """Do every line that is due, if the lease is ours, and return their names."""
        done = []
        for line in self._lines:
            # A clock that was put back leaves ends farther off than the line ever waits.
            if now < self._due.get(line.name, now) <= now + line.every:
                continue
            if not self._lease(now):
                break
            self._do(line, now)
            self._due[line.name] = now + line.every
            done.append(line.name)
        return done

    def run(self, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """Go until told to stop, then give the lease back. Waits while the database is away."""
        while not stop.is_set():
            try:
                self._lease(clock())
                self.go(clock())
            except OperationalError:
                log.warning("database away", extra={"job": LEASE})
            stop.wait(LOOK_S)
        with self._store.work(ACTOR, durable=False) as work:
            leases.release(work, LEASE, self._holder)

    def _do(self, line: Line, now: datetime) -> None:
        try:
            reached("timetable.before_line")
            line.do(self._duties, now)
            reached("timetable.after_line")
        except OperationalError as error:
            if not is_contended(error):
                raise  # the database is away: all lines wait for it
            log.warning("line waits", extra={"job": line.name})
        except Exception:
            # One line that fails may not keep the others, nor this process, from their work.
            log.exception("line failed", extra={"job": line.name})

    def _lease(self, now: datetime) -> bool:
        with self._store.work(ACTOR, durable=False) as work:
            return leases.take(work, LEASE, self._holder, now, now + LEASE_FOR)
