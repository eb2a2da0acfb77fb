"""The way back in for somebody who lost password or second factor: by two administrators.

One asks, another agrees and says a code to its owner, who chooses a new password and sets up a new
authenticator with it. Nobody does it for themselves; each step stands in the audit log.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select

from models.account import Account
from models.db import Overseer, Work
from models.errors import StoreError
from models.services import accounts, sign_ins
from models.services.audit import Mark, note
from models.sign_in import Passkey, Recovery

VALID = timedelta(hours=24)
DIGITS = 12
ADMINISTRATOR = "administrator"
_hasher = PasswordHasher()
_nobody: list[str] = []


class RecoveryRefused(StoreError):
    """It takes two other administrators, and this is not the second one."""


def ask(work: Work, account: Account, now: datetime) -> Recovery:
    """Ask for a way back in for somebody else. Asked twice it is the same."""
    first = _administrator(work)
    if first == account.id or account.revoked_at is not None:
        raise RecoveryRefused("nobody recovers an account for themselves")
    for one in waiting(work, now):
        if one.account_id == account.id:
            return one
    recovery = Recovery(account_id=account.id, first_id=first, asked_at=now, ends_at=now + VALID)
    work.session.add(recovery)
    work.session.flush()
    note(work, Mark("recovery_asked", "account", account.id), now)
    return recovery


def waiting(work: Work, now: datetime) -> Sequence[Recovery]:
    """Return what another administrator has to agree to, or not."""
    return work.session.scalars(
        select(Recovery)
        .where(Recovery.agreed_at.is_(None), Recovery.ends_at > now)
        .order_by(Recovery.id)
    ).all()


def agree(work: Work, recovery: Recovery, now: datetime) -> str:
    """Agree, as another administrator, and return the code to be said once to its owner."""
    second = _administrator(work)
    if second in {recovery.first_id, recovery.account_id}:
        raise RecoveryRefused("this takes another administrator")
    if recovery.agreed_at is not None or recovery.ends_at <= now:
        raise RecoveryRefused("this is over")
    recovery.second_id, recovery.agreed_at = second, now
    note(work, Mark("recovery_agreed", "account", recovery.account_id), now)
    return _coded(recovery, now)


def welcome(work: Work, account: Account, now: datetime) -> str:
    """Return the code with which a new account's owner chooses the first password."""
    recovery = Recovery(account_id=account.id, first_id=_administrator(work), asked_at=now)
    recovery.agreed_at = now
    work.session.add(recovery)
    return _coded(recovery, now)


def find(work: Work, email: str, code: str, now: datetime) -> int | None:
    """Return the recovery that an e-mail and a code are of; None for others, after as long."""
    asked = (
        select(Recovery.id, Recovery.code_hash)
        .join(Account, Account.id == Recovery.account_id)
        .where(
            Account.email == email.strip().casefold(),
            Account.revoked_at.is_(None),
            Recovery.code_hash.is_not(None),
            Recovery.used_at.is_(None),
            Recovery.ends_at > now,
        )
        .order_by(Recovery.id.desc())
        .limit(1)
    )
    row = work.session.execute(asked).first()
    digits = "".join(sign for sign in code if sign.isalnum())
    is_right = _verify(_nobodys() if row is None else str(row[1]), digits)
    return int(row[0]) if row is not None and is_right else None


def use(work: Work, recovery_id: int, password: str, now: datetime) -> Account:
    """Give its owner the new password, no second factor yet, and no other session."""
    recovery = work.session.scalars(
        select(Recovery).where(Recovery.id == recovery_id).with_for_update()
    ).one()
    if recovery.used_at is not None or recovery.ends_at <= now:
        raise RecoveryRefused("this code has served")
    recovery.used_at, recovery.code_hash = now, None
    account = work.session.get_one(Account, recovery.account_id)
    reset(work, account, now)
    accounts.set_password(account, password)
    owner = sign_ins.as_owner(work, account)
    note(owner, Mark("recovery_used", "account", account.id), now)
    return account


def reset(work: Work, account: Account, now: datetime) -> None:
    """Take away the second factor, the keys and all sessions of an account."""
    account.totp_secret = account.second_factor = account.totp_counter = None
    work.session.execute(delete(Passkey).where(Passkey.account_id == account.id))
    sign_ins.end_all(work, account, now)


def _coded(recovery: Recovery, now: datetime) -> str:
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    recovery.code_hash, recovery.ends_at = _hasher.hash(code), now + VALID
    return code


def _administrator(work: Work) -> int:
    match work.actor:
        case Overseer(account_id=account_id, role=role) if role == ADMINISTRATOR:
            return account_id
        case _:
            raise RecoveryRefused("only administrators do this")


def _verify(kept: str, code: str) -> bool:
    try:
        return _hasher.verify(kept, code)
    except VerificationError:
        return False


def _nobodys() -> str:
    if not _nobody:
        _nobody.append(_hasher.hash("nobody"))
    return _nobody[0]
