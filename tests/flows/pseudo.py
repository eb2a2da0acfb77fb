"""A language nobody speaks: every French text a third longer and wrapped, as if reviewed."""

import re

from flows.catalogs import Catalog, Entry, digest, french_of
from flows.words import Flows

REVIEWED = {"status": "reviewed", "by": ("S01", "S02"), "date": "2026-11-20", "back": "the same"}
_VALUE = re.compile(r"(\{[^}]*\})")


def pseudo(french: str) -> str:
    """Return a text wrapped and lengthened by 30 %, its values left alone."""
    plain = len(_VALUE.sub("", french))
    return f"<{french}{'_' * round(plain * 0.3)}>"


def reviewed(name: str, french: str, text: str) -> Entry:
    """Return an entry that two speakers have read."""
    return Entry(name, french, text, of=digest(french), **REVIEWED)


def catalog(flows: Flows, language: str = "xx", without: tuple[str, ...] = ()) -> Catalog:
    """Return the pseudo-language of these conversations, but for the texts left out."""
    entries = {
        name: reviewed(name, french, pseudo(french))
        for name, french in french_of(flows).items()
        if name not in without
    }
    return Catalog(language, entries)
