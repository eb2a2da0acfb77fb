"""One SMS line of a registered person: what it does, and the one segment that answers it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flows.case_lifecycle import WAITING
from flows.commands import Command, Puzzle, keyword, read
from flows.gsm7 import safe, segments, septets
from flows.policy import SENSITIVE
from flows.readers import without_numbers
from flows.rendering import UNSHOWN, spell
from models.case import Case
from models.db import Work
from models.services import handling, messages
from models.services.cases import answer_date
from models.services.facts import commune, facts
from models.services.handling import Desk, desk_of
from models.services.scene import Scene
from models.services.sources import sources

READ_BACK = 60  # characters of an answer given back (field.md 5)
LISTED = 4  # items in one SMS: who reads little never gets a longer list (field.md 8)
CONFIRMED_WITHIN = timedelta(hours=24)  # between the first STOP and the one that confirms it
EXAMPLE = "15736"


def handle(work: Work, scene: Scene, person_id: int, line: str) -> str | None:
    """Do what one line asks and return the reply; None when it is no command but words."""
    desk = desk_of(work, scene.house, person_id, scene.now)
    if desk is None:
        return None
    word = keyword(line)
    if word is not None:
        return _keyword(desk, scene.contact, word)
    asked = read(line)
    if asked is None:
        return None
    if isinstance(asked, Puzzle):
        return _puzzled(desk, asked)
    return _command(desk, asked)


def _keyword(desk: Desk, contact: str | None, word: str) -> str | None:
    person, now = desk.person, desk.now
    if word == "JAABI" and person.stopped_at is not None:
        person.stopped_at = person.stop_asked_at = None
        return None  # the contact behind the same phone has yet to be heard
    if word != "STOP":
        return None
    asked_at = person.stop_asked_at
    if asked_at is None or now - asked_at > CONFIRMED_WITHIN:
        person.stop_asked_at = now
        return _say(desk, "stop_confirm")
    person.stop_asked_at = None
    messages.stop(desk.work, contact, person.id, now)
    return _say(desk, "stopped")


def _command(desk: Desk, asked: Command) -> str:
    if asked.number is None:
        return _list(desk)
    case = handling.find(desk, asked.number)
    if case is None:
        return _no_such_item(desk, asked.number)
    return DONE_BY[asked.verb](desk, case, asked.words)


def _list(desk: Desk) -> str:
    items = handling.open_items(desk)
    if not items:
        return _say(desk, "list_empty")
    listed = ", ".join(_listed(desk, case) for case in items[:LISTED])
    if len(items) == 1:
        return _say(desk, "list_one", list=listed)
    return _say(desk, "list", k=len(items), list=listed)


def _listed(desk: Desk, case: Case) -> str:
    if case.due_at <= desk.now:
        return _say(desk, "list_item_late", n=case.number)
    return _say(desk, "list_item", n=case.number, date=answer_date(case))


def _show(desk: Desk, case: Case, _words: str) -> str:
    date, usd = answer_date(case), desk.house.service_code
    if case.case_class in SENSITIVE:
        return _say(desk, "sensitive_facts", n=case.number, date=date, usd=usd)
    place = commune(desk.work, case)
    voices = sources(desk.work, case, desk.now)
    said = _say(desk, "one_source") if voices <= 1 else _say(desk, "sources", k=voices)
    return _say(
        desk,
        "case_facts" if place else "case_facts_nowhere",
        n=case.number,
        facts=facts(desk.house, case),
        place=place,
        sources=said,
        date=date,
        usd=usd,
    )


def _take(desk: Desk, case: Case, _words: str) -> str:
    if not handling.take(desk, case):
        return _say(desk, "already_taken", n=case.number)
    return _say(desk, "case_taken", n=case.number)


def _answer(desk: Desk, case: Case, words: str) -> str:
    if not handling.expects_answer(case):
        return _say(desk, "nameless", n=case.number)
    if not handling.take(desk, case):
        return _say(desk, "already_taken", n=case.number)
    handling.leave(desk, case, "answer", words)
    return _read_back(desk, "answer_read_back", case, words)


def _resolve(desk: Desk, case: Case, words: str) -> str:
    if not handling.take(desk, case):
        return _say(desk, "already_taken", n=case.number)
    if handling.expects_answer(case):
        if not words:
            return _say(desk, "case_taken", n=case.number)  # says what FINI wants
        handling.leave(desk, case, "resolved", words)
        return _read_back(desk, "resolved_read_back", case, words)
    handling.leave(desk, case, "resolved", words)
    return _say(desk, "resolved_alone", n=case.number)


def _return(desk: Desk, case: Case, words: str) -> str:
    if handling.give_back(desk, case, words):
        return _say(desk, "returned", n=case.number)
    return _refused(desk, case)


def _refused(desk: Desk, case: Case) -> str:
    """Say why it cannot be done any more: her own time is over, or a colleague has it."""
    theirs = case.status in WAITING or case.holder_person == desk.person.id
    return _say(desk, "too_late" if theirs else "already_taken", n=case.number)


def _note(desk: Desk, case: Case, words: str) -> str:
    handling.leave(desk, case, "note", words)
    return _say(desk, "noted", n=case.number)


def _undo(desk: Desk, case: Case, _words: str) -> str:
    if handling.undo(desk, case):
        return _say(desk, "undone", n=case.number)
    return _refused(desk, case)


DONE_BY: Mapping[str, Callable[[Desk, Case, str], str]] = {
    "VOIR": _show,
    "PRIS": _take,
    "DIRE": _answer,
    "FINI": _resolve,
    "RENVOI": _return,
    "NOTE": _note,
    "ANNULE": _undo,
}


def _read_back(desk: Desk, name: str, case: Case, words: str) -> str:
    """Give an answer back as it will leave: sixty characters at most, and one segment always."""
    spelt = spell(without_numbers(words))[:READ_BACK]
    quoted = "".join(sign if septets(sign) is not None else UNSHOWN for sign in spelt)
    while segments(_say(desk, name, n=case.number, words=quoted)) > 1:
        quoted = quoted[:-1]
    return _say(desk, name, n=case.number, words=quoted)


def _puzzled(desk: Desk, asked: Puzzle) -> str:
    if asked.why == "number":
        return _no_such_item(desk, asked.word)
    items = _numbers(handling.open_items(desk))
    word = safe(asked.word)
    if septets(word) is None:  # its letters would double the price of the reply
        word = _say(desk, "unwritten_word")
    return _say(desk, "command_unknown", word=word, n=items[0] if items else EXAMPLE)


def _no_such_item(desk: Desk, number: str) -> str:
    # The same words for what does not exist and for what is not theirs to know.
    items = _numbers(handling.open_items(desk))
    if not items:
        return _say(desk, "number_unknown_none", number=number)
    return _say(desk, "number_unknown", number=number, list=", ".join(items))


def _numbers(items: Sequence[Case]) -> list[str]:
    return [case.number for case in items[:LISTED]]


def _say(desk: Desk, name: str, **values: Any) -> str:
    return desk.house.flows.texts.say(name, **values)
