"""The inbox's rows taken a few at a time: in order for each contact, never by two at once.

Whoever wrote little within the last hour comes first, so that one who floods us keeps nobody else
waiting (docs/decisions/0024).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import aliased

from models.db import Work
from models.inbound import InboundMessage as Message

LEASE = timedelta(seconds=4)  # a killed worker's message is another's within ten seconds
TRIES = 5
TIRED = "tried five times"
BEFORE = "; "  # what it is, told by its cause, stands before why it was given up
BACK_OFF = (5, 30, 120, 600)  # seconds after each try that failed; the fifth is the last
AWAY = timedelta(seconds=5)  # the keeper comes back within seconds, or is started again
AT_ONCE = 32  # rows one claim takes: a second's work of the slowest kind
MOST_AT_ONCE = 96  # of the quick kinds: each claim looks at all that waits


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to handle. ``tries`` tells this claim from a later one."""

    row: int
    tries: int
    contact: str


def claim(work: Work, now: datetime, limit: int = AT_ONCE) -> list[Claim]:
    """Take up to ``limit`` messages that may be handled now, in the order to handle them in.

    A contact's next message waits until the one before has its end, unless both are taken here; a
    lease that ran out, because its worker died, lets rows be taken again. One taken up before is
    taken alone: should it be what kills workers, it takes no other message with it. After TRIES it
    is a dead letter.
    """
    about = {"now": now, "limit": limit}
    free = FREE[work.session.get_bind().dialect.name]
    taken = _alone(_in_order(work.session.execute(free, about).all()))
    if not taken:
        return []
    work.session.execute(
        update(Message)
        .where(Message.id.in_([row.id for row in taken]))
        .values(status="processing", due_at=now + LEASE, tries=Message.tries + 1)
        .execution_options(synchronize_session=False)
    )
    return [Claim(row.id, row.tries + 1, row.contact) for row in taken]


def _is_open() -> ColumnElement[bool]:
    return Message.settled_at.is_(None)  # waiting or processing; so is the index spelt


def _first_nameless() -> ScalarSelect[Any]:
    # Not what the keeper has put off: it cannot be named, its key being lost. By no clock, for the
    # keeper may be away for longer than anybody thought of, and clocks jump.
    nameless = aliased(Message, name="nameless")
    return (
        select(func.min(nameless.id))
        .where(nameless.settled_at.is_(None), nameless.contact.is_(None))
        .where(nameless.sender_sealed.is_not(None), nameless.due_at <= nameless.received_at)
        .scalar_subquery()
    )


def _is_due(row: Any) -> ColumnElement[bool]:
    return and_(row.due_at <= bindparam("now"), row.tries < TRIES)


def _in_turn() -> Select[Any]:
    """Select what may be taken, with the place that each row has among its contact's open ones.

    Nobody's later message ranks before an earlier one, though the hour of that one be over. Behind
    one that has no name yet all wait: it may be of the same phone.
    """
    in_order: dict[str, Any] = {"partition_by": Message.contact, "order_by": Message.id}
    kept = (Message.id, Message.tries, Message.contact, Message.due_at)
    opened = (
        select(
            *kept,
            func.row_number().over(**in_order).label("place"),
            func.max(Message.rank).over(**in_order).label("rank"),
            func.first_value(Message.due_at).over(**in_order).label("first_due_at"),
            func.first_value(Message.tries).over(**in_order).label("first_tries"),
        )
        .where(_is_open(), Message.contact.is_not(None))
        .subquery("opened")
    )
    row = opened.c
    return (
        select(row.id, row.tries, row.contact, row.place, row.rank)
        .where(row.first_due_at <= bindparam("now"), row.first_tries < TRIES, _is_due(row))
        .where(row.id < func.coalesce(_first_nameless(), row.id + 1))
        .order_by(row.rank, row.id)
    )


def _locked() -> Select[Any]:
    """Select the same, each row locked as its turn comes, until there are enough of them."""
    # Joined with their table, each of some thousand rows was compared with each of them, because
    # the database expects few: this way it can do nothing but look up one row for each.
    turn = _in_turn().subquery("turn")
    ours = (
        select(Message.tries)
        .where(Message.id == turn.c.id, _is_open(), _is_due(Message))
        .with_for_update(skip_locked=True)
        .lateral("ours")
    )
    taken = select(turn.c.id, ours.c.tries, turn.c.contact, turn.c.place)
    return taken.join(ours, true()).order_by(turn.c.rank, turn.c.id)


# Built once: building a statement costs more than running it. SQLite has one writer and no locks.
FREE = {
    "postgresql": _locked().limit(bindparam("limit")),
    "sqlite": _in_turn().limit(bindparam("limit")),
}


def _in_order(rows: Sequence[Row[Any]]) -> Iterable[Row[Any]]:
    """Give the rows, each contact's up to the first that another worker is just taking."""
    taken = Counter[str]()
    for row in rows:
        if row.place == taken[row.contact] + 1:
            taken[row.contact] += 1
            yield row


def _alone(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    taken = list[Row[Any]]()
    for row in rows:
        if row.tries:
            return taken or [row]
        taken.append(row)
    return taken


def held(work: Work, claims: Sequence[Claim]) -> dict[int, Message]:
    """Return by id the rows that are still ours, locked till the end of this work.

    The lease is short, so a worker may wake up after another took its messages. The lock keeps
    others off for as long as handling takes, and the number of tries says whose a row is.
    """
    tries = {one.row: one.tries for one in claims}
    rows = (
        select(Message)
        .where(Message.id.in_(tries), Message.status == "processing")
        .order_by(Message.id)
        .with_for_update()
    )
    return {row.id: row for row in work.session.scalars(rows) if row.tries == tries[row.id]}


def settle(work: Work, rows: Iterable[Message], now: datetime) -> None:
    """Record that messages had their effect; their words and their senders are let go."""
    work.session.execute(
        update(Message)
        .where(Message.id.in_([row.id for row in rows]))
        .values(status="processed", settled_at=now, text_sealed=None, sender_sealed=None)
        .execution_options(synchronize_session=False)
    )


def put_back(work: Work, claim: Claim, now: datetime) -> None:
    """Let a message wait for the keeper, or for somebody else's lock, without counting the try."""
    _wait(work, claim, now + AWAY, claim.tries - 1)


def release(work: Work, claims: Sequence[Claim], now: datetime) -> None:
    """Give back what was taken and not looked at: it may be taken at once, the try not counted."""
    ours = tuple_(Message.id, Message.tries).in_([(one.row, one.tries) for one in claims])
    work.session.execute(
        update(Message)
        .where(ours, Message.status == "processing")
        .values(status="waiting", due_at=now, tries=Message.tries - 1)
        .execution_options(synchronize_session=False)
    )


def failed(work: Work, claim: Claim, now: datetime) -> None:
    """Let a message wait after an error of ours, each time longer, until it is buried."""
    waits = BACK_OFF[claim.tries - 1] if claim.tries < TRIES else 0
    _wait(work, claim, now + timedelta(seconds=waits), claim.tries)


def _wait(work: Work, claim: Claim, due_at: datetime, tries: int) -> None:
    ours = (
        Message.id == claim.row,
        Message.tries == claim.tries,
        Message.status == "processing",
    )
    work.session.execute(
        update(Message)
        .where(*ours)
        .values(status="waiting", due_at=due_at, tries=tries)
        .execution_options(synchronize_session=False)
    )


def bury(work: Work, now: datetime) -> list[int]:
    """Make dead letters of what was tried too often, and return their row ids."""
    rows = work.session.scalars(
        update(Message)
        .where(_is_open(), Message.tries >= TRIES, Message.due_at <= now)
        .values(
            status="dead", cause=func.coalesce(Message.cause + BEFORE, "") + TIRED, settled_at=now
        )
        .returning(Message.id)
    )
    return list(rows)
