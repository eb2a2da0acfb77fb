"""Accounts as Flask-Security knows them, mapped here so that models knows no web.

Each question is a reading of its own and each change a unit of work of its own: checking a password
takes a quarter of a second, and nobody waits meanwhile for whoever signs in.
"""

from typing import Any, cast

from flask import g
from sqlalchemy import Table, func, or_, select
from sqlalchemy.orm import registry

from gateway.console.flask_security_alone import Datastore, RoleMixin, UserDatastore, UserMixin
from models.account import Account
from models.db import Job, Store
from models.person import Person

SIGN_IN = Job("sign_in")
_WAITING = "changed_accounts"


class Role(RoleMixin):
    """What an account is, as a name: who may do what is decided elsewhere."""

    def __init__(self, name: str) -> None:
        self.name = name


class SignedIn(UserMixin):
    """Whoever signs in, or has."""

    id: int
    email: str
    password: str
    fs_uniquifier: str
    totp_counter: int | None
    language: str | None
    role: str
    person_id: int | None
    revoked_at: Any
    left_at: Any
    number: str = ""  # of the registered person they are

    @property
    def active(self) -> bool:  # type: ignore[override]
        """Whether it may sign in at all."""
        return self.revoked_at is None

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Return its one role."""
        return [Role(self.role)]


_TABLE = cast("Table", Account.__table__)
registry().map_imperatively(
    SignedIn,
    _TABLE,
    properties={
        "password": _TABLE.c.password_hash,
        "fs_uniquifier": _TABLE.c.uniquifier,
        "tf_primary_method": _TABLE.c.second_factor,
        "tf_totp_secret": _TABLE.c.totp_secret,
        "fs_webauthn_user_handle": _TABLE.c.passkey_handle,
    },
)


class Accounts(Datastore, UserDatastore):
    """Where Flask-Security finds accounts and leaves what it changed."""

    def __init__(self, store: Store) -> None:
        Datastore.__init__(self, store)  # type: ignore[no-untyped-call]
        UserDatastore.__init__(self, SignedIn, Role)
        self._store = store

    def find_user(self, case_insensitive: bool = False, **by: Any) -> SignedIn | None:
        """Return the valid account of which one fact is known."""
        ((name, value),) = by.items()
        column = getattr(SignedIn, name)
        same = func.lower(column) == str(value).lower() if case_insensitive else column == value
        at_work = or_(_TABLE.c.person_id.is_(None), Person.usable)
        asked = (
            select(SignedIn, Person.number)
            .outerjoin(Person, Person.id == _TABLE.c.person_id)
            .where(same, _TABLE.c.revoked_at.is_(None), at_work)
        )
        with self._store.reading(SIGN_IN) as work:
            row = work.session.execute(asked).first()
            work.session.expunge_all()
        if row is None:
            return None
        found: SignedIn = row[0]
        found.number = row[1] or ""
        return found

    def find_role(self, role: str) -> Role:
        """Return a role by its name."""
        return Role(role)

    def put(self, model: Any) -> Any:
        """Remember what was changed until it is committed."""
        g.setdefault(_WAITING, []).append(model)
        return model

    def commit(self) -> None:
        """Write what was changed."""
        waiting = g.pop(_WAITING, [])
        if waiting:
            with self._store.work(SIGN_IN) as work:
                for model in waiting:
                    work.session.merge(model)
