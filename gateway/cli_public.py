"""`jaabi public`: the web server in front of the public application. Loads nothing of it itself."""

import click

from gateway import lifeline
from gateway.cli_base import Unusable, load_settings
from gateway.ports import Port
from gateway.serving import serve

# Whoever waits for PostgreSQL to sync a text lets the others be answered meanwhile; SQLite has one
# lock for all writers, so threads would only wait for one another (docs/decisions/0022).
THREADS = {True: 1, False: 4}


@click.command(name="public")
def public() -> None:
    """Run the public web application: one worker, few threads, no log of requests."""
    lifeline.follow()
    settings = load_settings()
    if not settings.keys.is_dir():
        raise Unusable([f"there are no keys in {settings.keys}: put them back, or run jaabi init"])
    port = Port(settings.host, settings.port, "JAABI_PORT")
    serve("wsgi:public", port, THREADS[settings.is_sqlite])
