"""Puts together what takes turns in dialogues: for the processes that people speak to.

Apart from the rest (gateway/assembly.py), because the keeper needs nothing of it and starts sooner
without: while it starts, no text leaves.
"""

import secrets

from flows.catalog_files import spoken
from flows.catalogs import tongues
from flows.loader import load
from gateway import valkey
from gateway.settings import Settings
from models.db import Store
from models.keeper import Keeper
from models.seal import Sealer, Transit
from models.services.conversing import Conversing
from models.services.gazetteer import Places
from models.services.scene import House
from workers.language import hear
from workers.queues import Waker
from workers.ringing import Ringing


def build_house(settings: Settings) -> House:
    """Return the tools of a process. Raises OSError or ValueError when keys are missing."""
    flows = load()
    return House(
        flows=flows,
        tongues=tongues(flows, spoken()),
        wide_channels=frozenset(name for name, one in settings.channel.items() if one.wide),
        chats=frozenset(name for name, one in settings.channel.items() if one.chat),
        places=Places(),
        sealer=Sealer.load(settings.keys),
        transit=Transit.load(settings.keys),
        keeper=Keeper(settings.keeper_socket),
        draw=secrets.randbelow,
        service_code=settings.service_code,
        hear=hear,
    )


def build_conversing(settings: Settings) -> Conversing:
    """Return what takes turns in dialogues, on a store that wakes the others from beside."""
    waker = Ringing(Waker(valkey.connect(valkey.url_of(settings))))
    return Conversing(Store(settings.database_url, waker), build_house(settings))
