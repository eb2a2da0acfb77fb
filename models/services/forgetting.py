"""Does again, after a restore, what had been erased or refused since the backup was made."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update

from flows.case_lifecycle import allows
from models.case import Case, Story
from models.conversation import Contact
from models.db import Work
from models.person import Person
from models.services import cases, messages, phones, stories
from models.services.erasures import Fact

_Row = TypeVar("_Row", Case, Story)


def again(work: Work, facts: Iterable[Fact], now: datetime) -> int:
    """Forget all of this again, in the order it happened; return how many facts were about us.

    What is not in this database, or is another row that was given the same id, is left alone.
    """
    return sum(_AGAIN[fact.what](work, fact.ref, now) for fact in facts)


def _case(work: Work, ref: str, now: datetime) -> bool:
    case = _row(work, Case, ref)
    if case is None:
        return False
    if allows(case.kind, case.status, "withdrawn"):
        cases.withdraw(work, case, now)
    else:
        stories.erase(work, case)
        cases.forget_speaker(work, case, now)
    return True


def _speaker(work: Work, ref: str, now: datetime) -> bool:
    case = _row(work, Case, ref)
    if case is not None:
        cases.forget_speaker(work, case, now)
    return case is not None


def _words(work: Work, ref: str, now: datetime) -> bool:
    del now
    story = _row(work, Story, ref)
    if story is not None and story.status == "leaving":
        stories.cancel(work, story)
    elif story is not None:
        stories.erase_words(work, [story])
    return story is not None


def _stop(work: Work, ref: str, now: datetime) -> bool:
    messages.stop(work, ref, None, now)
    return True


def _start(work: Work, ref: str, now: datetime) -> bool:
    del now
    work.session.execute(update(Contact).where(Contact.pseudonym == ref).values(stopped_at=None))
    return True


def _blocked(work: Work, ref: str, now: datetime) -> bool:
    person, _ = _person(work, ref)
    if person is not None:
        phones.block(work, person, now)
    return person is not None


def _phone(work: Work, ref: str, now: datetime) -> bool:
    """Find the phone back that was found; but the one before it stays closed: we have no other."""
    person, pseudonym = _person(work, ref)
    if person is None:
        return False
    if person.pseudonym == pseudonym:
        person.blocked_at = person.stopped_at = person.stop_asked_at = None
    else:
        phones.block(work, person, now)
    return True


def _revoked(work: Work, ref: str, now: datetime) -> bool:
    person, _ = _person(work, ref)
    if person is None:
        return False
    person.revoked_at, person.pin_hash = person.revoked_at or now, None
    phones.cut_off(work, person, "revoked", now)
    return True


def _silent(work: Work, ref: str, now: datetime) -> bool:
    person, _ = _person(work, ref)
    if person is not None:
        person.stopped_at = now
    return person is not None


def _heard(work: Work, ref: str, now: datetime) -> bool:
    del now
    person, _ = _person(work, ref)
    if person is not None:
        person.stopped_at = person.stop_asked_at = None
    return person is not None


def _row(work: Work, table: type[_Row], ref: str) -> _Row | None:
    """Return the row of this id if it is of this time."""
    row_id, _, at = ref.partition(":")
    row = work.session.get(table, int(row_id))
    began = row and (row.opened_at if isinstance(row, Case) else row.at)
    return row if began == datetime.fromisoformat(at) else None


def _person(work: Work, ref: str) -> tuple[Person | None, str]:
    number, _, pseudonym = ref.partition(":")
    return work.session.scalar(select(Person).where(Person.number == number)), pseudonym


_AGAIN: Mapping[str, Callable[[Work, str, datetime], bool]] = {
    "case": _case,
    "speaker": _speaker,
    "words": _words,
    "stop": _stop,
    "start": _start,
    "blocked": _blocked,
    "phone": _phone,
    "revoked": _revoked,
    "silent": _silent,
    "heard": _heard,
}
