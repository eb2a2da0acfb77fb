"""A text as it is written into the outbox: for whom, why, and what only the keeper can put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

USEFUL = timedelta(days=3)  # an SMS that could not leave for three days no longer helps anybody


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A text to send, and why: the same ``cause`` and ``purpose`` never speak twice.

    ``purpose`` is the id of the text, e.g. ``case_new``. ``address`` is the number sealed for the
    keeper. With neither contact nor person the keeper names the contact before it sends.
    ``sensitive`` marks classes C5 to C7: never repeated by itself once its fate is unknown.
    ``fills`` names what the keeper puts in at sending, in place of ``{tel}`` or ``{decision}``:
    a person's number (``person:P0101``) or the words of an answer (``story:17``).
    ``via`` is the chat it answers into, while that is open. ``priority`` says who goes first where
    the purpose does not say it (messages.priority_of).
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
    fills: Mapping[str, str] | None = None
    via: str | None = None
    priority: int | None = None
