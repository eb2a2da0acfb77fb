"""Telling a registered person something about an item of theirs, through the outbox."""

from dataclasses import dataclass
from datetime import datetime

from models.db import Work
from models.person import Person
from models.services import messages
from models.services.messages import Draft
from models.services.scene import House


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """What is told, why, and from when on; ``cause`` and ``purpose`` speak once."""

    purpose: str
    text: str
    cause: str
    due_at: datetime
    case_id: int | None = None
    sensitive: bool = False


def tell(work: Work, house: House, person_id: int | None, notice: Notice, now: datetime) -> None:
    """Write a text to a registered person; nothing where there is none."""
    person = None if person_id is None else work.session.get(Person, person_id)
    if person is None:
        return
    draft = Draft(
        cause=notice.cause,
        purpose=notice.purpose,
        text=notice.text,
        address=person.phone_sealed,
        contact=person.pseudonym,
        person_id=person.id,
        case_id=notice.case_id,
        due_at=notice.due_at,
        sensitive=notice.sensitive,
    )
    messages.queue(work, draft, house.transit, now)
