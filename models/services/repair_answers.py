"""What the organisation asked does with a repair request, and what its silence brings.

Its words become a note on every case the request speaks for; the cell answers the speakers.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from flows.case_lifecycle import OPEN
from flows.deadlines import UNDO, is_office, remind_at, shown
from models.case import Case, Story
from models.db import Work
from models.organisation import Organisation
from models.repair import Repair
from models.services import cases, messages, stories
from models.services.handling import Desk
from models.services.programme import daytime
from models.services.repair_links import spoken_for
from models.services.scene import House
from models.services.stories import Words
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice, tell

WAITING = ("asked", "taken")
CLOCK = "C4"  # an ordinary class: reminded in working hours


def find(desk: Desk, number: str) -> Repair | None:
    """Return the request of this number if it was made to this person or their function."""
    asked = select(Repair).where(Repair.number == number).with_for_update()
    repair = desk.work.session.scalar(asked)
    if repair is None or (repair.status == "closed" and repair.answered_at is None):
        return None
    worn = {(hat.function, hat.organisation_id) for hat in desk.person.hats}
    theirs = (repair.function, repair.organisation_id) in worn
    return repair if theirs or repair.person_id == desk.person.id else None


def take(desk: Desk, repair: Repair) -> None:
    """Note that somebody of the organisation looks after it."""
    repair.person_id = desk.person.id
    if repair.status == "asked":
        repair.status = "taken"


def note(desk: Desk, repair: Repair, text: str) -> None:
    """Add words to what the cell knows; the request still wants its answer."""
    take(desk, repair)
    _write(desk, repair, text, "repair_noted")


def answer(desk: Desk, repair: Repair, text: str, status: str) -> bool:
    """Answer a request (``answered``) or refuse it (``closed``); False if that was done before."""
    if repair.answered_at is not None:
        return False
    repair.person_id, repair.answered_at, repair.status = desk.person.id, desk.now, status
    _write(desk, repair, text, "repair_answered")
    return True


def undo(desk: Desk, repair: Repair) -> bool:
    """Take back this person's answer or note; False once its ten minutes are over."""
    spoken = spoken_for(desk.work, repair)
    last = _last_written(desk, spoken)
    if not last:
        return False
    for story in last:
        stories.cancel(desk.work, story)
    for case in spoken:
        messages.withhold(desk.work, case.id, ("repair_came",), "undone", desk.now)
        cases.record(desk.work, case, "repair_undone", desk.now, repair=repair.number)
    if repair.answered_at == last[0].at:
        late = repair.due_at <= desk.now
        repair.status, repair.answered_at = "late" if late else "taken", None
    return True


def remind(work: Work, house: House, now: datetime) -> int:
    """Remind organisations once of what is due soon, in working hours; return how many."""
    if not is_office(now):
        return 0
    waiting = (
        select(Repair)
        .where(Repair.status.in_(WAITING), Repair.reminded_at.is_(None), Repair.due_at > now)
        .order_by(Repair.id)
        .with_for_update(skip_locked=True)
    )
    soon = [
        repair
        for repair in work.session.scalars(waiting)
        if remind_at(CLOCK, repair.asked_at, repair.due_at) <= now
    ]
    return each(work, soon, lambda repair: _remind(work, house, repair, now))


def note_lateness(work: Work, house: House, now: datetime) -> int:
    """Tell the cell what stayed without an answer; return how many. Again while it is AT_ONCE."""
    over = (
        select(Repair)
        .where(Repair.status.in_(WAITING), Repair.due_at <= now, Repair.id.not_in(work.passed))
        .order_by(Repair.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )

    def note(repair: Repair) -> None:
        repair.status = "late"
        _tell_handlers(work, house, repair, "repair_late", now)

    return each(work, work.session.scalars(over).all(), note)


def _remind(work: Work, house: House, repair: Repair, now: datetime) -> None:
    repair.reminded_at = now
    text = house.say("repair_reminder", n=repair.number, date=shown(repair.due_at))
    notice = Notice("repair_reminder", text, f"repair:{repair.id}", now)
    tell(work, house, repair.person_id, notice, now)


def _write(desk: Desk, repair: Repair, text: str, transition: str) -> None:
    body = desk.work.session.get_one(Organisation, repair.organisation_id)
    for case in spoken_for(desk.work, repair):
        # Whoever reads the case hears whose words these are.
        words = Words("repair", f"{body.name}: {text}")
        stories.keep(desk.work, desk.house.sealer, case, words, desk.now)
        cases.record(desk.work, case, transition, desk.now, repair=repair.number)
    _tell_handlers(desk.work, desk.house, repair, "repair_came", desk.now)


def _last_written(desk: Desk, spoken: Sequence[Case]) -> Sequence[Story]:
    written = (
        select(Story)
        .where(
            Story.case_id.in_([case.id for case in spoken]),
            Story.what == "repair",
            Story.by == desk.person.number,
            Story.status == "kept",
            Story.at > desk.now - UNDO,
        )
        .order_by(Story.at.desc())
    )
    found = desk.work.session.scalars(written).all()
    return [story for story in found if story.at == found[0].at]


def _tell_handlers(work: Work, house: House, repair: Repair, purpose: str, now: datetime) -> None:
    """Tell each who handles such a case, once, with the number of the first of theirs."""
    told: set[int | None] = set()
    for case in spoken_for(work, repair):
        if case.status not in OPEN or case.holder_person in told:
            continue
        told.add(case.holder_person)
        event = cases.record(work, case, purpose, now, repair=repair.number)
        text = house.say(purpose, n=case.number, usd=house.service_code)
        leaves = daytime(work, now + UNDO if purpose == "repair_came" else now)
        notice = Notice(purpose, text, f"case-event:{event.id}", leaves, case.id)
        tell(work, house, case.holder_person, notice, now)
