"""Spellings of place names: folded to compare, by sound to forgive, cut to fit a screen."""

import re
import unicodedata

from flows.place_words import CENTRES, IN_BRACKETS, KINDS, LINKS

PLACE_WIDTH = 23  # characters of {place} for which field.md 4.3 proves L5 and L7
CERCLE_WIDTH = 14  # characters of {cercle} in L7
SHORTEST = 3  # letters below which first letters say nothing

# channels.md 5, "Matching inbound": letters of the national languages that NFKD leaves alone.
_LETTERS = str.maketrans(
    {
        "ɛ": "e", "ə": "e", "ǝ": "e", "ɔ": "o", "ɲ": "ny", "ñ": "ny", "ŋ": "ng", "ɓ": "b",
        "ɗ": "d", "ƴ": "y", "ɠ": "g", "ɣ": "gh", "ʃ": "sh", "ʒ": "zh", "œ": "oe", "æ": "ae",
        "ø": "o",
    }
)  # fmt: skip

# One sound, many spellings: Ouattagouna and Wattagouna, Djenné and Jenne, Kidal and Quidal.
_SPELLINGS = {
    "ou|w": "u",
    "ch|sh|z|c(?=[eiy])": "s",
    "gn|ny|ng": "n",
    "dj|di(?=[aeou])": "j",
    "qu|q|kh?|c": "k",
    "gu(?=[ei])": "g",
    "ph": "f",
    "h": "",
    "y": "i",
}
_SPELLING = re.compile("|".join(f"({spelling})" for spelling in _SPELLINGS))
_SOUND = ("", *_SPELLINGS.values())  # by number of the group that matched
_TWICE = re.compile(r"([a-z])\1+")
_INSIDE = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the words of ``text``, lower case, without accents, national letters made plain."""
    plain = text.casefold()
    return _WORD.findall(_plain(plain))


def _plain(text: str) -> str:
    if text.isascii():
        return text
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """Return the letters and digits of ``text`` alone, as `words_of` writes them, in one piece."""
    return "".join(words_of(text))


def sound(key: str) -> str:
    """Return a folded name as it sounds, so that spellings of one name meet."""
    said = _SPELLING.sub(lambda spelling: _SOUND[spelling.lastindex or 0], key)
    return _TWICE.sub(r"\1", said)


def keys_of(name: str) -> list[str]:
    """Return the folded forms under which ``name`` is found: whole, without and inside brackets."""
    whole = fold(name)
    if "(" not in name and " ou " not in name:
        return [whole]
    parts = [_INSIDE.sub(" ", name), *_INSIDE.findall(name), *name.split(" ou ")]
    folded = [fold(part) for part in parts]
    good = [
        key for key in folded if len(key) > SHORTEST and key.isalpha() and key not in IN_BRACKETS
    ]
    return list(dict.fromkeys([whole, *good]))


def asked(text: str) -> str:
    """Return the folded name in an answer to "C'est ou?", without "au village de" before it."""
    words = words_of(text)
    while len(words) > 1 and (words[0] in LINKS or words[0] in KINDS):
        words.pop(0)
    if words and words[0] in CENTRES:
        words = [word for word in words if word not in LINKS]
    return "".join(words)


def shown(name: str, width: int = PLACE_WIDTH) -> str:
    """Return ``name`` as phones show it: in plain letters, cut to ``width`` characters.

    Some gateways spoil even an e with an accent (field.md, "Lengths"). Of what is too long second
    names go first, then words.
    """
    name = _plain(name)
    if len(name) <= width:
        return name
    bare = " ".join(_INSIDE.sub(" ", name).partition(" ou ")[0].split()) or name
    if len(bare) <= width:
        return bare
    cut = bare[:width]
    whole, gap, _ = cut.rpartition(" ") if bare[width] != " " else (cut, " ", "")
    return (whole if gap and len(whole) > width // 2 else cut).rstrip(" -'+(")
