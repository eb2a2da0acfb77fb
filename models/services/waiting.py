"""What was accepted while the keeper was away gets its names: pseudonyms and receipt digests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from models.case import Case
from models.conversation import Conversation
from models.db import Work
from models.errors import SealBroken
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.person import Person
from models.slip import Slip

AT_ONCE = 500
PUT_OFF = timedelta(seconds=1)  # due after it came: the mark of what nobody need wait for


class Namer(Protocol):
    """Who can open a sealed sender and name it: the vault."""

    def number(self, sealed: bytes) -> str:
        """Open a sealed E.164 number. Raises SealBroken."""

    def receipt(self, sealed: bytes) -> str:
        """Open a sealed receipt. Raises SealBroken."""

    def pseudonym(self, msisdn: str) -> str:
        """Return the pseudonym of a number."""

    def digests(self, contact: str | None, receipt: str) -> tuple[str | None, str | None]:
        """Return the two digests of a receipt."""


@dataclass(slots=True)
class Filled:
    """How many rows got their names, and how many nobody here can open.

    ``is_full``: more may wait, after the keys of each table that ``looked_at`` names.
    """

    named: int = 0
    broken: int = 0
    is_full: bool = False
    looked_at: dict[str, Any] = field(default_factory=dict, compare=False)


def fill(work: Work, namer: Namer, filled: Filled | None = None) -> Filled:
    """Name rows that wait for the keeper, and drop the sealed values no longer owed.

    A row sealed under a key we do not hold stays as it is: the key may only be missing here. Called
    again with what it returned it goes on behind these, so that they keep no other from its name.
    """
    filled = filled or Filled()
    filled.is_full = False
    for fill_kind in (_conversations, _inbox, _outbox, _cases, _slips):
        fill_kind(work, namer, filled)
    return filled


def drop_unowed(work: Work) -> None:
    """Drop the sealed numbers of dialogues that are over: nobody will answer into them."""
    over = and_(Conversation.over, Conversation.resumable.is_(False))
    work.session.execute(
        update(Conversation)
        .where(over, Conversation.contact.is_not(None), Conversation.sender_sealed.is_not(None))
        .values(sender_sealed=None)
        .execution_options(synchronize_session=False)
    )


def _conversations(work: Work, namer: Namer, filled: Filled) -> None:
    nameless = and_(Conversation.contact.is_(None), Conversation.sender_sealed.is_not(None))
    for key, sealed in _pending(
        work, Conversation.key, Conversation.sender_sealed, nameless, filled
    ):
        contact = _name(namer, sealed, filled)
        if contact is None:
            continue
        person = select(Person.id).where(Person.pseudonym == contact, Person.usable)
        work.session.execute(
            update(Conversation)
            .where(Conversation.key == key, nameless)
            .values(
                contact=contact, person_id=person.order_by(Person.id).limit(1).scalar_subquery()
            )
            .execution_options(synchronize_session=False)
        )


def _inbox(work: Work, namer: Namer, filled: Filled) -> None:
    nameless = and_(InboundMessage.contact.is_(None), InboundMessage.sender_sealed.is_not(None))
    broken = []
    for row, sealed in _pending(
        work, InboundMessage.id, InboundMessage.sender_sealed, nameless, filled
    ):
        contact = _name(namer, sealed, filled)
        if contact is None:
            broken.append(row)
            continue
        _set_contact(work, InboundMessage, row, contact, due_at=InboundMessage.received_at)
        work.wake("inbox")
    if broken:
        _put_off(work, broken)


def _outbox(work: Work, namer: Namer, filled: Filled) -> None:
    nameless = and_(
        OutboundMessage.status == "waiting",
        OutboundMessage.contact.is_(None),
        OutboundMessage.person_id.is_(None),
        OutboundMessage.address.is_not(None),
    )
    for row, sealed in _pending(
        work, OutboundMessage.id, OutboundMessage.address, nameless, filled
    ):
        contact = _name(namer, sealed, filled)
        if contact is not None:
            _set_contact(work, OutboundMessage, row, contact)


def _cases(work: Work, namer: Namer, filled: Filled) -> None:
    sealed = or_(Case.sender_sealed.is_not(None), Case.receipt_sealed.is_not(None))
    for row in _pending(work, Case.id, Case.sender_sealed, sealed, filled):
        case = work.session.get_one(Case, row[0])
        try:
            _name_case(work, case, namer)
        except SealBroken:
            filled.broken += 1
        else:
            filled.named += 1


def _slips(work: Work, namer: Namer, filled: Filled) -> None:
    sealed = Slip.receipt_sealed.is_not(None)
    for row in _pending(work, Slip.id, Slip.receipt_sealed, sealed, filled):
        slip = work.session.get_one(Slip, row[0])
        assert slip.receipt_sealed is not None  # noqa: S101 as asked
        try:
            _, slip.receipt_long = namer.digests(None, namer.receipt(slip.receipt_sealed))
        except SealBroken:
            filled.broken += 1
        else:
            slip.receipt_sealed = None
            filled.named += 1


def _name_case(work: Work, case: Case, namer: Namer) -> None:
    contact, short, long = case.contact, case.receipt_short, case.receipt_long
    if case.sender_sealed is not None:
        contact = contact or namer.pseudonym(namer.number(case.sender_sealed))
    if case.receipt_sealed is not None:
        short, long = namer.digests(contact, namer.receipt(case.receipt_sealed))
    # Two equal codes of one phone are one in a million; the older keeps its way, none is refused.
    case.receipt_short = _free(work, Case.receipt_short, short, case.id)
    case.receipt_long = _free(work, Case.receipt_long, long, case.id)
    case.contact, case.sender_sealed, case.receipt_sealed = contact, None, None
    work.session.flush()


def _free(
    work: Work, column: InstrumentedAttribute[str | None], digest: str | None, case_id: int
) -> str | None:
    taken = select(Case.id).where(column == digest, Case.id != case_id)
    return None if digest is None or work.session.scalar(taken) is not None else digest


def _name(namer: Namer, sealed: bytes, filled: Filled) -> str | None:
    try:
        contact = namer.pseudonym(namer.number(sealed))
    except SealBroken:
        filled.broken += 1
        return None
    filled.named += 1
    return contact


def _pending(
    work: Work,
    key: InstrumentedAttribute[Any],
    sealed: InstrumentedAttribute[bytes | None],
    nameless: ColumnElement[bool],
    filled: Filled,
) -> Sequence[Row[Any, Any]]:
    table = key.class_.__tablename__
    rows = select(key, sealed).where(nameless).order_by(key).limit(AT_ONCE)
    if table in filled.looked_at:
        rows = rows.where(key > filled.looked_at[table])
    found = work.session.execute(rows).all()
    if found:
        filled.looked_at[table] = found[-1][0]
    filled.is_full = filled.is_full or len(found) == AT_ONCE
    return found


def _set_contact(
    work: Work,
    table: type[InboundMessage] | type[OutboundMessage],
    row: int,
    contact: str,
    **more: Any,
) -> None:
    work.session.execute(
        update(table)
        .where(table.id == row, table.contact.is_(None))
        .values(contact=contact, **more)
        .execution_options(synchronize_session=False)
    )


def _put_off(work: Work, rows: Sequence[int]) -> None:
    """Let messages that nobody here can name keep nobody else waiting (models/services/inbox)."""
    fresh = select(InboundMessage).where(
        InboundMessage.id.in_(rows), InboundMessage.due_at <= InboundMessage.received_at
    )
    for message in work.session.scalars(fresh):
        message.due_at = message.received_at + PUT_OFF
        work.wake("inbox")
