"""Read the one-line SMS: commands of registered phones, keywords of everybody (field.md 6).

A keyword counts only as the whole message; a command only with an argument of its kind. "Aide
alimentaire pas recue" and "pris 2000 francs par menage" are complaints and stay words.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flows.command_forms import FORMS
from flows.command_line import Line, line_of, tokens_of
from flows.command_pieces import Said
from flows.command_read_back import read_back as read_back
from flows.command_reading import alone, beside, choices, parts_of, read_one
from flows.command_shapes import ALL as ALL
from flows.command_shapes import Command as Command
from flows.command_shapes import Puzzle as Puzzle
from flows.command_shapes import Reading as Reading
from flows.command_shapes import Role as Role
from flows.command_shapes import Verb as Verb
from flows.command_words import Keyword, keyword_of, verbs_for
from flows.readers import plain_digits

_NOTHING = frozenset({"0", "non", "aucun", "aucune", "sans"})
_LEFT_OUT: Mapping[str, Mapping[str, str]] = {
    "REF": {"wish": "wish"},
    "DONNE": {"product": "product"},
    "PAS": {"reason": "reason"},
    "LV": {"place": "place"},
    "PRIVE": {"zone": "place"},
}
"""Pieces that need no answer, by verb, and the key that is then empty."""
_SHORT = 2  # words of an answer that is a wrong one, and no story


def read(line: str, roles: Collection[Role] = ALL) -> Reading:
    """Read one SMS of a registered phone; None when it is no command and may be a story."""
    understood = read_all(line, roles)
    return understood[0] if understood else None


def read_all(line: str, roles: Collection[Role] = ALL) -> list[Command | Puzzle]:
    """Read every command of one SMS, as "REF 6143 24 3 REF 6143 19"; none when it is words."""
    said = line_of(line)
    verbs = verbs_for(roles)
    if not said.tokens or not verbs:
        return []
    answers = choices(said)
    if answers:
        return answers
    digits = bare_number(line) or (said.word(0) if len(said.tokens) == 1 else "")
    if digits.isdecimal():
        understood = [alone(digits) or beside(said, digits)]
    else:
        understood = [read_one(part, verbs) for part in parts_of(said, verbs)]
        if not _one_after_another(understood):
            understood = [read_one(said, verbs)]
    return [one for one in understood if one is not None]


def complete(
    verb: str,
    given: Mapping[str, Any],
    missing: Sequence[str],
    line: str,
    roles: Collection[Role] = ALL,
) -> Reading:
    """Read the answer to what was ``missing``; None when it answers nothing of the kind."""
    said = line_of(line)
    asked = missing[0]
    named: Verb | None = next((one for one in verbs_for(roles) if one == verb), None)
    if not said.tokens or named is None:
        return None
    left_out = _LEFT_OUT.get(verb, {}).get(asked)
    if left_out and said.word(0) in _NOTHING and said.silent(1):
        given, said = {**given, left_out: None}, Line("", ())
    answer = FORMS[named](Said(named, said, 0, given, asked=asked))
    if isinstance(answer, Command) or (isinstance(answer, Puzzle) and _went_on(answer, given)):
        return answer
    short = 0 < len(said.tokens) <= _SHORT
    return Puzzle(said.raw(0, _SHORT), asked, verb, given, tuple(missing)) if short else None


def keyword(line: str) -> Keyword | None:
    """Return the keyword that ``line`` is as a whole, or None."""
    if line.strip() and not line.strip("? \t\r\n"):
        return "AIDE"
    return keyword_of([token.word for token in tokens_of(line)])


def bare_number(line: str) -> str | None:
    """Return the digits of a message that holds nothing else but spaces and dots, or None."""
    return plain_digits(line)


def _one_after_another(understood: Sequence[Reading]) -> bool:
    """Tell whether the parts of a line are commands of one verb; the last may lack a piece."""
    whole = all(isinstance(one, Command) for one in understood[:-1])
    return whole and len({one and one.verb for one in understood}) == 1


def _went_on(answer: Puzzle, given: Mapping[str, Any]) -> bool:
    """Tell whether an answer that leaves something open has brought something, or named a fault."""
    return answer.why != "missing" or answer.given != given
