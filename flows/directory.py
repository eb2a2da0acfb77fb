"""The directory as routing sees it: organisations, who wears which hat, ties, coverage.

Areas are OCHA p-codes of the 2021 edition, which nest by their digits: ML070106 lies in ML0701,
which lies in ML07.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# One of those a case is about: its kind (organisation, facility, function, person) and its name
# (an organisation's id, a facility's id, function@area or a function everywhere, P0151).
Subject = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation, service or centre."""

    id: str
    name: str
    kind: str
    area: str | None = None
    facility: str | None = None
    pair: str | None = None  # organisation whose MEAL stands in


@dataclass(frozen=True, slots=True)
class Seat:
    """One hat of one person: the function, where, and for whom they wear it."""

    person: str
    function: str
    organisation: str
    area: str | None = None  # none = everywhere
    voice: str | None = None  # woman or man, for call-backs
    language: str = "fr"
    receives: bool = True  # on duty, and messages still reach the phone
    person_id: int | None = None  # row id


@dataclass(frozen=True, slots=True)
class Cover:
    """An organisation that works in a sector at a place now."""

    organisation: str
    sector: str
    role: str
    area: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it, as it stands when a case is routed."""

    organisations: Mapping[str, Body] = field(default_factory=dict)
    seats: tuple[Seat, ...] = ()
    ties: frozenset[tuple[str, str]] = frozenset()  # persons, either order
    coverage: tuple[Cover, ...] = ()

    def name(self, organisation: str) -> str:
        """Return the name shown for an organisation, or its id when it is not listed."""
        body = self.organisations.get(organisation)
        return organisation if body is None else body.name

    def kind(self, organisation: str) -> str:
        """Return the kind of an organisation, empty when it is not listed."""
        body = self.organisations.get(organisation)
        return "" if body is None else body.kind

    def covering(self, sectors: frozenset[str] | None, area: str) -> list[Cover]:
        """Return who works in these sectors (none = all) there, above or inside ``area``."""
        return [
            cover
            for cover in self.coverage
            if (sectors is None or cover.sector in sectors) and overlaps(cover.area, area)
        ]


def within(area: str | None, place: str) -> bool:
    """Return whether ``place`` lies in ``area``; no area means everywhere."""
    return area is None or place.startswith(area)


def overlaps(one: str | None, other: str | None) -> bool:
    """Return whether one of two areas lies in the other; no area, or an unknown one, is all."""
    return not one or not other or one.startswith(other) or other.startswith(one)
