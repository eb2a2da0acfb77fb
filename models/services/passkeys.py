"""Keys that somebody's device holds: their public halves, and what they signed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.account import Account
from models.db import Work
from models.services.audit import Mark, note
from models.services.sign_ins import as_owner
from models.sign_in import Passkey


def of(work: Work, account_id: int) -> Sequence[Passkey]:
    """Return the keys of an account, the oldest first."""
    return work.session.scalars(
        select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    ).all()


def find(work: Work, account_id: int, credential: bytes) -> Passkey | None:
    """Return an account's key by its name."""
    return work.session.scalar(
        select(Passkey).where(Passkey.account_id == account_id, Passkey.credential_id == credential)
    )


def add(work: Work, key: Passkey, now: datetime) -> None:
    """Keep a key."""
    work.session.add(key)
    work.session.flush()
    account = work.session.get_one(Account, key.account_id)
    note(as_owner(work, account), Mark("passkey_added", "account", account.id), now)


def remove(work: Work, account_id: int, key_id: int, now: datetime) -> None:
    """Forget one's key. One that is not theirs is none."""
    key = work.session.get(Passkey, key_id)
    if key is not None and key.account_id == account_id:
        work.session.delete(key)
        account = work.session.get_one(Account, account_id)
        note(as_owner(work, account), Mark("passkey_removed", "account", account_id), now)


def used(work: Work, key_id: int, count: int, now: datetime) -> bool:
    """Note a signature. False if a later one was seen before: there are two of this key."""
    key = work.session.scalars(select(Passkey).where(Passkey.id == key_id).with_for_update()).one()
    if key.sign_count and count <= key.sign_count:
        return False
    key.sign_count, key.used_at = count, now
    return True


def is_known(work: Work, credential: bytes) -> bool:
    """Tell whether a key is kept already, of whomever."""
    return (
        work.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential))
        is not None
    )
