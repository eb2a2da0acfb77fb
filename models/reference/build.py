"""Rebuilds this folder's tables from a folder of source tables, byte for byte the same each time.

    python -m models.reference.build FOLDER

FOLDER holds admin.csv, settlements.csv and facilities.csv with the columns read below. What they
are, and where their facts come from, stands in SOURCES.md beside this file.
"""

import argparse
import csv
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.reference.tables import (
    AREAS,
    FACILITIES,
    FOLDER,
    SETTLEMENTS,
    AreaFact,
    FacilityFact,
    SettlementFact,
    write_areas,
    write_facilities,
    write_settlements,
)

EDITION = "2021"  # of the p-codes: the list valid from 20 December 2021
COMMUNE = 3
UNCODED_IN_2015 = "law-01-041"  # two communes known from the law alone


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the three tables; print nothing."""
    parser = argparse.ArgumentParser(description="Rebuild the directory of Mali.")
    parser.add_argument("folder", type=Path, help="where admin.csv and the others are")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the tables go")
    given = parser.parse_args(arguments)
    areas = [_area(row) for row in _read(given.folder / "admin.csv")]
    villages = [_settlement(row) for row in _read(given.folder / "settlements.csv")]
    centres = [_facility(row) for row in _read(given.folder / "facilities.csv")]
    prefixes = {area.pcode: area.pcode_2015 for area in areas if area.level == COMMUNE}
    _write(given.out / AREAS, write_areas(areas))
    _write(given.out / SETTLEMENTS, write_settlements(villages, prefixes))
    _write(given.out / FACILITIES, write_facilities(centres))


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {name: unicodedata.normalize("NFC", value) for name, value in row.items()}


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _area(row: dict[str, str]) -> AreaFact:
    return AreaFact(
        pcode=row["pcode"],
        edition=EDITION,
        code_status=row["code_status"],
        pcode_2015=row["pcode_2015"],
        level=int(row["level"]),
        parent=row["parent_pcode"],
        name=row["name"],
        aliases=tuple(filter(None, row["alt_names"].split("|"))),
        lat=_degrees(row["lat"]),
        lon=_degrees(row["lon"]),
        source=_area_source(row),
    )


def _area_source(row: dict[str, str]) -> str:
    if int(row["level"]) < COMMUNE:
        return "ocha-pcodes"
    return "cod-ab-2015" if row["pcode_2015"] else UNCODED_IN_2015


def _settlement(row: dict[str, str]) -> SettlementFact:
    return SettlementFact(
        id=row["id"],
        name=row["name"],
        commune=row["admin3"],
        rank=int(row["rank"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
    )


def _facility(row: dict[str, str]) -> FacilityFact:
    return FacilityFact(
        id=row["id"],
        name=row["label_fr"],
        kind=row["type"].lower(),
        commune=row["admin3"],
        cercle=row["admin2"],
        lat=_degrees(row["lat"]),
        lon=_degrees(row["lon"]),
        quality=row["geo_quality"],
    )


def _degrees(text: str) -> float | None:
    return float(text) if text else None


if __name__ == "__main__":
    main()
