"""The keeper's process put together: a door, rounds, and the sender in the thread that runs it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.db import Store
from models.seal import Transit
from models.vault import Vault, renew_transit
from workers.keeper.keys import Rounds
from workers.keeper.openings import Openings
from workers.keeper.sender import Opener, Road, Sender
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.watch import Watch


@dataclass(frozen=True, slots=True)
class Setup:
    """What the keeper needs: database, key directory, its socket's path (shorter than 108)."""

    store: Store
    keys: Path
    address: Path
    roads: Sequence[Road]
    clock: Callable[[], datetime]


def run(setup: Setup, wait: Callable[[float], object], going: Callable[[], bool]) -> None:
    """Keep, answer and send until ``going`` says no.

    ``wait(seconds)`` returns when the outbox's doorbell rings or the time is up. If the rounds die
    the keeper ends too, so that whoever watches over it starts it anew. Raises OSError when
    another keeper already answers at this address.
    """
    renew_transit(setup.keys, setup.clock())
    vault, watch = Vault.load(setup.keys), Watch()
    desk = Desk(vault, Openings(setup.store, vault), watch, setup.clock)
    rounds = Rounds(setup.store, vault, setup.keys, watch)
    opener = Opener(vault, Transit.load(setup.keys))
    sender = Sender(setup.store, opener, setup.roads, setup.clock)
    with _listening(KeeperServer(setup.address, desk)), _going_round(rounds, setup.clock) as alive:
        sender.run(wait, lambda: going() and alive())


@contextmanager
def _listening(server: KeeperServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="door", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _going_round(rounds: Rounds, clock: Callable[[], datetime]) -> Iterator[Callable[[], bool]]:
    over = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="rounds") as thread:
        ending = thread.submit(rounds.run, over.wait, lambda: not over.is_set(), clock)
        try:
            yield lambda: not ending.done()
        finally:
            over.set()
        ending.result()  # raises here what ended the rounds before their time
