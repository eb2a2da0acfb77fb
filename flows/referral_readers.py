"""What is typed about a woman who comes: her age, her relay's number, how much is left."""

import re
from collections.abc import Mapping
from typing import Any

from flows.errors import Unreadable

YOUNGEST, OLDEST = 10, 59  # field.md 6.1
MOST = 99_999
_AGE_AND_RELAY = re.compile(r"(\d\d)(?:[^\dA-Za-z]+R?\s?(\d{3,4}))?", re.IGNORECASE)


def read_age(said: str, _answers: Mapping[str, Any]) -> int:
    """Read an age in years: two digits, 10 to 59."""
    digits = said.strip(" .#*")
    if len(digits) != 2 or not digits.isascii() or not digits.isdecimal():
        raise Unreadable
    return _in_range(int(digits))


def read_age_and_relay(said: str, _answers: Mapping[str, Any]) -> dict[str, Any]:
    """Read an age and a relay's number, ``24 128``; the relay may be left out."""
    found = _AGE_AND_RELAY.fullmatch(said.strip(" .#*"))
    if found is None:
        raise Unreadable
    age = _in_range(int(found.group(1)))
    return {"age": age, "relay": f"R{found.group(2)}" if found.group(2) else ""}


def read_quantity(said: str, _answers: Mapping[str, Any]) -> int:
    """Read how many units are left, 0 to 99,999."""
    digits = said.strip(" .#*")
    if not digits.isascii() or not digits.isdecimal() or int(digits) > MOST:
        raise Unreadable
    return int(digits)


def _in_range(age: int) -> int:
    if not YOUNGEST <= age <= OLDEST:
        raise Unreadable
    return age
