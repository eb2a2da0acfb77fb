"""Proving who one is at the console, and the sessions that follow from it.

Wrong tries are counted for who is meant and from where, before what was typed is looked at: a
hundred at once are a hundred. Each one after the fifth waits longer, never for ever, and an e-mail
that nobody has waits as long.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex

from sqlalchemy import Update, func, or_, select, update

from models.account import Account
from models.db import Work
from models.services.accounts import NAME_BYTES, actor_of
from models.services.audit import Mark, note
from models.services.upsert import insert
from models.sign_in import ConsoleSession, SignInFailure

FREE = 5  # wrong tries before the first wait
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
IDLE = timedelta(minutes=10)
LONGEST = timedelta(hours=8)
NONE = timedelta()


@dataclass(frozen=True, slots=True, repr=False)
class Tried:
    """Who is meant and from where, as a digest under the console's key."""

    digest: str

    @classmethod
    def at(cls, key: str, *facts: object) -> "Tried":
        """Name a door and who knocks there without keeping either."""
        said = "\n".join(str(one).strip().casefold() for one in facts)
        return cls(hmac.new(key.encode(), said.encode(), sha256).hexdigest())


def count_try(work: Work, tried: Tried, now: datetime) -> timedelta:
    """Count one more try and return no time, or return how long none will be looked at."""
    new = insert(work, SignInFailure).values(digest=tried.digest, count=0, last_at=now)
    work.session.execute(new.on_conflict_do_nothing())
    asked = select(SignInFailure).where(SignInFailure.digest == tried.digest).with_for_update()
    row = work.session.scalars(asked).one()
    left = row.last_at + wait_after(row.count) - now
    if left > NONE:
        return left
    row.count, row.last_at = row.count + 1, now
    return NONE


def forget_tries(work: Work, tried: Tried) -> None:
    """Start anew: whoever it was proved who they are."""
    row = work.session.get(SignInFailure, tried.digest)
    if row is not None:
        work.session.delete(row)


def wait_after(tries: int) -> timedelta:
    """Return how long the next try waits after so many wrong ones."""
    over = tries - FREE
    return NONE if over < 0 else min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT)


def use_code(work: Work, account_id: int, step: int) -> bool:
    """Mark a code of the authenticator as used. False if it, or a later one, was before."""
    unused = or_(Account.totp_counter.is_(None), Account.totp_counter < step)
    done = (
        update(Account).where(Account.id == account_id, unused).values(totp_counter=step)
    ).returning(Account.id)
    return work.session.scalar(done) is not None


def set_authenticator(work: Work, account_id: int, secret: str, step: int, now: datetime) -> None:
    """Ask for codes of another authenticator from now on; the one of ``step`` has served."""
    account = work.session.get_one(Account, account_id)
    account.totp_secret, account.second_factor = secret, "authenticator"
    account.totp_counter = step
    note(as_owner(work, account), Mark("authenticator_set", "account", account.id), now)


def entered(work: Work, account_id: int, now: datetime) -> None:
    """Note that somebody signed in; what came after they were last here is new to them."""
    account = work.session.get_one(Account, account_id)
    last = select(func.max(ConsoleSession.seen_at)).where(ConsoleSession.account_id == account.id)
    seen = [at for at in (account.left_at, work.session.scalar(last)) if at is not None]
    account.left_at = max(seen, default=None)
    note(as_owner(work, account), Mark("signed_in", "account", account.id), now)


def as_owner(work: Work, account: Account) -> Work:
    """Return this work as done by whoever an account belongs to: so the audit says it."""
    return replace(work, actor=actor_of(work, account) or work.actor)


def left(work: Work, account_id: int, now: datetime) -> None:
    """Note when somebody left by themselves."""
    work.session.get_one(Account, account_id).left_at = now


def sessions_of(work: Work, account_id: int, now: datetime) -> Sequence[ConsoleSession]:
    """Return the sessions of an account that are open, the latest used first."""
    asked = select(ConsoleSession).where(
        ConsoleSession.account_id == account_id,
        ConsoleSession.ended_at.is_(None),
        ConsoleSession.seen_at > now - IDLE,
        ConsoleSession.created_at > now - LONGEST,
    )
    return work.session.scalars(asked.order_by(ConsoleSession.seen_at.desc())).all()


def end_session(work: Work, account_id: int, digest: str, now: datetime) -> None:
    """End one session of an account at its next request; no other's."""
    own = ConsoleSession.account_id == account_id, ConsoleSession.digest == digest
    work.session.execute(_ended(now).where(*own))
    note(work, Mark("session_ended", "account", account_id), now)


def end_others(work: Work, account_id: int, kept: str, now: datetime) -> None:
    """End all sessions of an account but one."""
    others = ConsoleSession.account_id == account_id, ConsoleSession.digest != kept
    work.session.execute(_ended(now).where(*others))


def end_all(work: Work, account: Account, now: datetime) -> None:
    """End all that an account has open, everywhere, at the next request."""
    account.uniquifier = token_hex(NAME_BYTES)
    work.session.execute(_ended(now).where(ConsoleSession.account_id == account.id))
    note(work, Mark("sessions_ended", "account", account.id), now)


def _ended(now: datetime) -> Update:
    still = ConsoleSession.ended_at.is_(None)
    return update(ConsoleSession).where(still).values(ended_at=now, content={})
