"""`jaabi init` and `jaabi upgrade`: the ground a programme stands on. Both may run twice."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from gateway import assembly, demo, demo_accounts
from gateway.cli_base import Unusable, load_settings
from gateway.console import key as console_key
from gateway.settings import Settings
from gateway.simulator.phones import PHONES, SPEAKERS
from gateway.unlocking import lock_of, unlocked
from models import migrating
from models.db import Operator, Store
from models.rights import NoSuchRole, application_role
from models.seal import Sealer
from models.services import directory
from models.services.directory import Numbers
from models.services.gazetteer import load_reference
from models.vault import create_keys

DONE = ".initialised"  # written last: what `make run` and `jaabi run` look for
DEMO_CHANNEL = """\
# The demo's phone network, which speaks Africa's Talking's own HTTP on this machine only.
[channel.phone]
provider = "africastalking"
token = ["{token}"]
username = "sandbox"
api_key = "{api_key}"
sender = "36000"
api_url = "http://127.0.0.1:{port}/version1"
price = 25
"""
REAL_CHANNEL = """\
# One table a channel. Remove the marks and fill in; `jaabi channels --json` then says which
# addresses to give to the provider, `jaabi doctor` what is still wrong.
#
# [channel.at]
# provider = "africastalking"
# token = ["{token}"]
# username = "..."
# api_key = "env:AT_API_KEY"
# sender = "36000"
# service_code = "*123#"
"""


@click.command(name="init")
@click.option("--demo", "wants_demo", is_flag=True, help="with the demo programme and its phones")
def init(wants_demo: bool) -> None:
    """Make data directory, keys, database and the directory of Mali; keep what is there."""
    settings = load_settings(demo=wants_demo)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    create_keys(settings.keys, lock=lock_of(settings))
    console_key.create(settings.home)
    _migrate(settings)
    store = assembly.open_store(settings, wakes=False)
    _fill(settings, store)
    store.close()
    template = DEMO_CHANNEL if settings.is_demo else REAL_CHANNEL
    _write_channels(settings.channels, template, settings.network_port)
    (settings.home / DONE).touch()
    click.echo(f"ready in {settings.home}")


@click.command(name="upgrade")
def upgrade() -> None:
    """Bring the database to the newest tables, as the role that owns them."""
    settings = load_settings()
    _migrate(settings)
    click.echo(f"at revision {migrating.head()}")


@click.command(name="prepare", hidden=True)
def prepare() -> None:
    """Do what `jaabi run` does before it starts anything: migrate, and look whether to open."""
    settings = load_settings()
    if not (settings.home / DONE).exists():
        raise Unusable([f"{settings.home} is not initialised: run `jaabi init` first"])
    _migrate(settings)
    store = assembly.open_store(settings, wakes=False)
    with store.work(Operator()) as work:
        missing = directory.ready(work)
    store.close()
    if missing:
        raise Unusable(["the programme does not open yet", *missing])
    if settings.is_demo:
        click.echo("\n".join([*_phones(settings), *demo_accounts.lines()]))


def _migrate(settings: Settings) -> None:
    try:
        role = application_role(settings.database_url, settings.owner_url)
        migrating.upgrade(settings.owner_url, role=role)
    except NoSuchRole as error:
        raise Unusable([str(error)]) from None
    except OperationalError as error:
        raise Unusable([f"the database cannot be brought up to date: {error.orig}"]) from None


def _fill(settings: Settings, store: Store) -> None:
    with store.work(Operator()) as work:
        load_reference(work)
    if not settings.is_demo:
        return
    numbers = Numbers(unlocked(settings).pseudonym, Sealer.load(settings.keys).number)
    with store.work(Operator()) as work:
        if demo.exists(work):
            return
        pins = demo.create(work, numbers, secrets.randbelow, assembly.clock())
        # Before the commit: a demo whose PINs nobody knows would be of no use.
        demo.write_pins(settings.home, pins)
        demo_accounts.create(work, settings.home, secrets.choice, assembly.clock())


def _phones(settings: Settings) -> Iterator[str]:
    pins = demo.read_pins(settings.home)
    persons = {digits: number for number, digits, *_ in demo.PEOPLE}
    yield f"\nDial {settings.service_code} from any of these. Line 8, Agent, asks for the PIN."
    yield f"  {PHONES[0].shown} to {SPEAKERS[-1].short}  whoever speaks; no PIN"
    for phone in PHONES[len(SPEAKERS) :]:
        number = persons.get(phone.short, "")
        known = f"{number}  PIN {pins[number]}" if number in pins else ""
        yield f"  {phone.shown}  {phone.name + ', ' + phone.role:<46}  {known}".rstrip()


def _write_channels(path: Path, template: str, port: int) -> None:
    if not path.exists():
        filled = template.format(
            token=secrets.token_urlsafe(32), api_key=secrets.token_urlsafe(24), port=port
        )
        path.write_text(filled, encoding="utf-8")
