"""What a web server loads: one application, one process."""

from flask import Flask

from gateway import faults, lifeline, logs
from gateway.app import create_public_app
from gateway.settings import Settings


def public() -> Flask:
    """Return the public application of this environment."""
    lifeline.follow()
    logs.start("public")
    logs.adopt(["_granian"])
    settings = Settings.load()
    faults.arm(settings)
    return create_public_app(settings)
