"""What could not be handled: seen by staff, and tried again when they ask."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.db import Work
from models.errors import NotFound
from models.inbound import InboundMessage

DEAD = "dead"


def dead_letters(work: Work) -> Sequence[InboundMessage]:
    """Return the received messages that were given up, oldest first."""
    dead = select(InboundMessage).where(InboundMessage.status == DEAD).order_by(InboundMessage.id)
    return work.session.scalars(dead).all()


def retry(work: Work, row_id: int, now: datetime) -> None:
    """Let one be handled again, as if it had just come.

    Raises NotFound when there is no such dead letter, or when its words are gone after seven days.
    """
    row = work.session.get(InboundMessage, row_id)
    if row is None or row.status != DEAD or row.text_sealed is None:
        raise NotFound(f"no dead letter {row_id} that still has its words")
    row.status, row.tries, row.due_at = "waiting", 0, now
    row.cause = row.settled_at = None
    work.wake("inbox")
