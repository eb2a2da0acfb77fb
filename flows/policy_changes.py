"""What another routing policy would change: who receives what, case by case. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.policy import Policy, Row
from flows.routing import CaseFacts, row_for
from flows.sensitivity import CLASS_OF, class_of

PLACE = "ML"  # any place known
TASKS = {"evacuation": "65", "stock_out": "21", "referral": "21", "call_back": "7"}
ALERTS = ("61", "62", "63", "64", "65", "66", "67")


@dataclass(frozen=True, slots=True)
class Change:
    """One kind and category that would go another way, for these answers to who is concerned."""

    kind: str
    category: str
    abouts: tuple[str, ...]
    before: Row
    after: Row


def changes(before: Policy, after: Policy) -> list[Change]:
    """Return every way that differs, those alike said once."""
    found: dict[tuple[str, str, int, int], list[CaseFacts]] = {}
    for facts in _situations(before):
        old, new = row_for(facts, before), row_for(facts, after)
        if _does(old) != _does(new):
            key = (facts.kind, facts.category, before.rows.index(old), after.rows.index(new))
            found.setdefault(key, []).append(facts)
    return [
        Change(
            kind,
            category,
            tuple(dict.fromkeys(facts.about for facts in situations)),
            before.rows[old],
            after.rows[new],
        )
        for (kind, category, old, new), situations in found.items()
    ]


def _does(row: Row) -> tuple[object, ...]:
    return row.levels, row.firsts, row.informed, row.repair


def _situations(policy: Policy) -> Iterator[CaseFacts]:
    for category in CLASS_OF:
        for about in policy.concerned:
            yield CaseFacts("complaint", category, class_of(category, about), PLACE, about)
        yield CaseFacts("complaint", category, class_of(category, "unknown"))
    for category in ALERTS:
        yield CaseFacts("alert", category, "C9", PLACE, registered=True)
    for kind, category in TASKS.items():
        yield CaseFacts(kind, category, class_of(category, "nobody"), PLACE)
