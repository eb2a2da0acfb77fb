"""`jaabi doctor`: what is wrong, in words; exit 1 if anything is."""

from collections.abc import Callable, Iterator, Mapping

import click
from sqlalchemy.exc import SQLAlchemyError

from gateway import assembly, doctor_host, doctor_rows
from gateway.cli_base import load_settings
from gateway.settings import Settings
from models.db import Store

Check = Callable[[Settings, Store], Iterator[str]]

AROUND: Mapping[str, Check] = {
    "channels": doctor_host.channels,
    "channels reachable": doctor_host.reachable,
    "Valkey": doctor_host.news,
    "keys": doctor_host.keys,
    "keeper": doctor_host.keeper,
    "web": doctor_host.web,
    "spool": doctor_host.spool,
    "disk": doctor_host.disk,
    "database": doctor_rows.database,
    "migrations": doctor_rows.migrations,
}
# Asked only of a database that has our tables; the lines above say what is wrong with it.
WITHIN: Mapping[str, Check] = {
    "clock": doctor_rows.clock,
    "workers": doctor_rows.workers,
    "waiting rows": doctor_rows.waiting_rows,
    "clocks": doctor_rows.clocks,
    "channel health": doctor_rows.channel_health,
    "sending": doctor_rows.paused,
    "spending": doctor_rows.spending,
    "dead letters": doctor_rows.letters,
    "backup": doctor_rows.backup,
    "retention": doctor_rows.retention,
    "programme": doctor_rows.programme,
    "codes": doctor_rows.codes,
    "names": doctor_rows.names,
    "audit log": doctor_rows.audit_log,
}
CHECKS = {**AROUND, **WITHIN}


@click.command(name="doctor")
def doctor() -> None:
    """Look at everything the service needs, and say what is wrong."""
    settings = load_settings()
    store = assembly.open_store(settings, wakes=False)
    found = {name: list(check(settings, store)) for name, check in AROUND.items()}
    if not found["migrations"]:
        found |= {name: _asked(check, settings, store) for name, check in WITHIN.items()}
    store.close()
    for name in CHECKS:
        _tell(name, found.get(name))
    raise SystemExit(1 if any(found.values()) else 0)


def _asked(check: Check, settings: Settings, store: Store) -> list[str]:
    """Ask a database that may be locked, or go away, between one question and the next."""
    try:
        return list(check(settings, store))
    except SQLAlchemyError as error:
        return [f"Nobody can say: the database did not answer this ({type(error).__name__})."]


def _tell(name: str, wrong: list[str] | None) -> None:
    if wrong is None:
        click.echo(f"?      {name}: nobody can say, as long as the database cannot be asked")
        return
    click.echo(f"{'WRONG' if wrong else 'good ':<5}  {name}")
    for sentence in wrong:
        click.echo(f"         {sentence}")
