"""What must be gone: what columns say they keep only for a time is forgotten by itself."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update

from models.conversation import Contact, Conversation, WrongCode
from models.db import Work
from models.inbound import InboundMessage
from models.services import slips, voice_notes

DIALOGUE = timedelta(hours=24)
WORDS_IN_MOTION = timedelta(days=7)  # as long as the transit key lives, without which they are lost
WRONG_CODES = timedelta(hours=48)
LAST_PLACE = timedelta(days=30)


def purge(work: Work, now: datetime) -> None:
    """Forget all that is over its time. Doing it twice changes nothing."""
    _end_dialogues(work, now)
    _forget_inbox(work, now)
    _forget_contacts(work, now)
    slips.purge(work, now)
    voice_notes.purge(work, now)


def _end_dialogues(work: Work, now: datetime) -> None:
    old = Conversation.updated_at <= now - DIALOGUE
    # What silence still has to act upon goes only after it did.
    work.session.execute(delete(Conversation).where(old, Conversation.due_at.is_(None)))


def _forget_inbox(work: Work, now: datetime) -> None:
    old = InboundMessage.received_at <= now - WORDS_IN_MOTION
    work.session.execute(
        update(InboundMessage)
        .where(old, InboundMessage.settled_at.is_(None))
        .values(status="dead", cause="waited seven days", settled_at=now)
    )
    known = or_(
        InboundMessage.text_sealed.is_not(None),
        InboundMessage.sender_sealed.is_not(None),
        InboundMessage.contact.is_not(None),
        InboundMessage.provider_at.is_not(None),
        InboundMessage.likeness.is_not(None),
    )
    work.session.execute(
        update(InboundMessage)
        .where(old, known)
        .values(text_sealed=None, sender_sealed=None, contact=None, provider_at=None, likeness=None)
    )


def _forget_contacts(work: Work, now: datetime) -> None:
    oldest = (now - WRONG_CODES).date().isoformat()
    work.session.execute(delete(WrongCode).where(WrongCode.day < oldest))
    work.session.execute(
        update(Contact)
        .where(Contact.last_place_at <= now - LAST_PLACE)
        .values(last_commune=None, last_place_at=None)
    )
