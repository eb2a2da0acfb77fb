"""Requests to be called by a person: in which language, when, by a woman or a man.

An ordinary request is an item of its own, for the call-back agents of the cell, even when it is
about a case. A private one stays inside its compartment: whoever holds the case calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from flows.case_lifecycle import OPEN
from flows.policy import SENSITIVE
from flows.sensitivity import class_of
from models.case import CallBack, Case
from models.db import Work
from models.person import Hat, Person
from models.services import consents
from models.services.cases import record
from models.services.filing import Asked, file
from models.services.places import list_cercles
from models.services.receipts import case_in_hand, issue, shown_receipt
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.visibility import visible_cases

CALL_CLASS = "C1"  # the shortest ordinary clock: somebody waits beside a phone
DOUBT = "93"  # who only wants to talk, in private, is heard by those trained to hear
LISTENERS = ("gbv", "child_protection")
ANY = "any"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call to be made: no number of a phone, nothing of what it is about."""

    number: str
    language: str
    voice: str
    hour: str
    status: str
    due_at: datetime


def open_call_back(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Note that a person shall call, and when, as the speaker agreed to (K1, P9)."""
    case = case_in_hand(work, answers)
    if case is None or case.status not in OPEN:
        return _noted_anew(work, scene, answers)
    if case.kind == "call_back" or case.case_class in SENSITIVE or answers.get("private"):
        _holder_calls(work, scene, case, answers)
    else:
        _cell_calls(work, scene, case, answers)
    shown = _code(work, scene, case, answers)
    return Outcome("noted", {"case": case.id, "c6": shown, "when": answers.get("when", "")})


def _noted_anew(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    private, when = bool(answers.get("private")), answers.get("when", "")
    owed = None if private or not scene.is_written else _owed_by_cell(work, scene.contact)
    if owed is not None:  # RAPPEL once more, or after a beep: T11 shows no code to be given anew
        return Outcome("noted", {"case": owed.id, "c6": "", "when": when})
    item = _file(work, scene, answers, private=private)
    _agreed(work, scene, item, answers, private=private)
    shown = shown_receipt(issue(work, scene, item))["c6"]
    return Outcome("noted", {"case": item.id, "c6": shown, "when": when})


def agree_call(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Note the yes to a private call (P9): only now is there a way back to the speaker."""
    return open_call_back(work, scene, {**answers, "private": True})


def file_private(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Case:
    """File a wish to be called in private, for those trained to hear: no word, no finer place."""
    item = _file(work, scene, answers, private=True)
    consents.agree_aloud(work, scene, item, "private_call", "operator")
    return item


def note_beep(work: Work, scene: Scene) -> int | None:
    """Ask that whoever let it ring is called; return the item, None if a call is already owed.

    One a phone while one is open, of whatever kind: nobody is told, and nothing is sent back.
    """
    if scene.contact is None or _owed(work, scene.contact):
        return None
    item = _file(work, scene, {"call_language": scene.language}, private=False)
    item.contact = scene.contact
    consents.agree_aloud(work, scene, item, "call", "voice")
    return item.id


def queue(
    work: Work,
    *,
    language: str | None = None,
    voice: str | None = None,
    hour: str | None = None,
    limit: int | None = None,
) -> list[Waiting]:
    """Return the calls that the actor may make, the nearest end first, ``limit`` at most.

    By the language asked for; by woman or man, where "any" is for both; by hour, the same.
    """
    wish = CallBack
    wanted = [wish.case_id == Case.id, Case.status.in_(OPEN)]
    wanted += [wish.language == language] if language else []
    wanted += [wish.voice.in_({voice, ANY})] if voice else []
    wanted += [wish.hour.in_({hour, ANY})] if hour else []
    rows = visible_cases(work).join(wish, wish.case_id == Case.id).where(*wanted)
    found = work.session.execute(
        rows.with_only_columns(
            Case.number, wish.language, wish.voice, wish.hour, Case.status, Case.due_at
        )
        .order_by(Case.due_at, Case.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in found]


def help_on_duty(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Say whether a woman, and a man, is on duty for those who were harmed (P4), and the zones."""
    listening = (
        select(Hat.voice)
        .join(Person, Person.id == Hat.person_id)
        .where(
            Hat.function.in_(LISTENERS),
            Hat.on_duty,
            Person.usable,
            Person.stopped_at.is_(None),
        )
    )
    voices = set(work.session.scalars(listening))
    zones = list_cercles(work, scene, answers).values["cercles"]
    values = {"woman_on_duty": "woman" in voices, "man_on_duty": "man" in voices, "zones": zones}
    return Outcome("known", values)


def _owed_by_cell(work: Work, contact: str | None) -> Case | None:
    """Return the ordinary call-back that this phone still waits for."""
    mine = select(Case).where(Case.kind == "call_back", Case.case_class == CALL_CLASS)
    waits = mine.where(Case.contact == contact, Case.status.in_(OPEN), Case.contact.is_not(None))
    return work.session.scalar(waits.order_by(Case.id).limit(1))


def _owed(work: Work, contact: str) -> bool:
    calls = select(CallBack.case_id).join(Case, Case.id == CallBack.case_id)
    mine = calls.where(Case.contact == contact, Case.status.in_(OPEN)).limit(1)
    return work.session.scalar(mine) is not None


def _file(work: Work, scene: Scene, answers: Mapping[str, Any], *, private: bool) -> Case:
    said = {**answers, "kind": "call_back", "answer": "call", "words": "", "private": private}
    if private:
        asked = Asked.read(said)
        if asked.case_class not in SENSITIVE:
            asked = replace(asked, category=DOUBT, case_class=class_of(DOUBT, asked.about))
    else:
        # An ordinary wish to be called says nothing of what it is about, nor of whom.
        asked = Asked.read({**said, "category": "", "about": "nobody", "about_org": ""})
        asked = replace(asked, case_class=CALL_CLASS)
    return file(work, scene, asked)[0]


def _cell_calls(work: Work, scene: Scene, case: Case, answers: Mapping[str, Any]) -> None:
    """Ask the call-back agents of the cell; asking again only changes the wish."""
    case.answer_wanted = "call"
    wish = work.session.scalar(
        select(CallBack)
        .join(Case, Case.id == CallBack.case_id)
        .where(CallBack.about_id == case.id, Case.status.in_(OPEN))
    )
    if wish is None:
        item = _file(work, scene, answers, private=False)
        item.contact = case.contact
        work.session.get_one(CallBack, item.id).about_id = case.id
    else:
        item = work.session.get_one(Case, wish.case_id)
        _change(wish, answers)
    _agreed(work, scene, item, answers, private=False)


def _holder_calls(work: Work, scene: Scene, case: Case, answers: Mapping[str, Any]) -> None:
    case.answer_wanted = "call"
    case.address = scene.seal_sender()
    wish = work.session.get(CallBack, case.id)
    if wish is None:
        wish = CallBack(
            case_id=case.id, language="fr", hour="any", voice="any", consent_at=scene.now
        )
        work.session.add(wish)
    _change(wish, answers)
    record(work, case, "call_agreed", scene.now)
    _agreed(work, scene, case, answers, private=bool(answers.get("private")))


def _agreed(
    work: Work, scene: Scene, item: Case, answers: Mapping[str, Any], *, private: bool
) -> None:
    what = "private_call" if private else "call"
    consents.agree(work, scene, item, what, answers)


def _change(wish: CallBack, answers: Mapping[str, Any]) -> None:
    wish.language = str(answers.get("call_language") or wish.language)
    wish.hour = str(answers.get("call_when") or wish.hour)
    wish.voice = str(answers.get("call_voice") or wish.voice)


def _code(work: Work, scene: Scene, case: Case, answers: Mapping[str, Any]) -> str:
    """Return the six digits to show: new ones for a nameless case, none to who typed them."""
    if case.receipt_short is None and case.receipt_long is None and case.receipt_sealed is None:
        return shown_receipt(issue(work, scene, case))["c6"]
    return str(answers.get("c6") or "")


CALL_BACK_EFFECTS: Mapping[str, EffectFunction] = {
    "open_call_back": open_call_back,
    "agree_call": agree_call,
    "help_on_duty": help_on_duty,
}
