"""The points of a cercle, for a small map of it: its villages, its communes, its centre."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from flows.place_names import shown
from models.area import Area, Settlement
from models.db import Work


@dataclass(frozen=True, slots=True)
class Spot:
    """A named point: degrees north and east."""

    ref: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Cercle:
    """What a map of a cercle is drawn from."""

    pcode: str
    name: str
    communes: Sequence[Spot]
    villages: Sequence[tuple[float, float]]


def cercle(work: Work, pcode: str) -> Cercle | None:
    """Return the points of a cercle; None if there is no such place or nothing to draw."""
    row = work.session.get(Area, pcode)
    if row is None:
        return None
    inside = select(Area).where(Area.parent_pcode == pcode, Area.lat.is_not(None))
    communes = [
        Spot(one.pcode, shown(one.name), one.lat, one.lon)
        for one in work.session.scalars(inside.order_by(Area.pcode))
        if one.lat is not None and one.lon is not None
    ]
    if not communes:
        return None
    points = select(Settlement.lat, Settlement.lon).where(
        Settlement.commune_pcode.in_([one.ref for one in communes]), Settlement.lat.is_not(None)
    )
    villages = [
        (lat, lon)
        for lat, lon in work.session.execute(points)
        if lat is not None and lon is not None
    ]
    return Cercle(pcode, shown(row.name), communes, villages)
