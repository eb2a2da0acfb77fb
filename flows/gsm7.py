"""How long a text is on the air: GSM-7 septets, UCS-2 units, segments, safe spelling."""

import re
import unicodedata
from collections.abc import Callable, Iterator

# 3GPP TS 23.038, 6.2.1: default alphabet without the escape, and the extension table.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"

SINGLE_SEPTETS, PART_SEPTETS = 160, 153
SINGLE_UNITS, PART_UNITS = 70, 67

_ALL_BASIC = re.compile(f"[{re.escape(_BASIC)}]*")
_ALL_KNOWN = re.compile(f"[{re.escape(_BASIC + _EXTENSION)}]*")
OUTSIDE = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]+")
_EXTENDED = re.compile(f"[{re.escape(_EXTENSION)}]")

# French as networks can carry it, and the old official signs of Mali's languages
# (Decree 159/PG-RM of 19 July 1982: è ò ny gh sh zh) where a letter has no place in GSM-7.
_SUBSTITUTES = {
    **dict(zip("çâêëîïôûÿ", "caeeiiouy", strict=True)),
    **dict(zip("ÀÁÂÃÈÊËÌÎÏÒÔÕÙÛŸ", "AAAAEEEIIIOOOUUY", strict=True)),
    **dict(zip("áíóúýÍÓÚÝ", "aiouyIOUY", strict=True)),
    **{"œ": "oe", "Œ": "OE", "ã": "an", "õ": "on"},
    **dict.fromkeys("«»“”„", '"'),
    **dict.fromkeys("’‘‚`´", "'"),
    **dict.fromkeys("–—‐‑−", "-"),
    **dict.fromkeys("\u00a0\u202f\u2007\u2009", " "),
    **{"…": "...", "°": "o", "²": "2", "•": "-", "\t": " ", "\u200b": "", "\ufeff": ""},
    **{"ɛ": "è", "Ɛ": "E", "ɔ": "ò", "Ɔ": "O", "ɲ": "ny", "Ɲ": "Ny", "ŋ": "ng", "Ŋ": "Ng"},
    **{"ɣ": "gh", "Ɣ": "Gh", "š": "sh", "Š": "Sh", "ʃ": "sh", "ž": "zh", "Ž": "Zh", "ʒ": "zh"},
    **dict(zip("ɓɗƴɠƁƊƳƓ", "bdygBDYG", strict=True)),
    **dict(zip("ăǝəḍḥḷṣṭẓĂƎḌḤḶṢṬẒ", "aeedhlstzAEDHLSTZ", strict=True)),
}
_TABLE = str.maketrans(_SUBSTITUTES)


def septets(text: str) -> int | None:
    """Return the length of ``text`` in septets, or None when GSM-7 cannot carry it."""
    if _ALL_BASIC.fullmatch(text):
        return len(text)
    if not _ALL_KNOWN.fullmatch(text):
        return None
    return len(text) + len(_EXTENDED.findall(text))


def units(text: str) -> int:
    """Return the length of ``text`` in UTF-16 code units, as UCS-2 messages are counted."""
    return len(text) + sum(character > "\uffff" for character in text)


def segments(text: str) -> int:
    """Return how many parts ``text`` is billed as: 160/153 septets or 70/67 UCS-2 units."""
    return len(parts(text))


def parts(text: str) -> list[str]:
    """Cut ``text`` as the network would; an extension sign or an emoji is never split."""
    if septets(text) is None:
        single, part, weigh = SINGLE_UNITS, PART_UNITS, units
    else:
        single, part, weigh = SINGLE_SEPTETS, PART_SEPTETS, _septets_of_known
    return [text] if weigh(text) <= single else list(_cut(text, part, weigh))


def safe(text: str) -> str:
    """Return ``text`` in NFC, respelt only when that makes it GSM-7; for sending only."""
    composed = unicodedata.normalize("NFC", text)
    if _ALL_KNOWN.fullmatch(composed):
        return composed
    respelt = _unmark(composed.translate(_TABLE))
    return respelt if _ALL_KNOWN.fullmatch(respelt) else composed


def _unmark(text: str) -> str:
    """Tone marks and rare accents fall, letters inside GSM-7 keep theirs."""
    return "".join(
        sign if _ALL_KNOWN.fullmatch(sign) else _bare(sign)
        for sign in text
        if not unicodedata.combining(sign)
    )


def _bare(sign: str) -> str:
    return "".join(
        part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part)
    ).translate(_TABLE)


def _septets_of_known(text: str) -> int:
    return len(text) + len(_EXTENDED.findall(text))


def _cut(text: str, limit: int, weigh: Callable[[str], int]) -> Iterator[str]:
    start = used = 0
    for place, sign in enumerate(text):
        weight = weigh(sign)
        if used + weight > limit:
            yield text[start:place]
            start, used = place, 0
        used += weight
    yield text[start:]
