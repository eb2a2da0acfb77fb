"""Readers: what was typed at a question, as the value to keep, or Unreadable."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from flows.errors import Unreadable
from flows.numbers import LONG_RECEIPT, is_receipt
from flows.referral_readers import read_age, read_age_and_relay, read_quantity

PLACE_LIMIT = 60
WORDS_LIMIT = 4096  # as much as one message brings (models/services/intake.py)
CUT_NUMBER = "[numero]"

_PHONE = 8  # digits of a number of Mali
_RUN = re.compile(r"\+?\d+(?:[ .\-\u00a0]{1,2}\d+)*")
_DATE = re.compile(r"[0-3]?\d([.-])[01]?\d\1(19|20)\d\d")

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


def without_numbers(words: str) -> str:
    """Return ``words`` with every telephone number replaced by ``[numero]`` (field.md 6.1).

    Eight digits, or eleven with 223, spaced or dotted; longer runs too, but receipts and dates
    stay. In doubt a number goes: a lost amount can be asked again, a name given cannot.
    """
    return _RUN.sub(_without_number, words)


def read_place(said: str, _answers: Mapping[str, Any]) -> str:
    """Read a place code (4 digits) or a name, 60 characters at most."""
    digits = plain_digits(said)
    if digits is not None:
        return _fit(len(digits) == 4, digits)
    name = clean(said)[:PLACE_LIMIT].strip()
    return _fit(any(sign.isalpha() for sign in name), name)


def read_words(said: str, _answers: Mapping[str, Any]) -> str:
    """Read words of any language, 2,000 characters at most: one letter or digit is enough."""
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
    "age": read_age,
    "age_and_relay": read_age_and_relay,
    "quantity": read_quantity,
}


def _without_number(run: re.Match[str]) -> str:
    said = run.group()
    digits = plain_digits(said.removeprefix("+")) or ""
    groups = list(re.finditer(r"\d+", said))
    receipt = len(digits) == LONG_RECEIPT and is_receipt(digits)
    if len(digits) < _PHONE or _DATE.fullmatch(said) or (receipt and _paired(groups)):
        return said
    if said.startswith("+") or digits.startswith("00"):
        return CUT_NUMBER
    cut = {place for window in _windows(groups) for place in window}
    if not cut:
        return said
    return said[: groups[min(cut)].start()] + CUT_NUMBER + said[groups[max(cut)].end() :]


def _paired(groups: list[re.Match[str]]) -> bool:
    return all(len(group.group()) != _PHONE for group in groups)


def _windows(groups: list[re.Match[str]]) -> list[range]:
    """List the stretches of groups that can be dialled."""
    stretches = (
        range(start, end)
        for start in range(len(groups))
        for end in range(start + 1, len(groups) + 1)
    )
    return [stretch for stretch in stretches if _dialled([groups[i].group() for i in stretch])]


def _dialled(groups: list[str]) -> bool:
    digits = plain_digits("".join(groups)) or ""
    if len(groups) == 1 and len(digits) > _PHONE:
        return True
    if len(digits) == _PHONE:
        return digits[0] not in "01"
    return len(digits) == _PHONE + 3 and digits.startswith("223")


def _carries(sign: str) -> bool:
    """Control signs, half surrogates and unassigned ones carry nothing and break encoders."""
    return sign.isspace() or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"}


def _fit(good: bool, value: str) -> str:
    if not good:
        raise Unreadable
    return value
