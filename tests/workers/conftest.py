"""A Valkey of this test run's own; a sender with one provider, and texts for it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway import valkey
from models.db import Job
from models.outbound import OutboundMessage
from models.seal import Sealer, Transit
from models.services import messages
from models.services.messages import Draft
from models.vault import Vault, create_keys
from tests.workers.sending import SPEAKER, Clock, Line
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.texts import Opener


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


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def keys(tmp_path, clock):
    create_keys(tmp_path / "keys", lambda: clock.at.timestamp())
    return tmp_path / "keys"


@pytest.fixture
def opener(keys, clock):
    return Opener(Vault.load(keys), Transit.load(keys, lambda: clock.at.timestamp()))


@pytest.fixture
def sender(store, opener, line, clock):
    return Sender(store, opener, [Road(line, rate=1e6)], clock, clock.seconds)


@pytest.fixture
def queue(store, keys, opener, clock):
    sealer = Sealer.load(keys)

    def write(text, to=SPEAKER, cause=None, **about):
        contact = opener.vault.pseudonym(to)
        cause = cause or f"test:{text}"
        draft = Draft(cause, "answer_ready", text, sealer.number(to), contact, **about)
        with store.work(Job("test")) as work:
            messages.queue(work, draft, opener.transit, clock.at)

    return write


@pytest.fixture
def fates(store):
    def look():
        with store.work(Job("test")) as work:
            rows = work.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
            return [(row.status, row.reason) for row in rows]

    return look
