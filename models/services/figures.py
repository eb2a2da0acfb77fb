"""Publishes each table once its period is over, and gives what was published: never a second time.

The numbers told are frozen rows. Nothing is computed anew for whoever asks, so that nobody learns
from two answers what neither of them says (threat model T10).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import selectinload

from flows.publications import (
    PUBLICATIONS,
    Cell,
    Publication,
    bounds,
    cells,
    period_of,
    ripe,
)
from flows.release import BASE, Node, Release, Shown, tree
from models.case import Case
from models.db import Work
from models.figure import Departed, Figure
from models.referral import Referral
from models.services import departed
from models.services.counted import Counted, case_counted, referral_counted
from models.services.programme import programme_areas

AT_ONCE = 500
Choose = Callable[[str, int], int]
Sums = Mapping[Publication, Counter[Cell]]


class Table(NamedTuple):
    """What is to be told of one table and period."""

    publication: Publication
    period: str
    released: Mapping[Cell, Shown]


def compose(work: Work, choose: Choose, now: datetime) -> list[Table]:
    """Return the tables of one period that are due, while others go on writing; none: none is.

    ``choose`` gives a stable number below the second argument for a name: the keeper's. The work
    only reads, and does nothing before: whoever is purged meanwhile is seen in one place, not two.
    """
    if not _is_sqlite(work):
        work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    period, due = _due(work, now)
    alive = _alive(work, due, period, now) if due else {}
    areas = programme_areas(work) if due else frozenset[str]()
    return [
        _table(choose, publication, period, tree(publication, counts, areas))
        for publication in due
        for counts in [alive[publication] + departed.of_period(work, publication, period)]
    ]


def freeze(work: Work, tables: Iterable[Table], now: datetime) -> int:
    """Publish them, and forget the sums they were made of; return how many were new."""
    told = departed.published(work)
    new = [one for one in tables if (one.publication.name, one.period) not in told]
    work.session.add_all(
        _frozen(one.publication, one.period, cell, shown, now)
        for one in new
        for cell, shown in one.released.items()
    )
    work.session.flush()
    departed.forget(work)
    return len(new)


def published(work: Work, since: str = "", until: str = "9999") -> Iterator[Figure]:
    """Give every public cell of the periods ``since`` to ``until``, 2026-11, both included."""
    rows = (
        select(Figure)
        .where(Figure.is_public, Figure.period >= since, Figure.period <= until)
        .order_by(Figure.period, Figure.publication, Figure.id)
    )
    yield from work.session.scalars(rows.execution_options(yield_per=AT_ONCE))


def _due(work: Work, now: datetime) -> tuple[str, list[Publication]]:
    """Return the oldest period that has tables to publish, and these tables."""
    first = _first(work, now)
    if first is None:
        return "", []
    told = departed.published(work)
    waiting: dict[str, list[Publication]] = {}
    for publication in PUBLICATIONS.values():
        for period in _periods(publication, first, now):
            if (publication.name, period) not in told:
                waiting.setdefault(period, []).append(publication)
    period = min(waiting, key=lambda one: bounds(one, now), default="")
    return period, waiting.get(period, [])


def _first(work: Work, now: datetime) -> datetime | None:
    """Return the moment of the oldest that was ever counted, as far as it is known."""
    oldest = (Case.opened_at, Referral.sent_at, Departed.period, Figure.period)
    known = [work.session.scalar(select(func.min(one))) for one in oldest]
    moments = [_end_of(one, now) if isinstance(one, str) else one for one in known if one]
    return min(moments, default=None)


def _end_of(period: str, now: datetime) -> datetime:
    # Of a quarter the last month: that it was counted says nothing of the others.
    return bounds(period, now)[1] - timedelta(seconds=1)


def _periods(publication: Publication, first: datetime, now: datetime) -> Iterator[str]:
    at = first
    while ripe(publication, period_of(publication, at), now):
        period = period_of(publication, at)
        yield period
        at = bounds(period, at)[1]


def _alive(work: Work, due: list[Publication], period: str, now: datetime) -> Sums:
    begin, end = bounds(period, now)
    sums: dict[Publication, Counter[Cell]] = {publication: Counter() for publication in due}
    for one in chain(_cases(work, begin, end, now), _referrals(work, begin, end)):
        if one is not None and one.publication in sums:
            sums[one.publication].update(cells(one.publication, one.area, one.traits))
    return sums


def _cases(work: Work, begin: datetime, end: datetime, now: datetime) -> Iterable[Counted | None]:
    rows = (
        select(Case)
        .where(Case.opened_at >= begin, Case.opened_at < end)
        .options(selectinload(Case.events))
    )
    found = work.session.scalars(rows.execution_options(yield_per=AT_ONCE))
    return (case_counted(case, now) for case in found)


def _referrals(work: Work, begin: datetime, end: datetime) -> Iterable[Counted | None]:
    rows = (
        select(Referral)
        .where(Referral.sent_at >= begin, Referral.sent_at < end)
        .options(selectinload(Referral.steps))
    )
    return map(referral_counted, work.session.scalars(rows.execution_options(yield_per=AT_ONCE)))


def _table(choose: Choose, publication: Publication, period: str, root: Node) -> Table:
    rule = Release(publication.threshold, _keyed(choose, publication, period))
    return Table(publication, period, rule.of(root))


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"


def _keyed(choose: Choose, publication: Publication, period: str) -> Callable[[Cell, int], int]:
    def chosen(cell: Cell, turn: int) -> int:
        return choose("|".join((publication.name, period, *cell, str(turn))), BASE)

    return chosen


def _frozen(
    publication: Publication, period: str, cell: Cell, shown: Shown, now: datetime
) -> Figure:
    return Figure(
        publication=publication.name,
        period=period,
        **cell._asdict(),
        shown=shown.number,
        below=shown.below,
        is_public=publication.public,
        published_at=now,
    )
