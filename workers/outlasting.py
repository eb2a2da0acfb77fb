"""Work that a database which is away only interrupts."""

import logging
import threading
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

AGAIN_S = 1.0

log = logging.getLogger(__name__)


def outlast(name: str, run: Callable[[], object], stop: threading.Event) -> Callable[[], None]:
    """Return ``run`` made to begin again, until told to stop, whenever the database was away."""

    def run_again() -> None:
        while not stop.is_set():
            try:
                run()
            except OperationalError:
                log.warning("database away", extra={"job": name})
                stop.wait(AGAIN_S)

    return run_again
