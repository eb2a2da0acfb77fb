"""`jaabi network`: the small phone network of the demo, on this machine only."""

import click

from gateway import lifeline, logs
from gateway.channels_file import AfricasTalkingTable
from gateway.cli_base import Unusable, load_settings
from gateway.simulator.network import NetworkSettings, serve

CHANNEL = "phone"
LOOPBACK = "127.0.0.1"


@click.command(name="network")
def network() -> None:
    """Run the phone network that the simulator's phones hang on. Demo only."""
    lifeline.follow()
    logs.start("network")
    settings = load_settings()
    table = settings.channel.get(CHANNEL)
    if not settings.is_demo or not isinstance(table, AfricasTalkingTable):
        raise Unusable([f"the phone network is for the demo, with a channel named {CHANNEL}"])
    serve(
        NetworkSettings(
            host=LOOPBACK,
            port=settings.network_port,
            public_url=settings.public_url,
            token=table.tokens[0],
            username=table.username,
            api_key=table.api_key.get_secret_value(),
            sender=table.sender or "",
            service_code=settings.service_code,
            channel=CHANNEL,
        )
    )
