"""The pieces of a command, picked out of a line in whatever order they stand where no doubt is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flows.command_cards import (
    ALERTS,
    DAYS,
    HOURS,
    HOUSEHOLDS,
    METHODS,
    PATIENTS,
    PERSONS,
    SOURCES,
    VOICES,
    Card,
    found,
)
from flows.command_line import POLITE, Line
from flows.command_shapes import Command, Puzzle, Reading, Verb
from flows.command_words import VERBS
from flows.numbers import ITEM_DIGITS, is_item_number
from flows.place_words import KINDS, LINKS, ORDINARY

YOUNGEST, OLDEST = 10, 59  # ages of who is referred (field.md 6.1)
PLACE_DIGITS = 4
ON_CARDS = frozenset(
    word
    for card in (ALERTS, METHODS, PATIENTS, SOURCES, HOURS, VOICES)
    for words in card.values()
    for word in words
) | {*VERBS["REF"], *VERBS["ALERTE"], *VERBS["EVAC"], *VERBS["PRIVE"]}
"""Words that say what happened, what is wished, who told it, so never where."""
NAME_WORDS = 3  # words a name of a place may have, little ones apart
CROWD = 1_000_000  # more people than live in any cercle: a slip of the thumb

FILLERS = frozenset(
    {
        "le", "la", "l", "du", "de", "d", "des", "ce", "n", "no", "num", "numero", "nr", "dossier",
        "cas", "message", "code", "fiche", "reference", "ref", "puis", "au", "a", "et",
    }
)  # fmt: skip
_ONE_OF_MANY = frozenset({"femme", "homme", "enfant", "fille"})  # 3 femme venu
_ABOUT_HER = frozenset({"age", "ans", "an", "f", "femme", "fille", "elle", "souhait"})

Given = dict[str, Any]
Found = tuple[Given, int]
Picker = Callable[[Line, int, Mapping[str, Any]], Found | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What stands behind a verb: the line, where its pieces begin, and what is known already.

    ``spelling`` is the verb as it was spelled; ``asked`` the piece asked for, in an answer.
    """

    verb: Verb
    line: Line
    place: int
    given: Mapping[str, Any] = field(default_factory=dict)
    spelling: str = ""
    asked: str = ""

    @property
    def certain(self) -> bool:
        """Tell whether the verb is spelled as it stands on the card, so meant."""
        return self.spelling == self.verb.lower() or self.asked != ""

    def command(self, given: Mapping[str, Any], words: str = "") -> Command:
        """Return the command made of what was ``given``."""
        rest = {key: value for key, value in given.items() if key not in {"number", "words"}}
        return Command(self.verb, given.get("number"), words, rest)

    def lacks(self, given: Mapping[str, Any], *missing: str, words: str = "") -> Puzzle:
        """Return the puzzle of a command that lacks ``missing``."""
        kept = {**given, "words": words} if words else dict(given)
        return Puzzle(self.typed, "missing", self.verb, kept, missing)

    def wrong(self, place: int, piece: str, given: Mapping[str, Any]) -> Puzzle:
        """Return the puzzle of a command of which the token at ``place`` is no such piece."""
        word = self.line.raw(place, place + 1)
        return Puzzle(word, piece, self.verb, dict(given), (piece,))

    @property
    def typed(self) -> str:
        """Return the verb as typed."""
        return self.line.raw(0, self.place) or self.verb


Form = Callable[[Said], Reading]


@dataclass(frozen=True, slots=True)
class Picked:
    """What pickers found in a line, and the tokens that none of them knew."""

    given: Given
    rest: Sequence[int]


def pick(line: Line, place: int, pickers: Sequence[Picker], given: Mapping[str, Any]) -> Picked:
    """Let every picker try every place of the line; the first that knows it has it."""
    known, rest = dict(given), []
    while place < len(line.tokens):
        hit = first_hit(pickers, line, place, known)
        if hit is None:
            rest.append(place)
            place += 1
        else:
            known.update(hit[0])
            place = hit[1]
    return Picked(known, rest)


def first_hit(
    pickers: Sequence[Picker], line: Line, place: int, given: Mapping[str, Any]
) -> Found | None:
    """Return what the first picker that knows the token at ``place`` makes of it."""
    hits = (picker(line, place, given) for picker in pickers)
    return next((one for one in hits if one is not None), None)


@dataclass(frozen=True, slots=True)
class Told:
    """A line as far as it is codes, and where its words begin."""

    given: Given
    words_at: int


def tell(said: Said, codes: Sequence[Picker], coded: frozenset[str]) -> Told:
    """Pick codes, and one name of a place among them, up to where the words begin.

    A colon begins them too, once the ``coded`` pieces are there.
    """
    line, given, at = said.line, dict(said.given), said.place
    while at < len(line.tokens) and not (line.colon(at) and coded <= given.keys()):
        hit = first_hit(codes, line, at, given)
        end = at
        while hit is None and line.word(end).isalpha() and not first_hit(codes, line, end, {}):
            end += 1
        name = None if "place" in given else name_of_place(_doubted(said), range(at, end))
        if hit is None and name is None:
            break
        found_here, at = hit or ({"place": name}, end)
        given.update(found_here)
    return Told(given, at)


def _doubted(said: Said) -> Said:
    """Free words may stand where the place does: an ordinary word is no name there."""
    return said if said.asked == "place" else replace(said, spelling="", asked="")


def place_code(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick a place code: four digits that count nothing."""
    digits = line.number(place)
    if "place" in given or len(digits) != PLACE_DIGITS or line.measures(place + 1):
        return None
    return {"place": digits}, place + 1


def age(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick the age of who is referred: two digits, 10 to 59."""
    digits = line.number(place)
    if "age" in given or len(digits) != 2 or not YOUNGEST <= int(digits) <= OLDEST:
        return None
    counts = line.measures(place + 1) and line.word(place + 1) not in _ABOUT_HER
    return None if counts else ({"age": int(digits)}, place + 1)


def of_card(piece: str, card: Card) -> Picker:
    """Return the picker of a word or digit of ``card`` that counts nothing.

    A word may say again what a digit said: ``3 implant``.
    """

    def picker(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
        if line.number(place) and (piece in given or line.measures(place + 1)):
            return None
        meant, known = found(card, line, place), given.get(piece)
        if meant is None or known not in {None, meant[0]}:
            return None
        return ({} if known else {piece: meant[0]}), meant[1]

    return picker


def ignored(words: frozenset[str]) -> Picker:
    """Return the picker of words that say nothing here."""

    def picker(line: Line, place: int, _given: Mapping[str, Any]) -> Found | None:
        return ({}, place + 1) if line.word(place) in words else None

    return picker


def crowd(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick a size: ``120 menages`` or ``350 pers``."""
    digits, unit = line.number(place), line.word(place + 1)
    for piece, units in (("households", HOUSEHOLDS), ("persons", PERSONS)):
        if digits and unit in units and piece not in given and not line.colon(place + 1):
            count = bounded(digits, CROWD)
            return None if count is None else ({piece: count}, place + 2)
    return None


def bounded(digits: str, highest: int) -> int | None:
    """Return the number that ``digits`` are if it is no higher than ``highest``."""
    plain = digits.lstrip("0") or "0"
    if len(plain) > len(str(highest)) or int(plain) > highest:
        return None
    return int(plain)


def item_at(line: Line, place: int) -> tuple[str, int] | None:
    """Find the number at ``place``, past "le dossier no", its digits spaced or not."""
    while line.word(place) in FILLERS:
        place += 1
    if not line.number(place):
        return None
    for end in range(place + 1, place + min(ITEM_DIGITS) + 1):
        spaced = "".join(line.words(place, end))
        if is_item_number(spaced):
            return spaced, end
    return line.number(place), place + 1


def looks_like_item(digits: str) -> bool:
    """Tell whether digits have the length of an item number, or one digit less."""
    return len(digits) in {min(ITEM_DIGITS) - 1, *ITEM_DIGITS}


def name_of_place(said: Said, run: Sequence[int]) -> str | None:
    """Return the words at ``run`` as the name of a place, or None if they are none.

    A village may have the name of an ordinary word; that is believed behind a verb as it stands
    on the card and where nothing but the place was asked.
    """
    words = [said.line.word(place) for place in run]
    while words and (words[0] in LINKS or words[0] in KINDS):
        words.pop(0)
    while words and words[-1] in LINKS:
        words.pop()
    if not 0 < len(words) <= NAME_WORDS or not all(map(_may_name, words)):
        return None
    ordinary = any(word in ORDINARY for word in words)
    if ordinary and not (said.certain and len(words) == 1):
        return None
    return " ".join(words)


def _may_name(word: str) -> bool:
    return word.isalpha() and word not in ON_CARDS


def runs_of(rest: Sequence[int]) -> list[list[int]]:
    """Return the places of ``rest`` as runs that stand side by side."""
    runs: list[list[int]] = []
    for place in rest:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def weighty(line: Line, rest: Sequence[int]) -> list[int]:
    """Return the places of ``rest`` that hold more than politeness and little words."""
    return [place for place in rest if line.word(place) not in POLITE | LINKS]


def counts_something(line: Line, rest: Sequence[int]) -> bool:
    """Tell whether one of the tokens at ``rest`` is a number of things."""
    return any(
        line.number(place) and (line.measures(place + 1) or line.word(place + 1) in _ONE_OF_MANY)
        for place in rest
    )


ABOUT_HER = ignored(_ABOUT_HER | POLITE | {"puis"})
SMALL = ignored(FILLERS | POLITE)
WISH = of_card("wish", METHODS)
PRODUCT = of_card("product", METHODS)
DAY = of_card("when", DAYS)
