"""Which language somebody speaks: the evidence there is, weighed in a fixed order.

Reference "Languages", design rules 1 to 3. It never decides whether a message is accepted, nor
where it goes; what stays unknown is kept, answered in French and read by a person.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.listed_words import languages_of
from flows.place_names import words_of

UNKNOWN = "und"  # ISO 639-3: undetermined
FEW = 2  # words, up to which the detector is not asked
NAMING = 3  # words, up to which the name of a language asks for it

HeardBand = Literal["sure", "guess", "unknown"]
Band = Literal["chosen", "sure", "guess", "unknown"]
Evidence = Literal["menu", "word", "script", "listed", "last", "detector", "none"]

# Blocks of Unicode, and the language of Mali that is written so. N'Ko is Manding's own script.
_SCRIPTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "ar": (
        (0x0600, 0x06FF),
        (0x0750, 0x077F),
        (0x08A0, 0x08FF),
        (0xFB50, 0xFDFF),
        (0xFE70, 0xFEFF),
    ),
    "taq": ((0x2D30, 0x2D7F),),
    "bm": ((0x07C0, 0x07FF),),
    "ff": ((0x1E900, 0x1E95F),),
}

# What people call the languages, folded; those of the menu first (field guide, 4.1, M2).
_NAMES: Mapping[str, tuple[str, ...]] = {
    "fr": ("francais", "french"),
    "bm": ("bamanankan", "bambara", "bamanan"),
    "ff": ("fulfulde", "peul", "peulh", "pulaar", "pular"),
    "ses": ("songhay", "sonrai", "sonrhai", "songhai", "songhoy"),
    "taq": ("tamasheq", "tamachek", "tamacheq", "touareg"),
    "snk": ("soninke", "sarakole"),
    "ar": ("arabe", "hassaniya", "hassanya"),
    "en": ("anglais", "english"),
}
_NAMED = {name: code for code, names in _NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a detector hears: an ISO 639 code or None, how surely, a second language in the text.

    ``version`` names the profiles that answered.
    """

    language: str | None
    band: HeardBand
    second: str | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which language is spoken, how surely and by what evidence; ``second`` in mixed text."""

    language: str | None
    band: Band
    evidence: Evidence
    second: str | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a phone: the language its owner chose, or else the last one heard."""

    chosen: str | None = None
    last: str | None = None


Detector = Callable[[str], Heard]
NOTHING = Heard(None, "unknown")


def unheard(_text: str) -> Heard:
    """Hear nothing: the detector of a house without profiles."""
    return NOTHING


def weigh(text: str, known: Known, detector: Detector) -> Spoken:
    """Return the language of ``text`` by the strongest evidence there is. Any text is allowed.

    Menu choice, the name of a language, its script, a listed word or the last language for one or
    two words, the detector from three on; else unknown.
    """
    heard = detector(text)
    if known.chosen:
        return Spoken(known.chosen, "chosen", "menu", _beside(heard, known.chosen), heard.version)
    words = words_of(text)
    plain = named(words) or script_of(text)
    if plain:
        evidence: Evidence = "word" if named(words) else "script"
        return Spoken(plain, "sure", evidence, version=heard.version)
    if len(words) <= FEW:
        return _of_few(words, known.last)
    if heard.language is None:
        return Spoken(None, "unknown", "none", version=heard.version)
    return Spoken(heard.language, heard.band, "detector", heard.second, heard.version)


def named(words: list[str]) -> str | None:
    """Return the language that a text of a few folded words names, or None."""
    codes = {_NAMED[word] for word in words if word in _NAMED}
    return codes.pop() if len(words) <= NAMING and len(codes) == 1 else None


def script_of(text: str) -> str | None:
    """Return the language whose script most letters of ``text`` are of, or None for Latin."""
    letters = Counter(_written(letter) for letter in text if letter.isalpha())
    if not letters:
        return None
    code, count = letters.most_common(1)[0]
    return code if count * 2 > letters.total() else None


def _written(letter: str) -> str | None:
    if letter.isascii():
        return None
    for code, blocks in _SCRIPTS.items():
        if any(first <= ord(letter) <= last for first, last in blocks):
            return code
    return None


def _of_few(words: list[str], last: str | None) -> Spoken:
    listed = languages_of(words)
    if len(listed) == 1:
        return Spoken(next(iter(listed)), "guess", "listed")
    if last and words and (not listed or last in listed):
        return Spoken(last, "guess", "last")
    return Spoken(None, "unknown", "none")


def _beside(heard: Heard, chosen: str) -> str | None:
    """Return a language that is surely heard beside the chosen one."""
    if heard.language == chosen:
        return heard.second
    return heard.language if heard.band == "sure" else None
