"""What may be raised as an alert: its category, its few words, how long one event lasts, and size.

Two voices of the same kind at the same place within a kind's window are one event told twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class AlertKind:
    """One kind: ``said`` is what staff are told; ``quiet`` ones send nothing to who raised them."""

    name: str
    category: str
    said: str
    window: timedelta
    quiet: bool = False


def _kind(name: str, category: str, said: str, days: int, *, quiet: bool = False) -> AlertKind:
    return AlertKind(name, category, said, timedelta(days=days), quiet)


# Windows in days: the project's own policy, to be tried with those who answer. What moves on in
# a day (fire, an attack) is another event the day after; a drought is one for a month.
KINDS: Mapping[str, AlertKind] = {
    one.name: one
    for one in (
        _kind("flood", "61", "inondation", 7),
        _kind("fire", "62", "feu", 1),
        _kind("displacement", "63", "deplacement", 7),
        _kind("attack", "64", "attaque ou vol", 1, quiet=True),
        _kind("epidemic", "65", "beaucoup de malades", 7),
        _kind("drought", "66", "secheresse, betail", 30),
        _kind("mine", "67", "mine", 7, quiet=True),
        _kind("closed", "8", "ferme", 14),
        _kind("distribution.late", "13", "vivres en retard", 7),
        _kind("distribution.short", "12", "vivres: pas assez", 7),
        _kind("distribution.quality", "14", "vivres: qualite", 7),
        _kind("distribution.far", "191", "vivres: trop loin", 30),
        _kind("distribution.forgotten", "15", "vivres: oublies", 30),
        _kind("distribution.road", "192", "vivres: route", 1, quiet=True),
    )
}
CLOSED_SAID: Mapping[str, str] = {"21": "centre ferme", "31": "ecole fermee"}
_KIND_OF: Mapping[str, str] = {kind.category: kind.name for kind in KINDS.values()}


def kind_of(category: str) -> AlertKind:
    """Return the kind a category is: 21 and 31 are what stands closed."""
    return KINDS[_KIND_OF.get(category, "closed")]


def said_of(kind: str, category: str) -> str:
    """Return the few words of an alert, as D2 and D3 have them."""
    return CLOSED_SAID.get(category, KINDS[kind].said) if kind == "closed" else KINDS[kind].said


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many, as far as said: households, persons, or a line of G4 (few, some, many, most)."""

    households: int | None = None
    persons: int | None = None
    size: str | None = None


# Line of G4: the least number of households it means, and its words.
SIZES: Mapping[str, tuple[int, str]] = {
    "few": (1, "moins de 10 menages"),
    "some": (10, "10 a 50 menages"),
    "many": (50, "50 a 200 menages"),
    "most": (200, "plus de 200 menages"),
}
UNCOUNTED = "nombre pas connu"
MOST_SHOWN = 99_999


def highest(one: Estimate, other: Estimate) -> Estimate:
    """Return the higher of each piece of two estimates: a later voice only raises it."""
    return Estimate(
        _higher(one.households, other.households),
        _higher(one.persons, other.persons),
        max((one.size, other.size), key=_least),
    )


def estimated(estimate: Estimate) -> str:
    """Return an estimate in words: 120 menages env."""
    households, size = estimate.households, estimate.size
    if households is not None and households >= _least(size):
        return f"{min(households, MOST_SHOWN)} menages env."
    if size is not None and size in SIZES:
        return SIZES[size][1]
    if estimate.persons is not None:
        return f"{min(estimate.persons, MOST_SHOWN)} personnes env."
    return UNCOUNTED


def _least(size: str | None) -> int:
    return SIZES[size][0] if size is not None and size in SIZES else 0


def _higher(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)


# Line of G5: how many days ago, roughly beyond the first two.
SINCE: Mapping[str, int] = {"today": 0, "yesterday": 1, "week": 3, "before": 8}
A_WEEK = 7
UNDATED = "date inconnue"


def happened(when: str, now: datetime) -> datetime | None:
    """Return when it happened, from a line of G5; None when that was not said."""
    return now - timedelta(days=SINCE[when]) if when in SINCE else None


def dated(at: datetime | None, now: datetime) -> str:
    """Return in words how long ago it happened: hier."""
    if at is None:
        return UNDATED
    days = (now.astimezone(UTC).date() - at.astimezone(UTC).date()).days
    if days <= 1:
        return "hier" if days == 1 else "aujourd'hui"
    return "cette semaine" if days <= A_WEEK else "avant"


# What the sick are said to have, in the texts that may say it (field.md 5: life before discretion).
EVACUATIONS: Mapping[str, str] = {
    "birth": "accouchement",
    "child": "enfant malade",
    "malnutrition": "malnutrition",
    "wounded": "blesse",
    "other": "autre",
}
