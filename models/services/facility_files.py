"""Health facilities as a CSV file, in and out: all of a file or nothing of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from flows.gsm7 import safe, septets
from flows.msisdn import normalise
from models.area import Area, Facility
from models.db import Work
from models.services import place_codes
from models.services.area_files import (
    LONGEST_AREA,
    LONGEST_NAME,
    LONGEST_SETTLEMENT,
    PROGRAMME,
    point,
    shown_point,
)
from models.services.facilities import dialled
from models.services.gazetteer import directory_changed
from models.services.sheets import SheetRow, read_sheet, refuse_if_wrong, write_sheet

COLUMNS: Mapping[str, str] = {
    "id": "#loc+facility+code",
    "name": "#loc+facility+name",
    "kind": "#loc+facility+type",
    "commune": "#adm3+code",
    "cercle": "#adm2+code",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    "quality": "#geo+quality",
    "fee": "#value+fee",
    "hours": "#date+hours",
    "telephone": "#contact+phone",
    place_codes.COLUMN: place_codes.TAG,
}
HOSPITALS = ("hospital", "hospital_regional", "hospital_university")
KINDS = ("cscom", "csref", *HOSPITALS, "clinic", "polyclinic", "mobile", "private")
QUALITIES = ("ok", "suspect", "check", "region_mismatch", "no_coordinates")
LONGEST_FACT = 24  # septets of a fee or of hours for which H5 stays one screen

Parents = Mapping[str, str | None]


def read_facilities(work: Work, text: str) -> int:
    """Take facilities in, and return how many rows there were.

    Rows that exist are changed where the file has the column; none is deleted. Raises
    DirectoryRefused with every mistake by line, and keeps nothing.
    """
    rows = read_sheet(text, COLUMNS)
    areas = work.session.execute(select(Area.pcode, Area.parent_pcode).where(Area.level > 1))
    parents = {pcode: parent for pcode, parent in areas}
    stored = frozenset(work.session.scalars(select(Facility.id)))
    read = [_facility(row, parents, stored) for row in rows]
    _refuse_twice(rows)
    centres = {f"f:{facility['id']}": row for facility, row in zip(read, rows, strict=True)}
    codes = place_codes.read_codes(work, centres)
    refuse_if_wrong(rows)
    for facility in read:
        _keep(work, facility)
    work.session.flush()
    place_codes.write_codes(work, centres, codes)
    directory_changed(work)
    return len(rows)


def write_facilities(work: Work) -> str:
    """Return all facilities."""
    return write_sheet(COLUMNS, _rows(work))


def _refuse_twice(rows: Sequence[SheetRow]) -> None:
    seen: set[str] = set()
    for row in rows:
        identifier = row.cells.get("id", "")
        if identifier in seen:
            row.wrong(f"id {identifier} comes twice")
        seen.add(identifier)


def _facility(row: SheetRow, parents: Parents, stored: frozenset[str]) -> dict[str, Any]:
    identifier = row.text("id", LONGEST_SETTLEMENT, required=True) or ""
    new = identifier not in stored
    facility: dict[str, Any] = {"id": identifier, **point(row)}
    if new:
        facility |= {"source": PROGRAMME, "quality": "ok"}
    if new or row.has("name"):
        facility["name"] = row.text("name", LONGEST_NAME, required=True)
    if new or row.has("kind"):
        facility["kind"] = row.one_of("kind", KINDS)
    if row.cells.get("quality"):
        facility["quality"] = row.one_of("quality", QUALITIES)
    return facility | _where(row, parents, new) | _facts(row)


def _where(row: SheetRow, parents: Parents, new: bool) -> dict[str, str | None]:
    if not new and not row.has("commune") and not row.has("cercle"):
        return {}
    commune, cercle = row.text("commune", LONGEST_AREA), row.text("cercle", LONGEST_AREA)
    above = parents.get(commune or "")
    if commune and above not in parents:
        row.wrong(f"commune {commune} is not in the directory")
    if cercle and (cercle not in parents or parents[cercle] in parents):
        row.wrong(f"cercle {cercle} is not in the directory")
    if commune and cercle and above != cercle:
        row.wrong(f"commune {commune} lies in {above}, not in {cercle}")
    if new and not commune and not cercle:
        row.wrong("commune or cercle is missing")
    return {"commune_pcode": commune, "cercle_pcode": cercle or above}


def _facts(row: SheetRow) -> dict[str, str | None]:
    facts: dict[str, str | None] = {}
    for column in ("fee", "hours"):
        if row.has(column):
            facts[column] = row.text(column, LONGEST_FACT)
            length = septets(safe(facts[column] or ""))
            if length is None or length > LONGEST_FACT:
                row.wrong(f"{column} needs letters that no basic phone shows in one screen")
    if row.has("telephone"):
        number = row.cells["telephone"]
        facts["telephone"] = normalise(number) if number else None
        if number and facts["telephone"] is None:
            row.wrong("telephone is no number that can be dialled")
    return facts


def _keep(work: Work, facility: Mapping[str, Any]) -> None:
    stored = work.session.get(Facility, facility["id"])
    if stored is None:
        work.session.add(Facility(**facility))
        return
    for name, value in facility.items():
        setattr(stored, name, value)


def _rows(work: Work) -> Iterator[list[str]]:
    codes = place_codes.codes_of(work)
    for one in work.session.scalars(select(Facility).order_by(Facility.id)):
        where = [one.commune_pcode or "", one.cercle_pcode or "", *shown_point(one.lat, one.lon)]
        facts = [one.fee or "", one.hours or "", dialled(one.telephone)]
        named = "|".join(codes.get(f"f:{one.id}", ()))
        yield [one.id, one.name, one.kind, *where, one.quality, *facts, named]
