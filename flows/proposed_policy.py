"""A routing policy that somebody proposes: all of it is checked before anybody may follow it.

What the service itself stands on may not change with it: who judges a compartment and who stands
outside also decides what the database shows to whom (models/rights_functions.py).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from flows.case_lifecycle import LIFECYCLES
from flows.policy import CONDITIONS, SENSITIVE, Policy, PolicyWrong, load_policy, read_document
from flows.ringing import VOICE
from flows.routing import CaseFacts, row_for
from flows.sensitivity import CLASS_OF, class_of
from flows.yaml_files import Loader

LONGEST = 60_000  # characters
DEEPEST = 12  # tables and lists inside one another
REPAIRS = ("ask", "visible")
EVACUATION = "evacuation"
_TYPES: Mapping[str, type] = {"a text": str, "a number": int, "true or false": bool}
_DESK = (
    "a text",
    {
        **dict.fromkeys(("function", "of", "covers", "sector"), "a text"),
        **{key: ["a text"] for key in ("kinds", "not_kinds")},
        "administration": "true or false",
    },
)
_WHEN = {
    **{key: ["a text"] for key in ("kind", "category", "class", "about")},
    "place": "a text",
    **dict.fromkeys(("returned", "registered"), "true or false"),
}
_ROW = {
    "row": "a number",
    **dict.fromkeys(("says", "repair"), "a text"),
    "when": _WHEN,
    **{key: [_DESK] for key in ("first", "if_concerned", "informed")},
    "late": [[_DESK]],
}
_ABOUT = {
    "coverage": "a text",
    **dict.fromkeys(("by_coverage", "centre", "state_food"), "true or false"),
    **{key: ["a text"] for key in ("except_sectors", "kinds", "functions", "roles")},
}
_SHAPE = {
    "outside": "a text",
    "functions": {"*": "a text"},
    "officers": {"*": ["a text"]},
    "sectors": {"*": ["a text"]},
    "concerned": {"*": _ABOUT},
    "always_centre": ["a text"],
    "cercles": {"*": {"state_food": "a text", "administration": "true or false"}},
    "rows": [_ROW],
}

Wrong = tuple[int, str]


def proposed(text: str, today: Policy) -> Policy:
    """Return what is proposed instead of the policy of ``today``.

    Raises PolicyWrong with every mistake as ``:line: sentence``.
    """
    _refuse(_unreadable(text))
    document = read_document(text, "")
    _refuse([*_misshapen(document, _SHAPE, "", 1)])
    policy = load_policy(text, "")
    _refuse([*_unusable(document), *_unlike(policy, today), *_leads_nowhere(policy)])
    return policy


def _refuse(mistakes: list[Wrong]) -> None:
    if mistakes:
        raise PolicyWrong([f":{line}: {words}" for line, words in sorted(set(mistakes))])


def _unreadable(text: str) -> list[Wrong]:
    """Say what a reader would choke on: signs that are none, too much, turns into itself."""
    if len(text) > LONGEST:
        return [(1, f"more than {LONGEST} characters")]
    depth = 0
    try:
        for event in yaml.parse(text, Loader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.AliasEvent):
                return [(line, "a reference (*) is not followed: say it again")]
            opens = isinstance(event, yaml.CollectionStartEvent)
            depth += opens - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return [(line, f"more than {DEEPEST} tables inside one another")]
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        return [(at, f"not readable: {error.problem or error.context}")]
    except yaml.YAMLError:
        return [(1, "a sign that cannot be read")]
    return []


def _misshapen(value: Any, shape: Any, where: str, line: int) -> Iterator[Wrong]:
    line = getattr(value, "line", line)
    if isinstance(shape, tuple):
        inner = shape[isinstance(value, dict)]
        yield from _misshapen(value, inner, where, line)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield line, f"{where}: a list is expected"
            return
        for one in value:
            yield from _misshapen(one, shape[0], where, line)
    elif isinstance(shape, dict):
        yield from _misshapen_table(value, shape, where, line)
    elif type(value) is not _TYPES[shape]:
        yield line, f"{where}: {shape} is expected"


def _misshapen_table(value: Any, shape: Any, where: str, line: int) -> Iterator[Wrong]:
    if not isinstance(value, dict):
        yield line, f"{where or 'document'}: a table is expected"
        return
    for key, one in value.items():
        inner = shape.get(key, shape.get("*"))
        named = f"{where} {key}".strip()
        if inner is None:
            yield line, f"{where or 'document'}: unknown word {key}"
        else:
            yield from _misshapen(one, inner, named, line)


def _unusable(document: Any) -> Iterator[Wrong]:
    for name, cercle in document["cercles"].items():
        for key in {"state_food", "administration"} - cercle.keys():
            yield cercle.line, f"cercles {name}: missing {key}"
    for answer, rule in document["concerned"].items():
        for function in set(rule.get("functions", ())) - document["functions"].keys():
            yield rule.line, f"concerned {answer}: no function {function}"
    known: Mapping[str, Any] = {
        "kind": LIFECYCLES,
        "category": CLASS_OF,
        "class": {f"C{number}" for number in range(10)},
        "about": document["concerned"],
    }
    for row in document["rows"]:
        for words in _row_words(row, known):
            yield row.line, f"row {row['row']}: {words}"


def _row_words(row: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    when = row.get("when", {})
    for key in CONDITIONS & known.keys() & when.keys():
        yield from (f"no {key} {one}" for one in when[key] if one not in known[key])
    if when.get("place", "known") not in {"known", "unknown"}:
        yield "place: known or unknown"
    if row.get("repair", REPAIRS[0]) not in REPAIRS:
        yield f"repair: {' or '.join(REPAIRS)}"


def _unlike(policy: Policy, today: Policy) -> Iterator[Wrong]:
    if policy.outside != today.outside or policy.officers != today.officers:
        yield 1, "outside and officers cannot be changed here: the database's rights follow them"
    for name in ("functions", "concerned", "sectors"):
        gone = sorted(getattr(today, name).keys() - getattr(policy, name).keys())
        yield from ((1, f"{name}: {one} is in use and cannot go") for one in gone)


def _leads_nowhere(policy: Policy) -> Iterator[Wrong]:
    for category in CLASS_OF:
        for case_class in {class_of(category, "unknown")} & SENSITIVE:
            facts = CaseFacts("complaint", category, case_class, "ML")
            row = row_for(facts, policy)
            desks = (desk.function for desks in row.levels for desk in desks)
            if not policy.officers[case_class] & set(desks):
                yield 1, f"row {row.number}: category {category} reaches no officer of {case_class}"
        row = row_for(CaseFacts(EVACUATION, category, "C9", "ML"), policy)
        if not any(desk.function == VOICE for desks in row.levels for desk in desks):
            yield 1, f"row {row.number}: an evacuation reaches no {VOICE}"
