"""What carries the sick of each centre as a CSV file, in and out: all of a file or nothing."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from models.alert import EvacuationMeans
from models.area import Facility
from models.db import Work
from models.organisation import Organisation
from models.person import Person
from models.services.sheets import SheetRow, read_sheet, refuse_if_wrong, write_sheet

COLUMNS: Mapping[str, str] = {
    "facility": "#loc+facility+code",
    "rank": "#order",
    "what": "#asset+type",
    "person": "#contact+code",
    "payer": "#org+payer+code",
}
KINDS = ("ambulance", "vehicle", "fund", "cart", "boat")
MOST = 9  # whoever is tenth would be rung after most of an hour


def read_means(work: Work, text: str) -> int:
    """Take means in, and return how many rows there were.

    The means of every centre in the file become those of the file; other centres stay as they
    are. Raises DirectoryRefused with every mistake by line, and keeps nothing.
    """
    rows = read_sheet(text, COLUMNS, complete=True)
    refuse_if_wrong(rows)
    persons = _persons(work)
    centres = frozenset(work.session.scalars(select(Facility.id)))
    payers = frozenset(work.session.scalars(select(Organisation.id)))
    seen: set[tuple[str, str]] = set()
    for row in rows:
        _check(row, centres, payers, persons)
        key = (row.cells["facility"], row.cells["rank"])
        if key in seen:
            row.wrong(f"rank {key[1]} of {key[0]} is said twice")
        seen.add(key)
    refuse_if_wrong(rows)
    changed = {row.cells["facility"] for row in rows}
    work.session.execute(delete(EvacuationMeans).where(EvacuationMeans.facility_id.in_(changed)))
    work.session.add_all(_means(row.cells, persons) for row in rows)
    work.session.flush()
    return len(rows)


def write_means(work: Work) -> str:
    """Return the whole table as CSV, as ``read_means`` takes it."""
    numbers = {row: number for number, row in _persons(work, everybody=True).items()}
    order = (EvacuationMeans.facility_id, EvacuationMeans.rank)
    rows = [
        [one.facility_id, str(one.rank), one.what, numbers[one.person_id], one.payer_id or ""]
        for one in work.session.scalars(select(EvacuationMeans).order_by(*order))
    ]
    return write_sheet(COLUMNS, rows)


def _check(
    row: SheetRow, centres: frozenset[str], payers: frozenset[str], persons: Mapping[str, int]
) -> None:
    cells = row.cells
    if cells["facility"] not in centres:
        row.wrong(f"no facility {cells['facility']!r}")
    if not cells["rank"].isdecimal() or not 1 <= int(cells["rank"]) <= MOST:
        row.wrong(f"rank {cells['rank']!r}: 1 to {MOST}")
    if cells["what"] not in KINDS:
        row.wrong(f"what {cells['what']!r}: one of {', '.join(KINDS)}")
    if cells["person"] not in persons:
        row.wrong(f"nobody is registered as {cells['person']!r}")
    if cells["payer"] and cells["payer"] not in payers:
        row.wrong(f"no organisation {cells['payer']!r}")


def _persons(work: Work, *, everybody: bool = False) -> dict[str, int]:
    rows = select(Person.number, Person.id)
    if not everybody:
        rows = rows.where(Person.revoked_at.is_(None))
    return {number: row for number, row in work.session.execute(rows)}


def _means(cells: Mapping[str, str], persons: Mapping[str, int]) -> EvacuationMeans:
    return EvacuationMeans(
        facility_id=cells["facility"],
        rank=int(cells["rank"]),
        what=cells["what"],
        person_id=persons[cells["person"]],
        payer_id=cells["payer"] or None,
    )
