"""What free words are most likely about: a guess that a person may overrule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flows.concepts import Heard, lexicon
from flows.sensitivity import CLASS_OF, is_sensitive

SURE = 2  # concepts that must hold together before a category is said
SURE_ALONE = frozenset(
    {"195", "61", "62", "65", "66", "67", "7"}
)  # one word says it: mine, cholera
_DESKS = frozenset("123")  # aid, health, school: a draw between these goes to a person


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category of field.md 4.2 and who is concerned (as W1 to W6), each None when unsure."""

    category: str | None
    about: str | None


def suggest(words: str, languages: Collection[str] = ()) -> Suggestion:
    """Suggest what ``words`` complain of and about whom; sensitive readings win over others.

    ``languages``: those heard in the words, beside French.
    """
    return suggested(lexicon(languages).hear(words))


def suggested(heard: Heard) -> Suggestion:
    """Suggest the same for words that were heard already."""
    return Suggestion(_category(heard.scores), _about(heard))


def _category(scores: Mapping[str, int]) -> str | None:
    grave = {c: score for c, score in scores.items() if is_sensitive(CLASS_OF[c])}
    sure = {c: s for c, s in (grave or scores).items() if s >= SURE or c in SURE_ALONE}
    if not sure:
        return None
    best = max(sure.values())
    first, *others = (category for category, score in sure.items() if score == best)
    desks = {category[0] for category in (first, *others)}
    return None if len(desks & _DESKS) > 1 else first


def _about(heard: Heard) -> str | None:
    if len(heard.about) > 1:
        return "several"
    return next(iter(heard.about), None)
