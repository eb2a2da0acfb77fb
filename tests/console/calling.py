"""A keeper beside a console, and people who asked to be called."""

import tempfile
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from gateway.console.viewing import HELD
from models.case import Case
from models.db import Job
from models.keeper import Keeper
from models.services import call_backs
from models.services.scene import Scene
from models.vault import Vault
from workers.keeper.chain import Chain
from workers.keeper.chain_memory import FILE, Memory
from workers.keeper.openings import Openings
from workers.keeper.server import Desk, KeeperServer
from workers.keeper.watch import Watch

SPEAKER = "+22370003210"
SAID = "70 00 32 10"  # as it is shown to be dialled


@contextmanager
def kept(console):
    """Let a keeper answer the console; give it its vault and its house."""
    with tempfile.TemporaryDirectory(prefix="jaabi-") as folder:
        address = Path(folder) / "keeper.sock"
        vault = Vault.load(console.settings.keys)
        chain = Chain(console.store, b"key", Memory(Path(folder) / FILE))
        openings = Openings(console.store, vault, chain, console.clock())
        server = KeeperServer(address, Desk(vault, openings, Watch(), console.clock))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        kit = console.app.extensions[HELD]
        house = replace(kit.house, keeper=Keeper(address))
        console.app.extensions[HELD] = replace(kit, house=house)
        console.vault, console.house = vault, house
        try:
            yield console
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def scene_of(console, msisdn=SPEAKER, kind="ussd"):
    return Scene(
        house=console.house,
        kind=kind,
        channel="phone",
        conversation="c",
        contact=console.vault.pseudonym(msisdn),
        seal_sender=lambda: console.house.sealer.number(msisdn),
        person_id=None,
        language="fr",
        now=console.clock(),
    )


def asks(console, **wish):
    """Let somebody ask to be called; return the item's number."""
    said = {"call_language": "ses", "call_when": "morning", "call_voice": "any", **wish}
    with console.store.work(Job("converse")) as work:
        noted = call_backs.open_call_back(work, scene_of(console), said)
        found = select(Case.number).where(Case.id == noted.values["case"])
        return work.session.scalar(found)
