"""What becomes of words in motion: dialogues after a day, messages after a week, rows after a year.

Of a message received its id stays for ever, because the same id is the same event; when it came is
then known to the day.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, null, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from models.conversation import Conversation, WrongCode
from models.db import Work
from models.inbound import InboundMessage
from models.outbound import DeliveryReport, OutboundMessage
from models.services import messages
from models.services.front import Front
from models.services.purging import AT_ONCE, YEAR, delete_some

DIALOGUE = timedelta(hours=24)
IN_MOTION = timedelta(days=7)  # as long as the transit key lives, without which they are lost
WRONG_CODES = timedelta(hours=48)
TOO_LATE = "waited seven days"


def end_dialogues(work: Work, now: datetime) -> int:
    """Forget dialogues a day after their last step, but not before silence was acted upon."""
    acted_upon = Conversation.due_at.is_(None)
    return delete_some(
        work, Conversation.key, Conversation.updated_at <= now - DIALOGUE, acted_upon
    )


def forget_received(work: Work, now: datetime) -> int:
    """Forget who sent what came a week ago, and what; what nobody handled by then is given up."""
    old = InboundMessage.received_at <= now - IN_MOTION
    work.session.execute(
        update(InboundMessage)
        .where(old, InboundMessage.settled_at.is_(None))
        .values(status="dead", cause=TOO_LATE, settled_at=now)
    )
    known = or_(
        InboundMessage.text_sealed.is_not(None),
        InboundMessage.sender_sealed.is_not(None),
        InboundMessage.contact.is_not(None),
        InboundMessage.provider_at.is_not(None),
        InboundMessage.likeness.is_not(None),
    )
    front = Front(InboundMessage.id, InboundMessage.received_at)
    times = (InboundMessage.id, InboundMessage.received_at, InboundMessage.settled_at)
    asked = select(*times).where(front.within(work), old, known)
    found = work.session.execute(asked.order_by(InboundMessage.id).limit(AT_ONCE)).all()
    if found:
        work.session.execute(update(InboundMessage), [_forgotten(*row) for row in found])
    else:
        front.move(work, now - IN_MOTION)
    return len(found)


def forget_sent(work: Work, now: datetime) -> int:
    """Forget whose the texts of a week ago were, and what they said; nothing of them can leave."""
    row = OutboundMessage
    old = row.created_at <= now - IN_MOTION
    messages.end(work, and_(old, row.settled_at.is_(None)), "failed", TOO_LATE, now)
    sealed = or_(row.address.is_not(None), row.text_sealed.is_not(None))
    known = or_(row.contact.is_not(None), row.fills.is_not(null()), sealed)
    front = Front(row.id, row.created_at)
    some = select(row.id).where(front.within(work), old, known).order_by(row.id).limit(AT_ONCE)
    gone = (
        update(row)
        .where(row.id.in_(some))
        .values(contact=None, fills=null(), address=None, text_sealed=None)
        .returning(row.id)
        .execution_options(synchronize_session=False)
    )
    count = len(work.session.execute(gone).all())
    if not count:
        front.move(work, now - IN_MOTION)
    return count


def delete_sent(work: Work, now: datetime) -> int:
    """Delete the rows of texts, and what was reported of them, after a year."""
    old, texts, reports = now - YEAR, OutboundMessage, DeliveryReport
    return delete_some(work, texts.id, _is_first(texts.id), texts.created_at <= old) + delete_some(
        work, reports.id, _is_first(reports.id), reports.received_at <= old
    )


def forget_wrong_codes(work: Work, now: datetime) -> int:
    """Forget how often wrong codes were tried, two days after the day they were tried on."""
    oldest = (now - WRONG_CODES).date().isoformat()
    gone = delete(WrongCode).where(WrongCode.day < oldest).returning(WrongCode.day)
    return len(work.session.execute(gone.execution_options(synchronize_session=False)).all())


def _is_first(key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Tell the first rows: the oldest stand there, so the others need not be looked at."""
    return key.in_(select(key).order_by(key).limit(AT_ONCE))


def _forgotten(row: int, received_at: datetime, settled_at: datetime | None) -> dict[str, Any]:
    day = _day(received_at)
    return {
        "id": row,
        "received_at": day,
        "due_at": day,
        "settled_at": _day(settled_at or received_at),
        "text_sealed": None,
        "sender_sealed": None,
        "contact": None,
        "provider_at": None,
        "likeness": None,
    }


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
