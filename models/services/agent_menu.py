"""What registered people do in USSD behind their PIN: their items, the words, and their answers."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from flows.rendering import answer_pages
from models.case import Case
from models.db import Work
from models.person import Person
from models.services import handling
from models.services.cases import answer_date, record
from models.services.facts import facts
from models.services.handling import Desk, desk_of
from models.services.scene import EffectFunction, House, Outcome, Scene

PIN_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)  # after the fifth wrong PIN; then twice as long each time
LONGEST_WAIT = timedelta(hours=4)  # never for ever: that would be a way to lock somebody out

_HASHER = PasswordHasher()


def sign_in(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Check the PIN of the registered person behind this phone.

    Outcomes: ok, wrong (with the tries left), blocked for a while, stranger.
    """
    desk = desk_of(work, scene.house, scene.person_id, scene.now)
    if desk is None or desk.person.pin_hash is None:
        return Outcome("stranger")
    person = desk.person
    if person.pin_free_at is not None and person.pin_free_at > scene.now:
        return Outcome("blocked")
    if not _right(person.pin_hash, str(answers["pin"])):
        return _missed(person, scene.now)
    person.pin_misses, person.pin_free_at = 0, None
    return Outcome("ok", {"agent": person.number, "k": len(handling.open_items(desk))})


def _right(pin_hash: str | None, pin: str) -> bool:
    try:
        return _HASHER.verify(pin_hash or "", pin)
    except (VerificationError, InvalidHashError):
        return False


def _missed(person: Person, now: datetime) -> Outcome:
    person.pin_misses += 1
    left = PIN_TRIES - person.pin_misses
    if left > 0:
        return Outcome("wrong", {"k": left})
    person.pin_free_at = now + min(FIRST_WAIT * 2 ** min(-left, 10), LONGEST_WAIT)
    return Outcome("blocked")


def my_items(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """List what waits for this person: number and date."""
    desk = _desk(work, scene, answers)
    items = [] if desk is None else handling.open_items(desk)
    if not items:
        return Outcome("none")
    shown = [
        {"value": case.number, "name": f"{case.number} avant {answer_date(case)}"} for case in items
    ]
    return Outcome("listed", {"items": shown})


def open_item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Show one item: its coded facts and its date."""
    found = _item(work, scene, answers)
    if found is None:
        return _gone(answers)
    case = found[1]
    return Outcome(
        "opened", {"n": case.number, "facts": facts(scene.house, case), "date": answer_date(case)}
    )


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
    """Let an item go to somebody else in ten minutes."""
    found = _item(work, scene, answers)
    if found is None:
        return _gone(answers)
    desk, case = found
    if not handling.give_back(desk, case, "", str(answers.get("why") or "")):
        return _gone(answers)
    return Outcome("returned", {"n": case.number})


def begin_reading(work: Work, scene: Scene, answers: Mapping[str, Any]) -> int | None:
    """Write down who is about to read, and return the event's row id; None if it is not theirs.

    The event must be committed before the keeper is asked (finish_reading).
    """
    found = _item(work, scene, answers)
    if found is None:
        return None
    desk, case = found
    return record(desk.work, case, "read", scene.now).id


def finish_reading(house: House, reading: int) -> list[str]:
    """Return the words said, as pages of a screen. Raises KeeperAway or KeeperRefused."""
    return [page for text in house.keeper.words(reading) for page in answer_pages(text)]


def _desk(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Desk | None:
    """Only the phone that gave the right PIN in this dialogue works as its person."""
    desk = desk_of(work, scene.house, scene.person_id, scene.now)
    return desk if desk is not None and answers.get("agent") == desk.person.number else None


def _item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> tuple[Desk, Case] | None:
    desk = _desk(work, scene, answers)
    case = None if desk is None else handling.find(desk, str(answers["item"]))
    return None if desk is None or case is None else (desk, case)


def _gone(answers: Mapping[str, Any]) -> Outcome:
    return Outcome("gone", {"n": str(answers["item"])})


AGENT_EFFECTS: Mapping[str, EffectFunction] = {
    "sign_in": sign_in,
    "my_items": my_items,
    "open_item": open_item,
    "take_item": take_item,
    "answer_item": answer_item,
    "return_item": return_item,
}
AGENT_READS: Mapping[
    str, tuple[Callable[[Work, Scene, Mapping[str, Any]], int | None], Callable[..., list[str]]]
] = {"read_words": (begin_reading, finish_reading)}
