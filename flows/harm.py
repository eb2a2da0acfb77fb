"""Whether harm can be heard in a language: a list of words may exist and not hold a single one.

A language in which nobody can tell harm from want is either not offered, or all that is written in
it is in doubt; and doubt is sensitive (domain.md 4.2, rule 2).
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from flows.catalogs import Catalog, offered
from flows.concepts import AMOUNT, NUMBER, YOUNG
from flows.finding import Finding
from flows.listed_words import LEXICONS, document
from flows.words import FRENCH, Flows

FIGURES = (NUMBER, AMOUNT, YOUNG)  # the same in all languages
_CHOICE = re.compile("[>~+]")


@cache
def unheard(language: str) -> tuple[str, ...]:
    """Return the compartments that no words of a language alone can raise."""
    if language == FRENCH:
        return ()
    own = document(language)["concepts"] if language in LEXICONS else ()
    known = frozenset((*own, *FIGURES))
    alarms = document(FRENCH)["alarms"]
    return tuple(
        name
        for name, rules in sorted(alarms.items())
        if name.startswith("C") and not any(_may_hold(rule, known) for rule in rules)
    )


def check(flows: Flows, catalogs: Iterable[Catalog]) -> list[Finding]:
    """Return each language that is offered and in which harm cannot be heard."""
    return sorted(_findings(flows, catalogs))


def _findings(flows: Flows, catalogs: Iterable[Catalog]) -> Iterator[Finding]:
    for catalog in catalogs:
        missing = unheard(catalog.language)
        if missing and offered(flows, catalog):
            says = f"it is offered, and no words in it are heard as {', '.join(missing)}"
            yield Finding(f"lexicon/{catalog.language}.yaml", says)


def _may_hold(rule: str, known: frozenset[str]) -> bool:
    wanted = [term.strip() for term in rule.split(",") if not term.strip().startswith("!")]
    sides = [side.split("|") for term in wanted for side in _CHOICE.split(term)]
    return all(known.intersection(side) for side in sides)
