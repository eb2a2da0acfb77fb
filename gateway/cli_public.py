"""`jaabi public`: the web server in front of the public application. Loads nothing of it itself."""

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import lifeline
from gateway.cli_base import load_settings

KILL_AFTER_S = 2
# Whoever waits for PostgreSQL to sync a text lets the others be answered meanwhile; SQLite has one
# lock for all writers, so threads would only wait for one another (docs/decisions/0022).
THREADS = {True: 1, False: 4}


@click.command(name="public")
def public() -> None:
    """Run the public web application: one worker, few threads, no log of requests."""
    lifeline.follow()
    settings = load_settings()
    Granian(
        "wsgi:public",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS[settings.is_sqlite],
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
    ).serve()
