"""What needs somebody this morning (field.md 8): few lines of each kind, and how many there are.

Rows and sums are of the cases that the viewer may see. What is nobody's case (texts given up,
channels, slips, silent places) the service looks at, for those who run the desk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, func, literal, select, true, union, union_all

from flows.case_lifecycle import OPEN, WAITING
from flows.policy import SENSITIVE
from models.area import Area
from models.base import UtcDateTime
from models.case import CallBack, Case, CaseEvent, Story
from models.repair import Check, Repair, RepairCase
from models.services.filtering import Asking, came_back, end_of_day, one_of
from models.services.listing import CAP, Row, Total, by_promise, rows_of, visible_to
from models.services.repair_links import UNANSWERED
from models.services.visibility import is_cleared, ways

SIZES: Mapping[str, int] = {
    "calls": 4,
    "evacuations": 2,
    "due": 6,
    "replied": 2,
    "reopened": 2,
    "returned": 2,
    "undelivered": 1,
}
MOST = 200  # groups looked at
NEW = 300  # new cases looked at: beyond those "300+" is as good to who looks
LINES = 5
Ways = Sequence[ColumnElement[bool]]
_CALL = (CallBack.language, CallBack.hour, CallBack.voice)


@dataclass(frozen=True, slots=True)
class Wished:
    """How a call is wished: in which language, at which hour, by a woman or a man."""

    language: str
    hour: str
    voice: str


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a block, how its call is wished if it is one, and why it came back if it did.

    ``why`` is the digit of a return (G12-5), or whether the speaker said that nothing arrived.
    """

    row: Row
    call: Wished | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """The first lines of one kind, and how many there are, counted up to a cap."""

    lines: Sequence[Line] = ()
    number: int = 0
    is_more: bool = False


@dataclass(slots=True)
class Heap:
    """New cases of one place and topic: how many, by which roads, in which languages."""

    area: str | None
    place: str | None
    kind: str
    category: str
    number: int = 0
    sources: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many of something wait, by name, and since when the oldest does."""

    name: str
    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Morning:
    """What one person finds in the morning."""

    blocks: Mapping[str, Block]
    heaps: Sequence[Heap]
    new: Total
    unread: Sequence[Sum]
    repairs: Sequence[Sum]
    checks: Sequence[Sum]
    private: int


def morning(asking: Asking, left_at: datetime, lost: Collection[int]) -> Morning:
    """Return what needs whoever asks, who was last here at ``left_at``.

    ``lost``: of which cases a text failed (models/services/standing.py).
    """
    seen = visible_to(asking)
    sums = _sums(asking, seen, left_at)
    heaps = _heaped(sums["new"])
    new = sum(one.number for one in heaps)
    return Morning(
        blocks=_blocks(asking, seen, lost),
        heaps=heaps[:LINES],
        new=Total(min(new, NEW), new > NEW),
        unread=_named(sums["unread"]),
        repairs=_named(sums["repair"]),
        checks=_named(sums["check"]),
        private=sum(row.number for row in sums["private"]),
    )


def _blocks(asking: Asking, seen: Select[Case], lost: Collection[int]) -> Mapping[str, Block]:
    still_open, waits = one_of("open", OPEN), one_of("waits", WAITING)
    wanted = {
        "calls": seen.where(still_open, Case.id.in_(select(CallBack.case_id))),
        "evacuations": seen.where(waits, Case.kind == "evacuation"),
        "due": seen.where(still_open, Case.due_at <= end_of_day(asking.now)),
        "replied": seen.where(came_back(asking, "replied")),
        "reopened": seen.where(came_back(asking, "reopened")),
        "returned": seen.where(came_back(asking, "returned")),
        "undelivered": seen.where(Case.id.in_(lost)),
    }
    # What else is asked for is rare, and found by its own index; most of a desk may be due.
    by = defaultdict(lambda: [true()], due=ways(asking.work))
    asked = union_all(*(_some(block, cases, by[block]) for block, cases in wanted.items()))
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in asking.work.session.execute(asked):
        found[row[0]].append(row)
    return {block: _block(found[block]) for block in wanted}


def _some(block: str, cases: Select[Case], by: Ways) -> Select[Any]:
    """Ask for the first lines of a block; of each way no more is judged than is counted."""
    promised = (Case.id, Case.due_at, Case.number)
    near = _near(cases, by, promised, CAP).cte(f"near_{block}")
    order = near.c.due_at, near.c.number
    first = select(near.c.id).order_by(*order).limit(SIZES[block]).subquery()
    rows = rows_of(cases.outerjoin(CallBack, CallBack.case_id == Case.id))
    rows = rows.add_columns(*(one.label(f"call_{one.key}") for one in _CALL))
    many = select(func.count()).select_from(near).scalar_subquery()
    some = rows.add_columns(_why(block).label("back"), many.label("many"))
    return select(literal(block), some.where(Case.id.in_(select(first.c.id))).subquery())


def _near(cases: Select[Case], by: Ways, columns: Iterable[Any], cap: int) -> Any:
    rows = cast("Select[Any]", cases.with_only_columns(*columns))
    some = (by_promise(rows.where(way)).limit(cap + 1).subquery() for way in by)
    return union(*map(select, some))


def _why(block: str) -> ColumnElement[Any]:
    """Return why a case is in a block, where what was written down says it."""
    said = {"returned": "why", "reopened": "check"}.get(block)
    if said is None:
        return literal(None, String)
    written = select(CaseEvent.details[said].as_string()).where(
        CaseEvent.case_id == Case.id, CaseEvent.transition == block
    )
    return written.order_by(CaseEvent.id.desc()).limit(1).correlate(Case).scalar_subquery()


def _block(rows: Sequence[Any]) -> Block:
    lines = [
        Line(
            row=Row(*row[1:-5]),
            call=None if row[-5] is None else Wished(*row[-5:-2]),
            why=str(row.back or ""),
        )
        for row in rows
    ]
    lines.sort(key=lambda line: (line.row.due_at, line.row.number))
    many = rows[0].many if rows else 0
    return Block(lines, min(many, CAP), many > CAP)


def _sums(asking: Asking, seen: Select[Case], left_at: datetime) -> Mapping[str, list[Any]]:
    """Ask all that is counted in one statement; each part says which it is."""
    waits = one_of("waits", WAITING)
    told = select(Story.case_id).where(Story.what.in_(("said", "voice")))
    parts = [
        _new(seen.where(Case.opened_at > left_at, one_of("open", OPEN)), ways(asking.work)),
        _by("unread", seen.where(waits, Case.language != "fr", Case.id.in_(told)), Case.language),
        _repairs(seen),
        _by(
            "check",
            seen.join(Check, Check.case_id == Case.id).where(Check.done_at.is_(None)),
            func.coalesce(Check.who, ""),
            Check.asked_at,
        ),
    ]
    if is_cleared(asking.work):
        private = seen.where(one_of("open", OPEN), Case.case_class.in_(sorted(SENSITIVE)))
        parts.append(_by("private", private))
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in asking.work.session.execute(union_all(*parts)):
        found[row.part].append(row)
    return found


def _by(part: str, cases: Select[Case], name: Any = None, since: Any = Case.opened_at) -> Any:
    named = literal("") if name is None else func.coalesce(name, "").label("name")
    asked = cases.with_only_columns(
        literal(part).label("part"),
        named,
        *(literal(None, String).label(one) for one in ("place", "kind", "category")),
        *(literal(None, String).label(one) for one in ("source", "language")),
        func.count(func.distinct(Case.id)).label("number"),
        func.min(since, type_=UtcDateTime()).label("since"),
    )
    return asked if name is None else asked.group_by(named)


def _repairs(seen: Select[Case]) -> Any:
    linked = seen.join(RepairCase, RepairCase.case_id == Case.id)
    asked = linked.join(Repair, Repair.id == RepairCase.repair_id)
    unanswered = asked.where(Repair.status.in_(UNANSWERED))
    return _by("repair", unanswered, Repair.organisation_id, Repair.asked_at)


def _new(cases: Select[Case], by: Ways) -> Any:
    """Heap up what is new, the soonest due first: of each way no more is judged than is counted."""
    facts = (Case.area_pcode, Case.kind, Case.category, Case.source, Case.language)
    wanted = (Case.id, *facts, Case.opened_at)
    new = _near(cases, by, wanted, NEW).subquery()
    keys = (new.c.area_pcode, Area.name, *(new.c[one.key] for one in facts[1:]))
    some = (
        select(
            literal("new").label("part"),
            *keys,
            func.count().label("number"),
            func.min(new.c.opened_at, type_=UtcDateTime()).label("since"),
        )
        .select_from(new)
        .outerjoin(Area, Area.pcode == new.c.area_pcode)
        .group_by(*keys)
        .order_by(func.count().desc())
        .limit(MOST)
        .subquery()
    )
    return select(some)


def _heaped(rows: Iterable[Any]) -> list[Heap]:
    """Put together what is said of one place and topic: that many voices is one line."""
    found: dict[tuple[Any, ...], Heap] = {}
    for _, area, place, kind, category, source, language, number, _since in rows:
        heap = found.setdefault((area, kind, category), Heap(area, place, kind, category))
        heap.number += number
        heap.sources.add(source)
        heap.languages.add(language)
    return sorted(found.values(), key=lambda heap: (-heap.number, heap.category, heap.area or ""))


def _named(rows: Iterable[Any]) -> list[Sum]:
    found = [Sum(str(row[1]), row.number, row.since) for row in rows if row.number]
    return sorted(found, key=lambda one: (-one.number, one.name))


def lately(now: datetime) -> datetime:
    """Return since when things are new to whoever was never here."""
    return now - timedelta(days=7)
