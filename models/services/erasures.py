"""Notes what must stay gone, whatever is restored, and does it again after a restore.

Each note names one row by its id and its own time, because ids are given anew after a restore.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from models.case import Case, Story
from models.db import Work
from models.erasure import Erasure
from models.person import Person

AT_ONCE = 500
WORDS = "words"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that must stay gone: what, and of which row."""

    what: str
    ref: str


def case_withdrawn(work: Work, case: Case) -> None:
    """Note that a case was stopped by its speaker."""
    _note(work, "case", name(case.id, case.opened_at))


def speaker_forgotten(work: Work, case: Case) -> None:
    """Note that the speaker of a case is owed nothing more."""
    _note(work, "speaker", name(case.id, case.opened_at))


def words_erased(work: Work, stories: Iterable[Story]) -> None:
    """Note that these words were made unreadable."""
    for story in stories:
        _note(work, WORDS, name(story.id, story.at))


def pending(work: Work, names: Collection[str]) -> set[str]:
    """Return which of these words are erased, though the keeper did not destroy their keys yet."""
    noted = select(Erasure.ref).where(Erasure.what == WORDS, Erasure.ref.in_(names))
    return set(work.session.scalars(noted))


def contact_changed(work: Work, contact: str, *, stopped: bool) -> None:
    """Note that a pseudonym wants no texts, or wants them again."""
    _note(work, "stop" if stopped else "start", contact)


def person_changed(work: Work, person: Person, what: str) -> None:
    """Note of a registered person: ``blocked``, ``revoked``, ``silent`` or ``heard``, ``phone``."""
    _note(work, what, f"{person.number}:{person.pseudonym or ''}")


def stopped(work: Work, contact: str | None, person_id: int | None) -> None:
    """Note that a pseudonym, or a registered person, wants no texts."""
    if contact is not None:
        contact_changed(work, contact, stopped=True)
    person = None if person_id is None else work.session.get(Person, person_id)
    if person is not None:
        person_changed(work, person, "silent")


def is_noted(work: Work) -> bool:
    """Return whether anything waits to be written down."""
    return work.session.scalar(select(Erasure.id).limit(1)) is not None


def drain(work: Work) -> list[Fact]:
    """Take the oldest notes out of the database, to be written down before this work commits."""
    rows = select(Erasure).order_by(Erasure.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = work.session.scalars(rows).all()
    if found:
        work.session.execute(delete(Erasure).where(Erasure.id.in_([row.id for row in found])))
    return [Fact(row.what, row.ref) for row in found]


def _note(work: Work, what: str, ref: str) -> None:
    work.session.add(Erasure(what=what, ref=ref))


def name(row_id: int, at: datetime) -> str:
    """Return what names a row for ever: its id, which may be given anew, and its own time."""
    return f"{row_id}:{at.astimezone(UTC).isoformat()}"
