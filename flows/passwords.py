"""Which passwords are tried first: common words, keys in a row, the same again and again.

No rule of composition: a password has twelve characters and is not one that everybody thinks of.
"""

import re
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from importlib import resources

from flows.yaml_files import read_yaml

SHORTEST, LONGEST = 12, 256
FEW = 4  # different characters, or characters that are left when what is common is taken away

_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv",
    "q1w2e3r4t5y6",
    "1q2w3e4r5t6y",
    "147258369",
    "789456123",
)
_RUN = 3
# The heads of the lists that are tried everywhere, in English and French, and words of this work.
_WORDS = """
    password passe motdepasse mot pass secret admin administrator administrateur root user login
    bienvenue bonjour welcome hello letmein changeme default temp test demo master system
    jaabi mali bamako gao mopti timbuktu tombouctou ansongo africa afrique sahel ong ngo
    iloveyou love jetaime amour soleil sunshine princess princesse dragon monkey football baseball
    superman batman shadow michael jordan liberty liberte doudou chouchou loulou nicolas marie
    computer ordinateur internet google facebook whatsapp orange malitel samsung windows
    plainte complaint cellule supervisor superviseur auditor january janvier summer winter
    maman papa family famille jesus mohamed mohammed allah inchallah bismillah trustno
"""
_LEET = str.maketrans("@$!0134578", "asioieastb")


def refused(password: str, names: Iterable[str] = ()) -> str | None:
    """Return why a password cannot be, in words, or None; ``names`` are easily guessed here."""
    if len(password) < SHORTEST:
        return f"the password needs {SHORTEST} characters or more"
    if len(password) > LONGEST:
        return f"the password may have {LONGEST} characters at most"
    return "this password is among those tried first" if is_common(password, names) else None


def is_common(password: str, names: Iterable[str] = ()) -> bool:
    """Tell whether a password is made of what everybody thinks of."""
    plain = password.casefold()
    if len(set(plain)) <= FEW or _repeats(plain) or _digest(plain) in _tried_first():
        return True
    known = _pattern(names)
    return any(len(known.sub("", one)) <= FEW for one in (plain, plain.translate(_LEET)))


@cache
def _tried_first() -> frozenset[str]:
    """Return digests of the long ones among those that are tried everywhere."""
    text = (resources.files("flows") / "tried_first.yaml").read_text(encoding="utf-8")
    return frozenset(read_yaml(text)["tried_first"].split())


def _digest(plain: str) -> str:
    return blake2b(plain.encode(), digest_size=6).hexdigest()


def _repeats(text: str) -> bool:
    """Tell whether a text is one piece again and again."""
    return text in (text + text)[1:-1]


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    owner = [name.casefold() for name in names if len(name) >= _RUN]
    words = sorted({*_WORDS.split(), *owner}, key=len, reverse=True)
    runs = {row[at : at + _RUN] for one in _ROWS for row in (one, one[::-1]) for at in _starts(row)}
    pieces = [*map(re.escape, words), *sorted(map(re.escape, runs)), r"\d{2,}", r"[\W_]+"]
    return re.compile("|".join(pieces))


def _starts(row: str) -> range:
    return range(len(row) - _RUN + 1)
