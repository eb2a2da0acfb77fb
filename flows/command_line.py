"""One SMS line cut into words and numbers, each where it stands in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flows.command_numbers import attested_number, french_number
from flows.numbers import is_item_number
from flows.place_names import fold
from flows.readers import CUT_NUMBER, clean, plain_digits

SHOWN_WORD = 20  # characters of somebody's own word that is given back
PHONE_DIGITS = 8  # from here on a number is a telephone and is never shown

POLITE = frozenset(
    {
        "bonjour", "bonsoir", "bjr", "bsr", "salut", "slt", "svp", "stp", "merci", "allo",
    }
)  # fmt: skip
UNITS = frozenset(
    {
        "f", "fr", "frs", "franc", "francs", "cfa", "fcfa", "mille", "menage", "menages", "pers",
        "personne", "personnes", "gens", "famille", "familles", "habitants", "enfants", "femmes",
        "hommes", "eleves", "malades", "sac", "sacs", "kg", "kilo",
        "kilos", "tonnes", "litres", "bidons", "tetes", "betes", "km", "jours", "mois", "heures",
        "semaines", "fois", "cartes", "bons",
    }
)  # fmt: skip

_TOKEN = re.compile(r"(?<!\w)[\dIlO]{5}(?!\w)|[^\W\d_]+|\d+")
_MISREAD = str.maketrans("IlO", "110")
_JOINERS = "\u200c\u200d"  # they part and join letters of Arabic and N'Ko
BETWEEN = " \t\r\n:;,.-=>/"


@dataclass(frozen=True, slots=True)
class Token:
    """One word, folded, or one number in ASCII digits; ``raw`` as it was typed, and where."""

    word: str
    raw: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        """Tell whether it is a number."""
        return self.word.isdecimal()


@dataclass(frozen=True, slots=True)
class Line:
    """The text of one SMS and its tokens."""

    text: str
    tokens: tuple[Token, ...]

    def words(self, start: int, end: int | None = None) -> list[str]:
        """Return the folded words from ``start`` to before ``end``."""
        return [token.word for token in self.tokens[start:end]]

    def word(self, place: int) -> str:
        """Return the folded word at ``place``, empty past the end."""
        return self.tokens[place].word if place < len(self.tokens) else ""

    def number(self, place: int) -> str:
        """Return the digits at ``place``, empty if there is no number."""
        word = self.word(place)
        return word if word.isdecimal() else ""

    def after(self, place: int) -> str:
        """Return the text that follows the token before ``place``, cleaned."""
        start = self.tokens[place - 1].end if place else 0
        words = clean(self.text[start:].lstrip(BETWEEN))
        return words if any(sign.isalnum() for sign in words) else ""  # an emoji says nothing

    def since(self, place: int) -> str:
        """Return the text that begins with the token at ``place``, cleaned; empty past the end."""
        return clean(self.text[self.tokens[place].start :]) if place < len(self.tokens) else ""

    def raw(self, start: int, end: int) -> str:
        """Return what was typed from ``start`` to before ``end``, fit to be shown again."""
        said = (
            shown(token.word) if token.is_number else token.raw for token in self.tokens[start:end]
        )
        return " ".join(said)[:SHOWN_WORD]

    def measures(self, place: int) -> bool:
        """Tell whether what stands at ``place`` makes a quantity of the number before it."""
        aged = self.word(place) == "f" and self.number(place + 1)  # 12 F34: no francs
        return self.word(place) in UNITS and not aged and not self.colon(place)

    def silent(self, place: int) -> bool:
        """Tell whether nothing but politeness stands from ``place`` on."""
        return all(token.word in POLITE for token in self.tokens[place:])

    def colon(self, place: int) -> bool:
        """Tell whether a colon stands right before the token at ``place``."""
        if not 0 < place < len(self.tokens):
            return False
        return ":" in self.text[self.tokens[place - 1].end : self.tokens[place].start]

    def joined(self, place: int) -> "Line":
        """Return the line with the two numbers at ``place`` as one."""
        first, second = self.tokens[place : place + 2]
        word, raw = first.word + second.word, first.raw + second.raw
        one = Token(word, raw, first.start, second.end)
        return replace(self, tokens=(*self.tokens[:place], one, *self.tokens[place + 2 :]))

    def counted(self, start: int, *, names: bool) -> "Line":
        """Return the line with numbers said as words from ``start`` on as digits.

        Where ``names`` of places stand too, a word of a national language is a number only
        after a number: Saba may be a village.
        """
        tokens = list(self.tokens[:start])
        while start < len(self.tokens):
            words = self.words(start)
            known = names and not (tokens and tokens[-1].is_number)
            found = french_number(words) or (None if known else attested_number(words))
            value, used = found or (None, 1)
            first, last = self.tokens[start], self.tokens[start + used - 1]
            raw = self.text[first.start : last.end]
            word = first.word if value is None else str(value)
            tokens.append(Token(word, raw, first.start, last.end))
            start += used
        return replace(self, tokens=tuple(tokens))


def shown(digits: str) -> str:
    """Return a number fit to be given back: a telephone never is."""
    return CUT_NUMBER if len(digits) >= PHONE_DIGITS else digits


def line_of(text: str) -> Line:
    """Return ``text`` as a line, without the greetings it begins with."""
    composed = _visible(text)
    tokens = list(tokens_of(text))
    while len(tokens) > 1 and tokens[0].word in POLITE:
        tokens.pop(0)
    return Line(composed, tuple(tokens))


def tokens_of(text: str) -> Iterator[Token]:
    """Give every word and number of ``text``."""
    for match in _TOKEN.finditer(_visible(text)):
        raw = match.group()
        digits = plain_digits(raw) or plain_digits(raw.translate(_MISREAD)) or ""
        # I5736 is 15736 mistyped: believed only because its check digit agrees.
        good = raw.isdecimal() or is_item_number(digits)
        word = digits if good else fold(raw)
        if word:
            yield Token(word, raw, match.start(), match.end())


def _visible(text: str) -> str:
    """Return ``text`` in NFC without invisible signs: no keyword hides behind one."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    return "".join(one for one in composed if one in _JOINERS or unicodedata.category(one) != "Cf")
