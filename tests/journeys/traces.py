"""Looks for telephone numbers and words in everything a service leaves behind."""

import base64
import binascii
import hashlib

HEAD = 6  # bytes by which a trace is recognised at first sight
DIGESTS = (hashlib.md5, hashlib.sha1, hashlib.sha256)
BY_COUNTRY = "+223"


class Traces:
    """All the ways in which some numbers and words could stand in a file.

    A file is gone through once, whatever the number of traces: at each byte their first six are
    looked up, the rest is compared only where these are found.
    """

    def __init__(self, numbers, words):
        self._heads = {}
        for number in numbers:
            for way, trace in ways_of_number(number):
                self._learn(trace, f"{number} {way}", alone=way == "national")
        for word in words:
            for way, trace in ways_of_word(word):
                self._learn(trace, f"{word} {way}")

    def found_in(self, content):
        """Return what stands there, each as "+22370001234 base64"."""
        heads, found = self._heads, set()
        for start in range(len(content) - HEAD + 1):
            known = heads.get(content[start : start + HEAD])
            if known is None:
                continue
            for trace, name, alone in known:
                end = start + len(trace)
                if content[start:end] == trace and not (alone and _in_digits(content, start, end)):
                    found.add(name)
        return found

    def _learn(self, trace, name, *, alone=False):
        self._heads.setdefault(trace[:HEAD], []).append((trace, name, alone))


def ways_of_number(number):
    """Give each way of writing an E.164 number of Mali down, as (name, bytes)."""
    national = number.removeprefix(BY_COUNTRY)
    digits = number.removeprefix("+")
    yield "plain", digits.encode()  # after +, 00, %2B, tel: or nothing
    yield "national", national.encode()
    for between in (" ", "-", ".", "+", "%20", "/"):
        yield f"in pairs by {between!r}", between.join(pairs(national)).encode()
        yield f"in halves by {between!r}", between.join((national[:4], national[4:])).encode()
    yield "url-coded", "".join(f"%{ord(one):02X}" for one in national).encode()
    for text in (number, digits, national):
        yield from _recoded(text)
    for text in (number, digits, f"00{digits}", national):
        yield from _digested(text)


def ways_of_word(word):
    """Give each way of writing a word down, as (name, bytes)."""
    for text in (word, word.upper(), word.capitalize()):
        yield "plain", text.encode()
        yield from _recoded(text)
        yield from _digested(text)


def pairs(digits):
    return [digits[start : start + 2] for start in range(0, len(digits), 2)]


def _recoded(text):
    raw = text.encode()
    yield "hex", raw.hex().encode()
    yield "hex", raw.hex().upper().encode()
    yield "utf-16", text.encode("utf-16-le")
    for shift in range(3):
        # Of the signs of six bits, those that hold no bit of what stands before or after it.
        coded = base64.b64encode(bytes(shift) + raw)
        inner = coded[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]
        yield "base64", inner
        yield "base64", inner.translate(bytes.maketrans(b"+/", b"-_"))


def _digested(text):
    for digest in DIGESTS:
        raw = digest(text.encode()).digest()
        name = digest.__name__.removeprefix("openssl_")
        yield f"{name} raw", raw
        yield f"{name} hex", binascii.hexlify(raw)
        yield f"{name} hex", binascii.hexlify(raw).upper()
        yield f"{name} base64", base64.b64encode(raw)[: 8 * len(raw) // 6]


def _in_digits(content, start, end):
    return content[start - 1 : start].isdigit() or content[end : end + 1].isdigit()
