"""Finds what may be a telephone number, however it is spelt, and puts a mask in its place.

The last resort of the logs: nobody logs a number on purpose. In doubt eight digits are a number.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

MASK = "[number]"
# Eight digits or more, however they are parted: 70 00 00 01, +223-7000-0001, %2B22370000001.
_NUMBER = re.compile(r"(?:%2[Bb]|\+)?\d(?:(?:[\s.\-()/_]|%20)*\d){7,}")
_URL_CODED = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w+.-])*%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2}|[\w+.-])*")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){8,}(?![0-9A-Za-z])")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
_DIGITS = re.compile(rb"\d{8}")
_NAME = re.compile(r"[0-9A-Fa-f-]{32,}")  # a digest or a UUID: its digits are nobody's
_LETTER = re.compile(r"[A-Fa-f]")


def mask(value: Any) -> Any:
    """Return a value without anything that looks like a telephone number."""
    if isinstance(value, str):
        return _masked(value)
    if isinstance(value, int):
        return MASK if abs(value) >= 10**7 else value
    if isinstance(value, list | tuple):
        return [mask(one) for one in value]
    return value if value is None or isinstance(value, float) else mask(str(value))


def _masked(text: str) -> str:
    names = [found.span() for found in _NAME.finditer(text) if _LETTER.search(found[0])]

    def plain(found: re.Match[str]) -> str:
        inside = any(start <= found.start() and found.end() <= end for start, end in names)
        return found[0] if inside else MASK

    text = _NUMBER.sub(plain, text)
    for coded, decode in _CODES:
        text = coded.sub(_unless_it_says_a_number(decode), text)
    return text


def _unless_it_says_a_number(
    decode: Callable[[str], list[bytes]],
) -> Callable[[re.Match[str]], str]:
    def put(found: re.Match[str]) -> str:
        said = any(_DIGITS.search(one) for one in decode(found[0]))
        return MASK if said else found[0]

    return put


def _of_url(text: str) -> list[bytes]:
    return [unquote(text).encode()]


def _of_hex(text: str) -> list[bytes]:
    return [bytes.fromhex(text)]


def _of_base64(text: str) -> list[bytes]:
    """Read it from each of the four signs at which a number may begin in a longer text."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    found = []
    for start in range(4):
        piece = plain[start:]
        piece = piece[: len(piece) - (len(piece) % 4 == 1)]
        try:
            found.append(base64.b64decode(piece + "=" * (-len(piece) % 4)))
        except binascii.Error:
            continue
    return found


_CODES = ((_URL_CODED, _of_url), (_HEX, _of_hex), (_BASE64, _of_base64))
