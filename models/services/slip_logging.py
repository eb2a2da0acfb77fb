"""What an operator logs on a slip: a case with the slip's receipt, and what is put right after.

The words are kept sealed as any speaker's. Of a private call there are none: zone, hour, voice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from flows.deadlines import UNDO
from flows.policy import SENSITIVE
from flows.sensitivity import class_of, left_out
from flows.slip_replies import Correction, age_band
from models.case import Case, Subject
from models.db import Gateway
from models.services import alerts, call_backs, slips
from models.services.call_backs import file_private
from models.services.cases import reclass, record
from models.services.filing import file, heard_out
from models.services.follow_up import GRAVITY
from models.services.handling import Desk
from models.services.routing import subjects_of, where
from models.services.scene import Scene
from models.services.spoken_places import places_found
from models.slip import Booklet, Slip

Standing = tuple[str | None, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """What was told by voice, in a box or at an assembly, as the operator noted it."""

    source: str
    category: str
    place: str
    sex: str | None
    age: int | None
    words: str
    about: str = ""
    answer: str = "code"
    language: str = ""


def log_call(desk: Desk, slip: Slip, call: Call) -> Case:
    """File what was told; the caller follows it with the twelve digits of the slip."""
    speaking = replace(desk.work, actor=Gateway())  # the words are the caller's, as on any road
    said = {
        "category": call.category,
        "place": call.place,
        "words": call.words,
        "about": call.about,
        "answer": call.answer,
    }
    asked = heard_out(speaking, desk.turn, said)
    if asked.kind == "alert" and not asked.private:
        case, _ = alerts.hear_danger(speaking, _told_by_nobody(desk), asked)
    else:
        case, _ = file(speaking, _told_by_nobody(desk), asked)
    case.source, case.sex, case.age_band = call.source, call.sex, age_band(call.age)
    case.language = call.language or case.language
    _put_on(desk, slip, case)
    return case


def log_private(desk: Desk, slip: Slip, zone: str, wish: Mapping[str, Any]) -> Case:
    """File a wish to be called in private: nobody but its compartment ever knows of it."""
    speaking = replace(desk.work, actor=Gateway())
    case = file_private(speaking, _told_by_nobody(desk), {**wish, "place": zone})
    case.source, case.address = "call", None  # whose number it is has yet to be told
    _put_on(desk, slip, case)
    return case


def _told_by_nobody(desk: Desk) -> Scene:
    """Return the turn without the operator, whose phone is not the caller's."""
    return replace(desk.turn, contact=None, person_id=None, seal_sender=lambda: b"")


def _put_on(desk: Desk, slip: Slip, case: Case) -> None:
    slips.use(desk.work, slip, case, desk.now)
    record(desk.work, case, "logged", desk.now)


def ask_call(desk: Desk, case: Case, msisdn: str, wish: Mapping[str, Any]) -> None:
    """Ask that whoever called is called back about what was just logged, on this number."""
    speaking = replace(desk.work, actor=Gateway())
    sealed = desk.house.sealer.number(msisdn)
    # No words of ours asked for this yes: it was given aloud, to the operator.
    aloud = replace(_told_by_nobody(desk), kind="operator", seal_sender=lambda: sealed)
    call_backs.open_call_back(speaking, aloud, {**wish, "case": case.id})


def note_number(desk: Desk, case: Case, msisdn: str) -> None:
    """Keep the number to be called, sealed for the keeper."""
    case.address = desk.house.sealer.number(msisdn)
    record(desk.work, case, "number", desk.now)


def case_of(desk: Desk, case_id: int) -> Case | None:
    """Return a case that this person logged on a slip, locked; None for any other."""
    case = desk.work.session.get(Case, case_id, with_for_update=True)
    return None if case is None or logged_by(desk, case) is None else case


def logged_by(desk: Desk, case: Case) -> Slip | None:
    """Return the slip on which this person logged a case, or None."""
    slip = slips.logged_on(desk.work, case)
    if slip is None:
        return None
    booklet = desk.work.session.get_one(Booklet, slip.booklet_id)
    return slip if booklet.person_id == desk.person.id else None


def logged_as(desk: Desk, number: str) -> tuple[Case, Slip] | None:
    """Return what this person logged under an item number, with its slip; None for any other."""
    asked = select(Case).where(Case.number == number).with_for_update()
    case = desk.work.session.scalar(asked)
    slip = None if case is None else logged_by(desk, case)
    return None if case is None or slip is None else (case, slip)


def undo(desk: Desk, slip: Slip, case: Case) -> bool:
    """Withdraw what was just logged and free its slip; False once ten minutes are over."""
    if slip.used_at is None or slip.used_at + UNDO <= desk.now:
        return False
    record(desk.work, case, "slip_freed", desk.now)
    slips.free(desk.work, slip, case)
    alerts.withdraw(desk.work, case, desk.now)
    return True


def zone_of(desk: Desk, said: str) -> str:
    """Return the cercle of the place named, never anything finer; empty when it is unclear."""
    cercles = {place.cercle_pcode for place in places_found(desk, said)}
    return f"z:{cercles.pop()}" if len(cercles) == 1 else ""


def correct(desk: Desk, case: Case, right: Correction, *, excluded: bool) -> None:
    """Put one piece right; whoever is concerned now, or works there, receives the case anew.

    ``excluded``: the words told of somebody left out (flows/sensitivity.py).
    """
    if right.what == "person":
        case.sex, case.age_band = right.value, age_band(right.age)
        record(desk.work, case, "refined", desk.now)
        return
    before = _standing(case)
    if right.what == "place":
        case.area_pcode = where(desk.work, right.value)[0]
        case.place_ref = None if case.case_class in SENSITIVE else right.value or None
    else:
        case.about = right.value
    _concern(desk, case, before, excluded=excluded)


def _concern(desk: Desk, case: Case, before: Standing, *, excluded: bool) -> None:
    place = case.place_ref or (f"c:{case.area_pcode}" if case.area_pcode else "")
    concerned = subjects_of(desk.work, case.category, place, case.about, "")
    # Whoever gave it back as concerned stays barred.
    concerned += [(one.kind, one.ref) for one in case.subjects if one.kind == "person"]
    found = class_of(case.category, case.about, excluded=excluded)
    if GRAVITY.get(found, 0) >= GRAVITY.get(case.case_class, 0):
        case.case_class = found
    if set(concerned) != {(one.kind, one.ref) for one in case.subjects}:
        case.subjects = [Subject(kind=kind, ref=ref) for kind, ref in concerned]
    if before == _standing(case):
        record(desk.work, case, "refined", desk.now)
    else:
        alerts.part_ways(desk.work, desk.house, case, desk.now, before[0])
        reclass(desk.work, desk.house, case, desk.now)


def _standing(case: Case) -> Standing:
    """Return what decides who receives a case."""
    return case.area_pcode, case.case_class, frozenset((one.kind, one.ref) for one in case.subjects)


def tells_exclusion(words: str) -> bool:
    """Tell whether words speak of somebody left out."""
    return bool(words) and left_out(words)
