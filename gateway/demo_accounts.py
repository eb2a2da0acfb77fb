"""Accounts of the demo: one of each role, for the people whose phones lie on the table."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gateway.console.sealed_codes import authenticators
from gateway.demo_words import HOST, Choice, draw, write_password
from models.db import Work
from models.services import accounts
from models.services.accounts import NewAccount

# name, role, the person it belongs to
ACCOUNTS = (
    ("triager", "triager", "P0151"),
    ("supervisor", "supervisor", "P0152"),
    ("integrity", "integrity", "P0153"),
    ("psea", "psea", "P0154"),
    ("gbv", "gbv", "P0155"),
    ("focal", "focal_point", "P0121"),
    ("operator", "operator", "P0301"),
    ("auditor", "auditor", ""),
    ("admin", "administrator", ""),
    ("admin2", "administrator", ""),
)


def create(work: Work, home: Path, choice: Choice, now: datetime) -> None:
    """Make them, each with an authenticator whose code ``jaabi accounts code`` says."""
    password = draw(choice)
    while accounts.weak(work, HOST, password):
        password = draw(choice)
    drawn = authenticators(home, lambda: now)
    for name, role, person in ACCOUNTS:
        new = NewAccount(f"{name}@{HOST}", role, password, person=person)
        account = accounts.add(work, new, now)
        account.totp_secret = drawn.new().to_json(encrypt=True)
        account.second_factor = "authenticator"
    write_password(home, password)


def lines() -> Iterator[str]:
    """Say who may sign in at the console."""
    names = ", ".join(name for name, _, _ in ACCOUNTS)
    yield f"At the console: {names} @{HOST}, all with the password above."
