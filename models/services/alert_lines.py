"""SMS lines on alerts: raising one, taking it back, and a refusal that names who takes it."""

from collections.abc import Callable, Mapping
from typing import Any

from flows.alert_kinds import CLOSED_SAID, KINDS, Estimate, happened
from flows.case_lifecycle import WAITING
from flows.commands import Command, Puzzle
from flows.deadlines import UNDO
from flows.place_names import words_of
from flows.places import Place
from flows.policy import SENSITIVE
from models.case import Case
from models.services import (
    alerts,
    case_lines,
    clusters,
    decisions,
    handling,
    puzzles,
    settling,
    slip_lines,
)
from models.services.alert_texts import alert_text, organisation_name
from models.services.alerts import Raised
from models.services.handling import Desk
from models.services.replies import Question, Reply
from models.services.sensing import listen
from models.services.spoken_places import place_chosen, places_said, which_place

SCHOOL = frozenset({"ecole", "ecoles", "cantine"})
CENTRE = frozenset({"centre", "cscom", "csref", "dispensaire", "sante", "maternite"})


def raise_by_line(desk: Desk, asked: Command) -> Reply:
    """ALERTE: raised at once when its place is sure, else only the place is asked."""
    given = {**asked.given, "words": asked.words}
    said = str(given.pop("place", "") or "")
    found = places_said(desk, said)
    accused = None if len(found) == 1 else _accused(desk, given, said)
    if accused is not None:
        return accused
    if not found:
        text = desk.say("wrong_place", word=puzzles.shown(desk, said))
        return Question(text, {"verb": "ALERTE", "given": given, "missing": ["place"]})
    if len(found) == 1:
        return _raise(desk, given, found[0])
    pending = {"verb": "alert.place", "given": given}
    return which_place(desk, "alert_which_place", found, pending)


def hear_accusation(desk: Desk, asked: Puzzle) -> Reply:
    """Take a line that accuses as it stands: nothing is asked back, and no word given back."""
    return _accused(desk, asked.given, str(asked.given.get("place") or ""))


def choose_place(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take the digit of one of several places."""
    place = place_chosen(desk, pending, line)
    return None if place is None else _raise(desk, pending["given"], place)


def show(desk: Desk, number: str, asked: Command) -> Reply:
    """VOIR: to whoever has it what it says by now; to a source where it stands."""
    case = handling.find(desk, number)
    if case is not None:
        if case.status in WAITING and case.case_class not in SENSITIVE:
            return alert_text(desk.work, desk.house, case)
        return case_lines.ON_ITEM["case", "VOIR"](desk, number, asked)
    told = _told(desk, number)
    if told is None:
        return puzzles.no_such_item(desk, number)
    return desk.say("alert_noted", n=number)


def pass_on(desk: Desk, number: str, asked: Command) -> Reply:
    """RENVOI: refused only with the name of who takes it instead."""
    case = handling.find(desk, number)
    if case is None:
        return puzzles.no_such_item(desk, number)
    if case.case_class in SENSITIVE:
        return case_lines.ON_ITEM["case", "RENVOI"](desk, number, asked)
    return _pass(desk, case, asked.words) or _whom(desk, number)


def name_taker(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take the name that a refusal wanted; asked again when it names nobody."""
    case = handling.find(desk, pending["number"])
    if case is None:
        return None
    return _pass(desk, case, line) or _whom(desk, case.number)


def undo(desk: Desk, number: str, asked: Command) -> Reply:
    """ANNULE: the holder's last act, a source's own telling, or a slip, within ten minutes."""
    said = slip_lines.freed(desk, number)
    if said is not None:
        return said
    told = _told(desk, number)
    if handling.find(desk, number) is not None or told is None:
        return case_lines.ON_ITEM["case", "ANNULE"](desk, number, asked)
    if not clusters.retract(desk.work, told, desk.person.id, desk.now, within=UNDO):
        return desk.say("alert_too_late", n=number)
    return desk.say("alert_undone", n=number)


def knows(desk: Desk, number: str) -> bool:
    """Return whether this person told of the alert with this number."""
    return _told(desk, number) is not None


def raised_answer(desk: Desk, case: Case) -> str:
    """Return what is answered to whoever raised this: a number, or of an accusation nothing."""
    say = desk.say
    if case.case_class in SENSITIVE:
        return say("sensitive_received", usd=desk.house.service_code)
    return say("alert_noted", n=case.number)


def _raise(desk: Desk, given: Mapping[str, Any], place: Place) -> Reply:
    kind, words = KINDS[given["kind"]], str(given.get("words") or "")
    said = set(words_of(words))
    raised = Raised(
        kind=kind,
        category=_category(kind.category, kind.name, said),
        place=place.ref,
        estimate=Estimate(given.get("households"), given.get("persons")),
        happened_on=happened(str(given.get("when") or ""), desk.now),
        words=words,
    )
    case = alerts.raise_alert(desk.work, desk.turn, desk.person, raised)
    settling.release_announcements(desk.work, case.id, desk.now)
    return raised_answer(desk, case)


def _accused(desk: Desk, given: Mapping[str, Any], said: str) -> Reply:
    """File what accuses somebody, with its place where it is sure; None if nobody is accused."""
    found, words = places_said(desk, said), str(given.get("words") or "")
    told = words if found else f"{said} {words}".strip()
    compartment = listen(desk.work, desk.house, told).compartment if told else None
    if compartment is None:
        return None
    sure = found[0].ref if len(found) == 1 else ""
    case = alerts.accuse(desk.work, desk.turn, sure, told, compartment)
    settling.release_announcements(desk.work, case.id, desk.now)
    return raised_answer(desk, case)


def _category(category: str, kind: str, said: set[str]) -> str:
    if kind != "closed":
        return category
    centre, school = CLOSED_SAID
    return centre if said & CENTRE else school if said & SCHOOL else category


def _pass(desk: Desk, case: Case, words: str) -> Reply:
    seat = decisions.named(desk.work, case, words, desk.person, desk.now)
    if seat is None:
        return None
    if not handling.give_back(desk, case, words, to=decisions.place_of(seat)):
        return case_lines.refused(desk, case)
    org = organisation_name(desk.work, seat.organisation)
    return desk.say("alert_passing", n=case.number, org=org)


def _whom(desk: Desk, number: str) -> Question:
    text = desk.say("alert_whom", n=number)
    return Question(text, {"verb": "alert.whom", "number": number})


def _told(desk: Desk, number: str) -> Case | None:
    return clusters.told_by(desk.work, number, desk.person.id)


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"ALERTE": raise_by_line}
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("alert", "VOIR"): show,
    ("alert", "RENVOI"): pass_on,
    ("alert", "ANNULE"): undo,
}
ANSWERS: Mapping[str, Callable[[Desk, Mapping[str, Any], str], Reply]] = {
    "alert.place": choose_place,
    "alert.whom": name_taker,
}
PUZZLED: Mapping[str, Callable[[Desk, Puzzle], Reply]] = {"ALERTE": hear_accusation}
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = {"alert": knows}
