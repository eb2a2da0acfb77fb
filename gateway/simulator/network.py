"""The process of the network: loopback only, stopped cleanly by SIGTERM, writes no log."""

import signal
import threading
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from gateway.channels_file import is_loopback
from gateway.simulator.api import create_app
from gateway.simulator.errors import NotLoopback
from gateway.simulator.switchboard import NetworkSettings, Switchboard, address

__all__ = ["Network", "NetworkSettings", "NotLoopback", "serve"]

STOP_SECONDS = 0.1  # how soon the server looks up from an idle line to see that it should stop


class _Quiet(WSGIRequestHandler):
    """Keeps addresses out of every log: questions about an inbox carry numbers."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing."""


class Network:
    """A network that runs in threads of this process, from ``start`` to ``close``.

    ``port`` is the real one when 0 was asked for. Raises NotLoopback, and SystemExit when the
    port is taken (werkzeug says so on stderr).
    """

    def __init__(self, settings: NetworkSettings) -> None:
        if not is_loopback(settings.host):
            raise NotLoopback(f"the phone network listens on loopback only, not on {settings.host}")
        self.board = Switchboard(settings)
        try:
            self._server = make_server(
                settings.host,
                settings.port,
                create_app(self.board),
                threaded=True,
                request_handler=_Quiet,
            )
        except SystemExit:
            self.board.close()
            raise
        self.port = self._server.port
        self.url = address(settings.host, self.port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(STOP_SECONDS,), name="network"
        )

    def start(self) -> None:
        """Begin to listen, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening, forget what was under way, free the port."""
        self.board.close()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def serve(settings: NetworkSettings, stop: threading.Event | None = None) -> None:
    """Run the network until SIGTERM, SIGINT, or until ``stop`` is set by somebody else."""
    stopped = stop or threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    network = Network(settings)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    network.start()
    stopped.wait()
    network.close()
