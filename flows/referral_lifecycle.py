"""Statuses of a referral and what may follow what, as a table; bands of age; digits of the cards.

A transition's name is also the name of the step written down for it. From field.md 4.8 and 6.3,
domain.md 4.3 and contract.md, "Referral status".
"""

from collections.abc import Mapping
from datetime import timedelta

from flows.errors import TransitionRefused

_COMES = {
    "arrived": "arrived",
    "served": "served",
    "not_served": "not_served",
    "redirected": "redirected",
    "withdrawn": "cancelled",
}
_AWAITED = {**_COMES, "refused": "refused", "expired": "expired", "cancelled": "cancelled"}

REFERRAL: Mapping[str, Mapping[str, str]] = {
    "draft": {"consented": "draft", "sent": "sent", "arrived": "arrived"},
    "sent": {**_AWAITED, "accepted": "sent"},
    "redirected": {**_AWAITED, "accepted": "redirected"},
    "refused": _AWAITED,  # another centre may still receive her
    "arrived": {**_COMES, "closed": "closed"},
    "not_served": {**_COMES, "closed": "closed"},  # she was told to come back, and came
    "served": {"served": "served", "withdrawn": "cancelled", "closed": "closed"},  # a correction
    "closed": {},
    "expired": {},
    "cancelled": {},
}

AWAITED = frozenset({"sent", "redirected", "refused"})
OPEN = AWAITED | {"arrived", "not_served"}  # a centre may still do something for her
STANDING = OPEN | {"served"}  # her code still means something
LASTS = timedelta(days=30)  # domain.md 4.3: the cohort is observed for thirty days

BANDS = ("under15", "15-19", "20-24", "25plus", "unsaid")
_UNDER = ((15, "under15"), (20, "15-19"), (25, "20-24"))

PRODUCTS = tuple("123456789")  # the method card, field.md 6.3
ADVICE = "CONS"  # nothing of the card but counsel, by its code in domain.md 4.3
REASONS: Mapping[str, str] = {  # G9
    "1": "stock_out",
    "2": "no_provider",
    "3": "not_suitable",
    "4": "changed_mind",
    "5": "pregnant",
    "6": "come_back",
    "7": "other",
}
ABSENCES: Mapping[str, str] = {  # B6
    "1": "far",
    "2": "money",
    "3": "family",
    "4": "fear",
    "5": "changed_mind",
    "6": "elsewhere",
    "7": "road",
    "8": "not_seen",
}


def after(status: str, transition: str) -> str:
    """Return the status that ``transition`` leads to; raise TransitionRefused if it may not be."""
    try:
        return REFERRAL[status][transition]
    except KeyError:
        raise TransitionRefused(f"a {status} referral cannot be {transition}") from None


def allows(status: str, transition: str) -> bool:
    """Return whether the table has this transition."""
    return transition in REFERRAL.get(status, {})


def band_of(age: int | None) -> str:
    """Return the band of an age in years, all that is ever kept of it."""
    if age is None:
        return "unsaid"
    return next((band for limit, band in _UNDER if age < limit), "25plus")
