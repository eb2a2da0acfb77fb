"""`jaabi keeper`: the one process that holds private keys."""

import errno
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

import click
from sqlalchemy.exc import OperationalError

from gateway import assembly, faults, lifeline, logs, unlocking, valkey
from gateway.cli_base import Unusable, load_settings, refuse_half_restored
from gateway.settings import Settings
from models.db import Store
from models.seal import Transit
from models.strongbox import Strongbox
from models.vault import KEEPER, WORDS, Vault
from workers.beside import start_beside
from workers.keeper.chain import Chain
from workers.keeper.filling import Filling
from workers.keeper.journal import Clerk, Journal
from workers.keeper.keys import Rounds
from workers.keeper.ledger import Ledger
from workers.keeper.naming import NamingVault
from workers.keeper.openings import Openings
from workers.keeper.press import Press
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.texts import Opener
from workers.keeper.watch import Notebook, Watch
from workers.outlasting import outlast
from workers.queues import SLICE_S, Doorbell

JOIN_S = 2.0


class GoesRound(Protocol):
    """Work of the keeper's that is looked at again and again."""

    def run(
        self,
        wait: Callable[[float], object],
        going: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        """Go round until ``going`` says no."""


@click.command(name="keeper")
def keeper() -> None:
    """Run the keeper: it names contacts, opens words for those who may read, and sends."""
    lifeline.follow()
    logs.start("keeper")
    settings, stop = _settings(), _stop()
    store, lock = assembly.open_store(settings), unlocking.lock_of(settings)
    vault = NamingVault(settings.keys, store, lock)
    watch = Watch(Notebook(settings.keys / WORDS), store)
    chain = Chain.load(store, Strongbox(settings.keys / KEEPER, lock))
    openings = Openings(store, vault, chain, assembly.clock())
    desk = Desk(vault, openings, watch, assembly.clock)
    rounds = Rounds(store, vault, settings.keys, watch)
    with suppress(OperationalError):  # then later, with the other rounds
        # Who wrote meanwhile is named first: what the same phone writes now stays behind it.
        rounds.name()
    server = _listen(settings, desk)
    going_round: dict[str, GoesRound] = {
        "rounds": rounds,
        "ledger": Ledger(chain, settings.exports),
        "journal": Clerk(store, Journal(settings.erasures), vault.words),
        "figures": Press(store, vault),
    }
    beside = _start_work(settings, going_round, _sender(settings, store, vault), stop)
    stop.wait()
    _end(server, beside)
    store.close()


def _settings() -> Settings:
    settings = load_settings()
    refuse_half_restored(settings)
    faults.arm(settings)
    valkey.prepare_run_dir(settings.run_dir, is_shared=settings.runtime is not None)
    return settings


def _end(server: KeeperServer, beside: list[threading.Thread]) -> None:
    server.shutdown()
    server.server_close()
    for thread in beside:
        thread.join(JOIN_S)


def _stop() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _listen(settings: Settings, desk: Desk) -> KeeperServer:
    try:
        server = KeeperServer(settings.keeper_socket, desk)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Unusable([f"a keeper already runs on {settings.home}: there is one only"]) from None
    start_beside("desk", server.serve_forever)
    return server


def _start_work(
    settings: Settings, going_round: Mapping[str, GoesRound], sender: Sender, stop: threading.Event
) -> list[threading.Thread]:
    link = valkey.connect(valkey.url_of(settings), reply_s=SLICE_S + valkey.IMPATIENT_S)
    bell = Doorbell(link, stop)

    def going() -> bool:
        return not stop.is_set()

    runs: dict[str, Callable[[], None]] = {
        name: partial(one.run, stop.wait, going, assembly.clock)
        for name, one in going_round.items()
    }
    runs["sender"] = partial(sender.run, bell.wait, going)
    return [start_beside(name, outlast(name, run, stop)) for name, run in runs.items()]


def _sender(settings: Settings, store: Store, vault: Vault) -> Sender:
    opener = Opener(vault, Transit.load(settings.keys), Filling(store, vault).values)
    return Sender(store, opener, list(_roads(settings)), assembly.clock)


def _roads(settings: Settings) -> Iterator[Road]:
    channels = assembly.build_channels(settings)
    for name, table in settings.channel.items():
        yield Road(
            channels[name],
            prefixes=table.prefixes,
            rate=table.rate,
            wide=table.wide,
            price=table.price,
            reopens=getattr(table, "template", None) is not None,
        )
