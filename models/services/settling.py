"""What time brings about: announcements let go, acts past their ten minutes, old answers closed.

Each function may run twice, or die half way and run again: what was done is not done again.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from flows.case_lifecycle import ANSWERED, WAITING, allows
from flows.policy import SENSITIVE
from models.case import Case, CaseEvent, Story, Subject
from models.db import Handler, Work
from models.outbound import OutboundMessage
from models.person import Person
from models.services import cases, decisions, evacuations, messages, questions, stories
from models.services.handling import Desk
from models.services.messages import QUEUE, Draft
from models.services.programme import daytime
from models.services.questions import QUESTION
from models.services.quiet import heard_at
from models.services.scene import House
from models.services.sweeping import AT_ONCE, each
from models.services.tongues import language_of
from models.services.visibility import seen_by, visible_cases

CLOSED_AFTER = timedelta(days=30)  # field.md 4.6
CONCERNED = "3"  # G12-5: "Je suis en cause"


def release_announcements(work: Work, case_id: int, now: datetime) -> None:
    """Let go what waited for the end of the session in which a case was filed or reopened."""
    leaves = heard_at(work, work.session.get_one(Case, case_id), now)
    let_go = (
        update(OutboundMessage)
        .where(
            OutboundMessage.case_id == case_id,
            OutboundMessage.purpose == "case_new",
            OutboundMessage.status == "waiting",
            OutboundMessage.due_at > leaves,
        )
        .values(due_at=leaves)
        .returning(OutboundMessage.id)
    )
    if work.session.execute(let_go).all() and leaves <= now:
        work.wake(QUEUE)


def settle_leaving(work: Work, house: House, now: datetime) -> int:
    """Let take effect what was said ten minutes ago and not taken back; return for how many cases.

    Call it again while it returns AT_ONCE.
    """
    due = (Story.status == "leaving", Story.leaves_at <= now)
    waiting = (
        select(Case)
        .where(Case.id.in_(select(Story.case_id).where(*due)), Case.id.not_in(work.passed))
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )

    def settle(case: Case) -> None:
        said = select(Story).where(Story.case_id == case.id, *due).order_by(Story.id)
        for story in work.session.scalars(said).all():
            _settle(work, house, case, story, now)

    return each(work, work.session.scalars(waiting).all(), settle)


def close_answered(work: Work, now: datetime) -> int:
    """Close what was answered thirty days ago; return how many. Again while it returns AT_ONCE."""
    old = (
        select(Case)
        .where(
            Case.status.in_(ANSWERED),
            Case.answered_at <= now - CLOSED_AFTER,
            Case.id.not_in(work.passed),
        )
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = work.session.scalars(old).all()
    return each(work, found, lambda case: cases.close(work, case, now, why="30 days"))


def _settle(work: Work, house: House, case: Case, story: Story, now: datetime) -> None:
    author = _author(work, case, story)
    if author is None:
        stories.cancel(work, story)
        return
    story.status = "kept"
    desk = Desk(replace(work, actor=Handler(author.id, author.number)), house, author, now)
    if story.what == "return":
        _give_back(desk, case, story)
    elif story.what == QUESTION:
        _ask(desk, case, story)
    elif story.what != "note":
        _answer(desk, case, story)


def _author(work: Work, case: Case, story: Story) -> Person | None:
    """Return who said it, unless what they did is no longer theirs to do."""
    author = work.session.scalar(select(Person).where(Person.number == story.by))
    if author is None or not author.usable:
        return None
    if story.what == "note":
        return author
    if not _may(case, story, author):
        return None
    # It may have become another's meanwhile, whom nobody before may keep from it.
    own = replace(work, actor=Handler(author.id, author.number))
    known = visible_cases(own).where(Case.id == case.id).with_only_columns(Case.id)
    with seen_by(own):
        return None if work.session.scalar(known) is None else author


def _may(case: Case, story: Story, author: Person) -> bool:
    """Return whether what was said may still take effect as the case stands."""
    is_theirs = case.holder_person == author.id
    if story.what == QUESTION:
        return is_theirs and case.status == "taken"
    transition = "returned" if story.what == "return" else _answers(case, story)
    return (is_theirs or case.status in WAITING) and allows(case.kind, case.status, transition)


def _answers(case: Case, story: Story) -> str:
    if case.kind != "call_back":
        return "answered"
    return "not_reached" if story.what == "missed" else "reached"


def _answer(desk: Desk, case: Case, story: Story) -> None:
    event = cases.move(desk.work, case, _answers(case, story), desk.now, how=story.what)
    case.answered_at = desk.now
    if case.kind == "call_back":
        case.address = None  # rung once: nobody rings again without a new request
    questions.end(desk.work, case, desk.now)
    _ready(desk, case, event)
    _follow(desk, case, story, event)


def _ask(desk: Desk, case: Case, story: Story) -> None:
    """Let a question be read by its speaker: the case stays with whoever asked."""
    questions.ask(desk.work, case, story, desk.now)
    _ready(desk, case, cases.record(desk.work, case, "questioned", desk.now, story=story.id))


def _follow(desk: Desk, case: Case, story: Story, event: CaseEvent) -> None:
    """Let follow what an answer means to an item of a special kind."""
    if case.kind == "alert":
        for own in decisions.decided(desk.work, desk.house, case, story, event):
            _ready(desk, own, decisions.answer_joined(desk.work, own, desk.now, story.what))
    elif case.kind == "evacuation":
        evacuations.finished(desk.work, desk.house, case, desk.now)
    elif case.category == evacuations.REFUND:
        evacuations.paid(desk.work, case, desk.now)


def _ready(desk: Desk, case: Case, event: CaseEvent) -> None:
    """Tell a speaker who chose it that a message waits: an answer, or a question (T2)."""
    if case.answer_wanted != "sms" or case.address is None or case.case_class in SENSITIVE:
        return
    spoken = desk.house.speaking(language_of(desk.work, desk.house, case.contact))
    ready = Draft(
        cause=f"case-event:{event.id}",
        purpose="answer_ready",
        text=spoken.texts.say("answer_ready", usd=desk.house.service_code),
        address=case.address,
        contact=case.contact,
        case_id=case.id,
        due_at=daytime(desk.work, desk.now),  # whoever has the phone by night is not woken
    )
    messages.queue(desk.work, ready, desk.house.transit, desk.now)


def _give_back(desk: Desk, case: Case, story: Story) -> None:
    asked = _asked(desk.work, case, story)
    why, to = str(asked.get("why") or ""), asked.get("to")
    if why == CONCERNED:
        case.subjects.append(Subject(kind="person", ref=story.by))
    had = desk.person.id
    # Which way it goes from here is asked again when its clock ends (models/services/clocks.py).
    event = cases.move(desk.work, case, "returned", desk.now, why=why, had=had, returned=True)
    if to and decisions.pass_on(desk.work, desk.house, case, to, desk.now):
        return
    if case.case_class not in SENSITIVE:  # a compartment goes on along its own officers
        case.level = 0
    cases.seat(desk.work, case, desk.now, returned=True)
    cases.announce(desk.work, desk.house, case, event, desk.now)


def _asked(work: Work, case: Case, story: Story) -> Mapping[str, Any]:
    """Return what was said beside a return: why, and who is named to have it instead."""
    asked = select(CaseEvent.details).where(
        CaseEvent.case_id == case.id, CaseEvent.transition == "returning"
    )
    given = [one for one in work.session.scalars(asked) if one.get("story") == story.id]
    return given[0] if given else {}
