"""`jaabi accounts`: who may sign in at the console."""

import sys
from datetime import UTC, datetime

import click

from gateway.cli_base import Unusable, iso
from gateway.cli_directory import opened
from gateway.cli_lists import Row, as_json, print_rows
from gateway.console.sealed_codes import authenticators
from gateway.demo_words import read_password
from models.account import Account
from models.person import Person
from models.services import accounts as register
from models.services import recoveries
from models.services.accounts import NewAccount


@click.group()
def accounts() -> None:
    """Make, list and end the accounts of the console."""


@accounts.command("add")
@click.option("--email", required=True, help="name at sign-in")
@click.option("--role", required=True, type=click.Choice(register.ROLES))
@click.option("--organisation", default="", help="employer; none = the cell, where there is one")
@click.option("--area", default="", help="p-code it is for; none = everywhere")
@click.option("--function", default="", help="a function of the routing policy, e.g. mcd")
@click.option("--person", default="", help="somebody registered, e.g. P0151, with the same rights")
def accounts_add(**said: str) -> None:
    """Make an account and print whose it is; the password is read from standard input."""
    new = NewAccount(**said, password=_password())
    with opened() as (work, _):
        account = register.add(work, new, datetime.now(UTC))
        person = None if account.person_id is None else work.session.get(Person, account.person_id)
        click.echo(account.email if person is None else person.number)


@accounts.command("list")
@as_json
def accounts_list(as_json: bool) -> None:
    """List the accounts that are valid."""
    with opened() as (work, _):
        print_rows([_row(*one) for one in register.live(work)], as_json=as_json)


@accounts.command("revoke")
@click.argument("email")
def accounts_revoke(email: str) -> None:
    """End an account; who has no phone is registered no longer either."""
    with opened() as (work, _):
        click.echo(f"{register.revoke(work, email, datetime.now(UTC)).email} is revoked")


@accounts.command("reset")
@click.argument("email")
def accounts_reset(email: str) -> None:
    """Give an account another password and no second factor: where no two administrators are."""
    password = _password()
    with opened() as (work, _):
        account = register.by_email(work, email)
        bad = register.weak(work, account.email, password)
        if bad:
            raise Unusable([bad])
        register.set_password(account, password)
        recoveries.reset(work, account, datetime.now(UTC))
        click.echo(f"{account.email} sets an authenticator up at the next sign-in")


@accounts.command("code")
@click.argument("email")
def accounts_code(email: str) -> None:
    """Print the code of now of a demo account: in the demo nobody holds its authenticator."""
    with opened() as (work, settings):
        if not read_password(settings.home):
            raise Unusable(["only in the demo: elsewhere a code is its owner's alone"])
        account = register.by_email(work, email)
        if account.totp_secret is None:
            raise Unusable([f"{account.email} has no authenticator yet: sign in and set it up"])
        reckoned = authenticators(settings.home, lambda: datetime.now(UTC))
        click.echo(reckoned.from_json(account.totp_secret).generate().token)


def _password() -> str:
    """Return the password of standard input, asked for twice where somebody types it."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Unusable(["the password is read from standard input, and nothing came"])
    return password


def _row(account: Account, person: Person | None) -> Row:
    return {
        "email": account.email,
        "role": account.role,
        "person": None if person is None else person.number,
        "organisation": account.organisation_id if person is None else person.organisation_id,
        "functions": [] if person is None else [hat.function for hat in person.hats],
        "area": None if person is None else person.area_pcode,
        "created_at": iso(account.created_at),
    }
