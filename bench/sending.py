"""How many texts a second the keeper hands over, from the outbox in PostgreSQL to a provider.

The outbox is full before the keeper starts; the provider is local and answers at once, so that the
figure is ours. Three runs apart from one another. Run: python -m bench.sending
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench._service import ROOT, free_port, postgres, process, wait
from bench._whole import point_at
from models.db import Job, Store
from models.seal import Sealer, Transit
from models.services import messages
from models.services.messages import Draft
from models.vault import Vault

TEXTS = 6000
RUNS = 3
TOO_LONG_S = 120.0


def main() -> None:
    """Print texts a second and the processor time of each."""
    print(f"{'run':>3} {'texts':>6} {'seconds':>8} {'texts/s':>8} {'keeper ms CPU each':>19}")
    for run in range(1, RUNS + 1):
        with postgres() as url, tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder:
            seconds, cpu = measure(url, Path(folder) / "home")
        each = 1000 * cpu / TEXTS
        print(f"{run:3} {TEXTS:6} {seconds:8.1f} {TEXTS / seconds:8.0f} {each:19.2f}")


def measure(url: str, home: Path) -> tuple[float, float]:
    """Return the seconds from the first text to the last, and the keeper's processor seconds."""
    port = free_port()
    environment = {**os.environ, "JAABI_HOME": str(home), "JAABI_DATABASE_URL": url}
    environment |= {"JAABI_DEMO": "force", "JAABI_NETWORK_PORT": str(free_port())}
    words = [sys.executable, "-m", "gateway.cli", "init", "--demo"]
    subprocess.run(words, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    point_at(home / "channels.toml", port)
    _fill(url, home / "keys")
    with process("bench._provider", str(port), environment=dict(os.environ)):
        wait(port, "/")
        with process("gateway.cli", "keeper", environment=environment) as keeper:
            since = when(port, 1)
            cpu = _cpu_of(keeper.pid)
            seconds = when(port, TEXTS) - since
            return seconds, _cpu_of(keeper.pid) - cpu


def _fill(url: str, keys: Path) -> None:
    store, sealer = Store(url), Sealer.load(keys)
    vault, transit, now = Vault.load(keys), Transit.load(keys), datetime.now(UTC)
    with store.work(Job("bench")) as work:
        for number in range(TEXTS):
            phone = f"+2237000{number:04d}"
            draft = Draft(
                cause=f"bench:{number}",
                purpose="reply",
                text="Jaabi: un message vous attend. Composez *123# puis 4.",
                address=sealer.number(phone),
                contact=vault.pseudonym(phone),
            )
            messages.queue(work, draft, transit, now)
    store.close()


def when(port: int, texts: int) -> float:
    """Return when so many had arrived. Raises TimeoutError."""
    end = time.monotonic() + TOO_LONG_S
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as said:
            if int(said.read()) >= texts:
                return time.monotonic()
        time.sleep(0.01)
    raise TimeoutError


def _cpu_of(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


if __name__ == "__main__":
    main()
