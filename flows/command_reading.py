"""Which command a line is: the verb first, the number first, or a puzzle that names the word."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise, takewhile
from typing import Any

from flows.command_forms import FORMS, ON_NUMBERS
from flows.command_items import agent_at
from flows.command_line import POLITE, Line
from flows.command_pieces import Said, item_at, looks_like_item
from flows.command_shapes import Command, Puzzle, Reading, Verb
from flows.command_words import KEYWORDS, VERBS, verbs_near, verbs_of
from flows.numbers import is_item_number, is_receipt

_UNCLEAR = frozenset({"oui", "non", "rien"})  # answers to nothing: the list of commands helps
_BESIDE = POLITE | {"puis", "et"}
_SECOND: Mapping[str, str] = {"2": "product", "3": "reason"}
_FEW = 3  # words around a number that may still be a command gone wrong
_CODEWORDS: tuple[Verb, ...] = ("REF", "EVAC", "LV")  # no French: whoever asks may explain them
_LONGEST = 5  # words of a verb: "il n'y a plus"
_PHONE = 8  # digits of a telephone of Mali
_REPEATED: frozenset[Verb] = frozenset(
    {"REF", "EVAC", "VENUE", "DONNE", "PAS", "ORIENTE", "VOIR", "PRIS"}
)


def choices(line: Line) -> list[Command | Puzzle]:
    """Read answers by digit to items: ``47322 2``, ``47322 puis 2``, ``47322 3 1 15736 2``.

    A second digit says more of the first (B3): what was given after 2, why not after 3.
    """
    line = line.counted(1, names=False)
    words = [word for word in line.words(0) if word not in _BESIDE]
    if len(words) > 1 and all(map(is_item_number, words)):
        return [Command("VOIR", number) for number in dict.fromkeys(words)]
    found, place = list[Command | Puzzle](), 0
    while place < len(line.tokens):
        number = item_at(line, place) if line.number(place) else None
        if number is None or not is_item_number(number[0]):
            return []
        digits = list(takewhile(_is_choice, line.words(number[1])))
        place = number[1] + len(digits)
        said = [digit for digit in digits if digit not in _BESIDE]
        if not said:
            return []
        found.append(_choice(number[0], *said))
    return found


def _choice(number: str, digit: str, then: str = "", *more: str) -> Command | Puzzle:
    piece = _SECOND.get(digit, "")
    wrong = [one for one in (digit, then) if len(one) > 1] or [*([] if piece else [then]), *more]
    if any(wrong):
        return Puzzle(wrong[0], "word")
    given: dict[str, Any] = {"choice": int(digit), **({piece: then} if then else {})}
    return Command("CHOIX", number, "", given)


def alone(digits: str) -> Reading:
    """Read digits alone: an item, an item with its check digit forgotten, or nothing of ours."""
    if is_item_number(digits):
        return Command("VOIR", digits)
    return Puzzle(digits, "number") if looks_like_item(digits) else None


def beside(line: Line, digits: str) -> Puzzle | None:
    """Name what stands behind an item's number and is no answer: ``15736 2026``; no receipt."""
    if len(line.tokens) < 2 or not is_item_number(line.word(0)) or is_receipt(digits):
        return None
    return Puzzle(line.raw(1, 2), "word")


def parts_of(line: Line, verbs: Collection[Verb]) -> list[Line]:
    """Part a line where a verb made of codes comes again: two women in one SMS."""
    first = _REPEATED.intersection(verbs_of(line.words(0, 1), verbs))
    again = [at for at in range(1, len(line.tokens)) if first & {*verbs_of(line.words(at, at + 1))}]
    bounds = [0, *again, len(line.tokens)]
    return [_part(line, start, end) for start, end in pairwise(bounds)]


def _part(line: Line, start: int, end: int) -> Line:
    behind = line.tokens[end].start if end < len(line.tokens) else len(line.text)
    return Line(line.text[:behind], line.tokens[start:end])


def read_one(line: Line, verbs: Sequence[Verb]) -> Reading:
    """Read one command of somebody who may say ``verbs``; None when it is words."""
    return (
        _help(line, verbs)
        or _verb_first(line, verbs)
        or _number_first(line, verbs)
        or _not_theirs(line)
        or _unknown_verb(line)
    )


def _is_choice(word: str) -> bool:
    return word in _BESIDE or (word.isdecimal() and len(word) < 3)


def _help(line: Line, verbs: Sequence[Verb]) -> Reading:
    """Read ``AIDE REF`` and ``REF ?``: the word as it stands on the card, so no complaint."""
    words = line.words(0)
    asked = "?" in {line.text.strip()[:1], line.text.strip()[-1:]} and len(words) == 1
    if not asked and not (len(words) == 2 and words[0] in KEYWORDS["AIDE"]):
        return None
    known = (*verbs, *_CODEWORDS)
    about = next((verb for verb in known if verb.lower() == words[-1]), None)
    return None if about is None else Command("AIDE", given={"about": about})


def _verb_first(line: Line, verbs: Sequence[Verb]) -> Reading:
    return _verb_at(line, 0, verbs, {})


def _number_first(line: Line, verbs: Sequence[Verb]) -> Reading:
    number = item_at(line, 0)
    if number is None or not looks_like_item(number[0]) or line.measures(number[1]):
        return None
    digits, place = number
    behind = [verb for verb in verbs if verb in ON_NUMBERS]
    found = _verb_at(line, place, behind, {"number": digits})
    short = is_item_number(digits) and len(line.tokens) - place <= _FEW
    return found or (Puzzle(line.raw(place, place + 1), "word") if short else None)


def _verb_at(line: Line, place: int, verbs: Collection[Verb], given: Mapping[str, Any]) -> Reading:
    """Read the command whose verb begins at ``place``: its longest spelling, and exact first."""
    for spelled, judge in ((verbs_of, _best), (verbs_near, _nearest)):
        for end in range(min(place + _LONGEST, len(line.tokens)), place, -1):
            words = line.words(place, end)
            said = [Said(one, line, end, given, " ".join(words)) for one in spelled(words, verbs)]
            found = judge(said)
            if found is not None:
                return found
    return None


def _best(said: Sequence[Said]) -> Reading:
    """Return what the line says best among the verbs that share its first word."""
    return max((FORMS[one.verb](one) for one in said), key=_weight, default=None)


def _nearest(said: Sequence[Said]) -> Reading:
    """Forgive one wrong letter where a single verb is that near and what follows fits it."""
    readings = [FORMS[one.verb](one) for one in said]
    fitting = [one for one in readings if _weight(one) > 1]
    return fitting[0] if len(fitting) == 1 else None


def _weight(reading: Reading) -> int:
    if isinstance(reading, Puzzle):
        return 2 if reading.given else 1
    return 0 if reading is None else 3


def _not_theirs(line: Line) -> Reading:
    """Name the verb of a whole command that somebody else may give."""
    coded = any(token.is_number for token in line.tokens)
    whole = coded and isinstance(_verb_first(line, tuple(VERBS)), Command)
    return Puzzle(line.raw(0, 1), "word") if whole else None


def _unknown_verb(line: Line) -> Reading:
    """Name a word that stands where a verb would: before an item, or before nothing but codes."""
    if len(line.tokens) == 1:
        return Puzzle(line.raw(0, 1), "word") if line.word(0) in _UNCLEAR else None
    number = item_at(line, 1)
    if number is not None and is_item_number(number[0]) and not line.measures(number[1]):
        short = len(line.tokens) - number[1] <= _FEW
        return Puzzle(line.raw(0, 1), "word") if short else None
    return Puzzle(line.raw(0, 1), "word") if _coded(line) else None


def _coded(line: Line) -> bool:
    """Tell whether one word stands before an agent's number, or before two numbers or more.

    Numbers that make a telephone are none of ours.
    """
    digits = line.words(1)
    if len(digits) == 2 and agent_at(line, 1) is not None:
        return True
    codes = len(digits) > 1 and all(word.isdecimal() and len(word) < _PHONE for word in digits)
    return codes and not line.tokens[0].is_number and len("".join(digits)) != _PHONE
