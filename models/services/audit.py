"""Notes who does what before it is done. Entries are only added; the keeper chains them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.audit import AuditEntry
from models.db import Work


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
