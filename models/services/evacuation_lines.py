"""SMS lines on evacuations: EVAC, and what whoever is rung does with it."""

from collections.abc import Callable, Mapping

from flows.case_lifecycle import WAITING
from flows.commands import Command
from flows.deadlines import UNDO
from models.case import Case
from models.services import case_lines, evacuations, handling, puzzles, rings
from models.services.alert_texts import evacuation_values
from models.services.handling import Desk
from models.services.replies import Question, Reply
from models.services.ring_texts import relay_text
from models.services.spoken_places import own_place, places_said


def call(desk: Desk, asked: Command) -> Reply:
    """EVAC: rung at once; where the place is not clear, from the centre of the caller's own area.

    Whoever is rung rings back and hears where it is: minutes count.
    """
    found = places_said(desk, str(asked.given.get("place") or ""))
    place = found[0] if len(found) == 1 else own_place(desk)
    if place is None:
        word = puzzles.shown(desk, str(asked.given.get("place") or ""))
        given = {"what": asked.given["what"]}
        text = desk.say("wrong_place", word=word)
        return Question(text, {"verb": "EVAC", "given": given, "missing": ["place"]})
    case = evacuations.call(desk.work, desk.turn, desk.person, asked.given["what"], place)
    return answer(desk, case)


def answer(desk: Desk, case: Case) -> str:
    """Return what the caller reads (D7); a number only the keeper knows comes in a text after."""
    said = relay_text(desk.work, desk.house, case)
    if not said.fills and desk.person.stopped_at is None:
        return said.text
    send_numbers(desk, case)
    return desk.say("alert_noted", n=case.number)


def send_numbers(desk: Desk, case: Case) -> None:
    """Write the caller the numbers to ring (D7)."""
    event = evacuations.noted(desk.work, case, desk.now)
    rings.tell(
        desk.work, desk.house, event, relay_text(desk.work, desk.house, case), desk.person.id
    )


def show(desk: Desk, number: str, _asked: Command) -> Reply:
    """VOIR: what it is, for whoever was rung; to the caller whom to ring, or that it is taken."""
    case = handling.find(desk, number)
    if case is None:
        own = evacuations.called_by(desk.work, number, desk.person)
        return puzzles.no_such_item(desk, number) if own is None else _stands(desk, own)
    values = evacuation_values(desk.work, case)
    return desk.say("evacuation_facts", **values)


def take(desk: Desk, number: str, _asked: Command) -> Reply:
    """PRIS: nobody else is rung any more."""
    case = handling.find(desk, number)
    if case is None:
        return puzzles.no_such_item(desk, number)
    yours = handling.take(desk, case)
    text = "evacuation_yours" if yours else "already_taken"
    return desk.say(text, n=number)


def refuse(desk: Desk, number: str, _asked: Command) -> Reply:
    """RENVOI: the next is rung at once."""
    case = handling.find(desk, number)
    if case is None:
        return puzzles.no_such_item(desk, number)
    if not handling.give_back(desk, case, ""):
        return case_lines.refused(desk, case)
    return desk.say("evacuation_refused", n=number)


def undo(desk: Desk, number: str, asked: Command) -> Reply:
    """ANNULE: the caller calls it off, whoever took it gives it back, within ten minutes."""
    own = evacuations.called_by(desk.work, number, desk.person)
    if own is None or handling.find(desk, number) is not None:
        return case_lines.ON_ITEM["case", "ANNULE"](desk, number, asked)
    if desk.now - own.opened_at >= UNDO:
        return desk.say("alert_too_late", n=number)
    evacuations.cancel(desk.work, desk.house, own, desk.now)
    return desk.say("evacuation_called_off", n=number)


def knows(desk: Desk, number: str) -> bool:
    """Return whether this person called for the evacuation of this number."""
    return evacuations.called_by(desk.work, number, desk.person) is not None


def _stands(desk: Desk, own: Case) -> str:
    if own.status in WAITING:
        return answer(desk, own)
    return desk.say("evacuation_taken", n=own.number)


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"EVAC": call}
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("evacuation", "VOIR"): show,
    ("evacuation", "PRIS"): take,
    ("evacuation", "RENVOI"): refuse,
    ("evacuation", "ANNULE"): undo,
}
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = {"evacuation": knows}
