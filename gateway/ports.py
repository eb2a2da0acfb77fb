"""Whether a port is free, asked before a server listens: two of them would share it unseen."""

import socket
import time
from collections.abc import Sequence
from typing import NamedTuple

from gateway.cli_base import Unusable

PATIENCE_S = 3.0  # the last run's server may need a moment to let its port go
LOOK_S = 0.1


class Port(NamedTuple):
    """Where a process listens, and the setting that says so."""

    host: str
    number: int
    setting: str


def await_free(ports: Sequence[Port]) -> None:
    """Wait until nobody listens there. Raises Unusable, naming every port that stays taken."""
    end = time.monotonic() + PATIENCE_S
    while taken := [
        f"port {one.number} of {one.host} is taken: set {one.setting}"
        for one in ports
        if not is_free(one.host, one.number)
    ]:
        if time.monotonic() > end:
            raise Unusable(taken)
        time.sleep(LOOK_S)


def is_free(host: str, port: int) -> bool:
    """Tell whether a port could be listened at."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        # Not SO_REUSEPORT, with which the web server listens beside whoever is there already.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True
