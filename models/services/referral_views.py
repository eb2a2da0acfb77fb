"""Referrals as staff see them at the console: those of their own centre, by code, and its funnel.

Who works at no centre sees no referral: only what was published of all of them, and the stock.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from flows.publications import REFERRALS
from flows.referral_figures import summary
from flows.referral_lifecycle import AWAITED, STANDING
from models.area import Facility
from models.db import Handler, Work
from models.figure import Figure
from models.organisation import Organisation
from models.person import Hat, Person
from models.referral import Referral
from models.services.programme import programme_areas
from models.services.referral_facts import told
from models.services.referrals import standing
from models.stock import Stock

LATE = timedelta(days=7)  # after the second reminder (domain.md 4.3)
MOST = 2000  # referrals of one centre and time that a page sums up


@dataclass(frozen=True, slots=True)
class Awaited:
    """One woman who did not come yet: her code, band of age, and the days since she was sent."""

    number: str
    age_band: str
    relay: str | None
    days: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of those sent to a viewer's own centres since a date."""

    total: Mapping[str, Any]
    by_centre: Mapping[str, Mapping[str, Any]]
    by_relay: Mapping[str, Mapping[str, Any]]
    late: Sequence[Awaited]
    came_late: int


@dataclass(frozen=True, slots=True)
class Level:
    """What one centre last said it has of one digit of the card."""

    centre: str
    product: str
    quantity: int
    days: int
    out_since: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """One referral, and those of its steps that were not undone."""

    referral: Referral
    centre: str
    relay: str | None
    steps: Sequence[Any]


def own_centres(work: Work) -> Sequence[str]:
    """Return the row ids of the centres at which whoever looks works."""
    if not isinstance(work.actor, Handler):
        return []
    me = work.actor.person_id
    employer = select(Person.organisation_id).where(Person.id == me, Person.usable)
    worn = select(Hat.organisation_id).join(Person, Person.id == Hat.person_id)
    mine = employer.union(worn.where(Person.id == me, Person.usable))
    asked = select(Organisation.facility_id).where(
        Organisation.id.in_(mine), Organisation.facility_id.is_not(None)
    )
    return [one for one in work.session.scalars(asked.distinct()) if one is not None]


def funnel(
    work: Work, centres: Sequence[str], since: datetime, now: datetime, relay: str = ""
) -> Funnel:
    """Sum up who was sent to these centres since a date, by centre and by relay."""
    rows = _sent_to(work, centres, since, relay)
    names = _names(work, {one.facility_id for one in rows})
    relays = _relays(work, {one.relay_id for one in rows})
    of_centre: dict[str, list[Any]] = defaultdict(list)
    of_relay: dict[str, list[Any]] = defaultdict(list)
    every = []
    for one in rows:
        fact = told(one)
        every.append(fact)
        of_centre[names.get(one.facility_id or "", "")].append(fact)
        if one.relay_id is not None:
            of_relay[relays.get(one.relay_id, "")].append(fact)
    return Funnel(
        total=summary(every),
        by_centre={name: summary(facts) for name, facts in sorted(of_centre.items())},
        by_relay={name: summary(facts) for name, facts in sorted(of_relay.items())},
        late=[_awaited(one, relays, now) for one in rows if _is_late(one, now)],
        came_late=sum(_came_late(one) for one in rows),
    )


def find(work: Work, number: str) -> Seen | None:
    """Return one referral by its code: of one's own centre, or still good at any counter."""
    centres = own_centres(work)
    if not centres:
        return None
    known: ColumnElement[bool] = or_(
        Referral.facility_id.in_(centres), Referral.status.in_(STANDING)
    )
    asked = select(Referral).options(selectinload(Referral.steps))
    one = work.session.scalar(asked.where(Referral.number == number, known))
    if one is None:
        return None
    name = _names(work, {one.facility_id}).get(one.facility_id or "", "")
    relay = _relays(work, {one.relay_id}).get(one.relay_id or 0)
    return Seen(one, name, relay, standing(one))


def stock(work: Work, area: str, now: datetime) -> Sequence[Level]:
    """Return what the centres of an area last said they have, what is out in front."""
    asked = (
        select(Stock, Facility.name)
        .join(Facility, Facility.id == Stock.facility_id)
        .order_by(Stock.quantity > 0, Facility.name, Stock.product)
        .limit(MOST)
    )
    if area:
        asked = asked.where(Facility.cercle_pcode == area)
    return [
        Level(name, row.product, row.quantity, (now - row.as_of).days, row.out_since)
        for row, name in work.session.execute(asked)
    ]


def released(work: Work) -> tuple[str, Sequence[Figure]]:
    """Return the last period of which all that was sent was published, and its cells."""
    mine = (Figure.publication == REFERRALS.name, Figure.is_public)
    period = work.session.scalar(select(func.max(Figure.period)).where(*mine))
    asked = select(Figure).where(*mine, Figure.period == period).order_by(Figure.area, Figure.id)
    areas = programme_areas(work)
    wanted = {area[:6] for area in areas} | {area[:4] for area in areas} | {"ML"}
    rows = work.session.scalars(asked).all()
    return period or "", [one for one in rows if not areas or one.area in wanted]


def _sent_to(work: Work, centres: Sequence[str], since: datetime, relay: str) -> Sequence[Referral]:
    asked = (
        select(Referral)
        .where(Referral.facility_id.in_(centres), Referral.sent_at >= since)
        .options(selectinload(Referral.steps))
        .order_by(Referral.sent_at)
        .limit(MOST)
    )
    if relay:
        of_relay = select(Person.id).where(Person.number == relay)
        asked = asked.where(Referral.relay_id.in_(of_relay))
    return work.session.scalars(asked).all()


def _names(work: Work, ids: set[str | None]) -> Mapping[str, str]:
    known = [one for one in ids if one]
    if not known:
        return {}
    asked = select(Facility.id, Facility.name).where(Facility.id.in_(known))
    return {row[0]: row[1] for row in work.session.execute(asked)}


def _relays(work: Work, ids: set[int | None]) -> Mapping[int, str]:
    known = [one for one in ids if one]
    if not known:
        return {}
    asked = select(Person.id, Person.number).where(Person.id.in_(known))
    return {row[0]: row[1] for row in work.session.execute(asked)}


def _awaited(one: Referral, relays: Mapping[int, str], now: datetime) -> Awaited:
    relay = None if one.relay_id is None else relays.get(one.relay_id)
    return Awaited(one.number, one.age_band, relay, (now - one.sent_at).days, one.due_at)


def _is_late(one: Referral, now: datetime) -> bool:
    return one.status in AWAITED and now - one.sent_at >= LATE


def _came_late(one: Referral) -> bool:
    came = next((step.at for step in standing(one) if step.transition == "arrived"), None)
    return came is not None and came - one.sent_at >= LATE
