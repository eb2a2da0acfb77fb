"""Numbers that say how the service does: queues, clocks, channels. Nothing of anybody.

No class of a case is told, and clocks of cases are those of ordinary ones: from a count one could
learn that somebody spoke in private.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from flows.referral_lifecycle import STANDING
from models.alert import Evacuation
from models.case import Story
from models.channel import ChannelHealth, Spending
from models.conversation import Conversation
from models.db import Work
from models.inbound import InboundMessage
from models.outbound import DeliveryReport, OutboundMessage
from models.referral import Referral
from models.services import clocks, dead_letters, leases, sending, watching
from models.services.channels import FAILING, STOPPED, WELL, day_of
from models.voice_note import VoiceNote

STATES = (WELL, FAILING, STOPPED)
MOST_TRIES = 5  # this many or more
UNIX_EPOCH = 2440587.5  # as a Julian day, which is what SQLite tells most finely
DAY_S = 86_400

Table = type[InboundMessage] | type[OutboundMessage] | type[VoiceNote]
QUEUES: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "inbox": (InboundMessage, ("waiting", "processing")),
    "outbox": (OutboundMessage, ("waiting", "sending", "unknown")),
    "voice": (VoiceNote, ("waiting", "kept")),
}
# What waits for a time: since when the oldest of them should have been done.
CLOCKS: Mapping[str, tuple[InstrumentedAttribute[Any], ColumnElement[bool] | None]] = {
    "silence": (Conversation.due_at, None),
    "answers": (Story.leaves_at, Story.status == "leaving"),
    "evacuations": (Evacuation.next_at, None),
    "referrals": (Referral.due_at, Referral.status.in_(STANDING)),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One number read now. ``labels`` stand in the order of gateway/metrics.py."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


def read(work: Work, now: datetime) -> Iterator[Reading]:
    """Return all there is to read from the database."""
    yield from _queues(work, now)
    yield from _clocks(work, now)
    yield from _channels(work, now)
    for kind, count in dead_letters.recent(work, now).items():
        yield Reading("dead_letters", count, (kind,))
    unmatched = select(func.count()).where(DeliveryReport.matched.is_(False))
    yield Reading("reports_unmatched", work.session.scalar(unmatched) or 0)
    watched = watching.watched(work)
    yield Reading("names_needless", watched.needless)
    yield Reading("names_refused", watched.over_since is not None)
    yield Reading("audit_cuts", watching.cuts(work))
    yield Reading("timetable_held", leases.is_held(work, leases.TIMETABLE, now))
    yield Reading("sending_paused", sending.why_paused(work) is not None)
    cap = sending.cap(work)
    if cap is not None:
        yield Reading("spending_cap", cap)
    yield Reading("database_clock_ahead_seconds", (database_clock(work) - now).total_seconds())
    yield Reading("database_bytes", _size(work))


def oldest(work: Work, queue: str, now: datetime) -> timedelta:
    """Return for how long the oldest waiting row of a queue has been due."""
    table, _ = QUEUES[queue]
    due = and_(table.status == "waiting", table.due_at <= now, table.settled_at.is_(None))
    return _late(work, select(func.min(table.due_at)).where(due), now)


def lateness(work: Work, now: datetime) -> dict[str, timedelta]:
    """Return for each clock for how long the oldest item has been due."""
    late = {}
    for clock, (column, which) in CLOCKS.items():
        first = select(func.min(column)).where(column <= now)
        late[clock] = _late(work, first if which is None else first.where(which), now)
    since = clocks.late_since(work, now)
    late["cases"] = timedelta() if since is None else now - since
    return late


def waiting(work: Work, queue: str) -> int:
    """Return how many rows of a queue wait, due or not."""
    table, _ = QUEUES[queue]
    asked = select(func.count()).where(table.status == "waiting", table.settled_at.is_(None))
    return work.session.scalar(asked) or 0


def database_clock(work: Work) -> datetime:
    """Return what time it is for the database."""
    if _is_sqlite(work):
        days: float = work.session.scalar(select(func.julianday("now"))) or UNIX_EPOCH
        return datetime.fromtimestamp((days - UNIX_EPOCH) * DAY_S, UTC)
    told: datetime = work.session.scalars(select(func.clock_timestamp())).one()
    return told


def _queues(work: Work, now: datetime) -> Iterator[Reading]:
    for queue, (table, statuses) in QUEUES.items():
        counts = {(status, "0"): 0 for status in statuses}
        unsettled = (
            select(table.status, table.tries, func.count())
            .where(table.status.in_(statuses), table.settled_at.is_(None))
            .group_by(table.status, table.tries)
        )
        for status, tries, count in work.session.execute(unsettled):
            key = (status, str(min(tries, MOST_TRIES)))
            counts[key] = counts.get(key, 0) + count
        for key, count in sorted(counts.items()):
            yield Reading("queue_rows", count, (queue, *key))
        late = oldest(work, queue, now).total_seconds()
        yield Reading("queue_oldest_seconds", late, (queue,))


def _clocks(work: Work, now: datetime) -> Iterator[Reading]:
    for clock, late in lateness(work, now).items():
        yield Reading("clock_late_seconds", late.total_seconds(), (clock,))


def _channels(work: Work, now: datetime) -> Iterator[Reading]:
    for row in work.session.scalars(select(ChannelHealth)):
        for state in STATES:
            yield Reading("channel_state", row.state == state, (row.channel, state))
        seconds = (now - row.since).total_seconds()
        yield Reading("channel_state_seconds", max(0.0, seconds), (row.channel,))
    for today in work.session.scalars(select(Spending).where(Spending.day == day_of(now))):
        yield Reading("channel_segments_today", today.segments, (today.channel,))
        yield Reading("channel_spent_today", today.amount, (today.channel,))


def _late(work: Work, first: Select[Any], now: datetime) -> timedelta:
    due: datetime | None = work.session.scalar(first)
    return timedelta() if due is None else max(timedelta(), now - due)


def _size(work: Work) -> int:
    if _is_sqlite(work):
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return int(work.session.scalars(text(pages)).one())
    return int(work.session.scalars(text("SELECT pg_database_size(current_database())")).one())


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"
