"""The outbox: a text is written with its cause, claimed, handed over once, and then forgotten."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage
from models.person import Person
from models.seal import Transit

QUEUE = "outbox"
USEFUL = timedelta(days=3)  # an SMS that could not leave for three days no longer helps anybody

Message = OutboundMessage


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A text to send, and why: the same ``cause`` and ``purpose`` never speak twice.

    ``purpose`` is the id of the text, e.g. ``case_new``. ``address`` is the number sealed for the
    keeper. With neither contact nor person the keeper names the contact before it sends.
    ``sensitive`` marks classes C5 to C7: never repeated by itself once its fate is unknown.
    """

    cause: str
    purpose: str
    text: str
    address: bytes
    contact: str | None = None
    person_id: int | None = None
    case_id: int | None = None
    due_at: datetime | None = None
    expires_in: timedelta = USEFUL
    sensitive: bool = False


def queue(work: Work, message: Draft, transit: Transit, now: datetime) -> None:
    """Write a text into the outbox with its cause. Doing it twice is doing it once."""
    due_at = message.due_at or now
    insert = (
        sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    )
    work.session.flush()  # the case or event it speaks of may still wait in this session
    work.session.execute(
        insert(Message)
        .values(
            cause=message.cause,
            purpose=message.purpose,
            contact=message.contact,
            person_id=message.person_id,
            case_id=message.case_id,
            address=message.address,
            text_sealed=transit.wrap(message.text),
            sensitive=message.sensitive,
            due_at=due_at,
            expires_at=due_at + message.expires_in,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["cause", "purpose"])
    )
    if due_at <= now:
        work.wake(QUEUE)
