"""The four digits painted on the spot, as the files of the directory carry them."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import delete, select

from models.area import PlaceCode
from models.db import Work
from models.services.sheets import SheetRow

COLUMN, TAG = "place_codes", "#loc+code+v_jaabi"
DIGITS = 4


def codes_of(work: Work) -> Mapping[str, list[str]]:
    """Return the codes of each place that has some, by reference."""
    codes: dict[str, list[str]] = defaultdict(list)
    for code, ref in work.session.execute(
        select(PlaceCode.code, PlaceCode.ref).order_by(PlaceCode.code)
    ):
        codes[ref].append(code)
    return codes


def read_codes(work: Work, rows: Mapping[str, SheetRow]) -> dict[str, str]:
    """Return the references that the codes of a file name; note what is wrong on their rows.

    ``rows`` are by reference. A code that another place has, in the file or beside it, is wrong.
    """
    changed = dict.fromkeys(ref for ref, row in rows.items() if row.has(COLUMN))
    others = work.session.execute(select(PlaceCode.code, PlaceCode.ref))
    taken = {code: ref for code, ref in others if ref not in changed}
    read: dict[str, str] = {}
    for ref in changed:
        for code in rows[ref].many(COLUMN):
            if len(code) != DIGITS or not code.isascii() or not code.isdecimal():
                rows[ref].wrong(f"{COLUMN}: {code!r} is not four digits")
            elif code in taken or read.get(code, ref) != ref:
                rows[ref].wrong(f"{COLUMN}: {code} already names another place")
            read[code] = ref
    return read


def write_codes(work: Work, rows: Mapping[str, SheetRow], codes: Mapping[str, str]) -> None:
    """Let ``codes`` name the places of a file, instead of those they had."""
    changed = [ref for ref, row in rows.items() if row.has(COLUMN)]
    for first in range(0, len(changed), 500):
        some = changed[first : first + 500]
        work.session.execute(delete(PlaceCode).where(PlaceCode.ref.in_(some)))
    work.session.add_all(PlaceCode(code=code, ref=ref) for code, ref in sorted(codes.items()))
