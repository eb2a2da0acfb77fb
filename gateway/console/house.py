"""The house's tools as the console has them: it seals and asks, and opens nothing."""

import secrets

from flows.catalog_files import spoken
from flows.catalogs import tongues
from flows.loader import load
from gateway.settings import Settings
from models.keeper import Keeper
from models.seal import OneWay, Sealer
from models.services.gazetteer import Places
from models.services.scene import House


def build(settings: Settings) -> House:
    """Return the tools. Raises OSError or ValueError when public keys are missing."""
    flows, sealer = load(), Sealer.load(settings.keys)
    return House(
        flows=flows,
        tongues=tongues(flows, spoken()),
        wide_channels=frozenset(name for name, one in settings.channel.items() if one.wide),
        chats=frozenset(name for name, one in settings.channel.items() if one.chat),
        places=Places(),
        sealer=sealer,
        transit=OneWay(sealer),
        keeper=Keeper(settings.keeper_socket),
        draw=secrets.randbelow,
        service_code=settings.service_code,
    )
