"""One SMS line of a registered person: what it does, and what answers it.

Every domain has a module of lines with some of these tables, merged here:

- ``FRESH``: verb -> ``(Desk, Command) -> Reply``, for commands without an item number;
- ``ON_ITEM``: (kind, verb) -> ``(Desk, number, Command) -> Reply``. The kind is that of the number
  (case, referral, repair); of a case also its own kind, asked first: alert, evacuation ...;
- ``ANSWERS``: verb -> ``(Desk, pending, line) -> Reply``, for the line that answers a Question of
  theirs; None if it does not answer it;
- ``PUZZLED``: verb -> ``(Desk, Puzzle) -> Reply``, for what a line says even where it is no whole
  command; None if it is only to be asked back;
- ``KNOWN``: kind -> ``(Desk, number) -> bool``, whether this person may know of that number. What
  is not theirs and what does not exist is answered with the same words;
- ``UNKNOWN``: verb -> ``(Desk, number) -> str``, what a number that is not theirs is answered with
  after this verb, where that is not A8.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import select

from flows.commands import Command, Puzzle, Role, bare_number, complete, keyword, read_all
from flows.readers import plain_digits
from models.case import Case, ItemNumber
from models.db import Work
from models.services import (
    alert_lines,
    call_lines,
    case_lines,
    evacuation_lines,
    help_lines,
    phone_lines,
    puzzles,
    referral_lines,
    repair_lines,
    slip_lines,
    stock_lines,
)
from models.services.handling import Desk, desk_at
from models.services.replies import Question, Reply
from models.services.roles import roles_of
from models.services.scene import Scene

DOMAINS: tuple[ModuleType, ...] = (
    alert_lines,
    call_lines,
    case_lines,
    evacuation_lines,
    help_lines,
    phone_lines,
    referral_lines,
    repair_lines,
    slip_lines,
    stock_lines,
)
"""One line a domain."""

# What somebody raised or logged is kept for a person to read, should the missing piece never come.
TELLS = frozenset({"ALERTE", "alert.place", "EVAC", "LV"})
OPEN_FOR = timedelta(hours=24)  # an answer that comes later is no longer an answer
CHOICES = frozenset("0123456789")  # a digit alone is an answer (field.md 6.1), never a story
LOOKS = frozenset({"LISTE", "VOIR", "AIDE"})  # after these the question still stands

Pending = dict[str, Any]
Roles = frozenset[Role]


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """What a line is answered with, and the questions open after it, the one asked last first."""

    replies: tuple[str, ...]
    asked: tuple[Pending, ...] = field(default=())


@dataclass(frozen=True, slots=True, repr=False)
class _Turn:
    desk: Desk
    roles: Roles
    line: str
    asked: Sequence[Pending]
    speaking: bool


def _merged(table: str) -> dict[Any, Callable[..., Any]]:
    merged: dict[Any, Callable[..., Any]] = {}
    for domain in DOMAINS:
        for key, function in getattr(domain, table, {}).items():
            if key in merged:
                raise ValueError(f"{table} {key} is in two domains")
            merged[key] = function
    return merged


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = _merged("FRESH")
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = _merged("ON_ITEM")
ANSWERS: Mapping[str, Callable[[Desk, Pending, str], Reply]] = _merged("ANSWERS")
PUZZLED: Mapping[str, Callable[[Desk, Puzzle], Reply]] = _merged("PUZZLED")
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = _merged("KNOWN")
UNKNOWN: Mapping[str, Callable[[Desk, str], str]] = _merged("UNKNOWN")


def hear(
    work: Work,
    scene: Scene,
    line: str,
    asked: Sequence[Pending] = (),
    *,
    speaking: bool = False,
) -> Answered | None:
    """Do what one line asks; None when it is no command but words, or nobody of ours wrote it.

    ``asked`` are the questions still open from before (still_open); ``speaking`` says that a
    question of the speaker's flow is open too, which whatever is no whole command answers.
    """
    desk = desk_at(work, scene)
    if desk is None:
        return None
    word = keyword(line)
    if word is not None:
        said = case_lines.on_keyword(desk, word)
        return None if said is None else Answered((said,), tuple(asked))
    turn = _Turn(desk, roles_of(work, desk.person), line, asked, speaking)
    return _heard_line(turn)


def _heard_line(turn: _Turn) -> Answered | None:
    desk, asked = turn.desk, turn.asked
    understood = read_all(turn.line, turn.roles)
    commands = [one for one in understood if isinstance(one, Command)]
    if asked and (not commands or _is_bare_item(turn.line, commands)):
        answered = _answered(turn, asked[0], sure=bool(commands))
        if answered is not None:
            line = " ".join((*unfiled(asked[:1]), turn.line))
            return _next_question(_heard([answered], asked[1:], desk.now, line), answered)
    if turn.speaking and not commands:
        return None
    if plain_digits(turn.line) in CHOICES:
        return _chose_nothing(turn)
    replies = [_reply(desk, turn.roles, one) for one in understood]
    if all(reply is None for reply in replies):
        return None
    looked = all(one.verb in LOOKS for one in commands)
    kept = [one for one in asked if looked or one.get("line")]  # what was told is not dropped
    return _heard(replies, kept, desk.now, turn.line)


def _chose_nothing(turn: _Turn) -> Answered:
    """Answer a digit that no list has: the question once more, else the commands there are."""
    if turn.asked:
        return Answered((turn.asked[0]["text"],), tuple(turn.asked))
    return Answered((puzzles.unknown_word(turn.desk, turn.line.strip(), turn.roles),))


def unfiled(asked: Sequence[Pending]) -> list[str]:
    """Return the lines among ``asked`` that told something no item holds yet."""
    return [one["line"] for one in asked if one.get("line")]


def still_open(asked: Sequence[Pending], now: datetime) -> tuple[Pending, ...]:
    """Return the questions among ``asked`` that an answer may still be meant for."""
    return tuple(one for one in asked if datetime.fromisoformat(one["until"]) > now)


def _is_bare_item(line: str, commands: Sequence[Command]) -> bool:
    """Tell whether a line is an item's number alone: VOIR, unless just that was asked."""
    return bare_number(line) is not None and [one.verb for one in commands] == ["VOIR"]


def _answered(turn: _Turn, pending: Pending, *, sure: bool) -> Reply:
    """Take the line as the answer to a question; None if it is none.

    ``sure``: a wrong answer is none either, because the line means something else.
    """
    line, roles = turn.line, turn.roles
    if "missing" not in pending:
        return ANSWERS[pending["verb"]](turn.desk, pending, line)
    piece = complete(pending["verb"], pending["given"], tuple(pending["missing"]), line, roles)
    if piece is None or (sure and isinstance(piece, Puzzle)):
        return None
    reply = _reply(turn.desk, roles, piece)
    if isinstance(piece, Puzzle) and isinstance(reply, str):
        return Question(reply, pending)  # said what was wrong; what was missing still is
    return reply


def _reply(desk: Desk, roles: Roles, asked: Command | Puzzle) -> Reply:
    if isinstance(asked, Puzzle) and asked.why == "number" and asked.verb in UNKNOWN:
        return UNKNOWN[asked.verb](desk, asked.word)
    if isinstance(asked, Puzzle):
        heard = PUZZLED[asked.verb](desk, asked) if asked.verb in PUZZLED else None
        return puzzles.answer(desk, asked, roles) if heard is None else heard
    if asked.number is not None:
        return _on_item(desk, roles, asked.number, asked)
    fresh = FRESH.get(asked.verb)
    return fresh(desk, asked) if fresh else puzzles.unknown_word(desk, asked.verb, roles)


def _on_item(desk: Desk, roles: Roles, number: str, asked: Command) -> Reply:
    kinds = _kinds(desk.work, number)
    for kind in kinds:
        done_by = ON_ITEM.get((kind, asked.verb))
        if done_by is not None:
            return done_by(desk, number, asked)
    if not any(kind in KNOWN and KNOWN[kind](desk, number) for kind in kinds):
        return UNKNOWN.get(asked.verb, puzzles.no_such_item)(desk, number)
    can = {verb for kind, verb in ON_ITEM if kind in kinds}
    return puzzles.wrong_verb(desk, number, kinds[0], can, roles)


def _kinds(work: Work, number: str) -> tuple[str, ...]:
    """Return what a number names, the narrowest first: ("alert", "case").

    One that names nothing is looked for as a complaint all the same: what is not theirs to know
    must not take longer to be answered than what is not.
    """
    own = work.session.scalar(select(Case.kind).where(Case.number == number))
    if own is not None:
        # A task about a referral is a case: only the referral itself answers to that name.
        return ("case",) if own == "referral" else (own, "case")
    named = work.session.get(ItemNumber, number)
    return ("complaint", "case") if named is None else (named.kind,)


def _heard(
    replies: Iterable[Reply], waiting: Sequence[Pending], now: datetime, line: str
) -> Answered:
    """Say the texts; of several questions ask the first, and keep the others for after it."""
    texts: list[str] = []
    asked: list[Pending] = []
    for reply in replies:
        if isinstance(reply, Question):
            until = (now + OPEN_FOR).isoformat()
            asked.append({**reply.pending, "text": reply.text, "until": until})
            if _tells(reply.pending):
                asked[-1]["line"] = line
        elif reply is not None:
            texts.append(reply)
    if asked:
        texts.append(asked[0]["text"])
    return Answered(tuple(texts), (*asked, *waiting))


def _tells(pending: Pending) -> bool:
    """Say whether somebody should read the line if nothing follows: not for its verb alone."""
    said = pending["verb"] == "EVAC" or pending.get("given", True)
    return bool(said) and pending["verb"] in TELLS and "case" not in pending


def _next_question(heard: Answered, answered: Reply) -> Answered:
    """Ask the question that waited behind the one just answered."""
    if isinstance(answered, Question) or not heard.asked:
        return heard
    return Answered((*heard.replies, heard.asked[0]["text"]), heard.asked)
