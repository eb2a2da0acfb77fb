"""Alerts and evacuations as a list: what happened where, from how many sources, by when.

Who reported is told to nobody: a page reads as its viewer, and sources are only counted for it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.sql.base import ExecutableOption

from flows.alert_kinds import EVACUATIONS, dated, said_of
from flows.case_lifecycle import HELD, OPEN, WAITING
from flows.place_names import shown
from flows.policy import SENSITIVE
from models.alert import Alert, AlertSource, Evacuation, EvacuationRing
from models.area import Area, Facility
from models.case import Case
from models.db import Handler, Work
from models.services.alert_texts import size_of
from models.services.visibility import visible_cases

ACKNOWLEDGE, DECIDE = timedelta(hours=24), timedelta(hours=72)
REFUND = "27"
LONGEST = 200  # lines of one list
NEAR = 4  # digits of a p-code: a region, all of whose communes are drawn

LISTED = lazyload(Case.subjects)  # whom each is about is no part of a list

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Told:
    """One event: what it is, where, how large, and what has been done."""

    id: int
    number: str
    what: str
    place: str
    point: Point | None
    area: str
    size: str
    since: str
    status: str
    is_mine: bool
    acknowledge_by: datetime
    acknowledged_at: datetime | None
    decide_by: datetime
    decided_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it."""
        return self.status in WAITING

    def is_late(self, now: datetime) -> bool:
        """Whether it should have been taken, or decided, by now."""
        if self.acknowledged_at is None:
            return now > self.acknowledge_by
        return self.decided_at is None and now > self.decide_by


@dataclass(frozen=True, slots=True)
class Ringing:
    """One call for an ambulance, and how far the ringing is."""

    id: int
    number: str
    what: str
    place: str
    centre: str
    called_at: datetime
    next_at: datetime | None
    taken_at: datetime | None
    status: str
    is_mine: bool

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it."""
        return self.status in WAITING


@dataclass(frozen=True, slots=True)
class Refund:
    """What is to be paid back for an evacuation."""

    number: str
    place: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """All that is to be acted on: events, evacuations, refunds."""

    events: Sequence[Told]
    ringing: Sequence[Ringing]
    refunds: Sequence[Refund]


def board(work: Work) -> Board:
    """Return what whoever looks may act on, what was told first in front."""
    rows = work.session.execute(_asked(work).limit(LONGEST)).all()
    return Board(
        events=[_told(work, row) for row in rows if row.Alert is not None],
        ringing=[_ringing(work, row) for row in rows if row.Evacuation is not None],
        refunds=[_refund(row) for row in rows if row.Case.category == REFUND],
    )


def event(work: Work, number: str) -> tuple[Told, Case] | None:
    """Return one event, and its case, if whoever looks may act on it."""
    asked = _asked(work, joinedload(Case.subjects)).where(Case.number == number)
    row = work.session.execute(asked).unique().first()
    return None if row is None or row.Alert is None else (_told(work, row), row.Case)


def voices(work: Work, ids: Collection[int]) -> Mapping[int, int]:
    """Return from how many sources each event is known; asked by the service, not by people."""
    named = func.count(func.distinct(AlertSource.contact))
    nameless = func.count() - func.count(AlertSource.contact)
    asked = select(AlertSource.case_id, named + nameless).where(AlertSource.case_id.in_(ids))
    rows = work.session.execute(asked.group_by(AlertSource.case_id))
    return {row[0]: row[1] for row in rows}


def rung(work: Work, ids: Collection[int]) -> Mapping[int, Sequence[str]]:
    """Return as what those were rung who were rung for each evacuation, in order."""
    asked = select(EvacuationRing.case_id, EvacuationRing.function)
    found: dict[int, list[str]] = {}
    if not ids:
        return found
    rows = asked.where(EvacuationRing.case_id.in_(ids)).order_by(EvacuationRing.id)
    for case_id, function in work.session.execute(rows):
        found.setdefault(case_id, []).append(function)
    return found


def around(work: Work, found: Sequence[Told]) -> Sequence[Point]:
    """Return the points of the communes around these events, for a map."""
    regions = {one.area[:NEAR] for one in found if one.area}
    if not regions:
        return []
    asked = select(Area.lat, Area.lon).where(
        Area.lat.is_not(None), func.substr(Area.pcode, 1, NEAR).in_(regions), Area.level > 1
    )
    rows = work.session.execute(asked.limit(400))
    return [(lat, lon) for lat, lon in rows if lat is not None and lon is not None]


def _asked(work: Work, whom: ExecutableOption = LISTED) -> Select[Any]:
    """Return the question for all of it at once: each asks who may know."""
    kinds = and_(Case.kind.in_(("alert", "evacuation")), Case.status.in_(HELD))
    owed = and_(Case.category == REFUND, Case.kind == "complaint", Case.status.in_(OPEN))
    return (
        visible_cases(work)
        .outerjoin(Alert, and_(Alert.case_id == Case.id, Case.kind == "alert"))
        .outerjoin(Evacuation, Evacuation.case_id == Case.id)
        .outerjoin(Facility, Facility.id == Evacuation.facility_id)
        .outerjoin(Area, Area.pcode == Case.area_pcode)
        .where(Case.case_class.not_in(SENSITIVE), or_(kinds, owed))
        .options(whom)
        .order_by(Case.opened_at, Case.id)
        .add_columns(Alert, Evacuation, Area, Facility.name.label("centre"))
    )


def _told(work: Work, row: Row[Any]) -> Told:
    case, alert, area = row.Case, row.Alert, row.Area
    known = area is not None and area.lat is not None and area.lon is not None
    return Told(
        id=case.id,
        number=case.number,
        what=said_of(alert.kind, case.category),
        place="" if area is None else shown(area.name),
        point=(area.lat, area.lon) if known else None,
        area=case.area_pcode or "",
        size=size_of(alert),
        since=dated(alert.happened_on, case.opened_at),
        status=case.status,
        is_mine=_is_mine(work, case),
        acknowledge_by=case.opened_at + ACKNOWLEDGE,
        acknowledged_at=alert.acknowledged_at,
        decide_by=case.opened_at + DECIDE,
        decided_at=alert.decided_at,
    )


def _ringing(work: Work, row: Row[Any]) -> Ringing:
    case, evacuation = row.Case, row.Evacuation
    return Ringing(
        id=case.id,
        number=case.number,
        what=EVACUATIONS[evacuation.what],
        place="" if row.Area is None else shown(row.Area.name),
        centre=shown(row.centre or ""),
        called_at=case.opened_at,
        next_at=evacuation.next_at,
        taken_at=evacuation.taken_at,
        status=case.status,
        is_mine=_is_mine(work, case),
    )


def _refund(row: Row[Any]) -> Refund:
    place = "" if row.Area is None else shown(row.Area.name)
    return Refund(row.Case.number, place, row.Case.due_at)


def _is_mine(work: Work, case: Case) -> bool:
    return isinstance(work.actor, Handler) and case.holder_person == work.actor.person_id
