"""Notes who does what before it is done. Entries are only added; the keeper chains them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.policy import SENSITIVE
from models.audit import AuditEntry
from models.case import Case
from models.db import Work

READ = "read"  # opens the words of a case that its reader holds
GLASS = "break_glass"  # opens those of another's, for half an hour (break_glass.py)
CASE, COMPARTMENT = "case", "compartment"  # of the second the command line shows nothing


@dataclass(frozen=True, slots=True)
class Mark:
    """What is noted: ``act`` on a thing of kind ``about``, by row and by the number staff say.

    ``details`` are coded facts: never words, a phone, a pseudonym or a receipt.
    """

    act: str
    about: str
    row_id: int | None = None
    number: str | None = None
    reason: str | None = None
    details: Mapping[str, str | int | bool | None] = field(default_factory=dict)


def note(work: Work, mark: Mark, now: datetime) -> AuditEntry:
    """Add an entry by whoever works; its id is known at once, it counts once committed."""
    entry = AuditEntry(
        at=now,
        actor=str(work.actor),
        act=mark.act,
        about=mark.about,
        row_id=mark.row_id,
        number=mark.number,
        reason=mark.reason,
        details=dict(mark.details),
    )
    work.session.add(entry)
    work.session.flush()
    return entry


def about_case(act: str, case: Case, reason: str | None = None, **details: str | int) -> Mark:
    """Return the mark of an act on a case."""
    about = COMPARTMENT if case.case_class in SENSITIVE else CASE
    return Mark(act, about, case.id, case.number, reason, details)


def about_person(act: str, number: str, **details: str | bool | None) -> Mark:
    """Return the mark of an act on a registered person."""
    return Mark(act, "person", number=number, details=details)
