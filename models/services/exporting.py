"""Files that somebody asks for at the console: what they see in a list, row by row, no words said.

A worker that looks every other second makes them (workers/exporting.py), reading as whoever asked:
what they may not know of is in no file. C5 to C7 are in none, whoever asks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Select, func, select, update

from flows.policy import SENSITIVE
from models.account import Account
from models.alert import Alert
from models.case import Case
from models.db import Actor, Work
from models.paperwork import ExportRequest
from models.referral import Referral
from models.services import figures
from models.services.accounts import actor_of
from models.services.listing import Asking, Filter, Listing, by_promise, rows_of
from models.services.referral_views import own_centres
from models.services.visibility import visible_cases

FORMS = ("csv", "xlsx", "jsonl")
KEPT = timedelta(hours=24)  # a file, from when it was made
LEASE = timedelta(minutes=2)
TRIES, AT_ONCE, MOST_WAITING = 3, 500, 3

Value = str | int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file to be: their names, how many there are, and they themselves."""

    names: Sequence[str]
    total: int
    rows: Iterator[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Due:
    """A file to be made now, by whom it was asked, and how."""

    id: int
    actor: Actor
    what: str
    form: str
    query: str


def ask(work: Work, account_id: int, asked: tuple[str, str, str], now: datetime) -> bool:
    """Ask for a file: what, in which form, by which filter. False while too many wait already."""
    what, form, query = asked
    if what not in SHEETS or form not in FORMS:
        return False
    mine = (ExportRequest.account_id == account_id, ExportRequest.status == "waiting")
    waiting = work.session.scalar(select(func.count()).select_from(ExportRequest).where(*mine))
    if (waiting or 0) >= MOST_WAITING:
        return False
    row = ExportRequest(
        account_id=account_id,
        what=what,
        form=form,
        query=Filter.from_query(dict(parse_qsl(query))).to_query()[:600],
        status="waiting",
        due_at=now,
        asked_at=now,
    )
    work.session.add(row)
    return True


def asked_by(work: Work, account_id: int) -> Sequence[ExportRequest]:
    """Return what somebody asked for, the last first."""
    mine = select(ExportRequest).where(ExportRequest.account_id == account_id)
    return work.session.scalars(mine.order_by(ExportRequest.id.desc()).limit(20)).all()


def to_fetch(work: Work, account_id: int, row_id: int, now: datetime) -> ExportRequest | None:
    """Return a file that is ready, if it is this account's own and not too old."""
    row = work.session.get(ExportRequest, row_id)
    if row is None or row.account_id != account_id or row.status != "made":
        return None
    return row if row.made_at is not None and row.made_at > now - KEPT else None


def claim(work: Work, now: datetime) -> Due | None:
    """Take up the oldest file that waits; what failed thrice is given up."""
    waiting = (
        select(ExportRequest)
        .where(ExportRequest.status == "waiting", ExportRequest.due_at <= now)
        .order_by(ExportRequest.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = work.session.scalar(waiting)
    if row is None:
        return None
    actor = actor_of(work, work.session.get_one(Account, row.account_id))
    row.tries, row.due_at, row.done = row.tries + 1, now + LEASE, 0
    if actor is None or row.tries > TRIES:
        row.status = "failed"
        return claim(work, now)
    return Due(row.id, actor, row.what, row.form, row.query)


def tell(work: Work, due: Due, done: int, total: int, now: datetime) -> None:
    """Say how far it is, and keep it for two minutes more."""
    row = work.session.get(ExportRequest, due.id)
    if row is not None:
        row.done, row.total, row.due_at = done, total, now + LEASE


def finish(work: Work, due: Due, status: str, done: int, now: datetime) -> None:
    """Say that it is made, or that it failed."""
    row = work.session.get(ExportRequest, due.id)
    if row is not None:
        row.status, row.done, row.total, row.made_at = status, done, done, now


def forget_old(work: Work, now: datetime) -> None:
    """Know of files too old to be fetched that they are gone."""
    old = update(ExportRequest).where(
        ExportRequest.status == "made", ExportRequest.made_at <= now - KEPT
    )
    work.session.execute(old.values(status="gone"))


def sheet(work: Work, due: Due, now: datetime) -> Sheet:
    """Return what stands in a file, as the actor of this work may know it."""
    wanted = Filter.from_query(dict(parse_qsl(due.query)))
    return SHEETS[due.what](work, wanted, now)


def _cases(work: Work, wanted: Filter, now: datetime) -> Sheet:
    found = Listing(Asking(work, now), wanted).cases.where(Case.case_class.not_in(SENSITIVE))
    asked = by_promise(rows_of(found))
    return _sheet(work, asked, [one["name"] for one in asked.column_descriptions])


def _alerts(work: Work, wanted: Filter, now: datetime) -> Sheet:
    del wanted, now
    asked = (
        visible_cases(work)
        .join(Alert, Alert.case_id == Case.id)
        .where(Case.case_class.not_in(SENSITIVE))
        .with_only_columns(
            Case.number,
            Alert.kind,
            Case.area_pcode,
            Case.status,
            Alert.households,
            Alert.persons,
            Case.opened_at,
            Alert.acknowledged_at,
            Alert.decided_at,
            Case.holder_organisation,
        )
        .order_by(Case.id)
    )
    return _sheet(work, asked, [one["name"] for one in asked.column_descriptions])


def _referrals(work: Work, wanted: Filter, now: datetime) -> Sheet:
    """Return those of one's own centre: no code, no method; who is at no centre has none."""
    del wanted, now
    columns = (
        Referral.sent_at,
        Referral.source,
        Referral.age_band,
        Referral.facility_id,
        Referral.status,
        Referral.reason,
        Referral.closed_at,
    )
    asked = select(*columns).where(Referral.facility_id.in_(own_centres(work)))
    return _sheet(work, asked.order_by(Referral.id), [one.key for one in columns])


def _figures(work: Work, wanted: Filter, now: datetime) -> Sheet:
    del wanted, now
    found = list(figures.published(work))
    names = ("table", "period", "area_pcode", "by", "value", "count")
    rows = (
        (
            one.publication,
            one.period,
            one.area,
            one.split,
            one.value,
            one.shown if one.shown is not None else "" if one.below is None else f"<{one.below}",
        )
        for one in found
    )
    return Sheet(names, len(found), rows)


SHEETS: Mapping[str, Callable[[Work, Filter, datetime], Sheet]] = {
    "cases": _cases,
    "alerts": _alerts,
    "referrals": _referrals,
    "figures": _figures,
}


def _sheet(work: Work, asked: Select[*tuple[Any, ...]], names: Sequence[str]) -> Sheet:
    counted = select(func.count()).select_from(asked.order_by(None).subquery())
    total = work.session.scalar(counted) or 0
    found = work.session.execute(asked.execution_options(yield_per=AT_ONCE))
    return Sheet(names, total, ([_plain(value) for value in row] for row in found))


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value if isinstance(value, int | str) or value is None else str(value)
