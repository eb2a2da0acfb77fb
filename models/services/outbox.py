"""The sender's hand in the outbox: what it takes up, and how that ended."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from models.db import Work
from models.outbound import OutboundMessage as Message
from models.plain_sql import spelt, stamp
from models.services.messages import (
    FORGOTTEN,
    RING_AGAIN,
    end,
    stop,
)
from models.services.overdue import REPEAT_AFTER, may_not_leave
from models.services.turns import TABLE, Due, is_open

LEASE = timedelta(seconds=60)  # longer than any provider may think (15 s), even several in a row
BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Taken:
    """What a provider took: by which channel, under what id, in how many segments."""

    ours: Due
    channel: str
    provider_id: str
    segments: int


def _claiming() -> ReturningUpdate[int]:
    now: BindParameter[datetime] = bindparam("now", type_=Message.due_at.type)
    takeable = (
        select(Message.id)
        .where(tuple_(Message.id, Message.tries).in_(bindparam("rows", expanding=True)))
        .where(is_open(), ~may_not_leave(now))
        .where(Message.due_at <= now)
        .with_for_update(of=Message, skip_locked=True)  # SQLite has one writer and needs no words
        .cte("takeable")
    )
    return (
        update(TABLE)
        .where(Message.id.in_(select(takeable.c.id)))
        .values(
            status="sending",
            due_at=bindparam("lease"),
            tries=Message.tries + 1,
            channel=bindparam("road"),
            repeated=or_(Message.repeated, Message.status == "unknown"),
        )
        .returning(TABLE.c.id)
    )


# Built once: building a statement costs more than running it, and the sender runs these all day.
CLAIM = _claiming()
# What a chat took keeps its number and words: it may tell later that it is closed. And the lease
# may have lapsed while the provider was still thinking.
HANDED_OVER = (
    "UPDATE outbound_message SET status = 'handed_over', channel = news.column3,"
    " provider_id = news.column4, segments = news.column5, reason = NULL, settled_at = ?,"
    " address = CASE WHEN via = news.column3 AND NOT sensitive THEN address END,"
    " text_sealed = CASE WHEN via = news.column3 AND NOT sensitive THEN text_sealed END"
    " FROM (VALUES {}) AS news WHERE id = news.column1 AND tries = news.column2"
    " AND status IN ('sending', 'unknown') RETURNING id"
)


def claim(work: Work, rows: Sequence[tuple[Due, str]], now: datetime) -> set[int]:
    """Take these messages for the channels named; return the ids of those that are ours now.

    One conditional update a channel decides, so of two senders exactly one wins a row; what
    expired, was withheld or met a STOP since it was looked at is not taken.
    """
    by_road: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one, channel in rows:
        by_road[channel].append((one.id, one.tries))
    taken: set[int] = set()
    for road, ours in by_road.items():
        about = {"rows": ours, "road": road, "now": now, "lease": now + LEASE}
        taken.update(work.session.scalars(CLAIM, about))
    return taken


def handed_over(work: Work, taken: Sequence[Taken], now: datetime) -> set[int]:
    """Record what providers took, forget numbers and words; return whose news came in time."""
    if not taken:
        return set()
    link = work.session.connection()
    sqlite = link.dialect.name == "sqlite"
    sql = HANDED_OVER.format(", ".join(["(?, ?, ?, ?, ?)"] * len(taken)))
    news = [
        value
        for one in taken
        for value in (
            one.ours.id,
            one.ours.tries,
            one.channel,
            one.provider_id[:LONGEST_ID],
            one.segments,
        )
    ]
    values = (stamp(now, sqlite=sqlite), *news)
    return set(link.exec_driver_sql(spelt(sql, sqlite=sqlite), values).scalars())


def refused(work: Work, ours: Due, reason: str, now: datetime, *, again: bool) -> None:
    """Record a refusal: due again after a back-off, or failed for good after five tries.

    What is urgent is tried until it is of no use any more.
    """
    if again and (ours.urgent or ours.tries <= len(BACK_OFF)):
        due_at = now + (RING_AGAIN if ours.urgent else BACK_OFF[ours.tries - 1])
        _settle(work, ours, status="waiting", due_at=due_at, reason=reason)
    else:
        _settle(work, ours, status="failed", reason=reason, settled_at=now, **FORGOTTEN)


def held(work: Work, ours: Due, reason: str, until: datetime | ColumnElement[datetime]) -> None:
    """Put back what was claimed and that no provider took, as if it had not been claimed."""
    tries = Message.tries - 1
    _settle(work, ours, status="waiting", due_at=until, tries=tries, reason=reason)


def returned(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Put it back into its place, before what was written after it."""
    # Who wrote it may have had a clock that ran ahead.
    held(work, ours, reason, case((Message.created_at < now, Message.created_at), else_=now))


def delayed(work: Work, rows: Sequence[tuple[Due, datetime]], reason: str) -> None:
    """Let what was looked at and not claimed wait, each until then."""
    if not rows:
        return
    until = case({one.id: at for one, at in rows}, value=Message.id)
    work.session.execute(
        update(Message)
        .where(_same([one for one, _ in rows]), is_open())
        .values(due_at=until, reason=reason)
        .execution_options(synchronize_session=False)
    )


def lost(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Fail what nobody can send: number or words sealed under a key that is gone, no road."""
    ours_still = and_(_same([ours]), Message.settled_at.is_(None))
    end(work, ours_still, "failed", reason, now)


def withheld(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Keep back for good what was claimed."""
    _settle(work, ours, status="withheld", reason=reason, settled_at=now, **FORGOTTEN)


def opted_out(work: Work, ours: Due, now: datetime) -> None:
    """Record that this number refuses our texts: failed, and none is tried again."""
    stop(work, ours.contact, ours.person_id, now)
    refused(work, ours, "opted out", now, again=False)


def unknown(work: Work, ours: Due, reason: str, now: datetime) -> None:
    """Record that nobody can say what became of it.

    Sensitive, or repeated already: never again. Else once more after REPEAT_AFTER, unless a
    report has told its fate by then.
    """
    if ours.unrepeatable:
        _settle(work, ours, status="unknown", reason=reason, settled_at=now, **FORGOTTEN)
    else:
        _settle(work, ours, status="unknown", reason=reason, due_at=now + REPEAT_AFTER)


def _same(rows: Sequence[Due]) -> ColumnElement[bool]:
    # Whoever lost the lease meanwhile has no say any more: ``tries`` tells one claim from the next.
    return tuple_(Message.id, Message.tries).in_([(one.id, one.tries) for one in rows])


def _settle(work: Work, ours: Due, **values: object) -> None:
    work.session.execute(
        update(Message)
        .where(Message.id == ours.id, Message.tries == ours.tries, Message.status == "sending")
        .values(**values)
        .execution_options(synchronize_session=False)
    )
