"""Which entry of the audit opens which words: noted and committed first, by somebody who may."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from models.audit import AuditEntry
from models.case import Case
from models.db import Handler, Work
from models.person import Person
from models.services import break_glass
from models.services.audit import CASE, COMPARTMENT, GLASS, READ, about_case, note
from models.services.visibility import visible_cases


def begin(work: Work, case: Case, now: datetime) -> int:
    """Note that whoever works is about to read; return the entry's row id, to be committed."""
    return note(work, about_case(READ, case), now).id


def case_opened_by(work: Work, entry: AuditEntry, now: datetime) -> Case | None:
    """Return the case whose words an entry may open; None where its actor may not read them."""
    if entry.act not in (READ, GLASS) or entry.about not in (CASE, COMPARTMENT):
        return None
    person = work.session.scalar(select(Person).where(Person.number == entry.actor))
    case = None if entry.row_id is None else work.session.get(Case, entry.row_id)
    if person is None or not person.usable or case is None or case.number != entry.number:
        return None
    if entry.act == READ and _holds(work, person, case):
        return case
    # The entry that breaks the glass opens words itself, and those that follow in its time do.
    return case if break_glass.is_broken(work, person, case, now) else None


def _holds(work: Work, person: Person, case: Case) -> bool:
    own = replace(work, actor=Handler(person.id, person.number))
    return work.session.scalar(visible_cases(own).where(Case.id == case.id)) is not None
