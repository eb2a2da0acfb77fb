"""Taking a case out of its compartment: an officer asks, another person decides, both are marked.

Until the second one agrees nothing changes (domain.md 4.2, rule 2). What was said or raised since
it was asked is not what was judged: then it must be asked anew.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from flows.case_lifecycle import OPEN
from flows.directory import Seat
from flows.policy import SENSITIVE
from flows.second import REASONS, ordinary, seconds
from models.case import Case, Story
from models.db import Job, Work
from models.lowering import Lowering
from models.person import Person
from models.services import cases, handling
from models.services.announcing import text_of
from models.services.audit import about_case, note
from models.services.handling import Desk, desk_signed_in
from models.services.routing import policy, snapshot
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.telling import Notice, tell
from models.services.visibility import in_service

ACTOR = Job("lowering")
WAITS = timedelta(hours=72)  # for the second word; then somebody else may be asked


def ask(desk: Desk, case: Case, reason: str) -> Lowering | None:
    """Ask another person whether a case may be ordinary; None where nobody else may judge it.

    Whoever asks takes the case, if nobody had it. Asking again while it waits changes nothing.
    """
    found = waiting(desk, case)
    if found is not None:
        return found
    _end_old(desk, case)
    seat = _second(desk, case)
    if seat is None or seat.person_id is None:
        return None
    row = Lowering(
        case_id=case.id,
        from_class=case.case_class,
        reason=reason,
        first_id=desk.person.id,
        second_id=seat.person_id,
        asked_at=desk.now,
    )
    desk.work.session.add(row)
    desk.work.session.flush()
    _mark(desk, case, "lower_asked", row)
    with in_service(desk.work, ACTOR):
        _tell_second(desk, case, row)
    return row


def decide(desk: Desk, case: Case, *, agrees: bool) -> bool:
    """Say the second word; False if it is not this person's to say, or no longer to be said."""
    row = waiting(desk, case)
    if row is None or row.second_id != desk.person.id:
        return False
    _mark(desk, case, "lower" if agrees else "lower_refused", row)
    with in_service(desk.work, ACTOR):
        row.decided_at, row.agreed = desk.now, agrees
        if agrees:
            case.category, case.case_class = ordinary(case.kind, case.category, case.about)
            cases.reclass(desk.work, desk.house, case, desk.now)
    return True


def waiting(desk: Desk, case: Case) -> Lowering | None:
    """Return what waits for a second word, unless it is out of date."""
    asked = select(Lowering).where(Lowering.case_id == case.id, Lowering.decided_at.is_(None))
    row = desk.work.session.scalar(asked)
    return row if row is not None and _holds(desk, case, row) else None


def offered(desk: Desk, case: Case) -> dict[str, bool]:
    """Return what the screen of an item offers here: to ask, or to decide; nothing elsewhere."""
    if not is_lowerable(case):
        return {}
    row = waiting(desk, case)
    if row is not None:
        return {"judges": True} if row.second_id == desk.person.id else {}
    mine = case.status != "taken" or case.holder_person == desk.person.id
    return {"may_lower": True} if mine else {}


def is_lowerable(case: Case) -> bool:
    """Tell whether a case is in a compartment that it might leave."""
    return case.case_class in SENSITIVE and case.status in OPEN


def _holds(desk: Desk, case: Case, row: Lowering) -> bool:
    """Tell whether a wish still stands: same class, nothing said since, not forgotten."""
    since = select(func.count()).select_from(Story)
    said = since.where(Story.case_id == case.id, Story.what == "said", Story.at > row.asked_at)
    same = is_lowerable(case) and case.case_class == row.from_class
    fresh = desk.now - row.asked_at < WAITS
    second = desk.work.session.get_one(Person, row.second_id)
    return same and fresh and second.usable and not desk.work.session.scalar(said)


def _end_old(desk: Desk, case: Case) -> None:
    """End a wish that nobody can decide any more, for another to be asked."""
    old = update(Lowering).where(Lowering.case_id == case.id, Lowering.decided_at.is_(None))
    desk.work.session.execute(old.values(decided_at=desk.now))


def _second(desk: Desk, case: Case) -> Seat | None:
    """Return who is asked: the likeliest who was not asked before, else the likeliest."""
    facts = cases.facts_of(desk.work, case)
    found = seconds(
        facts, snapshot(desk.work, desk.now), policy(), desk.person.id, case.holder_function
    )
    before = select(Lowering.second_id).where(Lowering.case_id == case.id)
    asked = set(desk.work.session.scalars(before))
    return min(found, key=lambda seat: seat.person_id in asked, default=None)


def _mark(desk: Desk, case: Case, act: str, row: Lowering) -> None:
    # Before its class changes: the command line lists nothing of a compartment.
    mark = about_case(act, case, row.reason, before=row.from_class, lowering=row.id)
    note(desk.work, mark, desk.now)


def _tell_second(desk: Desk, case: Case, row: Lowering) -> None:
    """Tell the second person of an item, in the words of any other (A1)."""
    notice = Notice(
        purpose="case_new",
        text=text_of(desk.work, desk.house, case),
        cause=f"lowering:{row.id}",
        case_id=case.id,
        sensitive=True,
    )
    tell(desk.work, desk.house, row.second_id, notice, desk.now)


def propose_lowering(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Ask for a case to leave its compartment: the officer's own item, behind the PIN."""
    found = _item(work, scene, answers)
    reason = str(answers.get("reason") or "")
    if found is None or reason not in REASONS or not handling.take(*found):
        return _gone(answers)
    row = ask(*found, reason)
    return Outcome("asked" if row is not None else "alone", {"n": found[1].number})


def judge_lowering(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Say the second word on a case."""
    found = _item(work, scene, answers)
    agrees = answers.get("verdict") == "lower"
    if found is None or not decide(*found, agrees=agrees):
        return _gone(answers)
    return Outcome("lowered" if agrees else "kept", {"n": found[1].number})


def _item(work: Work, scene: Scene, answers: Mapping[str, Any]) -> tuple[Desk, Case] | None:
    desk = desk_signed_in(work, scene, answers)
    case = None if desk is None else handling.find(desk, str(answers["item"]))
    if desk is None or case is None or not is_lowerable(case):
        return None
    return desk, case


def _gone(answers: Mapping[str, Any]) -> Outcome:
    return Outcome("gone", {"n": str(answers["item"])})


LOWERING_EFFECTS: Mapping[str, EffectFunction] = {
    "propose_lowering": propose_lowering,
    "judge_lowering": judge_lowering,
}
