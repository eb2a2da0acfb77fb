"""Writes rows into the inbox: one statement each, because whoever posted waits for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models.db import Store, Work
from models.plain_sql import spelt, stamp

LATELY = timedelta(hours=1)
MOST_COUNTED = 20  # whoever wrote more often than that goes last in any case

# The same id is the same event, and who writes much goes behind who writes little: both are said
# by the statement that writes, so that no other can come in between.
INSERT = (
    "INSERT INTO inbound_message (channel, provider_id, likeness, contact, sender_sealed,"
    " text_sealed, provider_at, status, cause, received_at, due_at, settled_at, tries, rank)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, (SELECT count(*) FROM (SELECT 1"
    " FROM inbound_message WHERE contact = ? AND received_at > ? LIMIT ?) AS lately))"
    " ON CONFLICT (channel, provider_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One row to be: what stands in InboundMessage. ``ended``: nobody shall work at it."""

    channel: str
    provider_id: str
    received_at: datetime
    contact: str | None = None
    sender_sealed: bytes | None = None
    text_sealed: bytes | None = None
    provider_at: str | None = None
    likeness: str | None = None
    cause: str | None = None
    ended: bool = False


def enter(work: Work, entry: Entry) -> bool:
    """Write the row, unless its id was here before: then return False."""
    sqlite = work.session.get_bind().dialect.name == "sqlite"
    sql, values = spelt(INSERT, sqlite=sqlite), _values(entry, sqlite)
    return work.session.connection().exec_driver_sql(sql, values).rowcount == 1


def enter_alone(store: Store, entry: Entry) -> bool:
    """Do the same in a transaction of its own, durably: one way to the database and back."""
    sqlite = store.is_sqlite
    return store.accept(spelt(INSERT, sqlite=sqlite), _values(entry, sqlite)) == 1


def _values(entry: Entry, sqlite: bool) -> tuple[Any, ...]:
    at = stamp(entry.received_at, sqlite=sqlite)
    return (
        entry.channel,
        entry.provider_id,
        entry.likeness,
        entry.contact,
        entry.sender_sealed,
        entry.text_sealed,
        entry.provider_at,
        "ignored" if entry.ended else "waiting",
        entry.cause,
        at,
        at,
        at if entry.ended else None,
        entry.contact,
        stamp(entry.received_at - LATELY, sqlite=sqlite),
        MOST_COUNTED,
    )
