"""Takes in what a channel brought: committed before anybody is told that it was received."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select

from models.conversation import Contact
from models.db import Store, Work
from models.errors import AlreadyReceived, KeeperAway
from models.inbound import InboundMessage
from models.services import erasures, voice_notes
from models.services.entering import Entry, enter, enter_alone
from models.services.scene import House

LONGEST = 4096  # characters of one message: as a chat allows; ten SMS parts are 1,530
LONGEST_ID = 80  # inbound_message.provider_id
LINE_BREAKS = "\r\n\t"
OPT_OUT = "opt-out at the provider"
BEEP = "a call let ring"
PRESUMED = "presumed duplicate"
BUCKET_S = 600


def cleaned(text: str) -> str:
    """Return a text in NFC without control characters: a NUL breaks a PostgreSQL column."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable():
        return composed[:LONGEST]
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

    A sender that is no telephone gets no reply and opens no case: its row says so. What has no id
    and looks like one that came before is kept, and its row says that too.
    """
    receive_entry(work, house, sms, entry_of(house, sms, now))


def receive_entry(work: Work, house: House, sms: ReceivedSms, entry: Entry) -> None:
    """Do so with what ``entry_of`` made of it before this work began."""
    if not enter(work, entry):
        if sms.provider_id is not None:
            raise AlreadyReceived
        enter(work, _presumed(entry))
    elif not entry.ended:
        work.wake("inbox")
    if sms.sender is not None and sms.media:
        voice_notes.note(work, house, _row(work, entry), sms.media)


def accept_sms(store: Store, house: House, sms: ReceivedSms, now: datetime) -> None:
    """Do the same for a text without sounds, at once and durably, and wake the workers.

    An id that was here before changes nothing: it has its row.
    """
    entry = entry_of(house, sms, now)
    if not enter_alone(store, entry):
        if sms.provider_id is None:
            enter_alone(store, _presumed(entry))
    elif not entry.ended:
        store.ring("inbox")


def receive_missed(work: Work, house: House, sms: ReceivedSms, now: datetime) -> bool:
    """Write one SMS that a provider kept for us, unless it came by webhook before.

    Return whether it was missing. It is known by its id, or, where a webhook gave it another one,
    by its likeness. Raises KeeperAway, for nobody can be alike without a name.
    """
    entry = entry_of(house, sms, now)
    if not entry.ended and _came_before(work, entry):
        return False
    work.wake("inbox")
    return enter(work, entry)


def _came_before(work: Work, entry: Entry) -> bool:
    if entry.contact is None:
        raise KeeperAway("nobody can be named")
    mine = (InboundMessage.channel == entry.channel, InboundMessage.contact == entry.contact)
    rows = select(InboundMessage.likeness, InboundMessage.provider_at).where(*mine)
    at = told(entry.provider_at)
    return any(
        like == entry.likeness
        if like and entry.likeness
        # What came while the keeper was away has no likeness: there the provider's second must do.
        else at is not None and told(then) == at
        for like, then in work.session.execute(rows)
    )


def entry_of(house: House, sms: ReceivedSms, now: datetime) -> Entry:
    """Return the row to be of one SMS; asks the keeper whose it is. Raises TransitLost."""
    text: bytes | None = None
    cause: str | None = "sender is no telephone"
    contact: str | None = None
    if sms.sender is not None:
        text = house.transit.wrap(cleaned(sms.text))
        cause = sms.unread or voice_notes.cause_of(sms.media, sms.text)
        contact = None if sms.unread else pseudonym_or_none(house, sms.sender)
    like = likeness(house, contact, sms, now) if contact else None
    return Entry(
        channel=sms.channel,
        provider_id=sms.provider_id or (f"like:{like}" if like else str(uuid4())),
        received_at=now,
        contact=contact,
        sender_sealed=house.sealer.number(sms.sender) if sms.sender and not sms.unread else None,
        text_sealed=text,
        provider_at=sms.provider_at,
        likeness=like,
        cause=cause,
        ended=sms.sender is None or sms.unread is not None,
    )


def _presumed(entry: Entry) -> Entry:
    """Return the row of what looks like one that came before, to be kept and not answered."""
    name = f"{entry.provider_id}:{uuid4().hex[:16]}"
    return replace(entry, provider_id=name, cause=PRESUMED, sender_sealed=None, ended=True)


def likeness(house: House, contact: str, sms: ReceivedSms, now: datetime) -> str | None:
    """Return what two deliveries of one message have in common: who, what, and ten minutes.

    The key is that of the day, destroyed a week later: nobody can then try texts against it. None
    when that key is not there any more.
    """
    at = told(sms.provider_at) or now
    bucket = int(at.timestamp()) // BUCKET_S
    day = datetime.fromtimestamp(bucket * BUCKET_S, UTC).date()
    return house.transit.digest(f"{contact}\n{bucket}\n{cleaned(sms.text)}", day)


def told(provider_at: str | None) -> datetime | None:
    """Read a provider's time to the second; without a zone it is UTC, as Africa's Talking's are."""
    try:
        at = datetime.fromisoformat(provider_at or "")
    except ValueError:
        return None
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).replace(microsecond=0)


def _row(work: Work, entry: Entry) -> InboundMessage:
    same = (
        InboundMessage.channel == entry.channel,
        InboundMessage.provider_id == entry.provider_id,
    )
    return work.session.scalars(select(InboundMessage).where(*same)).one()


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
    entry = Entry(
        channel=call.channel,
        provider_id=f"call:{call.provider_id}"[:LONGEST_ID],
        received_at=now,
        cause=BEEP,
    )
    if call.caller is None:
        entry = replace(entry, cause="caller is no telephone", ended=True)
    else:
        entry = _sealed(house, entry, call.caller, "")
        work.wake("inbox")
    if not enter(work, entry):
        raise AlreadyReceived


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
    entry = Entry(
        channel=refused.channel,
        provider_id=f"optout:{refused.provider_id or uuid4()}"[:LONGEST_ID],
        received_at=now,
        cause=OPT_OUT,
    )
    if not enter(work, _sealed(house, entry, refused.sender, "STOP")):
        raise AlreadyReceived
    work.wake("inbox")


def _sealed(house: House, entry: Entry, sender: str, text: str) -> Entry:
    return replace(
        entry,
        sender_sealed=house.sealer.number(sender),
        text_sealed=house.transit.wrap(text),
        contact=pseudonym_or_none(house, sender),
    )


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
