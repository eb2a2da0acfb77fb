"""`jaabi export`: what was published, for reports and spreadsheets. No row is anybody's.

There is no export of cases or referrals one by one, and none of classes C5 to C7: whoever handles
them has them in a list, everybody else has the released cells (docs/decisions/0031).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import IO

import click
from sqlalchemy import select

from flows.indicators import shares
from flows.publications import (
    ALERTS,
    COMPLAINTS,
    EVACUATIONS,
    INCOMPLETE,
    REFERRALS,
    WALK_INS,
    Cell,
)
from gateway import assembly
from gateway.cli_base import Moment, load_settings
from gateway.exports import FORMATS, Value
from models.area import Area
from models.db import Operator, Work
from models.figure import Figure
from models.services import figures
from models.services.audit import Mark, note

TABLES: Mapping[str, frozenset[str]] = {
    "cases": frozenset(one.name for one in (COMPLAINTS, INCOMPLETE, ALERTS, EVACUATIONS)),
    "referrals": frozenset(one.name for one in (REFERRALS, WALK_INS)),
}
FIGURES = "figures"
PLACE = ("period", "area_pcode", "area")
CELLS = ("table", *PLACE, "by", "value", "count")
SHARES = ("indicator", *PLACE, "numerator", "denominator")
WITHHELD = "withheld"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@click.command(name="export")
@click.argument("what", type=click.Choice([*TABLES, FIGURES]))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv")
@click.option("--since", type=Moment(), help="months from the one of this day on")
@click.option("--month", help="one month, 2026-11")
@click.option("--out", type=click.File("wb"), default="-", help="file to write")
def export(what: str, form: str, since: datetime | None, month: str | None, out: IO[bytes]) -> None:
    """Write published numbers: by month and area, rounded, small ones as <5 or <10."""
    if month is not None and not MONTH.fullmatch(month):
        raise click.UsageError("a month is written as 2026-11")
    first = month or (f"{since:%Y-%m}" if since else "")
    store = assembly.open_store(load_settings(), wakes=False)
    try:
        with store.work(Operator()) as work:
            details = {"what": what, "format": form, "since": first or None}
            note(work, Mark("export", "figures", details=details), assembly.clock())
        with store.reading(Operator()) as work:
            told = figures.published(work, first, month or "9999")
            names, rows = _rows(work, what, told)
            written = FORMATS[form](names, rows)
    finally:
        store.close()
    out.write(written)
    if not rows:
        click.echo("nothing is published yet: a month is, once it is over", err=True)


def _rows(
    work: Work, what: str, told: Iterable[Figure]
) -> tuple[tuple[str, ...], list[tuple[Value, ...]]]:
    names = {pcode: name for pcode, name in work.session.execute(select(Area.pcode, Area.name))}
    if what == FIGURES:
        return SHARES, list(_shares(told, names))
    wanted = TABLES[what]
    return CELLS, [_cell(one, names) for one in told if one.publication in wanted]


def _cell(one: Figure, names: Mapping[str, str]) -> tuple[Value, ...]:
    place = (one.period, one.area, names.get(one.area, ""))
    return (one.publication, *place, one.split, one.value, _said(one))


def _shares(told: Iterable[Figure], names: Mapping[str, str]) -> Iterator[tuple[Value, ...]]:
    for (period, publication), found in groupby(told, lambda one: (one.period, one.publication)):
        cells = {Cell(one.area, one.split, one.value): _said(one) for one in found}
        for area, indicator, *parts in shares(publication, cells):
            yield (indicator, period, area, names.get(area, ""), *parts)


def _said(one: Figure) -> str | int:
    if one.shown is not None:
        return one.shown
    return WITHHELD if one.below is None else f"<{one.below}"
