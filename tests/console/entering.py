"""Signing in as a person does: password, authenticator, and what the pages then hold."""

import re

from sqlalchemy import select

from gateway.console.sessions import COOKIE
from models.account import Account
from models.db import Operator
from tests.console.conftest import PASSWORD


class Browser:
    """One browser of somebody who signs in."""

    def __init__(self, console, address="127.0.0.1"):
        self.console = console
        self.client = console.app.test_client()
        self.client.environ_base["wsgi.url_scheme"] = "https"
        self.client.environ_base["REMOTE_ADDR"] = address
        self.secret = None

    def get(self, path):
        return self.client.get(path)

    def post(self, path, **said):
        return self.client.post(path, data=said)

    def give_password(self, email, password=PASSWORD, path="/entrer"):
        return self.post(path, email=email, password=password)

    def set_up(self):
        """Set the authenticator up as one who types its key; return the answer."""
        page = self.get("/entrer/authentificateur").text
        key = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
        self.secret = key
        return self.post("/entrer/authentificateur", code=code_of(key, self.console))

    def give_code(self, key):
        return self.post("/entrer/code", code=code_of(key, self.console))

    def enter(self, email, key=None):
        """Come in whole; return the key of the authenticator."""
        self.give_password(email)
        answer = self.give_code(key) if key else self.set_up()
        assert answer.status_code == 303, answer.text
        return key or self.secret

    @property
    def name(self):
        """What the browser holds."""
        held = self.client.get_cookie(COOKIE)
        return None if held is None else held.value

    def copied(self, name):
        """Return another browser with the same cookie."""
        other = Browser(self.console)
        other.client.set_cookie(COOKIE, name, secure=True, domain="localhost")
        return other

    @property
    def is_in(self):
        return self.get("/").status_code == 200


def code_of(key, console):
    """Return the code of now, as an authenticator reckons it."""
    codes = console.app.extensions["jaabi.sign_in"].codes._totp
    return codes(key.replace(" ", ""), format="base32").generate().token


def account_of(console, email):
    with console.store.reading(Operator()) as work:
        asked = select(Account).where(Account.email == email, Account.revoked_at.is_(None))
        found = work.session.scalar(asked)
        work.session.expunge_all()
    return found
