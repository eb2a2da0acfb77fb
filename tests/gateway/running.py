"""A real `jaabi run` in a home of its own, on ports of its own."""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 40


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def jaabi(environment, *words):
    return subprocess.run(
        [sys.executable, "-m", "gateway.cli", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


class Running:
    """One demo programme: its environment, and the supervisor when it was started."""

    def __init__(self, home):
        self.home = home
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JAABI_")},
            "JAABI_HOME": str(home),
            "JAABI_PORT": str(self.port),
            "JAABI_CONSOLE_PORT": str(free_port()),
            "JAABI_NETWORK_PORT": str(free_port()),
            "JAABI_DEMO": "on",
        }
        self.process = None
        self.output = home.parent / "output"

    def jaabi(self, *words):
        return jaabi(self.environment, *words)

    def start(self):
        """Start it, unless it still runs."""
        if self.process is not None and self.process.poll() is None:
            return self
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.cli", "run", "--demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.until(lambda: "Stop" in self.said())
        return self

    def said(self):
        return self.output.read_text()

    def children(self):
        """Every process below the supervisor, by what it is."""
        found = {}
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                words, below = child.cmdline(), child.ppid() != self.process.pid
                name = "valkey" if "valkey-server" in words[0] else words[-1]
                found[f"{name} below" if below else name] = child
        return found

    def is_ready(self):
        try:
            url = f"http://127.0.0.1:{self.port}/health/ready"
            return requests.get(url, timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def until(self, holds, seconds=PATIENCE_S):
        """Ask until it holds, and return how many seconds that took."""
        begun = time.monotonic()
        while not holds():
            assert time.monotonic() - begun < seconds, self.said()
            time.sleep(0.02)
        return time.monotonic() - begun

    def kill(self, process):
        process.send_signal(signal.SIGKILL)

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)


def temporary_home():
    return Path(tempfile.mkdtemp(prefix="jaabi-run-")) / "home"


def make_demo(home, environment):
    """Make a demo on SQLite there: a copy of one, because fifty passwords take seconds."""
    made, port = _made_once(), "JAABI_NETWORK_PORT"
    shutil.copytree(made.home, home)
    channels = home / "channels.toml"
    text = channels.read_text().replace(made.environment[port], environment[port])
    channels.write_text(text)


@cache
def _made_once():
    one = Running(temporary_home())
    atexit.register(shutil.rmtree, one.home.parent)
    done = one.jaabi("init", "--demo")
    assert done.returncode == 0, done.stderr
    return one
