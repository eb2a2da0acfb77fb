"""`jaabi acceptor`: takes posts where the database may be away. Loads nothing of the database."""

import os
import threading

import click
from flask import Flask

from gateway import faults, lifeline, logs
from gateway.acceptor import Acceptor, Carrier
from gateway.cli_base import Unusable, load_settings
from gateway.handing_over import HandingOver
from gateway.headers import harden
from gateway.ports import Port
from gateway.serving import serve
from gateway.settings import Settings
from gateway.spool import Spool
from models.seal import Transit
from workers.beside import start_beside

THREADS = 4  # each waits for the disk most of the time


@click.command(name="acceptor")
def acceptor() -> None:
    """Take texts and reports beside Kannel onto the disk, and bring them to the public web."""
    lifeline.follow()
    settings = load_settings()
    if not settings.channel:
        raise Unusable([f"there is no channel to take posts of: fill in {settings.channels}"])
    port = Port(settings.host, settings.acceptor_port, "JAABI_ACCEPTOR_PORT")
    serve("gateway.cli_acceptor:application", port, THREADS)


def application() -> Flask:
    """Return the acceptor of this environment, handing over beside."""
    lifeline.follow()
    lifeline.die_with_parent(os.getppid())()  # beside Kannel it has no supervisor, only its server
    logs.start("acceptor")
    logs.adopt(["_granian"])
    settings = Settings.load()
    faults.arm(settings)
    spool = Spool(settings.spool_dir / "acceptor", Transit.load(settings.keys))
    handing_over = HandingOver(spool, Carrier(settings.public_url))
    start_beside("handing over", lambda: handing_over.run(threading.Event()))
    app = harden(Flask(__name__, static_folder=None))
    tokens = {name: one.tokens for name, one in settings.channel.items()}
    app.register_blueprint(Acceptor(spool, tokens).blueprint())
    return app
