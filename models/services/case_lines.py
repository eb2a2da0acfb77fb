"""The SMS lines on cases: what each does, and the one segment that answers it (A2 to A21)."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flows.case_lifecycle import WAITING
from flows.commands import Command
from flows.fills import QUOTED
from flows.gsm7 import segments, septets
from flows.policy import SENSITIVE
from flows.readers import without_numbers
from flows.rendering import UNSHOWN, spell
from models.case import Case
from models.services import erasures, handling, messages
from models.services.cases import answer_date
from models.services.facts import commune, facts
from models.services.handling import Desk
from models.services.puzzles import LISTED, no_such_item
from models.services.replies import Reply
from models.services.sources import sources

CONFIRMED_WITHIN = timedelta(hours=24)  # between the first STOP and the one that confirms it


def on_keyword(desk: Desk, word: str) -> str | None:
    """Do what a keyword asks of a registered person; None when it is answered as for everybody."""
    person, now = desk.person, desk.now
    if word == "JAABI" and person.stopped_at is not None:
        person.stopped_at = person.stop_asked_at = None
        erasures.person_changed(desk.work, person, "heard")
        return None  # the contact behind the same phone has yet to be heard
    if word != "STOP":
        return None
    asked_at = person.stop_asked_at
    if asked_at is None or now - asked_at > CONFIRMED_WITHIN:
        person.stop_asked_at = now
        return desk.say("stop_confirm")
    person.stop_asked_at = None
    contact = None if desk.scene is None else desk.scene.contact
    messages.stop(desk.work, contact, person.id, now)
    return desk.say("stopped")


def _list(desk: Desk, _asked: Command) -> str:
    items = handling.open_items(desk)
    if not items:
        return desk.say("list_empty")
    listed = ", ".join(_listed(desk, case) for case in items[:LISTED])
    if len(items) == 1:
        return desk.say("list_one", list=listed)
    return desk.say("list", k=len(items), list=listed)


def _listed(desk: Desk, case: Case) -> str:
    if case.due_at <= desk.now:
        return desk.say("list_item_late", n=case.number)
    return desk.say("list_item", n=case.number, date=answer_date(case))


def _show(desk: Desk, case: Case, _words: str) -> str:
    date, usd = answer_date(case), desk.house.service_code
    if case.case_class in SENSITIVE:
        return desk.say("sensitive_facts", n=case.number, date=date, usd=usd)
    voices = sources(desk.work, case, desk.now)
    said = desk.say("one_source") if voices <= 1 else desk.say("sources", k=voices)
    known = {"n": case.number, "facts": facts(desk.house, case), "sources": said}
    known |= {"date": date, "usd": usd}
    place = commune(desk.work, case)
    if not place:
        return desk.say("case_facts_nowhere", **known)
    while segments(desk.say("case_facts", place=place, **known)) > 1:
        place = place[:-1]  # a number of seven digits, a long service code: a letter less is enough
    return desk.say("case_facts", place=place, **known)


def _take(desk: Desk, case: Case, _words: str) -> str:
    if not handling.take(desk, case):
        return desk.say("already_taken", n=case.number)
    return desk.say("case_taken", n=case.number)


def _answer(desk: Desk, case: Case, words: str) -> str:
    if not handling.expects_answer(case):
        return desk.say("nameless", n=case.number)
    if not handling.take(desk, case):
        return desk.say("already_taken", n=case.number)
    handling.leave(desk, case, "answer", words)
    return _read_back(desk, "answer_read_back", case, words)


def _resolve(desk: Desk, case: Case, words: str) -> str:
    if not handling.take(desk, case):
        return desk.say("already_taken", n=case.number)
    if handling.expects_answer(case):
        if not words:
            return desk.say("case_taken", n=case.number)  # says what FINI wants
        handling.leave(desk, case, "resolved", words)
        return _read_back(desk, "resolved_read_back", case, words)
    handling.leave(desk, case, "resolved", words)
    return desk.say("resolved_alone", n=case.number)


def _return(desk: Desk, case: Case, words: str) -> str:
    if handling.give_back(desk, case, words):
        return desk.say("returned", n=case.number)
    return refused(desk, case)


def refused(desk: Desk, case: Case) -> str:
    """Say why it cannot be done any more: her own time is over, or a colleague has it."""
    theirs = case.status in WAITING or case.holder_person == desk.person.id
    return desk.say("too_late" if theirs else "already_taken", n=case.number)


def _note(desk: Desk, case: Case, words: str) -> str:
    handling.leave(desk, case, "note", words)
    return desk.say("noted", n=case.number)


def _undo(desk: Desk, case: Case, _words: str) -> str:
    if handling.undo(desk, case):
        return desk.say("undone", n=case.number)
    return refused(desk, case)


def _read_back(desk: Desk, name: str, case: Case, words: str) -> str:
    """Give an answer back as it will leave: sixty characters at most, and one segment always."""
    spelt = spell(without_numbers(words))[:QUOTED]
    quoted = "".join(sign if septets(sign) is not None else UNSHOWN for sign in spelt)
    while segments(desk.say(name, n=case.number, words=quoted)) > 1:
        quoted = quoted[:-1]
    return desk.say(name, n=case.number, words=quoted)


def _on(act: Callable[[Desk, Case, str], str]) -> Callable[[Desk, str, Command], Reply]:
    def found(desk: Desk, number: str, asked: Command) -> Reply:
        case = handling.find(desk, number)
        return no_such_item(desk, number) if case is None else act(desk, case, asked.words)

    return found


def _may_know(desk: Desk, number: str) -> bool:
    return handling.find(desk, number) is not None


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"LISTE": _list, "VOIR": _list}
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("case", "VOIR"): _on(_show),
    ("case", "PRIS"): _on(_take),
    ("case", "DIRE"): _on(_answer),
    ("case", "FINI"): _on(_resolve),
    ("case", "RENVOI"): _on(_return),
    ("case", "NOTE"): _on(_note),
    ("case", "ANNULE"): _on(_undo),
}
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = {"case": _may_know}
