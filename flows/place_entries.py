"""What the gazetteer is built from, and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class AreaEntry(NamedTuple):
    """A country, region, cercle or commune (level 0 to 3) with its other spellings."""

    pcode: str
    name: str
    aliases: Sequence[str]
    level: int
    parent: str


class SpotEntry(NamedTuple):
    """A settlement (``s:id``, rank 1 to 5) or facility (``f:id``, rank 6) of a commune."""

    ref: str
    name: str
    commune: str
    rank: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place meant. ``ref`` is c:commune, s:settlement, f:facility or z:cercle.

    ``name`` and ``cercle_name`` are cut to the width of a screen; the commune's two are empty
    for a cercle.
    """

    ref: str
    name: str
    cercle_name: str
    commune_pcode: str
    commune_name: str
    cercle_pcode: str
