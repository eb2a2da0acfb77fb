"""The directory of Mali as files of our own: three tables of facts, read and written here.

Tab-separated UTF-8, one header line, rows sorted, coordinates as whole hundred-thousandths of a
degree (WGS84), "" for not known. Settlements stand under a line ``=commune prefix``: an id is
that prefix and the rest, unless the rest begins with ML and is whole; a rank of 5 is left out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
AREAS, SETTLEMENTS, FACILITIES = "areas.tsv", "settlements.tsv", "facilities.tsv"
COMMON_RANK = 5
_DEGREE = 100_000


class AreaFact(NamedTuple):
    """An area; ``edition`` says to which list of p-codes its code belongs."""

    pcode: str
    edition: str
    code_status: str
    pcode_2015: str
    level: int
    parent: str
    name: str
    aliases: tuple[str, ...]
    lat: float | None
    lon: float | None
    source: str


class SettlementFact(NamedTuple):
    """A village, quarter or seat; rank 1 national capital to 5 other."""

    id: str
    name: str
    commune: str
    rank: int
    lat: float
    lon: float


class FacilityFact(NamedTuple):
    """A public health facility; ``quality`` says how far its point can be trusted."""

    id: str
    name: str
    kind: str
    commune: str
    cercle: str
    lat: float | None
    lon: float | None
    quality: str


def write_areas(facts: Iterable[AreaFact]) -> str:
    """Return the text of the table of areas."""
    rows = (
        (*fact[:4], str(fact.level), fact.parent, fact.name, "|".join(fact.aliases), *_point(fact))
        for fact in sorted(facts, key=lambda fact: (fact.level, fact.pcode))
    )
    return _table(AreaFact._fields, rows)


def read_areas(text: str) -> Iterator[AreaFact]:
    """Yield the areas of a table, every area after the one it lies in."""
    for row in _rows(text):
        pcode, edition, status, old, level, parent, name, aliases, lat, lon, source = row
        others = tuple(filter(None, aliases.split("|")))
        yield AreaFact(
            pcode, edition, status, old, int(level), parent, name, others,
            _degrees(lat), _degrees(lon), source,
        )  # fmt: skip


def write_settlements(facts: Iterable[SettlementFact], prefixes: dict[str, str]) -> str:
    """Return the text of the table of settlements; ``prefixes`` are of ids, by commune."""
    rows: list[tuple[str, ...]] = []
    commune = ""
    for fact in sorted(facts, key=lambda fact: (fact.commune, fact.id)):
        prefix = prefixes.get(fact.commune, "")
        if fact.commune != commune:
            commune = fact.commune
            rows.append((f"={commune}", prefix))
        short = fact.id.removeprefix(prefix) if prefix else fact.id
        rank = () if fact.rank == COMMON_RANK else (str(fact.rank),)
        rows.append((short, fact.name, _whole(fact.lat), _whole(fact.lon), *rank))
    return _table(("id", "name", "lat", "lon", "rank"), rows)


def read_settlements(text: str) -> Iterator[SettlementFact]:
    """Yield the settlements of a table."""
    commune = prefix = ""
    for row in _rows(text):
        if row[0].startswith("="):
            commune, prefix = row[0][1:], row[1]
            continue
        short, name, lat, lon, *rank = row
        whole = short if short.startswith("ML") else prefix + short
        rank_number = int(rank[0]) if rank else COMMON_RANK
        yield SettlementFact(
            whole, name, commune, rank_number, int(lat) / _DEGREE, int(lon) / _DEGREE
        )


def write_facilities(facts: Iterable[FacilityFact]) -> str:
    """Return the text of the table of facilities."""
    rows = (
        (*fact[:5], _whole(fact.lat), _whole(fact.lon), fact.quality)
        for fact in sorted(facts, key=lambda fact: fact.id)
    )
    return _table(FacilityFact._fields, rows)


def read_facilities(text: str) -> Iterator[FacilityFact]:
    """Yield the facilities of a table."""
    for identifier, name, kind, commune, cercle, lat, lon, quality in _rows(text):
        point = _degrees(lat), _degrees(lon)
        yield FacilityFact(identifier, name, kind, commune, cercle, *point, quality)


def read(name: str, folder: Path = FOLDER) -> str:
    """Return the text of one of the tables as this package carries it."""
    return (folder / name).read_text(encoding="utf-8")


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in (header, *rows))


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines()[1:]:
        yield line.split("\t")


def _point(fact: AreaFact) -> tuple[str, str, str]:
    return _whole(fact.lat), _whole(fact.lon), fact.source


def _whole(degrees: float | None) -> str:
    return "" if degrees is None else str(round(degrees * _DEGREE))


def _degrees(whole: str) -> float | None:
    return int(whole) / _DEGREE if whole else None
