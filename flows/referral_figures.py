"""Figures of the referral path: every share with numerator and denominator (domain.md 4.3).

The cohort is everybody sent, by a relay or by herself. Whoever came without being sent is counted
apart; a referral taken back as a mistake is none.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.referral_lifecycle import REASONS

STOCK_OUT = "stock_out"
WALK_IN = "walk_in"
UNSAID = "none"


@dataclass(frozen=True, slots=True)
class Told:
    """One referral as its steps tell it: those that were not undone."""

    source: str
    wish: str | None
    given: str | None
    reason: str | None
    steps: frozenset[str]

    @property
    def turned_away(self) -> bool:
        """Return whether she was not served, and not later either."""
        return "not_served" in self.steps and "served" not in self.steps


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    numerator: int
    denominator: int

    def as_dict(self) -> dict[str, int]:
        """Return both, never a percentage alone."""
        return {"numerator": self.numerator, "denominator": self.denominator}


def summary(told: Iterable[Told]) -> dict[str, Any]:
    """Return the completion table, the method mix and the stock-out share, as JSON."""
    counted = [one for one in told if "cancelled" not in one.steps]
    sent = [one for one in counted if one.source != WALK_IN]
    came = [one for one in sent if "arrived" in one.steps]
    served = [one for one in came if "served" in one.steps]
    turned_away = [one for one in came if one.turned_away]
    walk_ins = [one for one in counted if one.source == WALK_IN]
    return {
        "referred": len(sent),
        "arrival": Share(len(came), len(sent)).as_dict(),
        "service": Share(len(served), len(came)).as_dict(),
        "completion": Share(len(served), len(sent)).as_dict(),
        "counter_referral": _counter_referred([*served, *turned_away]).as_dict(),
        "stock_out": _stock_out(came).as_dict(),
        "stock_out_by_wish": _stock_out_by_wish(came),
        "not_served": _reasons(turned_away),
        "asked": _mix(one.wish for one in sent),
        "received": _mix(one.given for one in served),
        "redirected": _with(sent, "redirected"),
        "expired": _with(sent, "expired"),
        "withdrawn": _with(sent, "withdrawn"),
        "walk_ins": {"arrived": len(walk_ins), "served": _with(walk_ins, "served")},
    }


def _counter_referred(done: Collection[Told]) -> Share:
    return Share(_with(done, "counter_sent"), len(done))


def _stock_out(came: Collection[Told]) -> Share:
    out = [one for one in came if one.turned_away and one.reason == STOCK_OUT]
    return Share(len(out), len(came))


def _stock_out_by_wish(came: Collection[Told]) -> dict[str, dict[str, int]]:
    wishes = sorted({one.wish for one in came if one.wish})
    return {
        wish: _stock_out([one for one in came if one.wish == wish]).as_dict() for wish in wishes
    }


def _reasons(turned_away: Collection[Told]) -> Mapping[str, int]:
    found = Counter(one.reason or UNSAID for one in turned_away)
    return {reason: found[reason] for reason in (*REASONS.values(), UNSAID) if found[reason]}


def _mix(digits: Iterable[str | None]) -> Mapping[str, int]:
    return dict(sorted(Counter(digit or UNSAID for digit in digits).items()))


def _with(some: Collection[Told], step: str) -> int:
    return sum(step in one.steps for one in some)
