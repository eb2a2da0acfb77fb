"""What becomes of phones that fall silent, and of people who are no longer registered.

Of a person who was revoked the number stays as long as the audit log that names it: given to
somebody else before, it would lay one's acts at another's door.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Table, delete, exists, or_, select, update

from models.account import LIFE as ACCOUNT_LIFE
from models.account import Account
from models.alert import EvacuationMeans
from models.base import Base
from models.conversation import LAST_USE, Contact
from models.db import Work
from models.known_as import KnownAs
from models.person import LIFE, Hat, Person, Tie
from models.services.purging import AT_ONCE, FIVE_YEARS, YEAR, delete_some
from models.services.uprooting import take_out
from models.sign_in import Passkey
from models.triage import SavedFilter

LAST_PLACE = timedelta(days=30)
THEIRS: tuple[tuple[type[Base], Any], ...] = (
    (Hat, Hat.person_id),
    (KnownAs, KnownAs.person_id),
    (Tie, Tie.person_id),
    (Tie, Tie.other_id),
    (EvacuationMeans, EvacuationMeans.person_id),
)
"""What is known of a person beside their row, and gone with their phone."""


def forget_places(work: Work, now: datetime) -> int:
    """Forget the last place of phones that named none for thirty days."""
    old = Contact.last_place_at <= now - LAST_PLACE
    return _blank(work, Contact, (old,), last_commune=None, last_place_at=None)


def forget_contacts(work: Work, now: datetime) -> int:
    """Forget phones a year after their last use; of one that said STOP only that it did."""
    old = Contact.seen_at <= now - YEAR
    gone = delete_some(work, Contact.pseudonym, old, Contact.stopped_at.is_(None))
    kept = list(_kept(Contact, LAST_USE))
    known = or_(*(_says_something(column) for column in kept))
    return gone + _blank(work, Contact, (old, known), **_nothing(kept))


def forget_people(work: Work, now: datetime) -> int:
    """Forget phone, PIN, functions and ties of people a year after they were revoked."""
    ids = _ids(work, _revoked(now), or_(*_known_of_people()))
    if ids:
        for table, column in THEIRS:
            work.session.execute(delete(table).where(column.in_(ids)))
        _blank(work, Person, (Person.id.in_(ids),), **_nothing(_kept(Person, LIFE)))
    return len(ids)


def forget_accounts(work: Work, now: datetime) -> int:
    """Forget name and password of accounts a year after they, or their person, were revoked."""
    ended = select(Person.id).where(_revoked(now))
    over = or_(Account.revoked_at <= now - YEAR, Account.person_id.in_(ended))
    found = select(Account.id).where(over, Account.password_hash != "").limit(AT_ONCE)
    ids = work.session.scalars(found).all()
    for table in (Passkey, SavedFilter):
        work.session.execute(delete(table).where(table.account_id.in_(ids)))
    for row in ids:
        blank = {**_nothing(_kept(Account, ACCOUNT_LIFE)), "email": f"gone:{row}"}
        _blank(work, Account, (Account.id == row,), **blank)
    return len(ids)


def delete_people(work: Work, now: datetime) -> int:
    """Delete people and accounts once no audit entry can name them."""
    people = _ids(work, Person.revoked_at <= now - FIVE_YEARS)
    over = select(Account.id).where(Account.revoked_at <= now - FIVE_YEARS).limit(AT_ONCE)
    accounts = work.session.scalars(over).all()
    take_out(work, Account, accounts)
    take_out(work, Person, people)
    return len(people) + len(accounts)


def _revoked(now: datetime) -> ColumnElement[bool]:
    return Person.revoked_at <= now - YEAR


def _ids(work: Work, *which: ColumnElement[bool]) -> list[int]:
    return list(work.session.scalars(select(Person.id).where(*which).limit(AT_ONCE)))


def _known_of_people() -> Iterator[ColumnElement[bool]]:
    for column in _kept(Person, LIFE):
        if column.nullable:
            yield column.is_not(None)
    for _, column in THEIRS:
        yield exists().where(column == Person.id)


def _kept(table: type[Base], words: str) -> Iterator[Column[Any]]:
    """Return the columns of a table that say in these words how long they stay."""
    own = cast("Table", table.__table__)
    return (column for column in own.columns if column.info["keep"] == words)


def _says_something(column: Column[Any]) -> ColumnElement[bool]:
    return column.is_not(None) if column.nullable else column.is_(True)


def _nothing(columns: Any) -> dict[str, Any]:
    """Return for each column what says nothing: no value, or the one that everybody begins with."""
    return {one.key: None if one.nullable else _first(one) for one in columns}


def _first(column: Column[Any]) -> Any:
    return "" if column.default is None else cast("Any", column.default).arg


def _blank(
    work: Work, table: type[Base], which: tuple[ColumnElement[bool], ...], **values: Any
) -> int:
    own = cast("Table", table.__table__)
    key = own.primary_key.columns[0]
    gone = update(own).where(*which).values(**values).returning(key)
    return len(work.session.execute(gone).all())
