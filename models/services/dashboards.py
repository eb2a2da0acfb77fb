"""The dashboard: sums kept as things happen, without what its viewer may not know of.

It reads counters, whatever the number of cases, and takes away again the few cases from which its
viewer is barred. It looks back no farther than the life of a case: of one that is purged nobody
could say any more whom it barred. What is older, or whose viewer handles none, is published.
"""

from collections import Counter as Counts
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import and_, func, or_, select

from flows.bars import bars
from flows.policy import SENSITIVE
from flows.publications import COMPARTMENTS, COMPLAINTS, COUNTRY, REFERRALS
from models.case import Case
from models.counter import Counter
from models.db import Handler, Work
from models.figure import Figure
from models.person import Person
from models.services.barring import barred
from models.services.counters import BEYOND, COLUMNS, HOURS, MEASURES, SPLITS, Key, added
from models.services.visibility import clearance
from models.stock import Stock

LONGEST = 90  # days: what was opened since then is not purged yet
_ALL = ("", "")


@dataclass(frozen=True, slots=True)
class Span:
    """From which day to which, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, days: int, now: datetime) -> "Span":
        """Return the last days until now."""
        last = now.date()
        return cls(last - timedelta(days=min(days, LONGEST) - 1), last)


@dataclass(frozen=True, slots=True)
class Board:
    """What there is to show: in all, divided by one fact, and step by step in time."""

    total: Mapping[str, int]
    divided: Mapping[str, Mapping[str, Mapping[str, int]]]
    trend: Mapping[date, Mapping[str, int]]
    hours: Mapping[str, int] = field(default_factory=dict)

    def within(self, share: int) -> str:
        """Return within how many hours this share, in percent, had a first action; or empty."""
        whole = sum(self.hours.values())
        passed = 0
        for step in sorted(self.hours):
            passed += self.hours[step]
            if whole and passed * 100 >= share * whole:
                return "" if step == BEYOND else str(int(step))
        return ""


def board(work: Work, span: Span, *, organisation: str | None = None, by: str = "week") -> Board:
    """Return the board of these days, as its actor may know it.

    ``organisation``: only what it has; nothing is divided then. The work is one opened to serve.
    """
    scope = _ALL if organisation is None else ("organisation", organisation)
    wanted = (HOURS, *SPLITS) if organisation is None else ()
    counts = Counts[Key]()
    for key, count in _kept(work, span, scope, wanted):
        counts[key] += count
    for key in _barred(work, span, organisation):
        if (key.split, key.value) == scope:
            counts[key] -= 1
        if key.split in wanted:
            counts[key._replace(day="")] -= 1
    return _board(+counts, by)


def _kept(
    work: Work, span: Span, scope: tuple[str, str], wanted: Sequence[str]
) -> Iterator[tuple[Key, int]]:
    days = (Counter.day >= span.first.isoformat(), Counter.day <= span.last.isoformat())
    told = Counter.measure.in_(MEASURES)
    one_by_one = select(Counter.day, Counter.measure, Counter.count).where(
        *days, told, Counter.split == scope[0], Counter.value == scope[1]
    )
    for day, measure, count in work.session.execute(one_by_one):
        yield Key(day, measure, *scope), count
    if wanted:
        summed = (
            select(Counter.measure, Counter.split, Counter.value, func.sum(Counter.count))
            .where(*days, told, Counter.split.in_(wanted))
            .group_by(Counter.measure, Counter.split, Counter.value)
        )
        for measure, split, value, count in work.session.execute(summed):
            yield Key("", measure, split, value), int(count)


def _barred(work: Work, span: Span, organisation: str | None) -> Iterator[Key]:
    """Give what the cases add from which the actor is barred: they are few."""
    actor = work.actor
    if not isinstance(actor, Handler):
        return
    rows = select(*(getattr(Case, name) for name in COLUMNS)).where(
        barred(work, actor.person_id, bars),
        Case.case_class.not_in(SENSITIVE),
        Case.opened_at >= datetime.combine(span.first, time.min, UTC),
        Case.opened_at < datetime.combine(span.last + timedelta(days=1), time.min, UTC),
    )
    if organisation is not None:
        rows = rows.where(Case.holder_organisation == organisation)
    for row in work.session.execute(rows):
        yield from added(dict(zip(COLUMNS, row, strict=True)))


def _board(counts: Mapping[Key, int], by: str) -> Board:
    total, hours = Counts[str](), Counts[str]()
    divided: dict[str, dict[str, Counts[str]]] = {}
    trend: dict[date, Counts[str]] = {}
    for key, count in counts.items():
        if key.day:
            total[key.measure] += count
            begins = _begins(date.fromisoformat(key.day), by)
            trend.setdefault(begins, Counts())[key.measure] += count
        elif key.split == HOURS:
            hours[key.value] += count
        elif key.split:
            divided.setdefault(key.split, {}).setdefault(key.value, Counts())[key.measure] += count
    return Board(total, divided, dict(sorted(trend.items())), hours)


def _begins(day: date, by: str) -> date:
    return day.replace(day=1) if by == "month" else day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of the country: the last month of a table, the quarters of compartments.

    A compartment is told to who is cleared for it, and to nobody else.
    """

    cells: Sequence[Figure]

    def last(self, publication: str) -> tuple[str, Sequence[Figure]]:
        """Return the last period of a table, and its cells; nothing where nothing is told yet."""
        mine = [one for one in self.cells if one.publication == publication]
        period = max((one.period for one in mine), default="")
        return period, [one for one in mine if one.period == period]

    @property
    def compartments(self) -> Sequence[Figure]:
        """Return every quarter of the viewer's own compartments, the last one first."""
        return [one for one in reversed(self.cells) if not one.is_public]


def published(work: Work, now: datetime) -> Published:
    """Return what the actor may know of what was published within a year."""
    cleared = [COMPARTMENTS[name].name for name in sorted(_cleared(work))]
    told = and_(
        Figure.publication.in_((COMPLAINTS.name, REFERRALS.name)),
        Figure.is_public,
        Figure.area == COUNTRY,
    )
    asked = (
        select(Figure)
        .where(or_(told, Figure.publication.in_(cleared)), Figure.period >= str(now.year - 1))
        .order_by(Figure.period, Figure.publication, Figure.id.desc())
    )
    return Published(work.session.scalars(asked).all())


def _cleared(work: Work) -> frozenset[str]:
    actor = work.actor
    person = work.session.get(Person, actor.person_id) if isinstance(actor, Handler) else None
    return frozenset() if person is None or not person.usable else clearance(person)


def out_of_stock(work: Work) -> Sequence[tuple[str, int, int]]:
    """Return of each product how many centres have none, of how many that told."""
    asked = select(Stock.product, func.count(Stock.out_since), func.count()).group_by(Stock.product)
    rows = work.session.execute(asked.order_by(Stock.product))
    return [(product, out, told) for product, out, told in rows]
