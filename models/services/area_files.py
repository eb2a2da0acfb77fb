"""Areas and settlements as a CSV file, in and out: all of a file or nothing of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.area import Area, PlaceCode, Settlement
from models.db import Work
from models.services import place_codes
from models.services.gazetteer import directory_changed
from models.services.sheets import SheetRow, read_sheet, refuse_if_wrong, write_sheet

COLUMNS: Mapping[str, str] = {
    "id": "#adm+code",
    "name": "#adm+name",
    "other_names": "#adm+name+alt",
    "level": "#adm+level",
    "parent": "#adm+code+parent",
    "edition": "#adm+code+edition",
    "code_status": "#adm+code+status",
    "id_2015": "#adm+code+v_2015",
    "rank": "#loc+rank",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    place_codes.COLUMN: place_codes.TAG,
}
PROGRAMME = "programme"  # source of what the programme itself entered
STATUSES = ("official", "confirmed", "derived", "derived-uncertain", PROGRAMME)
LEVELS = ("0", "1", "2", "3", "4")  # of an area, and after its levels a settlement
SETTLEMENT = 4
RANKS = ("1", "2", "3", "4", "5")
COMMON_RANK = 5
KINDS = {2: "z", 3: "c", SETTLEMENT: "s"}  # of a place's reference; wider areas have none
LATITUDES, LONGITUDES = (10.0, 25.1), (-12.3, 4.3)  # of Mali
LONGEST_NAME, LONGEST_AREA, LONGEST_SETTLEMENT = 80, 16, 24


@dataclass(frozen=True, slots=True)
class _Known:
    """Levels of the places stored, levels of those of the file, and editions of p-codes."""

    stored: Mapping[str, int]
    here: Mapping[str, int]
    editions: frozenset[str]


def read_areas(work: Work, text: str) -> int:
    """Take areas (level 0 to 3) and settlements (level 4) in, and return how many rows there were.

    Rows that exist are changed where the file has the column; none is deleted. Raises
    DirectoryRefused with every mistake by line, and keeps nothing.
    """
    rows = read_sheet(text, COLUMNS)
    known = _known(work, rows)
    seen: set[str] = set()
    read = [(_level(row), _place(row, known, seen)) for row in rows]
    places = {
        f"{KINDS.get(level, '')}:{place['id']}": row
        for (level, place), row in zip(read, rows, strict=True)
    }
    codes = place_codes.read_codes(work, places)
    refuse_if_wrong(rows)
    for level in range(SETTLEMENT + 1):  # what others lie in comes first
        for place in (place for of, place in read if of == level):
            _keep(work, level, place)
        work.session.flush()
    place_codes.write_codes(work, places, codes)
    directory_changed(work)
    return len(rows)


def write_areas(work: Work) -> str:
    """Return all areas, and the settlements that have a code or were entered by the programme."""
    return write_sheet(COLUMNS, _rows(work))


def point(row: SheetRow) -> dict[str, float | None]:
    """Return the coordinates of a row: both or neither."""
    lat, lon = row.degrees("lat", *LATITUDES), row.degrees("lon", *LONGITUDES)
    if (lat is None) != (lon is None):
        row.wrong("lat and lon go together")
    return {"lat": lat, "lon": lon} if row.has("lat") else {}


def _known(work: Work, rows: Sequence[SheetRow]) -> _Known:
    stored = {pcode: level for pcode, level in work.session.execute(select(Area.pcode, Area.level))}
    villages = work.session.scalars(select(Settlement.id))
    return _Known(
        stored | dict.fromkeys(villages, SETTLEMENT),
        {row.cells.get("id", ""): _level(row) for row in rows},
        frozenset(work.session.scalars(select(Area.edition).distinct())),
    )


def _level(row: SheetRow) -> int:
    level = row.cells.get("level", "")
    return int(level) if level in LEVELS else 0


def _place(row: SheetRow, known: _Known, seen: set[str]) -> dict[str, Any]:
    """Return what a row says of a place, by attribute; note what is wrong."""
    row.one_of("level", LEVELS)
    level = _level(row)
    longest = LONGEST_SETTLEMENT if level == SETTLEMENT else LONGEST_AREA
    identifier = row.text("id", longest, required=True) or ""
    if identifier in seen:
        row.wrong(f"id {identifier} comes twice")
    seen.add(identifier)
    if known.stored.get(identifier, level) != level:
        row.wrong(f"{identifier} is of level {known.stored[identifier]} in the directory")
    new = identifier not in known.stored
    place: dict[str, Any] = {"id": identifier, **point(row)}
    if level not in KINDS and row.many(place_codes.COLUMN):
        row.wrong(f"{place_codes.COLUMN}: only a cercle or something in it can have one")
    if new or row.has("name"):
        place["name"] = row.text("name", LONGEST_NAME, required=True)
    if new or row.has("parent"):
        place["parent"] = _parent(row, level, known)
    kind = _settlement_facts if level == SETTLEMENT else _area_facts
    return place | kind(row, new) | _edition(row, level, new, known)


def _parent(row: SheetRow, level: int, known: _Known) -> str | None:
    if level == 0:
        return None
    parent = row.text("parent", LONGEST_AREA, required=True)
    found = known.here.get(parent or "", known.stored.get(parent or ""))
    if parent and found != level - 1:
        row.wrong(f"parent {parent} is no place of level {level - 1}")
    return parent


def _edition(row: SheetRow, level: int, new: bool, known: _Known) -> dict[str, str | None]:
    if level == SETTLEMENT or not (new or row.has("edition")):
        return {}
    edition = row.text("edition", 4, required=True)
    if edition and known.editions and edition not in known.editions:
        row.wrong(f"edition {edition} of the p-codes cannot be mixed with {min(known.editions)}")
    return {"edition": edition}


def _area_facts(row: SheetRow, new: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"aliases": [], "code_status": PROGRAMME} if new else {}
    if row.has("other_names"):
        facts["aliases"] = row.many("other_names")
    if row.has("code_status"):
        facts["code_status"] = row.one_of("code_status", STATUSES)
    if row.has("id_2015"):
        facts["pcode_2015"] = row.text("id_2015", LONGEST_AREA)
    return facts


def _settlement_facts(row: SheetRow, new: bool) -> dict[str, Any]:
    if row.cells.get("rank"):
        return {"rank": int(row.one_of("rank", RANKS) or COMMON_RANK)}
    return {"rank": COMMON_RANK} if new else {}


def _keep(work: Work, level: int, place: Mapping[str, Any]) -> None:
    table: type[Area] | type[Settlement] = Settlement if level == SETTLEMENT else Area
    key, above = ("id", "commune_pcode") if level == SETTLEMENT else ("pcode", "parent_pcode")
    values = {name: value for name, value in place.items() if name not in {"id", "parent"}}
    if "parent" in place:
        values[above] = place["parent"]
    stored = work.session.get(table, place["id"])
    if stored is None:
        extra = {} if level == SETTLEMENT else {"level": level}
        work.session.add(table(**{key: place["id"]}, source=PROGRAMME, **extra, **values))
        return
    for name, value in values.items():
        setattr(stored, name, value)


def _rows(work: Work) -> Iterator[list[str]]:
    codes = place_codes.codes_of(work)
    for area in work.session.scalars(select(Area).order_by(Area.level, Area.pcode)):
        start = [area.pcode, area.name, "|".join(area.aliases), str(area.level)]
        code = [area.edition, area.code_status, area.pcode_2015 or "", ""]
        named = "|".join(codes.get(f"{KINDS.get(area.level, '')}:{area.pcode}", ()))
        yield [*start, area.parent_pcode or "", *code, *shown_point(area.lat, area.lon), named]
    coded = select(PlaceCode.ref).where(PlaceCode.ref.like("s:%"))
    ids = [ref.removeprefix("s:") for ref in work.session.scalars(coded)]
    ours = Settlement.id.in_(ids) | (Settlement.source == PROGRAMME)
    for village in work.session.scalars(select(Settlement).where(ours).order_by(Settlement.id)):
        start = [village.id, village.name, "", str(SETTLEMENT), village.commune_pcode]
        rank = ["", "", "", str(village.rank)]
        named = "|".join(codes.get(f"s:{village.id}", ()))
        yield [*start, *rank, *shown_point(village.lat, village.lon), named]


def shown_point(lat: float | None, lon: float | None) -> list[str]:
    """Return coordinates as a file carries them: five places, or two empty cells."""
    return ["", ""] if lat is None or lon is None else [f"{lat:.5f}", f"{lon:.5f}"]
