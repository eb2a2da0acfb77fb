"""Readers: what was typed at a question, as the value to keep, or Unreadable."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from flows.errors import Unreadable

PLACE_LIMIT = 60
WORDS_LIMIT = 1000

Reader = Callable[[str, Mapping[str, Any]], Any]


def plain_digits(said: str) -> str | None:
    """Return the digits of ``said`` in ASCII if it holds nothing else but spaces and dots."""
    kept = [sign for sign in said if not (sign.isspace() or sign in ".-")]
    if not kept or not all(sign.isdecimal() for sign in kept):
        return None
    return "".join(str(unicodedata.decimal(sign)) for sign in kept)


def clean(said: str) -> str:
    """Return ``said`` in NFC on one line, without control signs and doubled spaces."""
    composed = unicodedata.normalize("NFC", said)
    kept = (" " if sign.isspace() else sign for sign in composed if _carries(sign))
    return " ".join("".join(kept).split())


def read_place(said: str, _answers: Mapping[str, Any]) -> str:
    """Read a place code (4 digits) or a name, 60 characters at most."""
    digits = plain_digits(said)
    if digits is not None:
        return _fit(len(digits) == 4, digits)
    name = clean(said)[:PLACE_LIMIT].strip()
    return _fit(any(sign.isalpha() for sign in name), name)


def read_words(said: str, _answers: Mapping[str, Any]) -> str:
    """Read words of any language, 1,000 characters at most: one letter or digit is enough."""
    words = clean(said)[:WORDS_LIMIT].strip()
    return _fit(any(sign.isalnum() for sign in words), words)


def read_receipt(said: str, _answers: Mapping[str, Any]) -> str:
    """Read a code of 5, 6 or 12 digits, typed with or without spaces and dots."""
    digits = plain_digits(said) or ""
    return _fit(len(digits) in {5, 6, 12}, digits)


def read_receipt_back(said: str, answers: Mapping[str, Any]) -> str:
    """Say if what was typed back is the ``same`` as ``c6`` (or the long receipt) or ``other``."""
    short = plain_digits(str(answers.get("c6", "")))
    long = plain_digits(f"{answers.get('c6', '')} {answers.get('c6b', '')}")
    typed = plain_digits(said)
    return "same" if typed is not None and typed in {short, long} else "other"


def read_pin(said: str, _answers: Mapping[str, Any]) -> str:
    """Read a PIN: 4 digits."""
    digits = plain_digits(said) or ""
    return _fit(len(digits) == 4, digits)


READERS: Mapping[str, Reader] = {
    "place": read_place,
    "words": read_words,
    "receipt": read_receipt,
    "receipt_back": read_receipt_back,
    "pin": read_pin,
    "sms_place": read_words,
}


def _carries(sign: str) -> bool:
    """Control signs, half surrogates and unassigned ones carry nothing and break encoders."""
    return sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}


def _fit(good: bool, value: str) -> str:
    if not good:
        raise Unreadable
    return value
