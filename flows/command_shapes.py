"""What a one-line SMS is read as: a command, or a puzzle that says which word is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Role = Literal["relay", "centre", "agent", "operator", "supervisor"]
ALL: frozenset[Role] = frozenset(get_args(Role))

Verb = Literal[
    "LISTE", "VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "ANNULE", "CHOIX", "REF", "ALERTE",
    "EVAC", "VENUE", "DONNE", "PAS", "ORIENTE", "STOCK", "RUPTURE", "LV", "PRIVE", "PERDU", "AIDE",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked: the verb, the item number if it takes one, free words, the other pieces.

    ``given`` is JSON, by the names of the pieces: {"place": "6143", "age": 24, "wish": "3"}.
    """

    verb: Verb
    number: str | None = None
    words: str = field(default="", repr=False)
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A line meant as a command that is none: which word, and which piece of a command it fails.

    ``why`` is "word" or "number", the name of a piece that is wrong (age, product ...), or
    "missing". In the last two cases ``given`` holds what was understood of ``verb`` (with
    "number" and "words" where there are) and ``missing`` what `commands.complete` waits for.
    """

    word: str = field(repr=False)
    why: str
    verb: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)
    missing: tuple[str, ...] = ()


Reading = Command | Puzzle | None
