"""Counts what is about to be purged, so that tables still to be published know of it.

Only sums are kept, in the cells that will be told, and only until they are told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import delete, exists, select

from flows.publications import COUNTRY, Cell, Publication, cells, period_of
from models.case import Case
from models.db import Work
from models.figure import Departed, Figure
from models.referral import Referral
from models.services.counted import Counted, case_counted, referral_counted
from models.services.upsert import insert

KEYS = ("publication", "period", "area", "split", "value")


class Place(NamedTuple):
    """A cell of one table and period."""

    publication: str
    period: str
    cell: Cell


def cases(work: Work, rows: Sequence[Case]) -> None:
    """Count these cases, which the caller deletes in the same unit of work."""
    _count(work, (case_counted(case, case.closed_at or case.due_at) for case in rows))


def referrals(work: Work, rows: Sequence[Referral]) -> None:
    """Count these referrals, which the caller deletes in the same unit of work."""
    _count(work, map(referral_counted, rows))


def of_period(work: Work, publication: Publication, period: str) -> Counter[Cell]:
    """Return what was counted of the departed in one table."""
    rows = select(Departed).where(
        Departed.publication == publication.name, Departed.period == period
    )
    found: Counter[Cell] = Counter()
    for row in work.session.scalars(rows):
        found[Cell(row.area, row.split, row.value)] += row.count
    return found


def forget(work: Work) -> None:
    """Drop the counts of tables that are published: their released numbers are all that stays."""
    told = exists().where(
        Figure.publication == Departed.publication, Figure.period == Departed.period
    )
    work.session.execute(delete(Departed).where(told))


def published(work: Work) -> set[tuple[str, str]]:
    """Return which tables were published, each with its period."""
    one_each = (Figure.area == COUNTRY) & (Figure.split == "")
    found = work.session.execute(select(Figure.publication, Figure.period).where(one_each))
    return {(row.publication, row.period) for row in found}


def places(one: Counted) -> Iterable[Place]:
    """Return every cell that somebody is counted in."""
    period = period_of(one.publication, one.at)
    return (
        Place(one.publication.name, period, cell)
        for cell in cells(one.publication, one.area, one.traits)
    )


def _count(work: Work, found: Iterable[Counted | None]) -> None:
    sums = Counter(place for one in found if one is not None for place in places(one))
    if not sums:
        return
    told = published(work)
    rows = [
        {"publication": name, "period": period, **cell._asdict(), "count": count}
        for (name, period, cell), count in sorted(sums.items())
        if (name, period) not in told
    ]
    if not rows:
        return
    adding = insert(work, Departed)
    work.session.execute(
        adding.on_conflict_do_update(
            index_elements=list(KEYS), set_={"count": Departed.count + adding.excluded.count}
        ),
        rows,
    )
