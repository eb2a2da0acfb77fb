"""A text as the phone will show it: its spelling, pages, septets and parts. See phone.js too."""

from dataclasses import dataclass

from flows.gsm7 import segments, septets, units
from flows.readers import without_numbers
from flows.rendering import ANSWER_LIMIT, answer_pages, spell


@dataclass(frozen=True, slots=True)
class Preview:
    """What she will see: page after page, and how long it is on the air."""

    pages: list[str]
    size: int  # septets, or UCS-2 units where a letter needs them
    parts: int
    is_wide: bool
    limit: int = ANSWER_LIMIT


def preview(text: str) -> Preview:
    """Return a text as whoever asked will read it: no telephone number is among it."""
    kept = without_numbers(text)
    spelt = spell(kept)
    size = septets(spelt)
    return Preview(
        pages=answer_pages(kept) if kept.strip() else [],
        size=units(spelt) if size is None else size,
        parts=segments(spelt) if spelt else 0,
        is_wide=size is None,
    )
