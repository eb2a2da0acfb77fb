"""`jaabi acceptor`: takes posts where the database may be away. Loads nothing of the database."""

import os
import threading

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway import faults, lifeline, logs
from gateway.acceptor import Acceptor, Carrier
from gateway.cli_base import load_settings
from gateway.cli_public import KILL_AFTER_S
from gateway.handing_over import HandingOver
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
    Granian(
        "gateway.cli_acceptor:application",
        factory=True,
        address=settings.host,
        port=settings.acceptor_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
    ).serve()


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
    app = Flask(__name__, static_folder=None)
    tokens = {name: one.tokens for name, one in settings.channel.items()}
    app.register_blueprint(Acceptor(spool, tokens).blueprint())
    return app
