"""`jaabi console`: the pages for staff, one process on a port of its own."""

import signal
import threading
from collections.abc import Callable

import click
from flask import Flask
from waitress import create_server

from gateway import lifeline, logs
from gateway.cli_base import Unusable, load_settings
from gateway.console import key
from gateway.console.application import THREADS, create_console_app
from gateway.ports import Port, await_free

STOP_S = 2.0


@click.command(name="console")
def console() -> None:
    """Run the console: pages, /health and /metrics on JAABI_CONSOLE_PORT."""
    lifeline.follow()
    logs.start("console")
    settings = load_settings()
    await_free([Port(settings.host, settings.console_port, "JAABI_CONSOLE_PORT")])
    try:
        key.create(settings.home)
    except OSError as error:
        raise Unusable([f"{error.filename} cannot be written: {error.strerror}"]) from None
    app = create_console_app(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ended = serve(app, settings.host, settings.console_port)
    stop.wait()
    ended()


def serve(app: Flask, host: str, port: int) -> Callable[[], None]:
    """Serve from beside, and return what stops it."""
    server = create_server(app, host=host, port=port, threads=THREADS, ident="jaabi")
    thread = threading.Thread(target=server.run, name="console", daemon=True)
    thread.start()

    def stop() -> None:
        server.close()
        server.task_dispatcher.shutdown(timeout=STOP_S)
        thread.join(STOP_S)

    return stop
