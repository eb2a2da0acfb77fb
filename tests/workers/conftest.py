"""A Valkey of this test run's own."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from gateway import valkey


class Server:
    """An embedded Valkey that a test may stop and start again."""

    def __init__(self, folder):
        self.folder = folder
        self.url = f"unix://{folder / 'valkey.sock'}"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            valkey.command(self.folder / "valkey.sock", self.folder / "data")
        )
        while not valkey.answers(self.url):
            assert self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def valkey_server():
    folder = Path(tempfile.mkdtemp(prefix="jaabi-"))
    server = Server(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def own_valkey():
    """A server for tests that kill it."""
    folder = Path(tempfile.mkdtemp(prefix="jaabi-"))
    server = Server(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def link(valkey_server):
    """A client of an empty server."""
    client = valkey.connect(valkey_server.url, reply_s=5)
    client.flushall()
    yield client
    client.close()
