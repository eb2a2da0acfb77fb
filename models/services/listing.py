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

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import lazyload

from flows.policy import SENSITIVE
from models.area import Area
from models.case import Case
from models.db import Work
from models.person import Person
from models.services.filtering import Asking, Filter, conditions
from models.services.searching import Says, searched
from models.services.visibility import visible_cases

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
CAP = 1000  # counted so far and no further: "1000+" is as good to who looks
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

    @cached_property
    def cases(self) -> Select[Case]:
        """The cases themselves, in no order: for exports."""
        asked = conditions(self._asking, self._wanted)
        asked += searched(self._asking.work, self._wanted.q, self._says)
        return visible_to(self._asking).where(*asked)

    def page(self, after: str = "", size: int = SIZE) -> Page:
        """Return one page, in the order in which it is to be done."""
        asked = by_promise(rows_of(self.cases)).limit(size + 1)
        behind = _behind(after)
        if behind is not None:
            asked = asked.where(behind)
        rows = [Row(*row) for row in self._asking.work.session.execute(asked)]
        return Page(rows[:size], rows[size - 1].cursor if len(rows) > size else "")

    def count(self) -> Total:
        """Return how many there are, counted no further than is read."""
        return counted(self._asking.work, self.cases)

    def count_new(self, since: datetime) -> Total:
        """Return how many of them were filed after a time."""
        return counted(self._asking.work, self.cases.where(Case.opened_at > since))

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


def counted(work: Work, cases: Select[Case], cap: int = CAP) -> Total:
    """Return how many there are, reading no more than the cap."""
    some = cases.options(lazyload(Case.subjects)).with_only_columns(Case.id).limit(cap + 1)
    found = work.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return Total(min(found, cap), found > cap)


def _behind(cursor: str) -> ColumnElement[bool] | None:
    said, _, number = cursor.rpartition("-")
    try:
        due = datetime.strptime(said, _CURSOR).replace(tzinfo=UTC)
    except ValueError:
        return None  # no cursor of ours: the first page
    # The first condition alone is what an index can begin at.
    return and_(Case.due_at >= due, or_(Case.due_at > due, Case.number > number))
