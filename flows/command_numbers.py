"""Numbers said as words: French, and the digits attested in the national languages."""

from collections.abc import Mapping, Sequence

_FRENCH: Mapping[str, int] = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14,
    "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "cent": 100, "cents": 100, "mille": 1000, "zero": 0,
}  # fmt: skip
_ONE = frozenset({"un", "une"})  # articles too

# languages.md, "Numbers": only what was found there, folded. An apostrophe parts two words.
_ATTESTED: Mapping[tuple[str, ...], int] = {
    # Bambara, 1 to 10 ("bi" is today, and 10 nowhere): [BL], [BAY]
    ("kelen",): 1, ("fila",): 2, ("saba",): 3, ("naani",): 4, ("duuru",): 5, ("wooro",): 6,
    ("wolonwula",): 7, ("wolonfla",): 7, ("segin",): 8, ("kononton",): 9, ("tan",): 10,
    # Fulfulde: [CLDR rbnf ff]
    ("go", "o"): 1, ("didi",): 2, ("tati",): 3, ("nawi",): 4, ("jowi",): 5, ("jeego", "o"): 6,
    ("jeedidi",): 7, ("jeetati",): 8, ("jeenawi",): 9, ("sappo",): 10, ("noogas",): 20,
    ("temedere",): 100,
    # Songhay: [MW ses]
    ("foo",): 1, ("hinka",): 2, ("hinza",): 3,
}  # fmt: skip


def french_number(words: Sequence[str]) -> tuple[int, int] | None:
    """Read the longest French number at the beginning of ``words``: its value, words used.

    A lone "un" or "une" is an article unless nothing or a number follows.
    """
    value, used, place = None, 0, 0
    while place < len(words):
        joined = value is not None and words[place] == "et"
        at = place + joined
        said = _FRENCH.get(words[at]) if at < len(words) else None
        together = said if value is None else _together(value, said)
        if together is None:
            break
        value, used, place = together, at + 1, at + 1
    if value is None or (used == 1 and words[0] in _ONE and _is_word(words[1:2])):
        return None
    return value, used


def attested_number(words: Sequence[str]) -> tuple[int, int] | None:
    """Read a digit said in Bambara, Fulfulde or Songhay: its value, words used."""
    for used in (2, 1):
        value = _ATTESTED.get(tuple(words[:used]))
        if value is not None and used <= len(words):
            return value, used
    return None


def _is_word(following: Sequence[str]) -> bool:
    return any(not word.isdecimal() and word not in _FRENCH for word in following)


def _together(value: int, said: int | None) -> int | None:
    """Return the number that ``value`` and the word after it make, or None if they are two."""
    if said is None or not said:
        return None
    if said == 1000:
        return value * said if 1 < value < said else None
    if said == 100 and 1 < value % 1000 < 10:
        return value + value % 1000 * 99  # deux mille cinq cents
    if said == 20 and value % 100 == 4:
        return value + 76  # quatre-vingt
    room = _room(value)
    fits = said < room and (value % 100 not in {10, 70, 90} or said >= 7)
    return value + said if fits else None


def _room(value: int) -> int:
    """Return below what a word may be to be added to ``value``."""
    if value >= 1000 and value % 1000 == 0:
        return 1000
    if value >= 100 and value % 100 == 0:
        return 100
    tail = value % 100
    if tail in {60, 80}:
        return 20
    return 10 if tail in {10, 20, 30, 40, 50, 70, 90} else 0
