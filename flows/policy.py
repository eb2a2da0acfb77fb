"""The routing policy: a document into a Policy, or every mistake in it with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flows.errors import FlowError
from flows.yaml_files import Loader

DEFAULT = Path(__file__).parent / "policies" / "default.yaml"
SENSITIVE = frozenset({"C5", "C6", "C7"})
CONDITIONS = {"kind", "category", "class", "about", "place", "returned", "registered"}
DESK_KEYS = {"function", "of", "covers", "sector", "kinds", "not_kinds", "administration"}
ROW_KEYS = {"row", "says", "when", "first", "if_concerned", "late", "informed", "repair"}
ABOUT_KEYS = {
    *("coverage", "except_sectors", "kinds", "by_coverage"),
    *("functions", "roles", "centre", "state_food"),
}
TABLES = ("functions", "officers", "sectors", "concerned", "cercles", "rows")


class PolicyWrong(FlowError):
    """The policy cannot be followed; ``mistakes`` says where and why, one sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a case may go: a function, and what its organisation must be."""

    function: str
    of: str = ""  # pair, other or whichever
    covers: str = ""  # role in coverage
    sector: str = ""  # of that coverage; empty = the sectors of the case
    kinds: tuple[str, ...] = ()
    not_kinds: tuple[str, ...] = ()
    administration: bool = False  # told only where the cercle's switch says so


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of the policy."""

    number: int
    says: str
    when: Mapping[str, Any]
    levels: tuple[tuple[Desk, ...], ...]  # first (then if concerned), then one a step up
    firsts: int = 1  # how many desks of level 0 are not stand-ins
    informed: tuple[Desk, ...] = ()
    repair: str = ""  # ask, visible or none


@dataclass(frozen=True, slots=True)
class Policy:
    """Who receives what, as data."""

    rows: tuple[Row, ...]
    outside: str
    functions: Mapping[str, str]  # code to French label
    officers: Mapping[str, frozenset[str]]  # class to functions
    sectors: Mapping[str, frozenset[str]]  # sector to categories
    concerned: Mapping[str, Mapping[str, Any]]
    always_centre: frozenset[str]
    cercles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def sectors_of(self, category: str) -> frozenset[str]:
        """Return the sectors a category belongs to, none for conduct and danger."""
        return frozenset(name for name, members in self.sectors.items() if category in members)

    def setting(self, area: str, name: str) -> Any:
        """Return a cercle's setting for a place in it, or the default one."""
        for pcode, settings in self.cercles.items():
            if pcode != "default" and area.startswith(pcode):
                return settings[name]
        return self.cercles["default"][name]

    def label(self, function: str) -> str:
        """Return how a function is called in French."""
        return self.functions.get(function, function)


class _Lined(dict[str, Any]):
    line = 0


class _Loader(Loader):  # type: ignore[misc]  # one of two classes
    """Remembers on which line each mapping stands, and refuses a key said twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> _Lined:
    found = _Lined({str(key): v for key, v in loader.construct_mapping(node, deep=True).items()})
    found.line = node.start_mark.line + 1
    if len(found) != len(node.value):
        raise yaml.constructor.ConstructorError(None, None, "a key said twice", node.start_mark)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_policy(text: str, name: str = "default.yaml") -> Policy:
    """Read a policy. Raises PolicyWrong with every mistake as ``file:line: sentence``."""
    said = read_document(text, name)
    mistakes = _mistakes(said)
    if mistakes:
        raise PolicyWrong([f"{name}:{line}: {words}" for line, words in sorted(mistakes)])
    return Policy(
        rows=tuple(_row(row) for row in said["rows"]),
        outside=said["outside"],
        functions=said["functions"],
        officers={key: frozenset(names) for key, names in said["officers"].items()},
        sectors={key: frozenset(codes) for key, codes in said["sectors"].items()},
        concerned=said["concerned"],
        always_centre=frozenset(said.get("always_centre", ())),
        cercles=said["cercles"],
    )


def read_document(text: str, name: str) -> Any:
    """Return what a policy says, its tables with their lines. Raises PolicyWrong."""
    try:
        return _Loader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyWrong([f"{name}:{line}: {error.problem}"]) from None
    except (yaml.YAMLError, ValueError, ArithmeticError):
        # A sign that is none, or 2026-13-45: what looks like a date and is none.
        raise PolicyWrong([f"{name}:1: a value that cannot be read"]) from None


def default_policy() -> Policy:
    """Return the policy of field.md 7.3 that comes with the service."""
    return load_policy(DEFAULT.read_text(encoding="utf-8"), DEFAULT.name)


def _row(said: Mapping[str, Any]) -> Row:
    first = _desks(said["first"])
    levels = (first + _desks(said.get("if_concerned", ())), *map(_desks, said.get("late", ())))
    when = said.get("when") or {}
    return Row(
        number=said["row"],
        says=said["says"],
        when={key: frozenset(v) if isinstance(v, list) else v for key, v in when.items()},
        levels=levels,
        firsts=len(first),
        informed=_desks(said.get("informed", ())),
        repair=said.get("repair", ""),
    )


def _desks(said: Any) -> tuple[Desk, ...]:
    return tuple(Desk(one) if isinstance(one, str) else _desk(one) for one in said)


def _desk(said: Mapping[str, Any]) -> Desk:
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in said.items()}
    return Desk(**known)


Mistakes = list[tuple[int, str]]


def _mistakes(said: Any) -> Mistakes:
    if not isinstance(said, _Lined):
        return [(1, "the document is not a table")]
    missing = [name for name in (*TABLES, "outside") if name not in said]
    if missing:
        return [(1, f"missing: {', '.join(missing)}")]
    if not said["rows"]:
        return [(1, "rows: there is none")]
    found: Mistakes = []
    if said["outside"] not in said["functions"]:
        found.append((1, f"outside: no function {said['outside']}"))
    if "default" not in said["cercles"]:
        found.append((said["cercles"].line, "cercles: no default"))
    found += _about_mistakes(said["concerned"])
    for row in said["rows"]:
        found += _row_mistakes(row, said)
    if said["rows"][-1].get("when"):
        found.append((said["rows"][-1].line, "the last row must take everything: when: {}"))
    return found


def _about_mistakes(concerned: Mapping[str, Any]) -> Mistakes:
    return [
        (rule.line, f"concerned {answer}: unknown word {key}")
        for answer, rule in concerned.items()
        for key in sorted(set(rule) - ABOUT_KEYS)
    ]


def _row_mistakes(row: _Lined, said: Mapping[str, Any]) -> Mistakes:
    found = [f"unknown word {key}" for key in sorted(set(row) - ROW_KEYS)]
    found += [f"missing: {key}" for key in ("row", "says", "first") if not row.get(key)]
    when = row.get("when") or {}
    found += [f"when: unknown word {key}" for key in sorted(set(when) - CONDITIONS)]
    lists = [row.get("first", ()), row.get("if_concerned", ()), *row.get("late", ())]
    for one in [desk for desks in lists for desk in desks]:
        found += _desk_mistakes(one, said["functions"])
        found += _class_mistakes(one, when, said["officers"])
    for one in row.get("informed", ()):
        found += _desk_mistakes(one, said["functions"])
    if SENSITIVE & set(when.get("class", ())) and (row.get("informed") or row.get("repair")):
        found.append("a compartment informs nobody and asks nobody to repair")
    return [(row.line, f"row {row.get('row', '?')}: {words}") for words in found]


def _desk_mistakes(desk: Any, functions: Mapping[str, str]) -> list[str]:
    if isinstance(desk, str):
        return [] if desk in functions else [f"no function {desk}"]
    if not isinstance(desk, dict) or "function" not in desk:
        return ["a desk is a function or {function: ...}"]
    found = [f"desk: unknown word {key}" for key in sorted(set(desk) - DESK_KEYS)]
    if desk.get("of", "other") not in {"pair", "other"}:
        found.append(f"of: {desk['of']} is neither pair nor other")
    return found + _desk_mistakes(desk["function"], functions)


def _class_mistakes(desk: Any, when: Mapping[str, Any], officers: Mapping[str, Any]) -> list[str]:
    function = desk if isinstance(desk, str) else desk.get("function")
    return [
        f"{function} is no officer of class {one}"
        for one in when.get("class", ())
        if one in SENSITIVE and function not in officers.get(one, ())
    ]
