"""The console's application: health, and metrics for whoever watches over the service."""

from datetime import UTC, datetime

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway import health
from gateway.headers import harden
from gateway.metrics import Watcher
from gateway.settings import Settings
from models.db import Store


def create_console_app(settings: Settings) -> Flask:
    """Build it. It reads rows and counts them, and holds no key that opens anything."""
    return console_app(settings, Store(settings.database_url, pool_size=2))


def console_app(settings: Settings, store: Store) -> Flask:
    """Build it around a database."""
    registry = CollectorRegistry()
    registry.register(Watcher(store, settings, lambda: datetime.now(UTC)))
    app = harden(Flask(__name__, static_folder=None))
    app.register_blueprint(health.blueprint(store))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return app
