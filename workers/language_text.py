"""Text as the language detector hears it: its beginning, in lower case, cut into n-grams."""

import re
import unicodedata

LONGEST_GRAM = 4
LISTENED = 400  # characters listened to: what follows does not change what was heard

_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+")


def lower(text: str) -> str:
    """Return the beginning of ``text`` in lower case and NFC, addresses of the web left out."""
    return _ADDRESS.sub(" ", unicodedata.normalize("NFC", text[:LISTENED])).lower()


def grams(word: str) -> list[str]:
    """Return the n-grams of a folded word, its ends marked by spaces, of 1 to 4 characters."""
    held = f" {word} "
    return [
        held[start : start + size]
        for size in range(1, LONGEST_GRAM + 1)
        for start in range(size == 1, len(held) - size + 1 - (size == 1))
    ]
