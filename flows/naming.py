"""Whether words name somebody: by a name or nickname, by what they are, by their telephone. Pure.

Names are compared by their sound, as they are typed in many ways. In doubt somebody is named:
whoever is meant must not judge (threat model, T2).
"""

import re
from collections.abc import Sequence

from flows.french import sound
from flows.place_names import words_of

Said = Sequence[str]

SHORTEST = 3  # letters of a name of one word
_PHONE = 8  # digits of a number of Mali
_MALI = "+223"
_COUNTRY = re.compile(r"(?:00)?223(?=\d{8})")
_RUN = re.compile(r"\d+(?:[ .\-\u00a0]{1,2}\d+)*")
_SMALL = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "et", "ou", "en", "au"))


def said_in(words: str) -> Said:
    """Return the words of a text as they sound, small ones left out."""
    return [sound(one) for one in words_of(words) if one not in _SMALL]


def is_name(name: str) -> bool:
    """Tell whether a name is long enough to be recognised."""
    return len("".join(said_in(name))) >= SHORTEST


def names(name: str, said: Said) -> bool:
    """Tell whether ``said`` holds all words of a name side by side, in whatever order."""
    wanted = sorted(said_in(name))
    size = len(wanted)
    ways = range(len(said) - size + 1) if size else ()
    return any(sorted(said[at : at + size]) == wanted for at in ways)


def numbers_in(words: str) -> list[str]:
    """Return the telephone numbers of Mali that may stand in ``words``, E.164, each once."""
    runs = (re.sub(r"\D", "", run) for run in _RUN.findall(words))
    found = (f"{_MALI}{own}" for digits in runs for own in _numbers(digits))
    return list(dict.fromkeys(found))


def _numbers(digits: str) -> list[str]:
    """Return the numbers in one run of digits: several may stand side by side."""
    own = _COUNTRY.sub("", digits, count=1)
    ends = sorted({*range(_PHONE, len(own) + 1, _PHONE), len(own)})
    return [own[end - _PHONE : end] for end in ends if end >= _PHONE]
