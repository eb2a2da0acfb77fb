"""Tries every telephone number of a range against every digest that was found.

Whoever knows the source knows that a number may stand somewhere as a keyed or unkeyed digest. For
each file that could be a key, each way of making a digest and each way of writing a number, all
numbers of the range are digested and looked up among what was found.
"""

import base64
import binascii
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

HEAD = 8  # bytes that tell one digest from another, and more than chance gives
HEX = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{16,128}(?![0-9A-Fa-f])")
BASE64 = re.compile(rb"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,90}={0,2}")
FORMS = ("+223{}", "{}", "223{}", "00223{}")
PERSONS = (b"", b"jaabi likeness", b"jaabi key id")  # as the source names them
SIZES = (16, 32, 64)
WORDS = re.compile(rb"[\s\"'=,;:@\[\]\0]+")
LONG = 20  # signs: whatever unlocks something is no shorter


@dataclass(frozen=True)
class Way:
    """One way of making a digest: its name, the key's name, and how."""

    name: str
    key: str
    make: Callable


def digests_in(contents: Iterable[bytes], blobs: Iterable[bytes] = ()) -> set[bytes]:
    """Return the heads of everything that may be a digest: in hex, in base64, or as it is."""
    heads = set()
    for content in contents:
        for one in HEX.findall(content):
            # As it is, and behind the name of its key.
            heads.update(
                binascii.unhexlify(piece)
                for piece in (one[: 2 * HEAD], one[8:24])
                if len(piece) == 2 * HEAD
            )
        for one in BASE64.findall(content):
            plain = one.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
            heads.add(base64.b64decode(plain[:12])[:HEAD])
    for blob in blobs:
        heads.update((blob[:HEAD], blob[4 : 4 + HEAD]))  # behind the name of a key, too
    return {head for head in heads if len(head) == HEAD and len(set(head)) > 1}


def keys_in(files: Iterable[tuple[str, bytes]], most: int = 4096) -> dict[str, bytes]:
    """Return what may be a key: small files as they are, and each long word, read as hex too."""
    keys: dict[bytes, str] = {}
    for name, content in files:
        if len(content) > most:
            continue
        words = [one for one in WORDS.split(content) if len(one) >= LONG]
        for word in (content, *words, *map(_unhexed, words)):
            if word:
                keys.setdefault(word, name)
    return {f"{name} #{place}": key for place, (key, name) in enumerate(keys.items())}


def ways(keys: dict[str, bytes]) -> list[Way]:
    """Return every way of making a digest: without a key first, then with each."""
    found = [
        Way(name, "", lambda number, make=make: make(number, usedforsecurity=False).digest())
        for name, make in _PLAIN.items()
    ]
    found += [Way(f"blake2b-{size}", "", _blake(b"", size, b"")) for size in SIZES]
    for name, key in keys.items():
        for algorithm in _PLAIN:
            found.append(Way(f"hmac-{algorithm}", name, _hmac(key, algorithm)))
            found.append(Way(f"{algorithm}(key+number)", name, _salted(key, algorithm)))
        own = key[:64]
        found += [
            Way(f"blake2b-{size} {person!r}", name, _blake(own, size, person))
            for size in SIZES
            for person in PERSONS
        ]
    return found


def likeliest(keys: dict[str, bytes]) -> list[Way]:
    """Return all ways, those that somebody in a hurry would have taken first."""
    first = ("sha256", "md5", "hmac-sha256", "sha1", f"blake2b-{SIZES[1]}")
    return sorted(ways(keys), key=lambda way: (bool(way.key), way.name not in first))


@dataclass
class Found:
    """Numbers that were found, and how far the search went."""

    numbers: dict[str, str]
    tried: list[str]
    left: list[str]


def search(
    heads: set[bytes], tried: list[Way], numbers: Iterable[int], seconds: float = 1e9
) -> Found:
    """Look for all ``numbers`` (of eight digits) in every way, until ``seconds`` are over."""
    found, done = Found({}, [], []), time.monotonic() + seconds
    for way in tried:
        for form in FORMS:
            named = f"{way.name} {way.key} {form}"
            if time.monotonic() > done:
                found.left.append(named)
                continue
            found.tried.append(named)
            found.numbers.update(dict.fromkeys(_matching(heads, way, form, numbers), named))
    return found


def _matching(heads: set[bytes], way: Way, form: str, numbers: Iterable[int]) -> list[str]:
    before, make = form.format("").encode(), way.make
    return [
        f"+223{number:08}" for number in numbers if make(before + b"%08d" % number)[:HEAD] in heads
    ]


_PLAIN = {"sha256": hashlib.sha256, "sha1": hashlib.sha1, "md5": hashlib.md5}


def _hmac(key: bytes, algorithm: str) -> Callable:
    return lambda number: hmac.digest(key, number, algorithm)


def _salted(key: bytes, algorithm: str) -> Callable:
    make = _PLAIN[algorithm]
    return lambda number: make(key + number, usedforsecurity=False).digest()


def _blake(key: bytes, size: int, person: bytes) -> Callable:
    made = hashlib.blake2b(digest_size=size, key=key, person=person)

    def digest(number: bytes) -> bytes:
        one = made.copy()
        one.update(number)
        return one.digest()

    return digest


def _unhexed(word: bytes) -> bytes:
    try:
        return binascii.unhexlify(word)
    except binascii.Error:
        return b""
