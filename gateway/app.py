"""The public application: hooks of the providers, health, and in the demo the phones."""

import threading

from flask import Flask

from gateway import assembly, health
from gateway.assembly_of_dialogues import build_conversing
from gateway.handing_over import HandingOver
from gateway.headers import harden
from gateway.settings import Settings
from gateway.simulator import page
from gateway.simulator.switchboard import address
from gateway.spool import Spool
from gateway.webhooks import Webhooks
from models.services.conversing import Conversing
from workers.beside import start_beside

HANDING_OVER = "handing over"
TOGETHER = 32  # posts of one unit of work: a commit costs more than all of their rows


def create_public_app(settings: Settings) -> Flask:
    """Build it. It holds public keys only: what it seals, it cannot open."""
    app = public_app(settings, build_conversing(settings))
    handing_over: HandingOver = app.extensions[HANDING_OVER]
    start_beside(HANDING_OVER, lambda: handing_over.run(threading.Event()))
    return app


def public_app(settings: Settings, conversing: Conversing) -> Flask:
    """Build it around what takes turns in dialogues."""
    app = harden(Flask(__name__, static_folder=None), settings.public_url)
    channels = assembly.build_channels(settings)
    tokens = assembly.tokens_of(settings)
    spool = Spool(settings.spool_dir / "public", conversing.house.transit)
    hooks = Webhooks(conversing, channels, tokens, settings.public_url, spool)
    app.extensions[HANDING_OVER] = HandingOver(spool, hooks.take, TOGETHER)
    app.register_blueprint(hooks.blueprint())
    app.register_blueprint(health.blueprint(conversing.store, conversing.house.transit))
    if settings.is_demo:
        app.register_blueprint(page.blueprint(address("127.0.0.1", settings.network_port)))
    return app
