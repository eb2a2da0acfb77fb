"""Who may sign in at the console: as themselves, with the hats and bars they have by phone.

An account gives no right of its own. Whoever handles cases is a registered person; auditors and
administrators are none, and see no case (models/db.py, Overseer).
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, select

from flows.passwords import refused
from models.account import Account
from models.area import Area
from models.db import Handler, Overseer, Work
from models.errors import NotFound
from models.organisation import Organisation
from models.person import Person
from models.services import directory
from models.services.audit import Mark, note
from models.services.directory import DirectoryRefused, NewPerson

OVERSEERS = ("auditor", "administrator")
# The function whose hat a role wears, and how its person is registered.
FUNCTIONS: Mapping[str, str | None] = {
    "triager": "cell_triager",
    "operator": None,
    "focal_point": None,
    "supervisor": "cell_supervisor",
    "integrity": "integrity",
    "psea": "psea",
    "gbv": "gbv",
}
REGISTERED_AS = {"operator": "operator", "supervisor": "supervisor"}
ROLES = (*FUNCTIONS, *OVERSEERS)
LONGEST_EMAIL = 120
CELL = "cell"
NAME_BYTES = 32  # 64 hex digits: what WebAuthn allows at most

_NAMES = select(Organisation.name).union(select(Area.name))
_hasher = PasswordHasher()  # argon2id: 64 MiB, three passes, four lanes
_nobody: list[str] = []  # a hash for whoever has no account, so that both answers take as long


@dataclass(frozen=True, slots=True, repr=False)
class NewAccount:
    """A sign-in to be made. ``person`` is the number of somebody registered; else one is made."""

    email: str
    role: str
    password: str
    organisation: str = ""
    area: str = ""
    function: str = ""
    person: str = ""


def add(work: Work, new: NewAccount, now: datetime) -> Account:
    """Make an account. Raises DirectoryRefused with every mistake, and NotFound."""
    new = replace(new, email=new.email.strip().casefold())
    mistakes = _mistakes(work, new)
    if mistakes:
        raise DirectoryRefused(mistakes)
    person = None if new.role in OVERSEERS else _person(work, new)
    account = Account(
        email=new.email,
        password_hash=_hasher.hash(new.password),
        uniquifier=secrets.token_hex(NAME_BYTES),
        passkey_handle=secrets.token_hex(NAME_BYTES),
        role=new.role,
        person_id=None if person is None else person.id,
        organisation_id=(new.organisation or None) if person is None else None,
        created_at=now,
    )
    work.session.add(account)
    work.session.flush()
    _note(work, account, person, now)
    return account


def live(work: Work) -> Sequence[tuple[Account, Person | None]]:
    """Return the accounts that are valid, with whose they are, by e-mail."""
    asked = select(Account, Person).outerjoin(Person, Person.id == Account.person_id)
    rows = work.session.execute(asked.where(Account.revoked_at.is_(None)).order_by(Account.email))
    return [(account, person) for account, person in rows]


def revoke(work: Work, email: str, now: datetime) -> Account:
    """End an account; whoever has no phone is registered no longer either. Raises NotFound."""
    account = by_email(work, email)
    account.revoked_at = now
    person = None if account.person_id is None else work.session.get_one(Person, account.person_id)
    _note(work, account, person, now)
    if person is not None and person.pseudonym is None and person.revoked_at is None:
        directory.revoke(work, person.number, now)  # else cases would go where nobody can look
    return account


def identify(work: Work, email: str, password: str) -> Account | None:
    """Return whose e-mail and password these are; None for everybody else, after as long."""
    account = _by_email(work, email)
    known = account is not None and actor_of(work, account) is not None
    is_right = _verify(account.password_hash if account else _nobodys(), password)
    return account if known and is_right else None


def weak(work: Work, email: str, password: str) -> str | None:
    """Return why somebody's password cannot be, None if it can."""
    return refused(password, {*_words(email), *_service_words(work)})


def set_password(account: Account, password: str) -> None:
    """Give an account another password; whoever asks has looked whether it can be."""
    account.password_hash = _hasher.hash(password)


def change_password(work: Work, account: Account, password: str, now: datetime) -> None:
    """Give its owner the password they chose."""
    set_password(account, password)
    owner = replace(work, actor=actor_of(work, account) or work.actor)
    note(owner, Mark("password_changed", "account", account.id), now)


def by_email(work: Work, email: str) -> Account:
    """Return the valid account of an e-mail. Raises NotFound."""
    account = _by_email(work, email)
    if account is None:
        raise NotFound("no account has this e-mail")
    return account


def actor_of(work: Work, account: Account) -> Handler | Overseer | None:
    """Return as whom an account acts; None once it, or its person, may not any more."""
    if account.revoked_at is not None:
        return None
    if account.person_id is None:
        return Overseer(account.id, account.role)
    # Without hats: each page of the console asks it.
    usable = select(Person.id, Person.number).where(Person.id == account.person_id, Person.usable)
    row = work.session.execute(usable).first()
    return None if row is None else Handler(*row)


def _mistakes(work: Work, new: NewAccount) -> list[str]:
    found = [] if _is_email(new.email) else ["this is no e-mail address"]
    if new.role not in ROLES:
        return [*found, f"no role {new.role}: one of {', '.join(ROLES)}"]
    bad = weak(work, new.email, new.password)
    if bad:
        found.append(bad)
    if _by_email(work, new.email) is not None:
        found.append("this e-mail has an account")
    if new.role in OVERSEERS:
        return found + _overseers(work, new)
    return found


def _overseers(work: Work, new: NewAccount) -> list[str]:
    found = []
    if new.person or new.function or new.area:
        found.append(f"{new.role}s see no case: no person, no function, no area")
    if new.organisation and work.session.get(Organisation, new.organisation) is None:
        found.append(f"no organisation {new.organisation}")
    return found


def _person(work: Work, new: NewAccount) -> Person:
    if new.person:
        return _registered(work, new)
    employer = work.session.get(Organisation, new.organisation or _only_cell(work))
    if employer is None:
        raise DirectoryRefused([f"no organisation {new.organisation}"])
    own = FUNCTIONS[new.role] or ""
    if own.startswith(CELL) and employer.kind != CELL:
        if new.role != "supervisor":
            raise DirectoryRefused([f"{employer.id} is no cell: only those of the cell sort"])
        own = ""  # of an area: their queues and their phones, not the cell's
    asked = NewPerson(
        role=REGISTERED_AS.get(new.role, "focal_point"),
        phone="",
        organisation=employer.id,
        function=new.function or own,
        area=new.area,
    )
    return directory.add_without_phone(work, asked)


def _registered(work: Work, new: NewAccount) -> Person:
    """Return who is registered already: a sign-in gives them nothing that they have not."""
    if new.organisation or new.area or new.function:
        raise DirectoryRefused(["a registered person keeps organisation, area and function"])
    person = directory.by_number(work, new.person)
    if work.session.scalar(_of(person)) is not None:
        raise DirectoryRefused([f"{person.number} has an account"])
    if not _is(person, new.role):
        raise DirectoryRefused([f"{person.number} is no {new.role}: jaabi people add"])
    return person


def _is(person: Person, role: str) -> bool:
    worn = {hat.function for hat in person.hats}
    if role in REGISTERED_AS:
        return person.role == REGISTERED_AS[role] or FUNCTIONS[role] in worn
    if role == "focal_point":
        return bool(worn) or person.role == role
    return FUNCTIONS[role] in worn


def _only_cell(work: Work) -> str:
    cells = work.session.scalars(select(Organisation.id).where(Organisation.kind == CELL)).all()
    if len(cells) != 1:
        raise DirectoryRefused(["say for which organisation: --organisation"])
    return cells[0]


def _by_email(work: Work, email: str) -> Account | None:
    asked = select(Account).where(
        Account.email == email.strip().casefold(), Account.revoked_at.is_(None)
    )
    return work.session.scalar(asked)


def _of(person: Person) -> Select[int]:
    return select(Account.id).where(Account.person_id == person.id, Account.revoked_at.is_(None))


def _service_words(work: Work) -> set[str]:
    """Return what anybody here would think of: who works here, and where."""
    names = [*work.session.scalars(select(Organisation.id)), *work.session.scalars(_NAMES)]
    return {word for name in names for word in _words(name)}


def _words(name: str) -> set[str]:
    return {name, *re.split(r"[\W_]+", name)}


def _is_email(email: str) -> bool:
    local, at, host = email.partition("@")
    plain = email.isprintable() and not any(sign.isspace() for sign in email)
    return bool(local and at and host) and "@" not in host and plain and len(email) <= LONGEST_EMAIL


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _nobodys() -> str:
    if not _nobody:
        _nobody.append(_hasher.hash("nobody"))
    return _nobody[0]


def _note(work: Work, account: Account, person: Person | None, now: datetime) -> None:
    act = "account_added" if account.revoked_at is None else "account_revoked"
    number = None if person is None else person.number
    note(work, Mark(act, "account", account.id, number, details={"role": account.role}), now)
