"""The web server of the public application and of the acceptor: one worker, no log of requests."""

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from gateway.ports import Port, await_free

KILL_AFTER_S = 2


def serve(target: str, port: Port, threads: int) -> None:
    """Serve the application that ``target`` (module:factory) returns, until told to stop.

    Raises Unusable when the port is taken.
    """
    await_free([port])
    Granian(
        target,
        factory=True,
        address=port.host,
        port=port.number,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_S,
    ).serve()
