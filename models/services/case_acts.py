"""What the console does to an item beside what phones do: the same steps, written down the same.

Each act is by whoever sits at the desk. What may not be is refused with a word that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from flows.bars import bars
from flows.case_lifecycle import ANSWERED, OPEN, WAITING, allows
from flows.directory import Seat, within
from flows.policy import SENSITIVE
from flows.readers import clean, without_numbers
from flows.sensitivity import words_class
from models.case import Case, CaseEvent, Story
from models.person import Person
from models.repair import Check
from models.services import (
    alerts,
    cases,
    checks,
    clocks,
    decisions,
    handling,
    messages,
    questions,
    stories,
)
from models.services.audit import about_case, note
from models.services.handling import LEAVES, Desk
from models.services.questions import QUESTION
from models.services.routing import people, policy
from models.services.stories import Words

SUPERVISORS = frozenset({"cell_supervisor"})
OUTCOMES = ("solved", "explained", "passed_on", "impossible", "unreachable")
OBJET = 120
# What is written down of an item without changing what its handler was about to do.
QUIET = frozenset(
    {"heard", "reminded", "untold", "told", "informed", "receipt", "titled", "questioned"}
)


class Refused(Exception):
    """It may not be, or no longer: ``why`` says it in one word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """An item, locked, with what others did to it since its page was made."""

    case: Case
    since: Sequence[CaseEvent]


def hold(desk: Desk, number: str, last: int) -> Held | None:
    """Return an item that is theirs to see, for an act; ``last`` is the state that they saw."""
    case = handling.find(desk, number)
    if case is None:
        return None
    newer = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.id > last)
    rows = desk.work.session.scalars(newer.order_by(CaseEvent.id)).all()
    return Held(case, [one for one in rows if one.transition not in QUIET])


def take(desk: Desk, case: Case) -> None:
    """Take an item. Raises Refused when another person has it, or it is over."""
    if case.status not in OPEN or not handling.take(desk, case):
        raise Refused("taken" if case.status in OPEN else "over")


def answer(desk: Desk, case: Case, words: str, *, how: str, also: Sequence[str] = ()) -> list[str]:
    """Let an answer leave in ten minutes, the same to each item of ``also``; return their numbers.

    ``how`` is answer or resolved; of a call-back resolved or missed.
    """
    answered = []
    for one in [case, *_others(desk, case, also)]:
        if one.status != "answered" or one.holder_person != desk.person.id:
            take(desk, one)
        if how == "answer" and not handling.expects_answer(one):
            raise Refused("nameless")
        handling.leave(desk, one, how, words)
        cases.record(desk.work, one, "answering", desk.now, how=how)
        answered.append(one.number)
    return answered


def _others(desk: Desk, case: Case, numbers: Sequence[str]) -> list[Case]:
    """Return the items that may be answered with this one: same topic, same place, theirs too."""
    found = (handling.find(desk, number) for number in dict.fromkeys(numbers))
    same = (case.kind, case.category, case.area_pcode)
    return [
        one
        for one in found
        if one is not None
        and one.id != case.id
        and (one.kind, one.category, one.area_pcode) == same
        and one.case_class not in SENSITIVE
    ]


def ask(desk: Desk, case: Case, words: str) -> None:
    """Let a question to the speaker leave in ten minutes: the item stays open, its clock runs."""
    take(desk, case)
    if not handling.expects_answer(case):
        raise Refused("unasked")
    if questions.waiting(desk.work, case) is not None:
        raise Refused("questioned")
    if handling.is_answering(desk, case):
        raise Refused("answering")
    handling.leave(desk, case, QUESTION, words)
    cases.record(desk.work, case, "questioning", desk.now)


def add_note(desk: Desk, case: Case, words: str) -> None:
    """Keep a note for whoever has the item, now or later; no speaker reads it."""
    stories.keep(desk.work, desk.house.sealer, case, Words("note", words), desk.now)
    cases.record(desk.work, case, "noted", desk.now)


def entitle(desk: Desk, case: Case, line: str) -> None:
    """Write the neutral line by which an ordinary item is found; empty takes it away."""
    said = clean(without_numbers(line))[:OBJET].strip()
    if case.case_class in SENSITIVE:
        raise Refused("private")
    if said and words_class(said) is not None:
        raise Refused("accusing")
    case.subject_line = said or None
    cases.record(desk.work, case, "titled", desk.now)


def colleagues(desk: Desk, case: Case) -> list[Seat]:
    """Return who of the same desk may have the item instead, not barred and at work."""
    known = people(desk.work)
    out = {seat.person for seat in bars([(one.kind, one.ref) for one in case.subjects], known)}
    found: dict[str, Seat] = {}
    for seat in known.seats:
        same = (seat.function, seat.organisation) == (
            case.holder_function,
            case.holder_organisation,
        )
        there = case.area_pcode is None or within(seat.area, case.area_pcode)
        if same and there and seat.receives and seat.person not in out:
            found.setdefault(seat.person, seat)
    return [seat for seat in found.values() if seat.person_id != case.holder_person]


def assign(desk: Desk, case: Case, number: str) -> None:
    """Give an item to a colleague of the same desk: its clock goes on."""
    check_giving(desk, case)
    seat = next((one for one in colleagues(desk, case) if one.person == number), None)
    if seat is None:
        raise Refused("nobody")
    if seat.person_id == desk.person.id:
        take(desk, case)
        return
    stop_leaving(desk, case)
    messages.withhold(desk.work, case.id, clocks.UNSENT, "assigned", desk.now)
    event = cases.move(desk.work, case, "assigned", desk.now, to=seat.person)
    case.holder_person = seat.person_id
    cases.aim(case, desk.now, min(case.act_by or case.due_at, case.due_at))
    cases.announce(desk.work, desk.house, case, event, desk.now)


def transfer(desk: Desk, case: Case, why: str, words: str, to: str = "") -> None:
    """Give an item away for a reason (RENVOI), to whoever is named or as the policy says."""
    check_giving(desk, case)
    seat = None
    if to and case.case_class not in SENSITIVE:
        seat = decisions.takers(desk.work, case, desk.person, desk.now).get(to)
        if seat is None:
            raise Refused("nobody")
    named = None if seat is None else decisions.place_of(seat)
    if not handling.give_back(desk, case, words, why, named):
        raise Refused("late")


def escalate(desk: Desk, case: Case) -> None:
    """Give an item to the next level now; the outside body has nobody above it."""
    check_giving(desk, case)
    above = case.holder_function not in (None, policy().outside)
    if not above or not allows(case.kind, case.status, "escalated"):
        raise Refused("top")
    stop_leaving(desk, case)
    clocks.move_up(desk.work, desk.house, case, desk.now)


def order_check(desk: Desk, case: Case, who: str, how: str) -> None:
    """Ask for a look on the spot, or a call: by whom and how."""
    checks.order(desk.work, case, who, how, desk.now)
    cases.record(desk.work, case, "check_asked", desk.now, who=who, how=how)


def settle_check(desk: Desk, case: Case, check_id: int, result: str, at: datetime) -> None:
    """Write down what a check found, and when."""
    row = desk.work.session.get(Check, check_id)
    if row is None or row.case_id != case.id or row.done_at is not None:
        raise Refused("late")
    checks.settle(row, result, min(at, desk.now))
    cases.record(desk.work, case, "checked", desk.now, result=result)


def close(desk: Desk, case: Case, outcome: str) -> None:
    """End an answered item with what came of it."""
    _mine(desk, case)
    if outcome not in OUTCOMES or case.status not in ANSWERED:
        raise Refused("unanswered")
    cases.close(desk.work, case, desk.now, why=outcome)


def reopen(desk: Desk, case: Case) -> None:
    """Take an answered item up again, by whoever had it."""
    if not allows(case.kind, case.status, "reopened"):
        raise Refused("unanswered")
    cases.reopen(desk.work, desk.house, case, desk.now, up=False)


def withdraw(desk: Desk, case: Case) -> None:
    """Stop everything as the speaker asked somebody to: an ordinary item, by a supervisor."""
    if not is_supervisor(desk.person):
        raise Refused("supervisor")
    if case.case_class in SENSITIVE or not allows(case.kind, case.status, "withdrawn"):
        raise Refused("private" if case.case_class in SENSITIVE else "over")
    note(desk.work, about_case("withdraw", case), desk.now)
    alerts.withdraw(desk.work, case, desk.now)


def is_supervisor(person: Person) -> bool:
    """Tell whether somebody supervises the cell."""
    return any(hat.function in SUPERVISORS for hat in person.hats)


def _mine(desk: Desk, case: Case) -> None:
    if case.holder_person != desk.person.id:
        raise Refused("taken")


def check_giving(desk: Desk, case: Case) -> None:
    """Let only who has it give it away, or a supervisor; what nobody took is everybody's."""
    if case.status not in OPEN:
        raise Refused("over")
    if case.status not in WAITING and not is_supervisor(desk.person):
        _mine(desk, case)


def stop_leaving(desk: Desk, case: Case, *, everybodys: bool = False) -> None:
    """Take back what was about to leave: it would be said by who has the item no longer."""
    leaving = select(Story).where(
        Story.case_id == case.id,
        Story.what.in_((*LEAVES, QUESTION)),
        Story.status == "leaving",
    )
    if not everybodys:
        leaving = leaving.where(Story.by == desk.person.number)
    for story in desk.work.session.scalars(leaving).all():
        stories.cancel(desk.work, story)
