"""Takes in what a channel brought: committed before anybody is told that it was received."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.conversation import Contact
from models.db import Work
from models.errors import AlreadyReceived, KeeperAway
from models.inbound import InboundMessage
from models.services import erasures, voice_notes
from models.services.scene import House

LONGEST = 2000  # characters of one message; ten SMS parts are 1,530
LONGEST_ID = 80  # inbound_message.provider_id
LINE_BREAKS = "\r\n\t"
OPT_OUT = "opt-out at the provider"
BEEP = "a call let ring"


def cleaned(text: str) -> str:
    """Return a text in NFC without control characters: a NUL breaks a PostgreSQL column."""
    composed = unicodedata.normalize("NFC", text)
    spaced = "".join(" " if one in LINE_BREAKS else one for one in composed)
    return "".join(one for one in spaced if unicodedata.category(one) != "Cc")[:LONGEST]


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedSms:
    """One SMS as a channel brought it. ``sender`` is E.164, or None when it is no telephone.

    ``provider_id`` is None when the provider gives its messages no name. ``unread`` is why it is
    no text, if it is none. ``media``: what came with it, each with its address and MIME type.
    """

    channel: str
    provider_id: str | None
    sender: str | None
    text: str
    provider_at: str | None = None
    unread: str | None = None
    media: voice_notes.Media = ()


def receive_sms(work: Work, house: House, sms: ReceivedSms, now: datetime) -> None:
    """Write one SMS into the inbox. Raises AlreadyReceived when its id was here before.

    A sender that is no telephone gets no reply and opens no case: its row says so.
    """
    row = InboundMessage(
        channel=sms.channel,
        provider_id=sms.provider_id or str(uuid4()),
        provider_at=sms.provider_at,
        received_at=now,
        due_at=now,
    )
    if sms.sender is None:
        row.status, row.cause, row.settled_at = "ignored", "sender is no telephone", now
    elif sms.unread is not None:
        row.status, row.cause, row.settled_at = "ignored", sms.unread, now
        row.text_sealed = house.transit.wrap(cleaned(sms.text))
    else:
        _seal(house, row, sms.sender, sms.text)
        row.cause = voice_notes.cause_of(sms.media, sms.text)
        work.wake("inbox")
    _add_once(work, row)
    if sms.sender is not None and sms.media:
        voice_notes.note(work, house, row, sms.media)


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedCall:
    """One call that was rejected. ``caller`` is E.164, or None when the number is withheld."""

    channel: str
    provider_id: str
    caller: str | None


def receive_call(work: Work, house: House, call: ReceivedCall, now: datetime) -> None:
    """Write a beep into the inbox, to be called back. Raises AlreadyReceived the second time.

    Who withholds the number cannot be called: the row says so, and nothing else happens.
    """
    row = InboundMessage(
        channel=call.channel,
        provider_id=f"call:{call.provider_id}"[:LONGEST_ID],
        received_at=now,
        due_at=now,
        cause=BEEP,
    )
    if call.caller is None:
        row.status, row.cause, row.settled_at = "ignored", "caller is no telephone", now
    else:
        _seal(house, row, call.caller, "")
        work.wake("inbox")
    _add_once(work, row)


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedOptOut:
    """What a provider says of a number that refuses our texts. ``provider_id``: if it has one."""

    channel: str
    provider_id: str | None
    sender: str


def receive_opt_out(work: Work, house: House, refused: ReceivedOptOut, now: datetime) -> None:
    """Write into the inbox that a provider was told STOP: obeyed by the worker, never answered.

    Raises AlreadyReceived when its id was here before.
    """
    row = InboundMessage(
        channel=refused.channel,
        provider_id=f"optout:{refused.provider_id or uuid4()}"[:LONGEST_ID],
        received_at=now,
        due_at=now,
        cause=OPT_OUT,
    )
    _seal(house, row, refused.sender, "STOP")
    work.wake("inbox")
    _add_once(work, row)


def _seal(house: House, row: InboundMessage, sender: str, text: str) -> None:
    row.sender_sealed = house.sealer.number(sender)
    row.text_sealed = house.transit.wrap(cleaned(text))
    row.contact = pseudonym_or_none(house, sender)


def _add_once(work: Work, row: InboundMessage) -> None:
    known = select(InboundMessage.id).where(
        InboundMessage.channel == row.channel, InboundMessage.provider_id == row.provider_id
    )
    if work.session.scalar(known) is not None:
        raise AlreadyReceived
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        # Only a repeat is thanked: whatever else was refused must be sent again.
        if work.session.scalar(known) is None:
            raise
        raise AlreadyReceived from None


def pseudonym_or_none(house: House, msisdn: str) -> str | None:
    """Ask the keeper for a pseudonym; None while it is away, to be filled in later."""
    try:
        return house.keeper.pseudonym(msisdn)
    except KeeperAway:
        return None


def stop(work: Work, contact: str, now: datetime) -> None:
    """Remember that this contact wants no more SMS. Saying it twice is harmless."""
    _contact(work, contact, now).stopped_at = now
    erasures.contact_changed(work, contact, stopped=True)


def start_again(work: Work, contact: str, now: datetime) -> None:
    """Remember that this contact wants SMS again."""
    _contact(work, contact, now).stopped_at = None
    erasures.contact_changed(work, contact, stopped=False)


def _contact(work: Work, contact: str, now: datetime) -> Contact:
    row = work.session.get(Contact, contact)
    if row is None:
        row = Contact(pseudonym=contact, seen_at=now)
        work.session.add(row)
    row.seen_at = now
    return row
