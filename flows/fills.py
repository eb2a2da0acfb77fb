"""What the keeper puts into a text as it sends it: how long it may be, and how it is put in."""

import re
from collections.abc import Mapping

from flows.gsm7 import safe, segments, septets
from flows.rendering import UNSHOWN, spell

QUOTED = 60  # characters of an answer that an SMS gives back (field.md 5)
NUMBER_DIGITS = 8  # of a telephone of Mali, as it is dialled there


def put_in(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with each ``{name}`` of ``values`` replaced, once.

    Whatever else stands in braces was typed by somebody and stays what it is, in a value too.
    """
    if not values:
        return text
    names = "|".join(re.escape(name) for name in values)
    return re.sub(rf"\{{({names})\}}", lambda found: values[found.group(1)], text)


def at_longest(text: str, names: Mapping[str, str]) -> str:
    """Return ``text`` as long as it may become, to be counted."""
    sizes = {"person": NUMBER_DIGITS, "story": QUOTED}
    return put_in(text, {name: "x" * sizes[what.partition(":")[0]] for name, what in names.items()})


def quoted(words: str, limit: int = QUOTED) -> str:
    """Return the beginning of somebody's words as one SMS of GSM-7 may hold them."""
    spelt = spell(words)[:limit].rstrip(" .")
    shown = "".join(sign if septets(sign) is not None else UNSHOWN for sign in spelt)
    while segments(safe(shown)) > 1:
        shown = shown[:-1]
    return shown
