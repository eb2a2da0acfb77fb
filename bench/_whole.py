"""The whole service for a bench: whoever handles and sends is beside, the provider is local."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench._service import Server, free_port, process, service, wait


@contextmanager
def whole(database_url: str) -> Iterator[tuple[Server, int]]:
    """Yield a running service on this database, and the port of a provider that takes all."""
    port = free_port()
    point = partial(point_at, port=port)
    provided = process("bench._provider", str(port), environment=dict(os.environ))
    running = service(database_url, beside=("valkey", "worker"), prepare=point)
    with provided, running as server:
        wait(port, "/")
        yield server, port


def point_at(channels: Path, port: int) -> None:
    """Let the channel of the demo send to a provider on this port, as fast as it can."""
    address = f'api_url = "http://127.0.0.1:{port}/version1"\nrate = 10000'
    text = re.sub(r"(?m)^rate = .*$", "", channels.read_text())
    channels.write_text(re.sub(r"(?m)^api_url = .*$", address, text))
