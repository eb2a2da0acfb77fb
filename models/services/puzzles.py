"""What a line that was meant as a command and is none is answered with: which word, and why."""

from collections.abc import Collection, Mapping, Sequence

from flows.commands import Puzzle, Role
from flows.giveaways import gives_away
from flows.gsm7 import safe, septets
from models.case import Case
from models.services import handling
from models.services.handling import Desk
from models.services.replies import Question, Reply

LISTED = 4  # items in one SMS: who reads little never gets a longer list (field.md 8)
EXAMPLE = "15736"
SHOWN = 20  # characters of somebody's own word that are given back
WORDS_OF: Mapping[Role, tuple[str, ...]] = {
    "relay": ("REF", "ALERTE", "EVAC"),
    "centre": ("VENUE", "DONNE", "PAS", "ORIENTE", "STOCK"),
    "operator": ("LV", "PRIVE"),
    "agent": ("LISTE", "VOIR", "PRIS", "DIRE", "FINI", "RENVOI"),
    "supervisor": ("PERDU",),
}
EXAMPLES: Mapping[Role, str] = {
    "relay": "REF 6143 24",
    "centre": "VENUE 47322",
    "operator": "LV 07 6143 12 F34",
    "agent": "PRIS {n}",
    "supervisor": "PERDU R128",
}
ON_ITEMS = ("VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "VENUE", "DONNE", "PAS", "ORIENTE")
"""Commands with an item number, in the order in which they are offered."""


def answer(desk: Desk, asked: Puzzle, roles: Collection[Role]) -> Reply:
    """Say what is wrong with a line, or ask for the piece that is missing."""
    pending = {"verb": asked.verb, "given": dict(asked.given), "missing": list(asked.missing)}
    if asked.why == "missing":
        return Question(desk.say(f"missing_{asked.missing[0]}", verb=asked.verb), pending)
    if asked.why == "number":
        return no_such_item(desk, shown(desk, asked.word))
    if asked.why == "word":
        return unknown_word(desk, asked.word, roles)
    said = desk.say(f"wrong_{asked.why}", word=shown(desk, asked.word))
    return Question(said, pending) if asked.missing else said  # the piece alone puts it right


def unknown_word(desk: Desk, word: str, roles: Collection[Role]) -> str:
    """Say that a word is no command of this person's, and which ones are (A7)."""
    said = shown(desk, word)
    items = _numbers(handling.open_items(desk))
    number = items[0] if items else EXAMPLE
    if set(roles) <= {"agent"}:
        return desk.say("command_unknown", word=said, n=number)
    theirs = [role for role in WORDS_OF if role in roles]
    words = ", ".join(one for role in theirs for one in WORDS_OF[role])
    example = EXAMPLES[theirs[0]].replace("{n}", number)
    return desk.say("command_unknown_role", word=said, verbs=words, example=example)


def no_such_item(desk: Desk, number: str) -> str:
    """Say that a number is none of this person's, and which are (A8).

    The same words for what does not exist and for what is not theirs to know.
    """
    items = _numbers(handling.open_items(desk))
    if not items:
        return desk.say("number_unknown_none", number=number)
    return desk.say("number_unknown", number=number, list=", ".join(items))


def wrong_verb(
    desk: Desk, number: str, kind: str, can: Collection[str], roles: Collection[Role]
) -> str:
    """Say what a number of theirs is, and what can be done with it by this person."""
    theirs = {word for role in roles for word in WORDS_OF[role]} | {"NOTE"}
    words = [verb for verb in ON_ITEMS if verb in can and verb in theirs] or ["ANNULE"]
    what = desk.say(f"kind_{kind}")
    return desk.say("wrong_verb", n=number, kind=what, verbs=", ".join(words), verb=words[0])


def shown(desk: Desk, said: str) -> str:
    """Return somebody's own word as it is given back; of what betrays, no word."""
    word = safe(said)[:SHOWN]
    # Letters that no phone's alphabet has would double the price of the reply.
    hidden = septets(word) is None or gives_away(said)
    return desk.say("unwritten_word") if hidden else word


def _numbers(items: Sequence[Case]) -> list[str]:
    return [case.number for case in items[:LISTED]]
