"""Read the one-line SMS: commands of focal points, keywords of everybody (field.md 6).

A keyword counts only as the whole message; a command only with an argument of its kind. "Aide
alimentaire pas recue" and "pris 2000 francs par menage" are complaints and stay words.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from flows.command_words import Keyword, Verb, keyword_of, verb_of
from flows.numbers import ITEM_DIGITS, is_item_number
from flows.place_names import fold
from flows.readers import clean, plain_digits

SHOWN_WORD = 20  # characters of somebody's own word that A7 or A8 gives back

_SAYS_MORE: frozenset[Verb] = frozenset({"DIRE", "FINI", "RENVOI", "NOTE"})
_NEEDS_WORDS: frozenset[Verb] = frozenset({"DIRE", "NOTE"})
_POLITE = frozenset(
    {
        "bonjour", "bonsoir", "bjr", "bsr", "salut", "slt", "svp", "stp", "merci", "allo",
    }
)  # fmt: skip
_UNCLEAR = frozenset({"oui", "rien"})  # answers to nothing: the list of commands helps
_FILLERS = frozenset(
    {
        "le", "la", "l", "du", "de", "ce", "n", "no", "num", "numero", "nr", "dossier", "cas",
        "message",
    }
)  # fmt: skip
_UNITS = frozenset(
    {
        "f", "fr", "frs", "franc", "francs", "cfa", "fcfa", "mille", "menage", "menages", "pers",
        "personne", "personnes", "gens", "famille", "familles", "habitants", "enfants", "femmes",
        "hommes", "eleves", "malades", "sac", "sacs", "kg", "kilo", "kilos", "tonnes", "litres",
        "bidons", "tetes", "betes", "km", "jours", "mois",
    }
)  # fmt: skip
_FEW = 3  # words around a number that may still be a command gone wrong
_TOKEN = re.compile(r"(?<!\w)[\dIlO]{5}(?!\w)|[^\W\d_]+|\d+")
_MISREAD = str.maketrans("IlO", "110")
_BETWEEN = " \t\r\n:;,.-=>/"


Role = Literal["relay", "centre", "agent", "operator", "supervisor"]
ALL: frozenset[Role] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class Command:
    """What a focal point asks: the verb, the item number if it takes one, the words after.

    ``given`` are the other pieces, as JSON, by their names.
    """

    verb: str
    number: str | None = None
    words: str = field(default="", repr=False)
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A line meant as a command that is none: which word, and what is wrong with it.

    ``why`` is "missing" when pieces of ``verb`` are: ``missing`` names them, ``given`` the others.
    """

    word: str = field(repr=False)
    why: str
    verb: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, repr=False)
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    raw: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.word.isdecimal()


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    tokens: list[_Token]

    def words(self, start: int, end: int) -> list[str]:
        return [token.word for token in self.tokens[start:end]]

    def after(self, place: int) -> str:
        words = clean(self.text[self.tokens[place - 1].end :].lstrip(_BETWEEN))
        return words if any(sign.isalnum() for sign in words) else ""  # an emoji says nothing

    def raw(self, start: int, end: int) -> str:
        return " ".join(token.raw for token in self.tokens[start:end])[:SHOWN_WORD]

    def measures(self, place: int) -> bool:
        """Tell whether what stands at ``place`` makes a quantity of the number before it."""
        return self.words(place, place + 1) != [] and self.tokens[place].word in _UNITS

    def silent(self, place: int) -> bool:
        """Tell whether nothing but politeness stands from ``place`` on."""
        return all(token.word in _POLITE for token in self.tokens[place:])


def read(line: str) -> Command | Puzzle | None:
    """Read one SMS of a registered phone; None when it is no command and may be a story."""
    text = unicodedata.normalize("NFC", line)
    tokens = list(_tokens(text))
    while len(tokens) > 1 and tokens[0].word in _POLITE:
        tokens.pop(0)
    if not tokens:
        return None
    said = _Line(text, tokens)
    digits = bare_number(line) or (tokens[0].word if len(tokens) == 1 else "")
    if digits.isdecimal() and not _answers_an_item(said):
        return _alone(digits)
    return _verb_first(said) or _number_first(said) or _unknown_verb(said)


def read_all(line: str, roles: Collection[Role] = ALL) -> list[Command | Puzzle]:
    """Read every command of one SMS; none when it is words."""
    understood = read(line) if "agent" in roles else None
    return [] if understood is None else [understood]


def complete(
    verb: str,
    given: Mapping[str, Any],
    missing: tuple[str, ...],
    line: str,
    roles: Collection[Role] = ALL,
) -> Command | Puzzle | None:
    """Read the answer to what was missing; None when it is none."""
    whole = read_all(f"{verb} {line}", roles)
    return whole[0] if whole and not given and missing else None


def keyword(line: str) -> Keyword | None:
    """Return the keyword that ``line`` is as a whole, or None."""
    if line.strip() and not line.strip("? \t\r\n"):
        return "AIDE"
    words = [token.word for token in _tokens(unicodedata.normalize("NFC", line))]
    return keyword_of(words)


def bare_number(line: str) -> str | None:
    """Return the digits of a message that holds nothing else but spaces and dots, or None."""
    return plain_digits(line)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        raw = match.group()
        digits = plain_digits(raw) or plain_digits(raw.translate(_MISREAD)) or ""
        # I5736 is 15736 mistyped: believed only because its check digit agrees.
        good = raw.isdecimal() or is_item_number(digits)
        word = digits if good else fold(raw)
        if word:
            yield _Token(word, raw, match.start(), match.end())


def _alone(digits: str) -> Command | Puzzle | None:
    """Read digits alone: an item, an item with its check digit forgotten, or nothing of ours."""
    if is_item_number(digits):
        return Command("VOIR", digits)
    return Puzzle(digits, "number") if len(digits) in {4, *ITEM_DIGITS} else None


def _answers_an_item(line: _Line) -> bool:
    """Tell ``47322 2``, an answer to an item, from a receipt of six digits: ``48 21 73``."""
    number, *choice = line.words(0, len(line.tokens))
    return is_item_number(number) and len(choice) == 1 and len(choice[0]) == 1


def _verb_first(line: _Line) -> Command | Puzzle | None:
    found = _verb_at(line, 0)
    if found is None:
        return None
    verb, place = found
    if line.silent(place):
        lists = verb == "LISTE" or line.words(0, place) == ["voir"]
        return Command("LISTE") if lists else Puzzle(line.raw(0, place), "word")
    number = _number_at(line, place)
    if verb == "LISTE":
        return None
    if number is None:
        return _number_last(line, verb, place)
    digits, place = number
    return _judge(line, verb, digits, place)


def _number_first(line: _Line) -> Command | Puzzle | None:
    number = _number_at(line, 0)
    if number is None or len(number[0]) not in {4, *ITEM_DIGITS} or line.measures(number[1]):
        return None
    digits, place = number
    found = _verb_at(line, place)
    if found is not None and found[0] != "LISTE":
        return _judge(line, found[0], digits, found[1])
    short = len(line.tokens) - place <= _FEW
    return Puzzle(line.raw(place, place + 1), "word") if is_item_number(digits) and short else None


def _unknown_verb(line: _Line) -> Puzzle | None:
    if len(line.tokens) == 1:
        unclear = line.tokens[0].word in _UNCLEAR
        return Puzzle(line.raw(0, 1), "word") if unclear else None
    number = _number_at(line, 1)
    if number is None or not is_item_number(number[0]) or line.measures(number[1]):
        return None
    short = len(line.tokens) - number[1] <= _FEW
    return Puzzle(line.raw(0, 1), "word") if short else None


def _judge(line: _Line, verb: Verb, digits: str, place: int) -> Command | Puzzle | None:
    """Decide on a verb with a number before or after it; ``place`` is where the words begin."""
    measured = line.measures(place)
    if is_item_number(digits) and not (measured and verb not in _SAYS_MORE):
        words = line.after(place)
        wordless = verb in _NEEDS_WORDS and not words
        return Puzzle(verb, "word") if wordless else Command(verb, digits, words)
    if measured or is_item_number(digits):
        return None
    meant = line.silent(place) or (verb in _SAYS_MORE and 4 <= len(digits) <= max(ITEM_DIGITS))
    return Puzzle(digits[:SHOWN_WORD], "number") if meant else None


def _number_last(line: _Line, verb: Verb, place: int) -> Command | None:
    """Read ``DIRE le camion arrive 15736``, for the verbs that are nothing without words."""
    last = line.tokens[-1]
    if verb not in _NEEDS_WORDS or not is_item_number(last.word):
        return None
    start = line.tokens[place - 1].end
    return Command(verb, last.word, clean(line.text[start : last.start]).strip(_BETWEEN))


def _verb_at(line: _Line, place: int) -> tuple[Verb, int] | None:
    """Find the verb that begins at ``place``, longest spelling first, and where it ends."""
    for length in (3, 2, 1):
        words = line.words(place, place + length)
        verb = verb_of(words) if len(words) == length else None
        if verb is not None:
            return verb, place + length
    return None


def _number_at(line: _Line, place: int) -> tuple[str, int] | None:
    """Find the number at ``place``, past "le dossier no", its digits spaced or not."""
    tokens = line.tokens
    while place < len(tokens) and tokens[place].word in _FILLERS:
        place += 1
    if place == len(tokens) or not tokens[place].is_number:
        return None
    spaced = "".join(line.words(place, place + 2))
    if not is_item_number(tokens[place].word) and is_item_number(spaced):
        return spaced, place + 2
    return tokens[place].word, place + 1
