"""Whose turn it is in the outbox: what is due, the most urgent first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Select, Table, bindparam, case, func, or_, select

from models.conversation import Contact
from models.db import Work
from models.outbound import OutboundMessage as Message
from models.services.messages import EVACUATION, LAST, ORDINARY, SENSITIVE, repeatable

MOST = 1000  # looked at and not yet gone: beyond that only what is urgent is looked for
# As a table, where it is hot: mapped rows cost more than the statement itself.
TABLE = cast("Table", Message.__table__)


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A message whose time has come. ``tries`` counts its claims, once claimed this one too.

    ``chat_at`` is when its phone last wrote into the chat it would answer, if ever. ``answers``:
    it answers what its phone said.
    """

    id: int
    tries: int
    address: bytes | None
    text_sealed: bytes | None
    contact: str | None
    person_id: int | None
    fills: Mapping[str, str] | None
    unrepeatable: bool
    priority: int
    via: str | None
    segments: int
    chat_at: datetime | None
    sensitive: bool
    answers: bool

    @property
    def recipient(self) -> str:
        """Whose it is: texts to one phone leave one after the other."""
        return self.contact or f"person:{self.person_id}"

    @property
    def urgent(self) -> bool:
        """Whether it is tried as long as it is of use."""
        return self.priority == EVACUATION

    def claimed(self) -> "Due":
        """Return it as it is once claimed."""
        return replace(self, tries=self.tries + 1)

    def unclaimed(self) -> "Due":
        """Return it as it was before it was claimed."""
        return replace(self, tries=self.tries - 1)


ANSWERS = or_(TABLE.c.cause.startswith("inbound:"), TABLE.c.cause.startswith("silence:"))
DUE = (
    TABLE.c.id,
    TABLE.c.tries,
    TABLE.c.address,
    TABLE.c.text_sealed,
    TABLE.c.contact,
    TABLE.c.person_id,
    TABLE.c.fills,
    or_(Message.sensitive, Message.repeated, Message.status == "unknown"),
    TABLE.c.priority,
    TABLE.c.via,
    func.coalesce(Message.segments, 1),
    case((Contact.chat_channel == Message.via, Contact.chat_at)),
    TABLE.c.sensitive,
    ANSWERS,
)


def is_open() -> ColumnElement[bool]:
    """Return the condition of a text that may leave, now or later."""
    return or_(Message.status == "waiting", repeatable())


def _due() -> Select[int]:
    named = or_(Message.contact.is_not(None), Message.person_id.is_not(None))
    return (
        select(TABLE.c.id)
        .where(is_open(), Message.due_at <= bindparam("now"), named)
        .where(Message.priority <= bindparam("last"))
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(bindparam("most"))
    )


# Built once: building a statement costs more than running it, and the sender runs these all day.
LOOKED = _due()
BEFORE = (
    select(TABLE.c.id, TABLE.c.contact)
    .where(is_open(), Message.due_at <= bindparam("now"), ANSWERS, Message.priority == ORDINARY)
    .where(Message.contact.in_(bindparam("phones", expanding=True)))
)
FOUND = (
    select(*DUE)
    .outerjoin(Contact, Contact.pseudonym == Message.contact)
    .where(Message.id.in_(bindparam("rows", expanding=True)), is_open())
    .order_by(Message.priority, Message.due_at, Message.id)
)


def look(
    work: Work, now: datetime, limit: int, known: Collection[int] = (), *, capped: bool = False
) -> list[Due]:
    """Return the due messages among the ``limit`` most urgent that are not ``known`` yet.

    Only evacuations, sensitive texts and receipts where money is spent (``capped``) or MOST are
    known; unless it is spent, with what their phones are to hear before them.
    """
    urgent = capped or len(known) > MOST
    about = {"now": now, "last": SENSITIVE if urgent else LAST, "most": limit}
    due = work.session.scalars(LOOKED, about).all()
    found = _found(work, due, known)
    is_all = capped or not (urgent or len(due) == limit)
    return found if is_all else found + _before(work, now, found, known)


def _before(work: Work, now: datetime, found: Sequence[Due], known: Collection[int]) -> list[Due]:
    """Return the less urgent answers that phones are to hear before one of these."""
    urgent = [one for one in found if one.answers and one.contact and one.priority < ORDINARY]
    if not urgent:
        return []
    last = {one.contact: one.id for one in sorted(urgent, key=lambda one: one.id)}
    rows = work.session.execute(BEFORE, {"now": now, "phones": list(last)})
    return _found(work, [row for row, contact in rows if row < last[contact]], known)


def _found(work: Work, due: Sequence[int], known: Collection[int]) -> list[Due]:
    rows = [row for row in due if row not in known]
    return [Due(*row) for row in work.session.execute(FOUND, {"rows": rows})] if rows else []
