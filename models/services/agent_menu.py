"""What registered people do in USSD behind their PIN: their items, the words, and their answers."""

from collections.abc import Callable, Mapping
from typing import Any

from flows.policy import SENSITIVE
from flows.rendering import answer_pages
from models.case import Case
from models.db import Work
from models.services import decisions, handling, lowering, readings
from models.services.alert_texts import organisation_name
from models.services.cases import answer_date
from models.services.facts import facts
from models.services.handling import Desk, desk_signed_in
from models.services.programme import CHILD_REPORTING, REPORTING, setting
from models.services.scene import EffectFunction, House, Outcome, Scene

CHILD = frozenset({"35", "94"})  # categories of harm to a child


def my_items(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """List what waits for this person: number and date."""
    desk = desk_signed_in(work, scene, answers)
    items = [] if desk is None else handling.open_items(desk)
    if desk is None or not items:
        return Outcome("none")
    return Outcome("listed", {"items": [_listed(desk, case) for case in items]})


def _listed(desk: Desk, case: Case) -> Mapping[str, str]:
    name = "list_item_late" if case.due_at <= desk.now else "list_item"
    say = desk.say
    return {"value": case.number, "name": say(name, n=case.number, date=answer_date(case))}


def open_item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Show one item: its coded facts and its date."""
    found = _item(work, scene, answers)
    if found is None:
        return _gone(answers)
    case = found[1]
    what = facts(scene.house, case)
    if case.category in CHILD and setting(work, CHILD_REPORTING) == REPORTING[0]:
        what = scene.house.say("child_to_report")
    known = {"n": case.number, "facts": what, "date": answer_date(case)}
    return Outcome("opened", {**known, **lowering.offered(*found)})


def take_item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Take an item."""
    found = _item(work, scene, answers)
    if found is None:
        return _gone(answers)
    return Outcome("taken" if handling.take(*found) else "already", {"n": found[1].number})


def answer_item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Let an answer, or what settled the matter, leave in ten minutes."""
    found = _item(work, scene, answers)
    if found is None or not handling.take(*found):
        return _gone(answers)
    desk, case = found
    resolved = answers.get("how") == "resolved"
    if not resolved and not handling.expects_answer(case):
        return Outcome("nameless", {"n": case.number})
    what = "resolved" if resolved else "answer"
    handling.leave(desk, case, what, str(answers.get("words") or ""))
    return Outcome("noted", {"n": case.number})


def return_item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Let an item go to somebody else in ten minutes; of an alert it is asked who that is."""
    found = _item(work, scene, answers)
    if found is None:
        return _gone(answers)
    desk, case = found
    to = None
    if case.kind == "alert" and case.case_class not in SENSITIVE:
        takers = decisions.takers(work, case, desk.person, scene.now)
        seat = takers.get(str(answers.get("taker") or ""))
        if seat is None and takers:
            names = [{"value": one, "name": organisation_name(work, one)} for one in takers]
            return Outcome("whom", {"n": case.number, "takers": names})
        to = None if seat is None else decisions.place_of(seat)
    if not handling.give_back(desk, case, "", str(answers.get("why") or ""), to):
        return _gone(answers)
    return Outcome("returned", {"n": case.number})


def begin_reading(work: Work, scene: Scene, answers: Mapping[str, Any]) -> int | None:
    """Write down who is about to read, and return the entry's row id; None if it is not theirs.

    It must be committed before the keeper is asked (finish_reading).
    """
    found = _item(work, scene, answers)
    if found is None:
        return None
    desk, case = found
    return readings.begin(desk.work, case, scene.now)


def finish_reading(house: House, reading: int) -> list[str]:
    """Return the words said, as pages of a screen. Raises KeeperAway or KeeperRefused."""
    return [page for text in house.keeper.words(reading) for page in answer_pages(text)]


def _item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> tuple[Desk, Case] | None:
    desk = desk_signed_in(work, scene, answers)
    case = None if desk is None else handling.find(desk, str(answers["item"]))
    return None if desk is None or case is None else (desk, case)


def _gone(answers: Mapping[str, Any]) -> Outcome:
    return Outcome("gone", {"n": str(answers["item"])})


AGENT_EFFECTS: Mapping[str, EffectFunction] = {
    "my_items": my_items,
    "open_item": open_item,
    "take_item": take_item,
    "answer_item": answer_item,
    "return_item": return_item,
}
AGENT_READS: Mapping[
    str, tuple[Callable[[Work, Scene, Mapping[str, Any]], int | None], Callable[..., list[str]]]
] = {"read_words": (begin_reading, finish_reading)}
