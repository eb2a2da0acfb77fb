"""Telling a registered person something about an item of theirs, through the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.db import Work
from models.person import Person
from models.services import messages
from models.services.drafts import USEFUL, Draft
from models.services.scene import House


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """What is told and why, in the terms of drafts.py; at once where no ``due_at`` is said."""

    purpose: str
    text: str
    cause: str
    due_at: datetime | None = None
    case_id: int | None = None
    sensitive: bool = False
    expires_in: timedelta = USEFUL
    fills: Mapping[str, str] | None = None


def tell(work: Work, house: House, person_id: int | None, notice: Notice, now: datetime) -> None:
    """Write a text to a registered person; nothing where there is none, or no phone."""
    person = None if person_id is None else work.session.get(Person, person_id)
    if person is None or person.phone_sealed is None:
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
        expires_in=notice.expires_in,
        fills=notice.fills,
    )
    messages.queue(work, draft, house.transit, now)
