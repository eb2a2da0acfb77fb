"""`jaabi doctor`: what is wrong, in words; exit 1 if anything is."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway import assembly, valkey
from gateway.cli_base import load_settings
from gateway.settings import Settings
from models import migrating
from models.db import Operator, Store
from models.errors import KeeperAway, TransitLost
from models.inbound import InboundMessage
from models.keeper import Keeper
from models.outbound import OutboundMessage
from models.seal import Sealer, Transit
from models.services import directory, guessing, leases
from workers.timetable import LEASE

LATE = timedelta(seconds=30)  # a row due longer ago than this is handled by nobody
NOBODY = "0" * 64  # a pseudonym of nobody: asking for its digests costs and reveals nothing

Check = Callable[[Settings, Store], Iterator[str]]


@click.command(name="doctor")
def doctor() -> None:
    """Look at everything the service needs, and say what is wrong."""
    settings = load_settings()
    store = assembly.open_store(settings, wakes=False)
    sick = False
    for name, check in CHECKS.items():
        wrong = list(check(settings, store))
        sick = sick or bool(wrong)
        click.echo(f"{'WRONG' if wrong else 'good ':<5}  {name}")
        for sentence in wrong:
            click.echo(f"         {sentence}")
    store.close()
    raise SystemExit(1 if sick else 0)


def _channels(settings: Settings, store: Store) -> Iterator[str]:
    del store
    if not settings.channel:
        yield f"There is no channel: fill in {settings.channels}."


def _database(settings: Settings, store: Store) -> Iterator[str]:
    del settings
    try:
        with store.durable.connect() as link:
            found, talkative = migrating.current(link), migrating.talkative(link)
    except SQLAlchemyError as error:
        yield f"It does not answer ({type(error).__name__})."
        return
    if found != migrating.head():
        yield f"It stands at {found or 'nothing'}, not at {migrating.head()}: run jaabi upgrade."
    if talkative:
        yield f"PostgreSQL may log what was said; ask its superuser to set: {', '.join(talkative)}."


def _valkey(settings: Settings, store: Store) -> Iterator[str]:
    del store
    if not valkey.answers(valkey.url_of(settings)):
        yield "It does not answer: everything goes on, up to five seconds slower."


def _keys(settings: Settings, store: Store) -> Iterator[str]:
    del store
    try:
        Sealer.load(settings.keys)
        Transit.load(settings.keys).wrap("doctor")
    except (OSError, ValueError) as error:
        yield f"{settings.keys} has no complete set ({type(error).__name__}): run jaabi init."
    except TransitLost:
        yield "There is no transit key of today: is the keeper running?"


def _keeper(settings: Settings, store: Store) -> Iterator[str]:
    del store
    try:
        Keeper(settings.keeper_socket).digests(NOBODY, "000000")
    except KeeperAway:
        yield "It does not answer: nothing is sent, and names and codes wait for it."


def _workers(settings: Settings, store: Store) -> Iterator[str]:
    del settings
    with store.reading(Operator()) as work:
        if not leases.is_held(work, LEASE, assembly.clock()):
            yield "No worker keeps the timetable: none is running."


def _rows(settings: Settings, store: Store) -> Iterator[str]:
    del settings
    now = assembly.clock()
    waiting: tuple[tuple[str, Any], ...] = (("inbox", InboundMessage), ("outbox", OutboundMessage))
    for name, table in waiting:
        oldest = select(table.due_at).where(table.status == "waiting").order_by(table.due_at)
        with store.reading(Operator()) as work:
            due: datetime | None = work.session.scalar(oldest.limit(1))
        if due is not None and now - due > LATE:
            seconds = round((now - due).total_seconds())
            yield f"The oldest row of the {name} has been due for {seconds} s."


def _programme(settings: Settings, store: Store) -> Iterator[str]:
    del settings
    with store.reading(Operator()) as work:
        yield from directory.ready(work)


def _codes(settings: Settings, store: Store) -> Iterator[str]:
    del settings
    with store.reading(Operator()) as work:
        if guessing.is_over(work, assembly.clock()):
            yield (
                f"{guessing.WRONG_A_DAY_TOGETHER} wrong codes were tried today: somebody is "
                "guessing. One long code a minute is tried until midnight, UTC."
            )


def _after_database(check: Check) -> Check:
    """Ask only a database that can be asked; its own line says what is wrong with it."""

    def checked(settings: Settings, store: Store) -> Iterator[str]:
        if not list(_database(settings, store)):
            yield from check(settings, store)

    return checked


CHECKS: dict[str, Check] = {
    "channels": _channels,
    "database": _database,
    "Valkey": _valkey,
    "keys": _keys,
    "keeper": _keeper,
    "workers": _after_database(_workers),
    "waiting rows": _after_database(_rows),
    "programme": _after_database(_programme),
    "codes": _after_database(_codes),
}
