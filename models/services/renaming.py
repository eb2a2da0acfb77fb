"""Gives contacts the names of a newer pepper, and says which rows still hold older ones."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, union, update
from sqlalchemy.orm import InstrumentedAttribute

from models.alert import AlertSource
from models.case import Case
from models.conversation import Contact, Conversation, WrongCode
from models.db import Work
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.person import Person
from models.slip import Slip

Column = InstrumentedAttribute[str | None] | InstrumentedAttribute[str]

NAMES: tuple[Column, ...] = (
    Conversation.contact,
    InboundMessage.contact,
    OutboundMessage.contact,
    Case.contact,
    AlertSource.contact,
    Person.pseudonym,
)
# Where to look whether a number is known: all of these have an index.
KNOWN: tuple[Column, ...] = (
    Contact.pseudonym,
    Conversation.contact,
    InboundMessage.contact,
    Case.contact,
    Person.pseudonym,
)
SHORT: tuple[Column, ...] = (Case.receipt_short,)
LONG: tuple[Column, ...] = (Case.receipt_long, Slip.receipt_long)
EVERYBODY = "*"


def held(work: Work, among: Sequence[str], columns: Collection[Column]) -> str | None:
    """Return the first of these names or digests that a row holds; None if none does."""
    found = union(*(select(column).where(column.in_(among)) for column in columns))
    there = set(work.session.scalars(found))
    return next((one for one in among if one in there), None)


def rename(work: Work, old: str, new: str) -> None:
    """Call a contact by its newer name everywhere. Doing it twice is doing it once."""
    for column in NAMES:
        _put(work, column, column == old, new)
    dialogue = f"sms:{new}"
    _put(work, Conversation.key, and_(Conversation.key == f"sms:{old}", _free(dialogue)), dialogue)
    there = select(WrongCode.day).where(WrongCode.contact == new)
    mine = and_(WrongCode.contact == old, WrongCode.day.not_in(there))
    _put(work, WrongCode.contact, mine, new)
    _merge(work, old, new)


def is_named(work: Work, name: str, others: Collection[str]) -> bool:
    """Return whether any row holds a name or digest that begins so; for no name, with no other."""
    columns: tuple[Column, ...] = (*NAMES, Contact.pseudonym, WrongCode.contact, *SHORT, *LONG)
    return any(
        work.session.scalar(select(exists().where(_begins(column, name, others))))
        for column in columns
    )


def _begins(column: Column, name: str, others: Collection[str]) -> ColumnElement[bool]:
    if name:
        return column.startswith(name)
    foreign = or_(False, *(column.startswith(other) for other in others))
    return and_(column.is_not(None), column != EVERYBODY, not_(foreign))


def _free(dialogue: str) -> ColumnElement[bool]:
    taken = select(func.count()).select_from(Conversation).where(Conversation.key == dialogue)
    return taken.scalar_subquery() == 0


def _put(work: Work, column: Column, where: ColumnElement[bool], value: str) -> None:
    work.session.execute(
        update(column.class_)
        .where(where)
        .values({column.key: value})
        .execution_options(synchronize_session=False)
    )


def _merge(work: Work, old: str, new: str) -> None:
    """Let one row say what is remembered of a contact: who refused texts under either refused."""
    before, after = work.session.get(Contact, old), work.session.get(Contact, new)
    if before is None:
        return
    if after is None:
        _put(work, Contact.pseudonym, Contact.pseudonym == old, new)
        return
    after.stopped_at = after.stopped_at or before.stopped_at
    work.session.delete(before)
