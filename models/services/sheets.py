"""Reads tables that people exchange: CSV, with or without an HXL tag row, every mistake by line."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from models.services.directory import DirectoryRefused

FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run instead of show
_MARK = "\ufeff"  # what some spreadsheets put before the first letter


class Mistake(NamedTuple):
    """One thing wrong in a file, and on which line (1 = the header)."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of a file. What is asked of it and wrong is noted, and read as None."""

    line: int
    cells: Mapping[str, str]
    mistakes: list[Mistake] = field(repr=False)

    def wrong(self, text: str) -> None:
        """Note a mistake of this line."""
        self.mistakes.append(Mistake(self.line, text))

    def has(self, column: str) -> bool:
        """Tell whether the file has this column at all: without it, what is stored stays."""
        return column in self.cells

    def text(self, column: str, most: int, *, required: bool = False) -> str | None:
        """Return a cell of at most ``most`` characters, None when empty."""
        value = self.cells.get(column, "")
        if required and not value:
            self.wrong(f"{column} is missing")
        if len(value) > most:
            self.wrong(f"{column} is longer than {most} characters")
        if value.startswith(FORMULA):
            self.wrong(f"{column}: a spreadsheet would run it")
        return value or None

    def many(self, column: str) -> list[str]:
        """Return the parts of a cell, separated by ``|``."""
        parts = (part.strip() for part in self.cells.get(column, "").split("|"))
        return [part for part in parts if part]

    def one_of(self, column: str, allowed: Collection[str]) -> str | None:
        """Return a cell that is one of the words allowed."""
        value = self.cells.get(column, "")
        if value in allowed:
            return value
        self.wrong(f"{column} must be one of {', '.join(sorted(allowed))}")
        return None

    def degrees(self, column: str, low: float, high: float) -> float | None:
        """Return a coordinate in decimal degrees, None when empty."""
        value = self.cells.get(column, "")
        try:
            degrees = float(value) if value else None
        except ValueError:
            degrees = high + 1
        if degrees is None or low <= degrees <= high:
            return degrees
        self.wrong(f"{column} must be degrees between {low} and {high}")
        return None


def read_sheet(text: str, columns: Mapping[str, str], *, complete: bool = False) -> list[SheetRow]:
    """Return the rows of a CSV (commas or semicolons) with columns known by name, or by HXL tag.

    ``columns`` maps each name to its tag; a ``complete`` file has them all. Raises
    DirectoryRefused when the header cannot be used. All rows share one list of mistakes: look
    with `refuse_if_wrong` before anything is kept.
    """
    mistakes: list[Mistake] = []
    table = list(_cells(text.removeprefix(_MARK), mistakes))
    names, body = _header(table, columns, mistakes)
    missing = [name for name in columns if name not in names] if complete and names else []
    mistakes += [Mistake(1, f"column {name} is missing") for name in missing]
    if mistakes:
        _refuse(mistakes)
    rows = []
    for line, cells in body:
        row = SheetRow(line, dict(zip(names, cells, strict=False)), mistakes)
        if len(cells) != len(names):
            row.wrong(f"{len(cells)} cells for {len(names)} columns")
        rows.append(row)
    return rows


def refuse_if_wrong(rows: Sequence[SheetRow]) -> None:
    """Raise DirectoryRefused if any mistake was noted on any row."""
    if rows and rows[0].mistakes:
        _refuse(rows[0].mistakes)


def write_sheet(columns: Mapping[str, str], rows: Iterable[Sequence[str]]) -> str:
    """Return a CSV with a header, a row of HXL tags and the rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerow(columns.values())
    writer.writerows(rows)
    return out.getvalue()


def _refuse(mistakes: Iterable[Mistake]) -> None:
    raise DirectoryRefused([f"line {line}: {text}" for line, text in sorted(set(mistakes))])


def _cells(text: str, mistakes: list[Mistake]) -> Iterator[tuple[int, list[str]]]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in header else ",", strict=True)
    try:
        for cells in reader:
            clean = [unicodedata.normalize("NFC", cell).strip() for cell in cells]
            if any(clean):
                yield reader.line_num, clean
    except csv.Error as error:
        mistakes.append(Mistake(max(1, reader.line_num), f"not a CSV file: {error}"))


def _header(
    table: list[tuple[int, list[str]]], columns: Mapping[str, str], mistakes: list[Mistake]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if not table:
        mistakes.append(Mistake(1, "the file is empty"))
        return [], []
    header, body = table[0][1], table[1:]
    tags = next((cells for _, cells in table[:2] if _is_tag_row(cells)), [""] * len(header))
    if body and _is_tag_row(body[0][1]):
        body = body[1:]
    by_tag = {tag: name for name, tag in columns.items()}
    names = []
    for title, tag in zip(header, [*tags, *[""] * len(header)], strict=False):
        name = title.casefold() if title.casefold() in columns else by_tag.get(tag.casefold(), "")
        if not name or name in names:
            why = "comes twice" if name else f"is not known; known are {', '.join(columns)}"
            mistakes.append(Mistake(1, f"column {title!r} {why}"))
        names.append(name or title)
    return names, body


def _is_tag_row(cells: Sequence[str]) -> bool:
    return any(cells) and all(not cell or cell.startswith("#") for cell in cells)
