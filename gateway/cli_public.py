"""`jaabi public`: the web server in front of the public application. Loads nothing of it itself."""

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import lifeline
from gateway.cli_base import load_settings

KILL_AFTER_S = 2


@click.command(name="public")
def public() -> None:
    """Run the public web application: one worker, one thread, no log of requests."""
    lifeline.follow()
    settings = load_settings()
    Granian(
        "wsgi:public",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        # One thread answers faster than several: they would wait for one another's lock.
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
    ).serve()
