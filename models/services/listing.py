"""The list of items that somebody works through: by promise, page after page, filtered.

Whatever is asked, it is asked of ``visible_cases``: what somebody may not know of is in no row, no
count and no search. A page begins behind the last row of the one before (date and item number),
so that rows that come or go meanwhile neither repeat nor hide another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union, union_all
from sqlalchemy.orm import lazyload

from flows.policy import SENSITIVE
from models.area import Area
from models.case import Case
from models.person import Person
from models.services.filtering import Asking, Filter, conditions
from models.services.searching import Says, searched
from models.services.visibility import visible_cases, ways

__all__ = [
    "Asking",
    "Filter",
    "Listing",
    "Page",
    "Row",
    "Total",
    "by_promise",
    "rows_of",
    "visible_to",
]

SIZE = 50
CAP = 200  # counted so far and no further: "200+" is as good to who looks
_CURSOR = "%Y%m%dT%H%M%S.%f"
_COLUMNS = (
    Case.number,
    Case.kind,
    Case.category,
    Case.case_class,
    Area.name.label("place"),
    Case.source,
    Case.language,
    Case.status,
    Case.holder_person,
    Person.number.label("holder"),
    Case.holder_function,
    Case.holder_organisation,
    Case.opened_at,
    Case.act_by,
    Case.due_at,
    Case.subject_line,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: codes and dates, and the objet of ordinary ones. No words said."""

    number: str
    kind: str
    category: str
    case_class: str
    place: str | None
    source: str
    language: str
    status: str
    holder_person: int | None
    holder: str | None
    holder_function: str | None
    holder_organisation: str | None
    opened_at: datetime
    act_by: datetime | None
    due_at: datetime
    subject_line: str | None

    @property
    def is_private(self) -> bool:
        """Whether it is of a compartment: no objet, and never done by the dozen."""
        return self.case_class in SENSITIVE

    @property
    def cursor(self) -> str:
        """Return behind what the next page begins."""
        return _cursor(self.due_at, self.number)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and behind what the next ones begin; empty where there are none."""

    rows: Sequence[Row]
    following: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many there are, counted up to a cap."""

    number: int
    is_more: bool


class Listing:
    """A filter as somebody asks it: each of its questions is one statement."""

    def __init__(self, asking: Asking, wanted: Filter, says: Says = str) -> None:
        """Take ``says`` for the words of a category, in the language in which it is searched."""
        self._asking, self._wanted, self._says = asking, wanted, says
        self._total: Total | None = None  # once the first page is read

    @cached_property
    def cases(self) -> Select[Case]:
        """The cases themselves, in no order: for exports."""
        asked = conditions(self._asking, self._wanted)
        asked += searched(self._asking.work, self._wanted.q, self._says)
        return visible_to(self._asking).where(*asked)

    @cached_property
    def _ways(self) -> list[ColumnElement[bool]]:
        # Asked one by one, each way is read from its index in order and no further than is shown;
        # asked for either, PostgreSQL reads a whole desk and sorts it.
        return ways(self._asking.work)

    def page(self, after: str = "", size: int = SIZE) -> Page:
        """Return one page, in the order in which it is to be done."""
        behind = _behind(after)
        cases = self.cases if behind is None else self.cases.where(behind)
        # The first page is counted as it is read.
        most = max(size, CAP if behind is None else 0) + 1
        parts = [by_promise(rows_of(cases.where(way))).limit(most) for way in self._ways]
        asked = union_all(*(select(part.subquery()) for part in parts))
        # Who has a case in two ways finds it once.
        found = {row.number: row for row in self._asking.work.session.execute(asked)}
        if behind is None:
            self._total = Total(min(len(found), CAP), len(found) > CAP)
        first = sorted(found.values(), key=lambda row: (row.due_at, row.number))
        rows = [Row(*row) for row in first[:size]]
        return Page(rows, rows[-1].cursor if len(first) > size else "")

    def count(self) -> Total:
        """Return how many there are, counted no further than is read."""
        return self._total or self._counted(self.cases)

    def count_new(self, since: datetime) -> Total:
        """Return how many of them were filed after a time."""
        return self._counted(self.cases.where(Case.opened_at > since))

    def _counted(self, cases: Select[Case], cap: int = CAP) -> Total:
        found = self._asking.work.session.scalar(counted(cases, self._ways, cap)) or 0
        return Total(min(found, cap), found > cap)

    def next_to(self, number: str) -> str | None:
        """Return the number of the item that follows one, whether it is still in this list or not.

        Of one that its viewer does not see any more the first; None behind the last.
        """
        asked = visible_to(self._asking).where(Case.number == number)
        due = self._asking.work.session.scalar(asked.with_only_columns(Case.due_at))
        page = self.page("" if due is None else _cursor(due, number), 1)
        return page.rows[0].number if page.rows else None


def visible_to(asking: Asking) -> Select[Case]:
    """Return the cases that who asks may see."""
    # Held meanwhile: a session forgets rows that nobody holds, and reads them again.
    me = asking.work.session.get(Person, asking.person_id) if asking.person_id else None
    seen = visible_cases(asking.work)
    del me
    return seen


def rows_of(cases: Select[Case]) -> Select[Any]:
    """Return what stands in rows about cases, with the names of place and holder."""
    found = (
        cases.outerjoin(Area, Area.pcode == Case.area_pcode)
        .outerjoin(Person, Person.id == Case.holder_person)
        .with_only_columns(*_COLUMNS)
    )
    return cast("Select[Any]", found)


def by_promise(asked: Select[Any]) -> Select[Any]:
    """Return rows in the order in which they are to be done; no two stand at the same place."""
    return asked.order_by(Case.due_at, Case.number)


def _cursor(due_at: datetime, number: str) -> str:
    return f"{due_at.astimezone(UTC):{_CURSOR}}-{number}"


def counted(cases: Select[Case], by: Sequence[ColumnElement[bool]], cap: int = CAP) -> Select[int]:
    """Ask how many there are, by whichever way; of each no more is read than the cap."""
    plain = cases.options(lazyload(Case.subjects)).with_only_columns(Case.id)
    some = [plain.where(way).limit(cap + 1).subquery() for way in by]
    return select(func.count()).select_from(union(*map(select, some)).subquery())


def _behind(cursor: str) -> ColumnElement[bool] | None:
    said, _, number = cursor.rpartition("-")
    try:
        due = datetime.strptime(said, _CURSOR).replace(tzinfo=UTC)
    except ValueError:
        return None  # no cursor of ours: the first page
    # The first condition alone is what an index can begin at.
    return and_(Case.due_at >= due, or_(Case.due_at > due, Case.number > number))
