"""Fills the directory of Mali, and builds the gazetteer that finds places in it."""

from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Any

from sqlalchemy import inspect, select

from flows.places import AreaEntry, Gazetteer, SpotEntry
from models.area import Area, Facility, PlaceCode, Settlement
from models.base import Base
from models.db import Work
from models.reference import tables
from models.services.programme import put_setting, setting
from models.services.upsert import insert

VERSION = "directory_version"
PLACES_SOURCE, FACILITIES_SOURCE = "cod-places-2015", "maina-2019"
FACILITY_RANK = 6
BATCH = 1000


class Places:
    """The gazetteer of one process: built when first asked for, and again after each change.

    Hand it in as ``House.places``. Asking costs one short query.
    """

    def __init__(self) -> None:
        self._held: tuple[str | None, Gazetteer] | None = None
        self._building = Lock()

    def __call__(self, work: Work) -> Gazetteer:
        """Return the gazetteer of the directory as it stands now."""
        version = setting(work, VERSION)
        with self._building:
            if self._held is None or self._held[0] != version:
                self._held = (version, gazetteer(work))
            return self._held[1]


def load_reference(work: Work) -> None:
    """Add whatever is missing of the directory of Mali. What is there already is left as it is.

    May run any number of times; the programme's own changes stay.
    """
    _add(work, Area, (_area(fact) for fact in tables.read_areas(tables.read(tables.AREAS))))
    villages = tables.read_settlements(tables.read(tables.SETTLEMENTS))
    _add(work, Settlement, (_settlement(fact) for fact in villages))
    centres = tables.read_facilities(tables.read(tables.FACILITIES))
    _add(work, Facility, (_facility(fact) for fact in centres))
    directory_changed(work)


def gazetteer(work: Work) -> Gazetteer:
    """Return a gazetteer of all areas, settlements, facilities and place codes."""
    codes = work.session.execute(select(PlaceCode.code, PlaceCode.ref))
    return Gazetteer(_area_entries(work), _spot_entries(work), {code: ref for code, ref in codes})


def directory_changed(work: Work) -> None:
    """Make every process build its gazetteer anew. Call it after any change of places or codes."""
    put_setting(work, VERSION, str(int(setting(work, VERSION) or 0) + 1))


def name_code(work: Work, code: str, ref: str) -> None:
    """Let four digits name a place (``c:``, ``s:`` or ``f:`` reference), whatever they named."""
    work.session.execute(
        insert(work, PlaceCode)
        .values(code=code, ref=ref)
        .on_conflict_do_update(index_elements=["code"], set_={"ref": ref})
    )
    directory_changed(work)


def _add(work: Work, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    [key] = inspect(table).primary_key
    there = set(work.session.scalars(select(key)))
    new = [row for row in rows if row[key.name] not in there]
    for first in range(0, len(new), BATCH):
        work.session.execute(insert(work, table), new[first : first + BATCH])


def _area(fact: tables.AreaFact) -> dict[str, Any]:
    return {
        "pcode": fact.pcode,
        "edition": fact.edition,
        "code_status": fact.code_status,
        "pcode_2015": fact.pcode_2015 or None,
        "name": fact.name,
        "aliases": list(fact.aliases),
        "level": fact.level,
        "parent_pcode": fact.parent or None,
        "lat": fact.lat,
        "lon": fact.lon,
        "source": fact.source,
    }


def _settlement(fact: tables.SettlementFact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "name": fact.name,
        "commune_pcode": fact.commune,
        "rank": fact.rank,
        "lat": fact.lat,
        "lon": fact.lon,
        "source": PLACES_SOURCE,
    }


def _facility(fact: tables.FacilityFact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "name": fact.name,
        "kind": fact.kind,
        "commune_pcode": fact.commune or None,
        "cercle_pcode": fact.cercle or None,
        "lat": fact.lat,
        "lon": fact.lon,
        "quality": fact.quality,
        "source": FACILITIES_SOURCE,
    }


def _area_entries(work: Work) -> Iterator[AreaEntry]:
    columns = (Area.pcode, Area.name, Area.aliases, Area.level, Area.parent_pcode)
    for pcode, name, aliases, level, parent in work.session.execute(select(*columns)):
        yield AreaEntry(pcode, name, aliases, level, parent or "")


def _spot_entries(work: Work) -> Iterator[SpotEntry]:
    villages = select(Settlement.id, Settlement.name, Settlement.commune_pcode, Settlement.rank)
    streamed = villages.execution_options(yield_per=BATCH)
    for identifier, name, commune, rank in work.session.execute(streamed):
        yield SpotEntry(f"s:{identifier}", name, commune, rank)
    centres = select(Facility.id, Facility.name, Facility.commune_pcode)
    for identifier, name, home in work.session.execute(centres):
        if home is not None:
            yield SpotEntry(f"f:{identifier}", name, home, FACILITY_RANK)
