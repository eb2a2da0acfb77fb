"""Which entry of the audit opens which words: noted and committed first, by somebody who may."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import joinedload, lazyload

from models.audit import AuditEntry
from models.case import Case
from models.db import Handler, Work
from models.person import Person
from models.services import break_glass
from models.services.audit import CASE, COMPARTMENT, GLASS, READ, about_case, note
from models.services.visibility import visible_cases

SOUND = "sound"

_NOTED = (
    select(AuditEntry, Person)
    .outerjoin(Person, Person.number == AuditEntry.actor)
    .options(joinedload(Person.hats))
    .where(AuditEntry.id == bindparam("entry"))
)


def begin(work: Work, case: Case, now: datetime, sound: int | None = None) -> int:
    """Note that whoever works is about to read; return the entry's row id, to be committed.

    ``sound`` is the row id of the one story that they are about to hear instead.
    """
    mark = about_case(READ, case) if sound is None else about_case(READ, case, sound=sound)
    return note(work, mark, now).id


def begun_by(work: Work, reading: int, number: str) -> bool:
    """Say whether an entry is of whoever works, and about the words of this item."""
    entry = work.session.get(AuditEntry, reading)
    mine = entry is not None and (entry.actor, entry.number) == (str(work.actor), number)
    return mine and entry is not None and SOUND not in entry.details


def noted(work: Work, row: int) -> tuple[AuditEntry, Person | None] | None:
    """Return an entry by its row id, and the registered person who is its actor."""
    found = work.session.execute(_NOTED, {"entry": row}).unique().one_or_none()
    return None if found is None else (found[0], found[1])


def case_opened_by(
    work: Work, entry: AuditEntry, person: Person, now: datetime, sound: int | None = None
) -> Case | None:
    """Return the case whose words an entry may open; None where its actor may not read them.

    ``person`` is its actor. Who noted that they hear one sound opens that one, and no words.
    """
    if entry.act not in (READ, GLASS) or entry.about not in (CASE, COMPARTMENT):
        return None
    if entry.details.get(SOUND) != sound:
        return None
    # Its number too: row ids are given anew once a case is gone.
    this = and_(Case.id == entry.row_id, Case.number == entry.number)
    if entry.act == READ:
        own = replace(work, actor=Handler(person.id, person.number))
        seen = visible_cases(own).where(this).options(lazyload(Case.subjects))
        case = work.session.scalar(seen)
        if case is not None:
            return case
    # The entry that breaks the glass opens words itself, and those that follow in its time do.
    case = work.session.scalar(select(Case).where(this))
    broken = case is not None and break_glass.is_broken(work, person, case, now)
    return case if broken else None
