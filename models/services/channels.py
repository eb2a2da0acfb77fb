"""What is known of the channels: how each of them does, and what left by it today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, select

from models.channel import ChannelHealth, Spending
from models.db import Work
from models.plain_sql import spelt
from models.services.upsert import insert

WELL, FAILING, STOPPED = "well", "failing", "stopped"
LONGEST_REASON = 80

# As the driver has it, because it runs with every few texts that leave.
SPEND = (
    "INSERT INTO spending AS before (day, channel, segments, amount) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (day, channel) DO UPDATE SET segments = before.segments + excluded.segments,"
    " amount = before.amount + excluded.amount"
)


@dataclass(frozen=True, slots=True)
class State:
    """How a channel does since when; not tried again ``until`` then, unless it is well."""

    channel: str
    state: str
    reason: str | None
    since: datetime
    until: datetime | None


def put_state(work: Work, state: State) -> None:
    """Say how a channel does, whatever was known before."""
    values = {
        "state": state.state,
        "reason": state.reason and state.reason[:LONGEST_REASON],
        "since": state.since,
        "until": state.until,
    }
    work.session.execute(
        insert(work, ChannelHealth)
        .values(channel=state.channel, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )


def forget_others(work: Work, channels: Collection[str]) -> None:
    """Forget how channels did that are not configured any more."""
    gone = delete(ChannelHealth).where(ChannelHealth.channel.not_in(channels))
    work.session.execute(gone)


def spend(work: Work, channel: str, segments: int, amount: float, now: datetime) -> None:
    """Add to what left by this channel today; the amount is in the programme's currency."""
    link = work.session.connection()
    sql = spelt(SPEND, sqlite=link.dialect.name == "sqlite")
    link.exec_driver_sql(sql, (day_of(now), channel, segments, amount))


def spent(work: Work, now: datetime) -> float:
    """Return what all channels together cost today, in the programme's currency."""
    today = select(func.sum(Spending.amount)).where(Spending.day == day_of(now))
    return work.session.scalar(today) or 0.0


def day_of(now: datetime) -> str:
    """Return the day that money is counted by: the ISO date, UTC."""
    return now.astimezone(UTC).date().isoformat()
