"""Clocks that act: one reminder, then the item changes hands; and nobody who left keeps one.

Each function may run twice, or die half way and run again, in two workers at once: a row is locked
while it moves, and its new clock takes it out of what is due.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import case as sql_case

from flows.bars import bars
from flows.case_lifecycle import OPEN, WAITING
from flows.deadlines import HOURS, is_office, shown
from flows.policy import SENSITIVE
from models.alert import Evacuation
from models.case import Case, CaseEvent, Story, Subject
from models.db import Work
from models.person import Person
from models.services import cases, messages
from models.services.handling import LEAVES
from models.services.quiet import heard_at
from models.services.routing import people, policy
from models.services.scene import House
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice, tell

SEATED = ("opened", "reclassed", "reopened", "returned", "passed", "escalated", "rehomed")
UNSENT = ("case_new", "reminder")  # what the holder before may still have to be told


def remind(work: Work, house: House, now: datetime) -> int:
    """Remind, once a holder, of a clock that ends soon (A5); return how many. Again at AT_ONCE.

    Of ordinary items in working hours only; the outside body has nobody above it to lose it to.
    """
    soon = [Case.remind_at <= now, Case.reminded_at.is_(None), Case.holder_person.is_not(None)]
    if not is_office(now):
        soon.append(Case.case_class.in_(HOURS))
    found = _take(work, *soon, _is_running(), ~_is_over(now))
    return each(work, found, lambda case: _remind(work, house, case, now))


def hand_over(work: Work, house: House, now: datetime) -> int:
    """Give what was not taken, or not answered, in time to the next level; return how many.

    Call it again while it returns AT_ONCE. What the outside body has stays there.
    """
    found = _take(work, _is_over(now), _is_running())
    return each(work, found, lambda case: move_up(work, house, case, now))


def rehome(work: Work, house: House, now: datetime, person_id: int | None = None) -> int:
    """Seat anew what is held by somebody who left, lost the phone or said STOP.

    ``person_id`` looks at that one person only. Returns at how many it looked; call it again, with
    the same ``work.passed``, while that is AT_ONCE: what has to wait for somebody is passed over.
    """
    theirs = [] if person_id is None else [Case.holder_person == person_id]
    concerned = _are_concerned(work) if person_id is None else []
    found = _take(work, or_(_is_orphaned(), Case.holder_person.is_(None), *concerned), *theirs)
    return each(work, found, lambda case: _seat_anew(work, house, case, now))


def late_since(work: Work, now: datetime) -> datetime | None:
    """Return since when an ordinary item should have changed hands; None while all did."""
    untaken = and_(Case.status.in_(WAITING), Case.act_by <= now)
    ended = sql_case((untaken, Case.act_by), else_=Case.due_at)
    late = select(func.min(ended)).where(
        Case.status.in_(OPEN), Case.case_class.not_in(SENSITIVE), ~_is_ringing()
    )
    since: datetime | None = work.session.scalar(late.where(_is_over(now), _is_running()))
    return since


def _take(work: Work, *which: ColumnElement[bool]) -> list[Case]:
    # Whoever has no holder at all comes last: those may have to wait for somebody to be hired.
    wanted = (
        select(Case)
        .where(Case.status.in_(OPEN), ~_is_ringing(), Case.id.not_in(work.passed), *which)
        .order_by(Case.holder_person.is_(None), Case.id)
        .limit(AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )
    return list(work.session.scalars(wanted))


def _is_ringing() -> ColumnElement[bool]:
    # Rung every five minutes by a line of its own (models/services/rings.py).
    ringing = Evacuation.next_at.is_not(None)
    return exists().where(Evacuation.case_id == Case.id, ringing)


def _limit(case: Case) -> datetime:
    """Return when it changes hands as it stands: untaken by its first end, else by its last."""
    if case.status in WAITING and case.act_by is not None:
        return min(case.act_by, case.due_at)
    return case.due_at


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(Case.due_at <= now, and_(Case.status.in_(WAITING), Case.act_by <= now))


def _is_running() -> ColumnElement[bool]:
    """Not with the outside body, not without anybody, and no answer about to leave."""
    leaving = exists().where(
        Story.case_id == Case.id,
        Story.what.in_(LEAVES),
        Story.status == "leaving",
    )
    return and_(
        Case.holder_function.is_not(None), Case.holder_function != policy().outside, ~leaving
    )


def _is_orphaned() -> ColumnElement[bool]:
    # The outside body is the last one: it keeps what it has even while its phone wants no SMS.
    silent = and_(Person.stopped_at.is_not(None), Case.holder_function != policy().outside)
    gone = or_(Person.revoked_at.is_not(None), Person.blocked_at.is_not(None), silent)
    return exists().where(Person.id == Case.holder_person, gone)


def _remind(work: Work, house: House, case: Case, now: datetime) -> None:
    case.reminded_at = now
    event = cases.record(work, case, "reminded", now)
    text = house.say("reminder", n=case.number, date=shown(_limit(case)))
    tell(work, house, case.holder_person, _notice(work, case, event, "reminder", text), now)


def _are_concerned(work: Work) -> list[ColumnElement[bool]]:
    """Return what holds of a case whose holder it concerns, by a tie or a job they have since."""
    about = select(Subject.kind, Subject.ref).join(Case, Case.id == Subject.case_id)
    running = about.where(Case.status.in_(OPEN), Case.holder_person.is_not(None)).distinct()
    found, directory = [], people(work)
    for kind, ref in work.session.execute(running).all():
        concerned = {seat.person_id for seat in bars([(kind, ref)], directory)}
        named = and_(Subject.case_id == Case.id, Subject.kind == kind, Subject.ref == ref)
        found.append(and_(Case.holder_person.in_(concerned), exists().where(named)))
    return found


def move_up(work: Work, house: House, case: Case, now: datetime) -> None:
    """Give an item to the next level, before its clock ends or as it does."""
    had, returned = case.holder_person, _was_given_back(work, case)
    event = cases.move(
        work,
        case,
        "escalated",
        now,
        had=had,
        organisation=case.holder_organisation,
        function=case.holder_function,
        returned=returned,
    )
    messages.withhold(work, case.id, UNSENT, "moved up", now)
    case.level += 1
    case.escalated_at = now
    cases.seat(work, case, now, returned=returned)
    text = house.say("moved_up", n=case.number)
    tell(work, house, had, _notice(work, case, event, "moved_up", text), now)
    cases.announce(work, house, case, event, now)


def _seat_anew(work: Work, house: House, case: Case, now: datetime) -> None:
    returned = _was_given_back(work, case)
    choice = cases.choose(work, case, now, returned=returned)
    before = (case.holder_organisation, case.holder_function, case.holder_person)
    if (choice.organisation, choice.function, choice.person) == before:
        work.passed.add(case.id)
        return
    organisation, function, left = before
    event = cases.move(
        work,
        case,
        "rehomed",
        now,
        left=left,
        organisation=organisation,
        function=function,
        returned=returned,
    )
    messages.withhold(work, case.id, UNSENT, "rehomed", now)
    cases.sit(case, choice, now)
    cases.announce(work, house, case, event, now)


def _was_given_back(work: Work, case: Case) -> bool:
    """Return whether the case goes the way of what was given back (RENVOI), not its own."""
    seated = (
        select(CaseEvent.details)
        .where(CaseEvent.case_id == case.id, CaseEvent.transition.in_(SEATED))
        .order_by(CaseEvent.id.desc())
        .limit(1)
    )
    details = work.session.scalar(seated)
    return bool(details and details.get("returned"))


def _notice(work: Work, case: Case, event: CaseEvent, purpose: str, text: str) -> Notice:
    return Notice(
        purpose=purpose,
        text=text,
        cause=f"case-event:{event.id}",
        due_at=heard_at(work, case, event.at),
        case_id=case.id,
        sensitive=case.case_class in SENSITIVE,
    )
