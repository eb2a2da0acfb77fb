"""The console's application: pages for staff, health and metrics for whoever watches."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response
from flask_compress import Compress
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from gateway import health
from gateway.console import (
    alerts,
    audit,
    call_backs,
    case_acts,
    cases,
    dead_letters,
    directory,
    entering,
    exports,
    figures,
    flows,
    home,
    house,
    intake,
    maps,
    me,
    passkeys,
    people,
    policy,
    queue,
    referrals,
    security,
    showing,
    slips,
    templates_page,
    wording,
)
from gateway.console.sessions import Sessions
from gateway.console.viewing import HELD, Kit
from gateway.headers import harden
from gateway.metrics import Watcher
from gateway.settings import Settings
from models.db import Store

THREADS = 4  # of its server, each with a link to the database
LARGEST_FORM = 4 << 20  # bytes: an import of ten thousand rows
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_console_app(settings: Settings) -> Flask:
    """Build it. It holds no key that opens anything, and rings nobody: its news is polled for."""
    return console_app(settings, Store(settings.database_url, pool_size=THREADS))


def console_app(
    settings: Settings, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Flask:
    """Build it around a database."""
    app = Flask(__name__, static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.config[exports.FOLDER] = settings.exports / "console"
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000  # addresses of files change with them
    app.extensions[HELD] = Kit(store, house.build(settings), clock)
    app.session_interface = Sessions(store, clock)
    harden(app).after_request(_guard)  # runs before what harden added
    Compress(app)
    wording.use(app)
    showing.use(app)
    security.use(app, settings, store, clock)
    for pages in PAGES:
        app.register_blueprint(pages)
    _watched(app, settings, store, clock)
    return app


PAGES = (
    entering.pages,
    passkeys.pages,
    me.pages,
    people.pages,
    audit.pages,
    home.pages,
    queue.pages,
    call_backs.pages,
    cases.pages,
    case_acts.pages,
    templates_page.pages,
    maps.pages,
    intake.pages,
    slips.pages,
    referrals.pages,
    alerts.pages,
    figures.pages,
    exports.pages,
    dead_letters.pages,
    directory.pages,
    policy.pages,
    flows.pages,
)


def _watched(app: Flask, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
    registry = CollectorRegistry()
    registry.register(Watcher(store, settings, clock))
    app.register_blueprint(health.blueprint(store))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _guard(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    return response
