"""A console around a real database, with an account of each role, and browsers signed in to it.

Signing in as a person does (password, authenticator) is tested where it is built; everybody else
finds a session in the database, because a password takes a quarter of a second.
"""

import secrets
import shutil
from datetime import timedelta
from unittest.mock import patch

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select

from gateway.console import key
from gateway.console.application import console_app
from gateway.console.sessions import COOKIE, digest_of
from gateway.settings import Settings
from models.account import Account
from models.db import Operator, Store
from models.organisation import Organisation
from models.services import accounts
from models.services.gazetteer import load_reference
from models.sign_in import ConsoleSession
from models.vault import create_keys
from tests.conftest import NOON, copied
from tests.console.case_world import World
from tests.factories import HASHER

PASSWORD = "sept chameaux attendent au puits"  # noqa: S105 of accounts made here
ROLES = accounts.ROLES
COMPILED = FileSystemBytecodeCache()  # each test makes an application, of the same pages


class Clock:
    """What the console takes for the time."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def pass_by(self, **by):
        self.now += timedelta(**by)


class Console:
    """The application, what it stands on, and browsers."""

    def __init__(self, home, store):
        self.settings = Settings.load(home=home, database_url=str(store.url))
        create_keys(self.settings.keys)
        key.create(self.settings.home)
        self.store = store
        self.clock = Clock(NOON)
        self.app = console_app(self.settings, store, self.clock)
        self.app.testing = True
        self.app.jinja_env.bytecode_cache = COMPILED
        self.app.config["WTF_CSRF_ENABLED"] = False  # its own tests switch it on

    def account(self, role, **facts):
        """Make an account and return its row id."""
        email = facts.pop("email", f"{role}@example.org")
        if role in accounts.FUNCTIONS and "person" not in facts:
            facts.setdefault("organisation", "cell")
        quick = patch.object(accounts, "_hasher", HASHER)  # its hash says how it was made
        with quick, self.store.work(Operator()) as work:
            new = accounts.NewAccount(email=email, role=role, password=PASSWORD, **facts)
            return accounts.add(work, new, self.clock()).id

    def session(self, account_id):
        """Sign this account in and return what its browser holds."""
        name = secrets.token_urlsafe(32)
        with self.store.work(Operator()) as work:
            known = work.session.scalar(select(Account.uniquifier).where(Account.id == account_id))
            now = self.clock()
            content = {
                "_user_id": known,
                "_fresh": True,
                "fs_cc": "set",
                "fs_paa": now.timestamp(),
                "identity.id": known,
            }
            work.session.add(
                ConsoleSession(
                    digest=digest_of(name),
                    account_id=account_id,
                    content=content,
                    created_at=now,
                    seen_at=now,
                    checked_at=now,
                )
            )
        return name

    def browser(self, account_id):
        """Return a browser in which this account is signed in."""
        name = self.session(account_id)
        client = self.app.test_client()
        client.set_cookie(COOKIE, name, secure=True, domain="localhost")
        client.environ_base["wsgi.url_scheme"] = "https"
        return client

    def as_role(self, role, **facts):
        """Return a browser of a new account of this role."""
        return self.browser(self.account(role, **facts))


@pytest.fixture(scope="session")
def furnished_template(tmp_path_factory, sqlite_template):
    """A SQLite file with the directory of Mali and a cell, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "jaabi.db"
    shutil.copyfile(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    furnish(store)
    store.close()
    return path


@pytest.fixture
def console(tmp_path, furnished_template, sqlite_kept):
    """A console on SQLite with the directory of Mali and the organisations of the cell."""
    with copied(furnished_template, sqlite_kept) as store:
        yield Console(tmp_path, store)


@pytest.fixture
def world(console):
    """The console with speakers and staff around it."""
    with World.around(console) as world:
        yield world


@pytest.fixture
def walled(tmp_path, postgres):
    """The same on PostgreSQL, whose rights by row are the second wall."""
    with World.around(furnished(tmp_path, postgres)) as world:
        yield world


def furnished(home, store):
    """Return a console on any database."""
    furnish(store)
    return Console(home, store)


def furnish(store):
    with store.work(Operator()) as work:
        load_reference(work)
        work.session.add(Organisation(id="cell", name="Cellule", kind="cell"))
        work.session.add(Organisation(id="outside", name="Organisme exterieur", kind="outside"))
