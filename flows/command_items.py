"""Commands with an item number: of agents, and of centres about a referral (field.md 6.2)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.command_cards import REASONS
from flows.command_line import BETWEEN, Line, shown
from flows.command_pieces import (
    ABOUT_HER,
    PRODUCT,
    SMALL,
    Found,
    Given,
    Picker,
    Said,
    age,
    counts_something,
    ignored,
    item_at,
    looks_like_item,
    of_card,
    pick,
    weighty,
)
from flows.command_shapes import Command, Puzzle, Reading, Verb
from flows.numbers import ITEM_DIGITS, is_item_number
from flows.readers import clean

SAYS_MORE: frozenset[Verb] = frozenset({"DIRE", "FINI", "RENVOI", "NOTE"})
NEEDS_WORDS: frozenset[Verb] = frozenset({"DIRE", "NOTE"})
_ON_THE_WAY = ignored(frozenset({"au", "a", "le", "vers", "csref", "servie", "servi"}))
_FEWEST, _AGENT_DIGITS = 3, 6  # digits of an agent's number (models/services/directory.py)
_RELAY_DIGITS = 3  # in "VENUE 24 128": beyond, it was meant as a code
_BEFORE = 4  # words that may stand between a verb and its number
_REASON = of_card("reason", REASONS)


def list_items(said: Said) -> Reading:
    """Read LISTE: the word alone."""
    return Command("LISTE") if said.line.silent(said.place) else None


def on_item(said: Said) -> Reading:
    """Read an agent's command on an item: its number, and the words after it."""
    line, place = said.line, said.place
    if "number" in said.given:
        return _judge(said, str(said.given["number"]), place)
    if said.asked != "number" and line.silent(place):
        return _alone(said)
    number = item_at(line, place)
    if number is None:
        return _number_last(said)
    return _judge(said, *number)


def came(said: Said) -> Reading:
    """Read VENUE: a code, or age and relay where she has none (``24 R128``), or age alone."""
    number = _number(said)
    if number is not None and (is_item_number(number[0]) or _near_item(said, number)):
        return _of_number(said, *number, {})
    said = replace(said, line=said.line.counted(said.place, names=False))
    picked = pick(said.line, said.place, (_relay, age, ABOUT_HER, SMALL), said.given)
    given, spare = picked.given, weighty(said.line, picked.rest)
    if counts_something(said.line, spare) or len(spare) > 1:
        return None
    if spare:
        return _no_age(said, spare[0], given)
    if "age" in given:
        return said.command({"relay": None, **given})
    bare = said.line.silent(said.place) and said.certain
    return said.lacks(given, "number") if bare else None


def _no_age(said: Said, place: int, given: Given) -> Reading:
    digits = said.line.number(place)
    if len(digits) > _RELAY_DIGITS:
        return Puzzle(shown(digits), "number", said.verb)
    return said.wrong(place, "age", given) if digits else None


def served(said: Said) -> Reading:
    """Read DONNE: a code and what was given."""
    return _on_referral(said, "product")


def not_served(said: Said) -> Reading:
    """Read PAS: a code, why (G9), and the product where there was none left."""
    if said.spelling == "rupture":
        said = replace(said, given={"reason": "1", **said.given})
    return _on_referral(said, "reason")


def sent_on(said: Said) -> Reading:
    """Read ORIENTE: a code."""
    return _on_referral(said, "")


def lost(said: Said) -> Reading:
    """Read PERDU: an agent's number, a letter and digits, or the digits alone."""
    line, place = said.line, said.place
    while line.word(place) in {"agent", "relais", "telephone", "tel", "de", "du", "le"}:
        place += 1
    named = agent_at(line, place)
    digits = line.number(place)
    if _FEWEST <= len(digits) <= 4 and said.certain:
        named = digits, place + 1
    if named is not None and line.silent(named[1]):
        return said.command({"agent": named[0]})
    if not said.certain:
        return None
    if line.silent(place):
        return said.lacks({}, "agent")
    return said.wrong(place, "agent", {}) if line.silent(place + 1) else None


def _number(said: Said) -> tuple[str, int] | None:
    if "number" in said.given:
        return str(said.given["number"]), said.place
    return item_at(said.line, said.place)


def _number_forward(said: Said) -> Said:
    """Let ``DONNE 3 47322`` be ``DONNE 47322 3``: no words follow that must stay in order."""
    line, place = said.line, said.place
    near = range(place + 1, min(place + _BEFORE, len(line.tokens)))
    at = next((one for one in near if is_item_number(line.word(one))), None)
    if at is None or is_item_number(line.word(place)) or "number" in said.given:
        return said
    tokens = line.tokens
    turned = (*tokens[:place], tokens[at], *tokens[place:at], *tokens[at + 1 :])
    return replace(said, line=replace(line, tokens=turned))


def _near_item(said: Said, number: tuple[str, int]) -> bool:
    """Tell whether a number can only be an item's, one digit wrong or missing."""
    return looks_like_item(number[0]) and said.line.silent(number[1])


def _of_number(said: Said, digits: str, place: int, given: Given) -> Reading:
    """Make the command of ``digits``, or say that they are no item's."""
    if said.line.measures(place):
        return None
    if not is_item_number(digits):
        return Puzzle(shown(digits), "number", said.verb)
    return said.command({**given, "number": digits})


def _on_referral(said: Said, piece: str) -> Reading:
    """Read a code and one digit or word of a card, which may be missing."""
    said = _number_forward(said)
    number = _number(said)
    if number is None:
        return _without_number(said, piece)
    digits, place = number
    if not is_item_number(digits) and not looks_like_item(digits):
        return _without_number(said, piece)
    line = said.line.counted(place, names=False)
    picked = pick(line, place, _pickers(piece), said.given)
    spare = weighty(line, picked.rest)
    if line.measures(place) or (spare and not is_item_number(digits)):
        return None
    said = replace(said, line=line)
    if spare and piece and piece not in picked.given:
        return said.wrong(spare[0], piece, {**picked.given, "number": digits})
    return _of_number(said, digits, place, {**dict.fromkeys([piece] * bool(piece)), **picked.given})


def _pickers(piece: str) -> tuple[Picker, ...]:
    if piece == "product":
        return PRODUCT, _ON_THE_WAY, SMALL
    if piece == "reason":
        return _REASON, _product_out, _ON_THE_WAY, SMALL
    return _ON_THE_WAY, SMALL


def _product_out(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick the product of which there was none left."""
    return PRODUCT(line, place, given) if given.get("reason") == "1" else None


def _without_number(said: Said, piece: str) -> Reading:
    """Ask for the code, if nothing but the rest of the command was said."""
    line = said.line.counted(said.place, names=False)
    picked = pick(line, said.place, (*_pickers(piece)[:1], SMALL), said.given)
    if (
        picked.rest
        or not said.certain
        or counts_something(line, range(said.place, len(line.tokens)))
    ):
        return None
    return said.lacks(picked.given, "number")


def _relay(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick the number of a relay: R128, or 128 behind the age (G11)."""
    if "relay" in given:
        return None
    named = agent_at(line, place)
    if named is not None:
        return {"relay": named[0]}, named[1]
    digits = line.number(place)
    bare = (
        "age" in given and _FEWEST <= len(digits) <= _AGENT_DIGITS and not line.measures(place + 1)
    )
    return ({"relay": f"R{digits}"}, place + 1) if bare else None


def agent_at(line: Line, place: int) -> tuple[str, int] | None:
    """Find an agent's number: R and three digits or more, P and four (models/person.py)."""
    letter, digits = line.word(place), line.number(place + 1)
    if letter not in {"r", "p"} or not _FEWEST <= len(digits) <= _AGENT_DIGITS:
        return None
    return f"{letter.upper()}{digits}", place + 2


def _alone(said: Said) -> Reading:
    if said.spelling == "voir":
        return Command("LISTE")
    # "ok merci" and "FAIT" are said in passing: the list of commands helps more than a question.
    return said.lacks({}, "number") if said.certain else Puzzle(said.typed, "word")


def _judge(said: Said, digits: str, place: int) -> Reading:
    """Decide on a verb with a number before or after it; ``place`` is where the words begin."""
    line, verb = said.line, said.verb
    measured = line.measures(place)
    if is_item_number(digits) and not (measured and verb not in SAYS_MORE):
        words = line.after(place) if verb in SAYS_MORE else ""
        wordless = verb in NEEDS_WORDS and not words
        return said.lacks({"number": digits}, "words") if wordless else Command(verb, digits, words)
    if measured or is_item_number(digits):
        return None
    meant = line.silent(place) or (verb in SAYS_MORE and 4 <= len(digits) <= max(ITEM_DIGITS))
    return Puzzle(shown(digits), "number", verb) if meant else None


def _number_last(said: Said) -> Command | None:
    """Read ``DIRE le camion arrive 15736``, for the verbs that are nothing without words."""
    last = said.line.tokens[-1]
    if said.verb not in NEEDS_WORDS or not is_item_number(last.word):
        return None
    start = said.line.tokens[said.place - 1].end
    words = clean(said.line.text[start : last.start]).strip(BETWEEN)
    return Command(said.verb, last.word, words)
