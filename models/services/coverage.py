"""Who does what where, row by row (3W): listed, added, ended. Files do the same in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from flows.place_names import fold
from models.area import Area
from models.db import Work
from models.errors import NotFound, StoreError
from models.organisation import Coverage, Organisation
from models.services.audit import Mark, note
from models.services.directory import staying_open


class CoverageRefused(StoreError):
    """The row cannot be: ``why`` is there, over or backwards."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of coverage are looked at; empty = all. ``area``: there, above or inside."""

    organisation: str = ""
    sector: str = ""
    area: str = ""
    over: bool = False  # those that have ended, too


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be added."""

    organisation: str
    sector: str
    role: str
    area: str
    since: date
    until: date | None = None


def listed(
    work: Work, wanted: Wanted, now: datetime, size: int, after: int = 0
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return at most ``size`` rows with the names of organisation and area, from a row id on."""
    asked = (
        select(
            *(Coverage.id, Coverage.sector, Coverage.role, Coverage.area_pcode),
            *(Coverage.since, Coverage.until),
            Organisation.name.label("organisation"),
            func.coalesce(Area.name, Coverage.area_pcode).label("area"),
        )
        .join(Organisation, Organisation.id == Coverage.organisation_id)
        .outerjoin(Area, Area.pcode == Coverage.area_pcode)
        .where(Coverage.id > after, *_narrowed(wanted, now))
        .order_by(Coverage.id)
        .limit(size)
    )
    return work.session.execute(asked).all()


def add(work: Work, new: NewRow, now: datetime) -> Coverage:
    """Add a row. Raises CoverageRefused, and DirectoryRefused where nobody outside is left."""
    since = _at(new.since)
    until = None if new.until is None else _at(new.until)
    if until is not None and until <= since:
        raise CoverageRefused("backwards")
    facts = {
        "organisation_id": new.organisation,
        "sector": new.sector,
        "role": new.role,
        "area_pcode": new.area,
    }
    # The same twice at one time is one work: what bars whom would not change.
    same = select(Coverage.id).filter_by(**facts)
    if work.session.scalar(same.where(_open(since), Coverage.since <= since)) is not None:
        raise CoverageRefused("there")
    with staying_open(work):
        row = Coverage(**facts, since=since, until=until)
        work.session.add(row)
    note(work, Mark("coverage_added", "directory", row.id), now)
    return row


def end(work: Work, row_id: int, until: date, now: datetime) -> Coverage:
    """Say until when a row holds. Raises NotFound, CoverageRefused."""
    row = work.session.get(Coverage, row_id, with_for_update=True)
    if row is None:
        raise NotFound(f"no coverage {row_id}")
    if row.until is not None and row.until <= now:
        raise CoverageRefused("over")
    if _at(until) <= row.since:
        raise CoverageRefused("backwards")
    row.until = _at(until)
    note(work, Mark("coverage_ended", "directory", row.id), now)
    return row


def areas_named(work: Work, said: str) -> list[tuple[str, str, int]]:
    """Return the areas meant by a p-code or a name: p-code, name and level, the widest first."""
    known = select(Area.pcode, Area.name, Area.level).order_by(Area.level, Area.pcode)
    plain = fold(said)
    found = [(pcode, name, level) for pcode, name, level in work.session.execute(known)]
    exact = [one for one in found if one[0] == said.strip().upper()]
    return exact or [one for one in found if plain and fold(one[1]) == plain]


def _narrowed(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [] if wanted.over else [_open(now)]
    if wanted.organisation:
        found.append(Coverage.organisation_id == wanted.organisation)
    if wanted.sector:
        found.append(Coverage.sector == wanted.sector)
    if wanted.area:
        # P-codes nest by their digits: what lies in it, and what it lies in.
        above = [wanted.area[:length] for length in range(2, len(wanted.area) + 1)]
        inside = Coverage.area_pcode.startswith(wanted.area, autoescape=True)
        found.append(or_(inside, Coverage.area_pcode.in_(above)))
    return found


def _open(at: datetime) -> ColumnElement[bool]:
    return or_(Coverage.until.is_(None), Coverage.until > at)


def _at(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
