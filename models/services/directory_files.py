"""Organisations and coverage as CSV files, in and out: all of a file or nothing of it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from models.area import Area, Facility
from models.db import Work
from models.organisation import Coverage, Organisation
from models.services.sheets import FORMULA, SheetRow, read_sheet, refuse_if_wrong, write_sheet

KINDS = frozenset(
    {
        *("cell", "outside", "ngo", "un", "network", "protection", "mine_action", "rrm", "ocha"),
        *("cscom", "asaco", "felascom", "csref", "drs", "ministry", "sldses", "drdses", "sap"),
        *("school", "cap", "academie", "town_hall", "state", "cluster", "trader", "transporter"),
    }
)
SECTORS = frozenset(
    {
        *("food", "cash", "state_food", "health", "education", "protection"),
        *("wash", "shelter", "agriculture", "work"),
    }
)
COVERAGE_ROLES = frozenset(
    {"distributes", "implements", "supports", "transports", "sells", "pays", "leads"}
)
IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_NAME = 80

Line = Mapping[str, str]
Says = Iterable[str]


@dataclass(frozen=True, slots=True)
class Known:
    """What a row may refer to: rows of the database and, for organisations, of the file itself."""

    areas: frozenset[str]
    facilities: frozenset[str]
    organisations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of file: its columns with their HXL tags, its checks, and how it is kept."""

    columns: Mapping[str, str]
    check: Callable[[Line, Known], Says]
    key: tuple[str, ...]
    keep: Callable[[Work, Sequence[Line]], None]
    rows: Callable[[Work], Iterable[Sequence[str]]]


def read(work: Work, text: str, what: str) -> int:
    """Take a CSV file in and return how many rows it had; ``what`` is a key of SHEETS.

    Rows that exist are updated, none is deleted. Raises DirectoryRefused with every mistake by
    line, and keeps nothing.
    """
    sheet = SHEETS[what]
    rows = read_sheet(text, sheet.columns, complete=True)
    refuse_if_wrong(rows)
    known = _known(work, [row.cells["id"] for row in rows] if what == "organisations" else [])
    for row in rows:
        for words in sheet.check(row.cells, known):
            row.wrong(words)
    _refuse_twice(rows, sheet)
    refuse_if_wrong(rows)
    sheet.keep(work, [row.cells for row in rows])
    work.session.flush()
    return len(rows)


def write(work: Work, what: str) -> str:
    """Return the whole table as CSV, as ``read`` takes it."""
    sheet = SHEETS[what]
    return write_sheet(sheet.columns, sheet.rows(work))


def _refuse_twice(rows: Sequence[SheetRow], sheet: Sheet) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row.cells[name] for name in sheet.key)
        if first.setdefault(key, row.line) != row.line:
            row.wrong(f"said on line {first[key]} already: {' '.join(key)}")


def _known(work: Work, here: Iterable[str]) -> Known:
    return Known(
        frozenset(work.session.scalars(select(Area.pcode))),
        frozenset(work.session.scalars(select(Facility.id))),
        frozenset(work.session.scalars(select(Organisation.id))) | frozenset(here),
    )


def _organisation_mistakes(row: Line, known: Known) -> Says:
    if not IDENTIFIER.fullmatch(row["id"]):
        yield f"id {row['id']!r}: small letters, digits and hyphens, 40 at most"
    if not row["name"] or len(row["name"]) > LONGEST_NAME:
        yield f"name: 1 to {LONGEST_NAME} characters"
    if row["name"].startswith(FORMULA):
        yield f"name {row['name']!r}: a spreadsheet would run it"
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']!r}: one of {', '.join(sorted(KINDS))}"
    yield from _reference_mistakes(row, known)


def _reference_mistakes(row: Line, known: Known) -> Says:
    if row["area_pcode"] and row["area_pcode"] not in known.areas:
        yield f"no area {row['area_pcode']!r}"
    if row["facility_id"] and row["facility_id"] not in known.facilities:
        yield f"no facility {row['facility_id']!r}"
    if row["pair_id"] and row["pair_id"] not in known.organisations:
        yield f"no organisation {row['pair_id']!r} to be paired with"
    if row["pair_id"] and row["pair_id"] == row["id"]:
        yield "paired with itself"


def _coverage_mistakes(row: Line, known: Known) -> Says:
    if row["organisation"] not in known.organisations:
        yield f"no organisation {row['organisation']!r}"
    if row["sector"] not in SECTORS:
        yield f"sector {row['sector']!r}: one of {', '.join(sorted(SECTORS))}"
    if row["role"] not in COVERAGE_ROLES:
        yield f"role {row['role']!r}: one of {', '.join(sorted(COVERAGE_ROLES))}"
    if row["area_pcode"] not in known.areas:
        yield f"no area {row['area_pcode']!r}"
    since, until = _day(row["since"]), _day(row["until"])
    if since is None:
        yield f"since {row['since']!r}: a date like 2026-11-23"
    if row["until"] and until is None:
        yield f"until {row['until']!r}: a date like 2026-11-23, or nothing"
    if since and until and until <= since:
        yield "until is not after since"


def _day(said: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(said), time.min, UTC)
    except ValueError:
        return None


def _keep_organisations(work: Work, lines: Sequence[Line]) -> None:
    stored = {one.id: one for one in work.session.scalars(select(Organisation))}
    for line in lines:
        one = stored.get(line["id"])
        if one is None:
            one = Organisation(id=line["id"])
            work.session.add(one)
        one.name, one.kind = line["name"], line["kind"]
        one.area_pcode = line["area_pcode"] or None
        one.facility_id, one.pair_id = line["facility_id"] or None, line["pair_id"] or None


def _keep_coverage(work: Work, lines: Sequence[Line]) -> None:
    """Keep them with two questions in all: files have ten thousand rows."""
    stored: dict[tuple[object, ...], Coverage] = {
        (one.organisation_id, one.sector, one.role, one.area_pcode, one.since): one
        for one in work.session.scalars(select(Coverage))
    }
    for line in lines:
        since = _day(line["since"])
        what = (line["organisation"], line["sector"], line["role"], line["area_pcode"])
        one = stored.get((*what, since))
        if one is None:
            names = ("organisation_id", "sector", "role", "area_pcode")
            one = Coverage(**dict(zip(names, what, strict=True)), since=since)
            work.session.add(one)
        one.until = _day(line["until"])


def _organisation_rows(work: Work) -> Iterable[Sequence[str]]:
    for one in work.session.scalars(select(Organisation).order_by(Organisation.id)):
        optional = (one.area_pcode, one.facility_id, one.pair_id)
        yield [one.id, one.name, one.kind, *(value or "" for value in optional)]


def _coverage_rows(work: Work) -> Iterable[Sequence[str]]:
    place = (Coverage.area_pcode, Coverage.since)
    order = (Coverage.organisation_id, Coverage.sector, Coverage.role, *place)
    for one in work.session.scalars(select(Coverage).order_by(*order)):
        until = f"{one.until:%Y-%m-%d}" if one.until else ""
        since = f"{one.since:%Y-%m-%d}"
        yield [one.organisation_id, one.sector, one.role, one.area_pcode, since, until]


SHEETS: Mapping[str, Sheet] = {
    "organisations": Sheet(
        {
            "id": "#org+code",
            "name": "#org+name",
            "kind": "#org+type",
            "area_pcode": "#adm+code",
            "facility_id": "#loc+facility+code",
            "pair_id": "#org+pair+code",
        },
        _organisation_mistakes,
        ("id",),
        _keep_organisations,
        _organisation_rows,
    ),
    "coverage": Sheet(
        {
            "organisation": "#org+code",
            "sector": "#sector+name",
            "role": "#activity+type",
            "area_pcode": "#adm+code",
            "since": "#date+start",
            "until": "#date+end",
        },
        _coverage_mistakes,
        ("organisation", "sector", "role", "area_pcode", "since"),
        _keep_coverage,
        _coverage_rows,
    ),
}
