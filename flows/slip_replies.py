"""What an operator may answer to the read-back of a slip (E1): who is concerned, or what was wrong.

Who by the digits of E1; the place by its four digits; sex and age as they were sent, ``F34``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flows.readers import clean, plain_digits

What = Literal["about", "place", "person"]

# The digits of E1, as answers to W1 to W4. Whoever is head or committee depends on the topic.
_WHO: Mapping[str, str] = {
    "1": "nobody",
    "2": "ngo",
    "3": "chief",
    "4": "committee",
    "5": "unsaid",
    "6": "unknown",
}
_WHO_OF_TOPIC: Mapping[str, Mapping[str, str]] = {
    "2": {"3": "head", "4": "asaco"},
    "3": {"3": "director", "4": "cgs"},
}
_ASKED = frozenset("1234")  # first digits: aid, health, school, other aid
_PERSON = re.compile(r"([fhm])\s*(\d{1,3})?", re.IGNORECASE)
_SEXES = {"f": "F", "h": "M", "m": "M"}  # as LV reads them
_PLACE_CODE = 4
_OLDEST = 120
_BANDS = ((17, "under18"), (24, "18-24"), (59, "25-59"), (_OLDEST, "60plus"))


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """One piece put right: who is concerned (W1 to W6), a place code, or sex and age."""

    what: What
    value: str
    age: int | None = None


def asks_who(category: str) -> bool:
    """Tell whether the read-back of a category asks who is concerned, as the menus do."""
    return category[:1] in _ASKED


def read_correction(line: str, category: str) -> Correction | None:
    """Read the answer to a read-back; None when it is something else."""
    digits = plain_digits(line)
    if digits is not None and digits in _WHO:
        return Correction("about", who(category, digits)) if asks_who(category) else None
    if digits is not None:
        return Correction("place", digits) if len(digits) == _PLACE_CODE else None
    person = _PERSON.fullmatch(clean(line))
    if person is None:
        return None
    age = int(person[2]) if person[2] else None
    if age is not None and age > _OLDEST:
        return None
    return Correction("person", _SEXES[person[1].lower()], age)


def age_band(age: int | None) -> str | None:
    """Return the band that an age is kept as; None when it was not said."""
    if age is None:
        return None
    return next((band for oldest, band in _BANDS if age <= oldest), None)


def who(category: str, digit: str) -> str:
    """Return who is concerned by a digit of E1: head and committee depend on the topic."""
    return _WHO_OF_TOPIC.get(category[0], {}).get(digit, _WHO[digit])
