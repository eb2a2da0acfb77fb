"""A programme whose only road is a real Kannel, with the acceptor beside it."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.gateway.running import free_port
from tests.journeys.world import ROOT, World
from tests.kannel.boxes import MISSING, SECRETS, Boxes, until

CHANNEL, TOKEN = "kannel", "k" * 40
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Say what cannot be tested where no Kannel is installed."""
    if not MISSING:
        return
    reason = pytest.mark.skip(reason=f"kannel is not installed ({', '.join(MISSING)})")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(reason)


class Field:
    """The programme (``world``), its Kannel (``boxes``), the acceptor, and phones."""

    def __init__(self, folder):
        self.world = World(folder / "home").prepare()
        self.port = free_port()
        self.world.environment["JAABI_ACCEPTOR_PORT"] = str(self.port)
        self.boxes = Boxes(folder, CHANNEL, TOKEN)
        self.accepting = None
        tables = self.world.home / "channels.toml"
        elsewhere = 'provider = "africastalking"\nprefixes = ["+2239"]'  # nobody of the demo
        changed = tables.read_text().replace('provider = "africastalking"', elsewhere)
        tables.write_text(changed + self._table())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def waiting(self):
        """How many posts the acceptor still holds."""
        return len(list((self.world.home / "spool" / "acceptor" / "posts").glob("*")))

    def start(self):
        self.world.start()
        self.start_acceptor()
        self.boxes.write(self.url, self.world.url(""))
        self.boxes.start()
        self.phones = self.boxes.network()
        return self

    def start_acceptor(self):
        with (self.world.home / "acceptor.log").open("ab") as log:
            self.accepting = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "acceptor"],
                cwd=ROOT,
                env=self.world.environment,
                stdout=log,
                stderr=log,
            )
        until(self._accepts)

    def kill_acceptor(self):
        self.accepting.kill()
        self.accepting.wait(10)
        until(lambda: not self._accepts())

    def close(self):
        self.boxes.stop()
        if self.accepting is not None:
            self.accepting.terminate()
            self.accepting.wait(10)
        self.world.close()

    def taken(self, number):
        """Return what became of each text that this phone wrote."""
        contact = self.world.vault.pseudonym(number)
        found = "SELECT status FROM inbound_message WHERE contact = :one ORDER BY id"
        return [row["status"] for row in self.world.rows(found, one=contact)]

    def _accepts(self):
        try:
            return requests.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def _table(self):
        return f"""
[channel.{CHANNEL}]
provider = "kannel"
token = ["{TOKEN}"]
sendsms_url = "{self.boxes.sendsms_url}"
username = "{SECRETS["username"]}"
password = "{SECRETS["password"]}"
sender = "36123"
reports_url = "{self.url}"
prefixes = ["+2237000"]
rate = 200
"""


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """One programme and one Kannel for all tests of a module: each has phones of its own."""
    one = Field(tmp_path_factory.mktemp("field"))
    try:
        yield one.start()
    finally:
        one.close()
