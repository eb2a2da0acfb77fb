"""The directory as lists to be looked at: organisations, people, centres; no number of anybody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from models.area import Area, Facility
from models.db import Work
from models.organisation import Organisation
from models.person import Hat, Person

MOST = 500  # organisations on one page

_PAIR = aliased(Organisation)
_CERCLE = aliased(Area)


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody as the directory shows them."""

    number: str
    role: str
    organisation: str
    area: str | None
    functions: tuple[tuple[str, str, str | None], ...]  # function, organisation, area
    phone_ends: str | None
    is_blocked: bool
    has_stopped: bool


@dataclass(frozen=True, slots=True)
class Centres:
    """Which centres are looked at; empty = all. ``without``: only those of unknown fee."""

    area: str = ""
    name: str = ""
    without: bool = False


def names(work: Work) -> dict[str, str]:
    """Return what each organisation is called, by its id."""
    rows = select(Organisation.id, Organisation.name).order_by(Organisation.name, Organisation.id)
    return {key: name for key, name in work.session.execute(rows)}


def called(work: Work, pcodes: Collection[str | None]) -> dict[str, str]:
    """Return what areas are called, by their p-codes."""
    known = select(Area.pcode, Area.name).where(Area.pcode.in_(pcodes))
    return {pcode: name for pcode, name in work.session.execute(known)}


def organisations(work: Work, said: str = "") -> Sequence[Row[*tuple[Any, ...]]]:
    """Return organisations whose name or id holds what was said, with where and with whom."""
    asked = (
        select(
            *(Organisation.id, Organisation.name, Organisation.kind),
            func.coalesce(Facility.name, Area.name, Organisation.area_pcode).label("where"),
            func.coalesce(_PAIR.name, Organisation.pair_id).label("pair"),
        )
        .outerjoin(Area, Area.pcode == Organisation.area_pcode)
        .outerjoin(Facility, Facility.id == Organisation.facility_id)
        .outerjoin(_PAIR, _PAIR.id == Organisation.pair_id)
        .order_by(Organisation.name, Organisation.id)
        .limit(MOST)
    )
    if said:
        asked = asked.where(or_(_has(Organisation.name, said), _has(Organisation.id, said)))
    return work.session.execute(asked).all()


def people(
    work: Work, size: int, after: str = "", *, organisation: str = "", function: str = ""
) -> list[Registered]:
    """Return at most ``size`` people by number, from a number on."""
    asked = select(Person).where(Person.revoked_at.is_(None), Person.number > after)
    if organisation:
        asked = asked.where(Person.organisation_id == organisation)
    if function:
        asked = asked.where(Person.hats.any(Hat.function == function))
    rows = work.session.scalars(asked.order_by(Person.number).limit(size)).all()
    pcodes = {one.area_pcode for one in rows} | {hat.area_pcode for one in rows for hat in one.hats}
    names_of_areas = called(work, pcodes - {None})
    return [_registered(one, names_of_areas) for one in rows]


def facilities(
    work: Work, wanted: Centres, size: int, after: str = ""
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return at most ``size`` centres with the names of commune and cercle, from an id on."""
    asked = (
        select(
            *(Facility.id, Facility.name, Facility.kind, Facility.fee, Facility.hours),
            Area.name.label("commune"),
            _CERCLE.name.label("cercle"),
        )
        .outerjoin(Area, Area.pcode == Facility.commune_pcode)
        .outerjoin(_CERCLE, _CERCLE.pcode == Facility.cercle_pcode)
        .where(Facility.id > after)
        .order_by(Facility.id)
        .limit(size)
    )
    if wanted.area:
        at = func.coalesce(Facility.commune_pcode, Facility.cercle_pcode)
        asked = asked.where(at.startswith(wanted.area, autoescape=True))
    if wanted.name:
        asked = asked.where(_has(Facility.name, wanted.name))
    if wanted.without:
        asked = asked.where(Facility.fee.is_(None))
    return work.session.execute(asked).all()


def _registered(one: Person, areas: dict[str, str]) -> Registered:
    return Registered(
        number=one.number,
        role=one.role,
        organisation=one.organisation_id,
        area=_called(one.area_pcode, areas),
        functions=tuple(
            (hat.function, hat.organisation_id, _called(hat.area_pcode, areas)) for hat in one.hats
        ),
        phone_ends=one.phone_ends,
        is_blocked=one.blocked_at is not None,
        has_stopped=one.stopped_at is not None,
    )


def _called(pcode: str | None, areas: dict[str, str]) -> str | None:
    return None if pcode is None else areas.get(pcode, pcode)


def _has(column: InstrumentedAttribute[str], said: str) -> ColumnElement[bool]:
    return column.icontains(said, autoescape=True)
