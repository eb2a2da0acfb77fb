"""What a web server loads: two applications, two processes, and neither loads the other."""

import importlib

from flask import Flask

from gateway import faults, lifeline, logs
from gateway.settings import Settings


def public() -> Flask:
    """Return the public application of this environment."""
    return _application("public", "gateway.app", "create_public_app")


def console() -> Flask:
    """Return the console's application of this environment."""
    return _application("console", "gateway.console.application", "create_console_app")


def _application(process: str, module: str, factory: str) -> Flask:
    lifeline.leave_no_core()
    lifeline.follow()
    logs.start(process)
    logs.adopt(["_granian"])
    settings = Settings.load()
    faults.arm(settings)
    app: Flask = getattr(importlib.import_module(module), factory)(settings)
    return app
