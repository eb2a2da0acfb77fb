"""Phones that are lost, found again or replaced: at the next message nothing opens on the old one.

A lost phone is treated as a stranger's: what it sends is words, what we had for it is withheld.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from flows.directory import within
from models.conversation import Conversation
from models.db import Work
from models.organisation import Organisation
from models.outbound import OutboundMessage as Message
from models.person import Person
from models.services import clocks, erasures
from models.services.audit import about_person, note
from models.services.handling import Desk
from models.services.routing import policy
from models.services.sweeping import AT_ONCE

SUPERVISOR = "supervisor"
CELL = "cell"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A telephone as it is kept: named, sealed, and its last three digits."""

    pseudonym: str
    sealed: bytes
    ends: str


def in_charge(desk: Desk, person: Person) -> bool:
    """Say whether whoever is at this desk answers for that person's phone.

    Who has no phone can lose none.
    """
    return person.pseudonym is not None and charge_of(desk)(person)


def charge_of(desk: Desk) -> Callable[[Person], bool]:
    """Return who those are that this desk answers for, asking about itself once.

    A supervisor of the cell does for everybody, another one for whoever works in their area; and
    nobody for the phone they write with, which is plainly not lost. Nor for an officer of a
    compartment, who may have a case about them, or for who is no less than they are: those are
    blocked at the command line, by the administrator.
    """
    chief = desk.person
    theirs = {chief.organisation_id, *(hat.organisation_id for hat in chief.hats)}
    cell = select(Organisation.id).where(Organisation.id.in_(theirs), Organisation.kind == CELL)
    is_chief = chief.role == SUPERVISOR
    is_everywhere = is_chief and desk.work.session.scalar(cell.limit(1)) is not None

    def answers_for(person: Person) -> bool:
        if not is_chief or chief.id == person.id or person.revoked_at is not None:
            return False
        if _is_officer(person) or _is_no_less(person, chief):
            return False
        return is_everywhere or all(
            any(_covers(mine, one) for mine in _areas(chief)) for one in _areas(person)
        )

    return answers_for


def find(desk: Desk, said: str) -> list[Person]:
    """Return those this desk is in charge of whose number is ``said``, with its letter or not."""
    digits = said.strip().upper()
    numbers = [digits]
    if digits.isascii() and digits.isdigit():
        numbers = [f"R{int(digits)}", f"P{int(digits):04d}"]
    wanted = select(Person).where(Person.number.in_(numbers)).order_by(Person.number)
    return [one for one in desk.work.session.scalars(wanted) if in_charge(desk, one)]


def report_lost(desk: Desk, person: Person) -> None:
    """Block a phone at once, and give what its person held to others. Twice is harmless."""
    note(desk.work, about_person("block", person.number), desk.now)
    block(desk.work, person, desk.now)
    while clocks.rehome(desk.work, desk.house, desk.now, person.id) == AT_ONCE:
        pass


def block(work: Work, person: Person, now: datetime) -> None:
    """Let nothing open on a phone any more: dialogues end, what was not sent is withheld."""
    person.blocked_at = person.blocked_at or now
    erasures.person_changed(work, person, "blocked")
    cut_off(work, person, "lost", now)


def cut_off(work: Work, person: Person, reason: str, now: datetime) -> None:
    """End what is under way with a phone: dialogues of USSD, and texts that have not left."""
    theirs = _of(person, Message)
    undecided = and_(Message.status == "unknown", Message.settled_at.is_(None))
    gone = {"reason": reason, "settled_at": now, "address": None, "text_sealed": None}
    for which, status in ((Message.status == "waiting", "withheld"), (undecided, "unknown")):
        work.session.execute(update(Message).where(theirs, which).values(status=status, **gone))
    _end_dialogues(work, person)


def replace_phone(work: Work, person: Person, new: Phone) -> None:
    """Give a person another phone; what waits goes to it.

    The same number again is a phone that was found, or a new card for the old number.
    """
    _end_dialogues(work, person)
    work.session.execute(
        update(Message)
        .where(Message.person_id == person.id, Message.status == "waiting")
        .values(address=new.sealed, contact=new.pseudonym)
    )
    person.pseudonym, person.phone_sealed, person.phone_ends = new.pseudonym, new.sealed, new.ends
    person.blocked_at = person.stopped_at = person.stop_asked_at = None
    erasures.person_changed(work, person, "phone")


def _end_dialogues(work: Work, person: Person) -> None:
    # Gone whole: a screen that was shown may hold words, and would be shown again.
    ussd = Conversation.key.startswith("ussd:", autoescape=True)
    work.session.execute(delete(Conversation).where(ussd, _of(person, Conversation)))


def _of(person: Person, row: type[Message] | type[Conversation]) -> ColumnElement[bool]:
    """Return which rows are a person's: by row id, and by their phone if they have one."""
    if person.pseudonym is None:  # compared with nothing, it would be everybody unnamed
        return row.person_id == person.id
    return or_(row.person_id == person.id, row.contact == person.pseudonym)


def _is_officer(person: Person) -> bool:
    """Tell whether somebody judges compartments: taking a case from them takes two people."""
    officers = {name for names in policy().officers.values() for name in names}
    return any(hat.function in {*officers, policy().outside} for hat in person.hats)


def _is_no_less(person: Person, chief: Person) -> bool:
    """Tell whether somebody is a supervisor too, of as much as this one or more."""
    return person.role == SUPERVISOR and any(
        all(_covers(one, mine) for mine in _areas(chief)) for one in _areas(person)
    )


def _covers(mine: str | None, one: str | None) -> bool:
    return mine is None or (one is not None and within(mine, one))


def _areas(person: Person) -> set[str | None]:
    """Return where a person works: as registered, else by hats; None is everywhere."""
    if person.area_pcode is not None:
        return {person.area_pcode}
    return {hat.area_pcode for hat in person.hats} or {None}
