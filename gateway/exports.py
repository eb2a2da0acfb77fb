"""Rows as files that others open: CSV, JSON by line, or a sheet. No cell is taken for a formula."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gateway.kept_out import when_wanted

openpyxl = when_wanted("openpyxl")  # a worker at rest has no need of its memory

Value = str | int | None
Rows = Iterable[Sequence[Value]]
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what a spreadsheet computes when it opens a file


def harmless(value: Value) -> Value:
    """Return a value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def as_csv(names: Sequence[str], rows: Rows) -> bytes:
    """Return a header and rows, UTF-8, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180, 2
    writer.writerow(names)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue().encode()


def as_jsonl(names: Sequence[str], rows: Rows) -> bytes:
    """Return one JSON object a line."""
    found = (dict(zip(names, row, strict=True)) for row in rows)
    lines = [json.dumps(one, ensure_ascii=False) for one in found]
    return "".join(f"{line}\n" for line in lines).encode()


def as_xlsx(names: Sequence[str], rows: Rows) -> bytes:
    """Return a workbook with one sheet; its texts are texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("jaabi")

    def cell(value: Value) -> Any:
        made = openpyxl.cell.WriteOnlyCell(sheet, value)
        if isinstance(value, str):
            made.data_type = "s"
        return made

    for row in (names, *rows):
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS: Mapping[str, Callable[[Sequence[str], Rows], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "jsonl": as_jsonl,
}
