"""Serves an application as `jaabi public` does. Run: python -m bench._serve module:factory."""

import sys

from gateway.cli_base import load_settings
from gateway.cli_public import THREADS
from gateway.ports import Port
from gateway.serving import serve

if __name__ == "__main__":
    settings = load_settings()
    port = Port(settings.host, settings.port, "JAABI_PORT")
    serve(sys.argv[1], port, THREADS[settings.is_sqlite])
