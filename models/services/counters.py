"""Counts kept as things happen: each case adds to a few rows what it is, as it becomes it.

What a case adds follows from its row alone (``added``), so whoever changes the row, wherever, need
not think of counts: what it added before is taken away, what it adds now is added, by one statement
just before the commit. C5 to C7, what was withdrawn and what joined another item add nothing.
"""

from collections import Counter as Counts
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import Mapper, Session, SessionTransaction, object_session

from flows.case_lifecycle import JOINED, OPEN
from flows.deadlines import act_by, due
from flows.policy import SENSITIVE
from models.case import Case
from models.counter import Counter
from models.db import Work
from models.plain_sql import spelt

KINDS = frozenset({"complaint", "alert"})  # a call, or a task that followed, is no second case
UNCOUNTED = frozenset({"incomplete", "withdrawn", JOINED})
GONE = "~"  # begins the measure of what purged cases had added: for who counts anew
UNKNOWN = "-"
MEASURES = (
    "received",
    "acted",
    "acted_in_time",
    "answered",
    "in_time",
    "content",
    "not_content",
    "waiting",
    "closed",
)
SPLITS = ("", "category", "class", "area", "organisation", "channel", "language")
HOURS = "hours"  # split of ``acted``: within how many hours, in these steps
STEPS = (1, 2, 4, 8, 12, 24, 48, 72, 120, 168, 336, 720)
BEYOND = "9999"
_AT_ONCE = 2000
_ROWS = 400
COLUMNS = (
    "kind",
    "category",
    "case_class",
    "area_pcode",
    "source",
    "language",
    "holder_organisation",
    "status",
    "opened_at",
    "promised_at",
    "acted_at",
    "replied_at",
    "content",
    "closed_at",
)
_PENDING = "counters"
_UPSERT = (
    "INSERT INTO counter (day, measure, split, value, count) VALUES {}"
    " ON CONFLICT (day, measure, split, value)"
    " DO UPDATE SET count = counter.count + excluded.count"
)


class Key(NamedTuple):
    """One row of counts."""

    day: str
    measure: str
    split: str
    value: str


def added(row: Mapping[str, Any]) -> set[Key]:
    """Return the counts in which a case of these columns stands, once in each."""
    if (
        row["kind"] not in KINDS
        or row["status"] in UNCOUNTED
        or row["case_class"] in SENSITIVE
        or row["opened_at"] is None
    ):
        return set()
    day = row["opened_at"].date().isoformat()
    values = (
        "",
        row["category"],
        row["case_class"],
        row["area_pcode"] or UNKNOWN,
        row["holder_organisation"] or UNKNOWN,
        row["source"],
        row["language"],
    )
    splits = tuple(zip(SPLITS, values, strict=True))
    found = {Key(day, what, *split) for what in _measures(row) for split in splits}
    if row["acted_at"] is not None:
        found.add(Key(day, "acted", HOURS, _step(row["acted_at"] - row["opened_at"])))
    return found


def _measures(row: Mapping[str, Any]) -> Iterator[str]:
    opened, acted, replied = row["opened_at"], row["acted_at"], row["replied_at"]
    yield "received"
    if acted is not None:
        yield "acted"
        if acted <= act_by(row["case_class"], opened):
            yield "acted_in_time"
    if replied is not None:
        yield "answered"
        # As its speaker was told at first: giving it back makes nobody's wait shorter.
        if replied <= (row["promised_at"] or due(row["case_class"], opened)):
            yield "in_time"
    if row["content"] is not None:
        yield "content" if row["content"] else "not_content"
    if row["status"] in OPEN:
        yield "waiting"
    if row["status"] == "closed":
        yield "closed"


def _step(passed: timedelta) -> str:
    hours = passed / timedelta(hours=1)
    return next((f"{step:04}" for step in STEPS if hours <= step), BEYOND)


def mark(case: Case, transition: str, now: datetime, details: Mapping[str, Any]) -> None:
    """Keep on the row what counts need to know of its history: first dates, and what was said."""
    if transition == "opened":
        case.promised_at = case.due_at
    elif transition in {"taken", "answered", "reached", "not_reached"}:
        case.acted_at = case.acted_at or now
        if transition != "taken":
            case.replied_at = case.replied_at or now
    elif transition == "reopened":
        case.content = False
    elif transition == "closed" and details.get("why") == "satisfied":
        case.content = True


def depart(work: Work, case: Case) -> None:
    """Let a case be purged: what it added stays, and is known to be of nobody any more."""
    gone = {key._replace(measure=GONE + key.measure) for key in added(_now(case))}
    _stack(work.session)[-1].update(gone)


def differences(work: Work) -> dict[Key, tuple[int, int]]:
    """Count anew, and return what is written and what it should be, where they differ."""
    wanted: Counts[Key] = Counts()
    rows = select(*(getattr(Case, name) for name in COLUMNS)).execution_options(yield_per=_AT_ONCE)
    for row in work.session.execute(rows):
        wanted.update(added(dict(zip(COLUMNS, row, strict=True))))
    kept = select(Counter.day, Counter.measure, Counter.split, Counter.value, Counter.count)
    written = {Key(*key): count for *key, count in work.session.execute(kept)}
    for key, count in written.items():
        if key.measure.startswith(GONE):
            wanted[key] += count
            wanted[key._replace(measure=key.measure.removeprefix(GONE))] += count
    return {
        key: (written.get(key, 0), wanted[key])
        for key in sorted({*written, *wanted})
        if written.get(key, 0) != wanted[key]
    }


def mend(work: Work, wrong: Mapping[Key, tuple[int, int]]) -> None:
    """Write what a count anew said."""
    _stack(work.session)[-1].update({key: want - had for key, (had, want) in wrong.items()})


def totals(
    work: Work, split: str, since: str, until: str, value: str | None = None
) -> dict[str, Counts[str]]:
    """Return how many of the cases opened in these days, by value and measure."""
    asked = (
        select(Counter.value, Counter.measure, func.sum(Counter.count))
        .where(Counter.day >= since, Counter.day <= until, Counter.split == split)
        .where(Counter.measure.in_(MEASURES))
        .group_by(Counter.value, Counter.measure)
    )
    if value is not None:
        asked = asked.where(Counter.value == value)
    found: dict[str, Counts[str]] = {}
    for name, measure, count in work.session.execute(asked):
        found.setdefault(name, Counts())[measure] = int(count)
    return found


def _now(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in COLUMNS}


def _before(case: Case) -> dict[str, Any]:
    """Return the columns as the database still has them."""
    state = inspect(case)
    had = {}
    for name in COLUMNS:
        deleted = state.attrs[name].history.deleted
        had[name] = deleted[0] if deleted else getattr(case, name)
    return had


@event.listens_for(Case, "after_insert")
def _filed(mapper: Mapper[Case], connection: object, case: Case) -> None:
    del mapper, connection
    _change(case, added(_now(case)), ())


@event.listens_for(Case, "before_update")
def _changed(mapper: Mapper[Case], connection: object, case: Case) -> None:
    del mapper, connection
    _change(case, added(_now(case)), added(_before(case)))


def _change(case: Case, now: Iterable[Key], before: Iterable[Key]) -> None:
    session = object_session(case)
    assert session is not None  # noqa: S101 it is being flushed
    counts = _stack(session)[-1]
    counts.update(now)
    counts.subtract(before)


def _stack(session: Session) -> list[Counts[Key]]:
    """Return what is to be counted, one for the transaction and one for each savepoint in it."""
    stack: list[Counts[Key]] = session.info.setdefault(_PENDING, [Counts()])
    return stack


@event.listens_for(Session, "after_transaction_create")
def _begun(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _stack(session).append(Counts())


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _stack(session).pop()  # what was rolled back goes with it
    elif transaction.parent is None:
        session.info.pop(_PENDING, None)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Write it all by one statement, always in the same order: two at once never wait in a ring."""
    session.flush()
    if session.in_nested_transaction():
        *_, below, last = _stack(session)
        below.update(last)
        last.clear()
        return
    if _PENDING not in session.info:
        return
    counts = _stack(session)[-1]
    found = sorted((key, by) for key, by in counts.items() if by)
    counts.clear()
    sqlite = session.get_bind().dialect.name == "sqlite"
    for some in [found[at : at + _ROWS] for at in range(0, len(found), _ROWS)]:
        values = tuple(one for key, by in some for one in (*key, by))
        session.connection().exec_driver_sql(_upsert(len(some), sqlite=sqlite), values)


@cache
def _upsert(rows: int, *, sqlite: bool) -> str:
    """Return what adds to so many rows: composed anew each time it would cost as much as filing."""
    marks = ", ".join(["(?, ?, ?, ?, ?)"] * rows)
    return spelt(_UPSERT.format(marks), sqlite=sqlite)
