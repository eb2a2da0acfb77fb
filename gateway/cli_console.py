"""`jaabi console`: one process on a port of its own; for now it says how the service does."""

import signal
import threading

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from gateway import lifeline, logs
from gateway.cli_base import load_settings
from gateway.console.application import create_console_app
from gateway.ports import Port, await_free

LOOK_S = 0.2  # how soon the server looks up from an idle line to see that it should stop


class _Quiet(WSGIRequestHandler):
    """Writes no log of requests, and does not say of which make it is."""

    def version_string(self) -> str:
        """Return what stands in the header Server."""
        return "jaabi"

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing."""


@click.command(name="console")
def console() -> None:
    """Run the console: /health and /metrics on JAABI_CONSOLE_PORT."""
    lifeline.follow()
    logs.start("console")
    settings = load_settings()
    await_free([Port(settings.host, settings.console_port, "JAABI_CONSOLE_PORT")])
    app = create_console_app(settings)
    server = make_server(
        settings.host, settings.console_port, app, threaded=True, request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, args=(LOOK_S,), name="console")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread.start()
    stop.wait()
    server.shutdown()
    thread.join()
    server.server_close()
