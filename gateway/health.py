"""Whether this process lives, and whether it can do its work."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.db import Gateway, Store
from models.errors import TransitLost
from models.programme import ProgrammeSetting
from models.seal import Transit


def blueprint(store: Store, transit: Transit | None = None) -> Blueprint:
    """Return /health/live and /health/ready. They say nothing of anybody.

    ``transit`` is given by a process that wraps words in motion, and cannot work without its key.
    """
    health = Blueprint("health", __name__, url_prefix="/health")

    @health.get("/live")
    def live() -> Response:
        return jsonify(live=True)

    @health.get("/ready")
    def ready() -> tuple[Response, int]:
        checks = {"database": _database(store)}
        if transit is not None:
            checks["keys"] = _keys(transit)
        return jsonify(ready=all(checks.values()), **checks), 200 if all(checks.values()) else 503

    return health


def _database(store: Store) -> bool:
    try:
        with store.reading(Gateway()) as work:
            work.session.scalar(select(ProgrammeSetting.name).limit(1))
    except SQLAlchemyError:
        return False
    return True


def _keys(transit: Transit) -> bool:
    try:
        transit.wrap("ready")
    except TransitLost:
        return False
    return True
