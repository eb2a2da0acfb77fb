"""The routing policy in words: each rule as a line that somebody can check against the guide."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext

from flows.policy import Desk, Policy, Row
from gateway.console import directory_words, topics
from gateway.console.saying import ABOUT, Words, say

_ = lazy_gettext
CLASSES: Words = {
    "C5": _("classe C5 (argent, pouvoir)"),
    "C6": _("classe C6 (agent humanitaire)"),
    "C7": _("classe C7 (violence, enfant)"),
}
REPAIRS: Words = {
    "ask": _("après trois voix ou un oui"),
    "visible": _("tout de suite"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as it is read."""

    number: int
    says: str
    when: str
    first: str
    instead: str
    late: tuple[str, ...]
    informed: str
    repair: str


def rules(policy: Policy) -> list[Rule]:
    """Return the whole policy in words."""
    return [rule(row, policy) for row in policy.rows]


def rule(row: Row, policy: Policy) -> Rule:
    """Return one rule in words."""
    own = row.levels[0]
    return Rule(
        number=row.number,
        says=row.says,
        when=_when(row.when),
        first=desks(own[: row.firsts], policy),
        instead=desks(own[row.firsts :], policy),
        late=tuple(desks(level, policy) for level in row.levels[1:]),
        informed=", ".join(_desk(one, policy) for one in row.informed),
        repair=say(REPAIRS, row.repair) if row.repair else "",
    )


def desks(some: Iterable[Desk], policy: Policy) -> str:
    """Return desks in words, the first one tried first."""
    between = gettext(", sinon ")
    return str(between.join(_desk(one, policy) for one in some))


def category(code: str) -> str:
    """Return a category with its digits."""
    words = say(topics.CATEGORIES, code)
    return code if words == code else f"{code} {words}"


def _desk(one: Desk, policy: Policy) -> str:
    said = policy.label(one.function)
    sector = say(directory_words.SECTORS, one.sector).lower()
    if one.of == "pair":
        said = gettext("%(desk)s de l'organisation en paire", desk=said)
    elif one.of == "other":
        said = gettext("%(desk)s d'une autre organisation", desk=said)
    if one.covers:
        role = say(directory_words.COVERAGE_ROLES, one.covers)
        said = f"{said} ({role}, {sector})" if sector else f"{said} ({role})"
    if one.not_kinds:
        kinds = ", ".join(say(directory_words.ORGANISATIONS, kind) for kind in one.not_kinds)
        said = gettext("%(desk)s (sauf %(kinds)s)", desk=said, kinds=kinds)
    if one.kinds:
        kinds = ", ".join(say(directory_words.ORGANISATIONS, kind) for kind in one.kinds)
        said = gettext("%(desk)s (%(kinds)s)", desk=said, kinds=kinds)
    if one.administration:
        said = gettext("%(desk)s (là où l'administration est informée)", desk=said)
    return str(said)


def _when(when: Mapping[str, Any]) -> str:
    said: list[str] = []
    said += _some(when.get("kind"), topics.KINDS)
    said += sorted(category(one) for one in _listed(when.get("category")))
    said += _some(when.get("class"), CLASSES)
    if "about" in when:
        about = ", ".join(_some(when["about"], ABOUT))
        said.append(gettext("en cause : %(about)s", about=about))
    if when.get("place") == "unknown":
        said.append(gettext("lieu inconnu"))
    if when.get("returned"):
        said.append(gettext("rendu"))
    if when.get("registered"):
        said.append(gettext("signalé par un téléphone inscrit"))
    return " · ".join(said) or gettext("tout le reste")


def _some(codes: Any, words: Words) -> list[str]:
    return sorted(say(words, one) for one in _listed(codes))


def _listed(codes: Any) -> list[str]:
    return sorted(codes) if isinstance(codes, frozenset) else [codes] if codes else []
