"""What a registered person does to an item, the same by SMS and in USSD behind the PIN.

Answers, notes and returns wait ten minutes before they take effect (models/services/settling.py):
until then the same person can take them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from flows.case_lifecycle import OPEN, WAITING, allows
from flows.deadlines import UNDO
from models.case import Case, CaseEvent, Story
from models.db import Handler, Work
from models.person import Person
from models.services import by_kind, stories
from models.services.cases import aim, move, record
from models.services.questions import QUESTION
from models.services.scene import House, Scene
from models.services.stories import Words
from models.services.visibility import seen_by, to_judge, visible_cases

LEAVES = ("answer", "resolved", "missed", "return")  # one at a time: the last one said is meant


@dataclass(frozen=True, slots=True)
class Desk:
    """A registered person at work now; ``work`` is by that person.

    ``scene`` is the turn in which they speak; there is none when their act takes effect later.
    """

    work: Work
    house: House
    person: Person
    now: datetime
    scene: Scene | None = None

    @property
    def turn(self) -> Scene:
        """Return the turn in which they speak: whoever writes a line is always in one."""
        assert self.scene is not None  # noqa: S101 acts that take effect later answer no line
        return self.scene

    def say(self, name: str, **values: Any) -> str:
        """Return a text for registered people, with its values."""
        return self.house.say(name, **values)


def desk_at(work: Work, scene: Scene) -> Desk | None:
    """Return the desk of whoever speaks in this scene, or None for strangers."""
    desk = desk_of(work, scene.house, scene.person_id, scene.now)
    return None if desk is None else replace(desk, scene=scene)


def desk_of(work: Work, house: House, person_id: int | None, now: datetime) -> Desk | None:
    """Return the desk of a registered person in this same unit of work, or None for strangers."""
    person = None if person_id is None else work.session.get(Person, person_id)
    if person is None or not person.usable:
        return None
    return Desk(replace(work, actor=Handler(person.id, person.number)), house, person, now)


def desk_signed_in(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Desk | None:
    """Return the desk of whoever gave the right PIN in this dialogue, and none that must change."""
    desk = desk_at(work, scene)
    if desk is None or desk.person.pin_temporary or answers.get("agent") != desk.person.number:
        return None
    return desk


def find(desk: Desk, number: str | None) -> Case | None:
    """Return the item of this number if this person may know that it exists."""
    wanted = visible_cases(desk.work).where(Case.number == number)
    with seen_by(desk.work):
        return desk.work.session.scalar(wanted.with_for_update(of=Case))


def open_items(desk: Desk) -> Sequence[Case]:
    """Return what waits for this person, the nearest date first."""
    own, nobodys = Case.holder_person == desk.person.id, Case.holder_person.is_(None)
    mine = or_(own, nobodys, to_judge(desk.person.id))
    wanted = visible_cases(desk.work).where(Case.status.in_(OPEN), mine)
    # Whom each is about is no part of a list: asked only of the one that is opened.
    listed = wanted.options(lazyload(Case.subjects)).order_by(Case.due_at, Case.id)
    with seen_by(desk.work):
        return desk.work.session.scalars(listed).all()


def take(desk: Desk, case: Case) -> bool:
    """Take an item, or say False because another person has it. Taking it twice is harmless."""
    if case.status in WAITING:
        move(desk.work, case, "taken", desk.now)
        case.holder_person = desk.person.id
        by_kind.taken(desk.work, desk.house, case, desk.person, desk.now)
        aim(case, desk.now, case.due_at)
        return True
    return case.holder_person == desk.person.id


def expects_answer(case: Case) -> bool:
    """Return whether somebody can read an answer: not for nameless cases, nor for call-backs."""
    return case.kind != "call_back" and case.answer_wanted != "none"


def leave(desk: Desk, case: Case, what: str, text: str) -> Story:
    """Let words leave in ten minutes, in place of what was to leave before them."""
    if what in LEAVES:
        for story in _leaving(desk, case, (*LEAVES, QUESTION)):
            stories.cancel(desk.work, story)
    words = Words(what, text, desk.now + UNDO)
    return stories.keep(desk.work, desk.house.sealer, case, words, desk.now)


def give_back(
    desk: Desk, case: Case, text: str, why: str = "", to: Mapping[str, Any] | None = None
) -> bool:
    """Let an item go to somebody else in ten minutes; False if it is no longer theirs to give.

    ``why`` is the digit of G12-5; ``to`` who was named to have it instead (decisions.py).
    """
    theirs = case.status in WAITING or case.holder_person == desk.person.id
    if not theirs or not allows(case.kind, case.status, "returned"):
        return False
    if by_kind.refused(desk.work, desk.house, case, desk.person, desk.now):
        return True
    story = leave(desk, case, "return", text)
    record(desk.work, case, "returning", desk.now, story=story.id, why=why, to=to)
    return True


def undo(desk: Desk, case: Case) -> bool:
    """Take back this person's last act on an item; False once its ten minutes are over."""
    said = _leaving(desk, case, (*LEAVES, QUESTION, "note"))
    last = max(said, key=lambda story: story.id, default=None)
    if last is not None:
        stories.cancel(desk.work, last)
        record(desk.work, case, "cancelled", desk.now, what=last.what)
        return True
    if not allows(case.kind, case.status, "undone") or not _just_taken(desk, case):
        return False
    move(desk.work, case, "undone", desk.now)
    by_kind.undone(desk.work, desk.house, case, desk.now)
    aim(case, desk.now, min(case.act_by or case.due_at, case.due_at))
    return True


def is_answering(desk: Desk, case: Case) -> bool:
    """Return whether this person's answer to an item, or its return, is about to leave."""
    return bool(_leaving(desk, case, LEAVES))


def _leaving(desk: Desk, case: Case, what: Sequence[str]) -> Sequence[Story]:
    return desk.work.session.scalars(
        select(Story).where(
            Story.case_id == case.id,
            Story.what.in_(what),
            Story.status == "leaving",
            Story.leaves_at > desk.now,
            Story.by == desk.person.number,
        )
    ).all()


def _just_taken(desk: Desk, case: Case) -> bool:
    taken = select(CaseEvent.id).where(
        CaseEvent.case_id == case.id,
        CaseEvent.transition == "taken",
        CaseEvent.by == desk.person.number,
        CaseEvent.at > desk.now - UNDO,
    )
    return desk.work.session.scalar(taken.limit(1)) is not None
