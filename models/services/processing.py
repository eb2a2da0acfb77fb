"""The register of processing: what every column holds, what for, how long, and what forgets it.

It is read from the columns themselves, so that it never says anything else than the tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Table

from models.base import Base
from models.schema import metadata
from models.services.privacy import forgotten_by

CLASSES = {"S0": "public", "S1": "internal", "S2": "sensitive", "S3": "sealed"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One column: its class (S0 to S3), its purpose, how long it is kept and what forgets it."""

    table: str
    column: str
    sensitivity: str
    purpose: str
    keep: str
    forgotten_by: str


def entries() -> Iterator[Entry]:
    """Return one entry a column, table by table."""
    for table in _tables():
        for column in table.columns:
            said = column.info
            by = forgotten_by(table.name, said["keep"]) or ""
            yield Entry(table.name, column.name, said["class"], said["purpose"], said["keep"], by)


def markdown() -> str:
    """Return the register as a page: a chapter a table, a line a column."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    about = {one.class_.__tablename__: one.class_.__doc__ for one in Base.registry.mappers}
    rows = list(entries())
    for table in _tables():
        yield f"\n### {table.name}\n"
        yield f"{(about[table.name] or '').splitlines()[0]}\n"
        yield "| column | class | what for | kept | forgotten by |"
        yield "| --- | --- | --- | --- | --- |"
        for row in rows:
            if row.table == table.name:
                said = (row.column, row.sensitivity, row.purpose, row.keep, row.forgotten_by)
                yield f"| {' | '.join(one.replace('|', '/') for one in said)} |"
    yield ""


def _tables() -> Sequence[Table]:
    return sorted(metadata.tables.values(), key=lambda table: table.name)
