"""What the programme is set to: its telephones to ring, and the areas it works in."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union

from flows.daytime import hours_of, next_daytime
from models.area import Area, Facility, PlaceCode, Settlement
from models.db import Work
from models.organisation import Coverage
from models.person import Hat
from models.programme import ProgrammeSetting
from models.services.upsert import insert

GREEN_LINE, WOMAN_TO_TALK = "green_line", "woman_to_talk"
DAYTIME = "daytime"  # hours in which phones may ring for what can wait: 7-17 unless set
CHILD_REPORTING = "child_reporting"  # whether the law of the land wants harm to a child reported
REPORTING = ("required", "not-required", "undecided")  # for lawyers to say (domain.md 4.2, rule 7)
CERCLE = 2  # level of an area from which its programme is local


def setting(work: Work, name: str) -> str | None:
    """Return the value of a setting, or None when it was never put."""
    return work.session.scalar(select(ProgrammeSetting.value).where(ProgrammeSetting.name == name))


def put_setting(work: Work, name: str, value: str) -> None:
    """Put a setting, whatever it was before."""
    work.session.execute(
        insert(work, ProgrammeSetting)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def daytime(work: Work, now: datetime) -> datetime:
    """Return now, or the next time in the programme's hours at which a phone may be rung."""
    return next_daytime(now, hours_of(setting(work, DAYTIME)))


def programme_areas(work: Work) -> frozenset[str]:
    """Return the communes and cercles that the programme covers, serves or has codes in."""
    places = union(*_places())
    here = select(Area.pcode).where(Area.pcode.in_(places), Area.level >= CERCLE)
    return frozenset(work.session.scalars(here))


def _places() -> Iterator[Select[Any]]:
    ref = func.substr(PlaceCode.ref, 3)
    yield select(Coverage.area_pcode)
    yield select(Hat.area_pcode).where(Hat.area_pcode.is_not(None))
    yield select(ref).where(PlaceCode.ref.like("c:%") | PlaceCode.ref.like("z:%"))
    villages = (Settlement.id == ref) & PlaceCode.ref.like("s:%")
    yield select(Settlement.commune_pcode).join(PlaceCode, villages)
    centres = (Facility.id == ref) & PlaceCode.ref.like("f:%")
    commune = func.coalesce(Facility.commune_pcode, Facility.cercle_pcode)
    yield select(commune).join(PlaceCode, centres).where(commune.is_not(None))
