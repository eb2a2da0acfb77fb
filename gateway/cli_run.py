"""`jaabi run`: everything on one machine, started, restarted and stopped together."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from gateway import demo_words, leftovers, lifeline, logs, unlocking, valkey
from gateway.cli_base import Unusable, load_settings
from gateway.cli_network import LOOPBACK
from gateway.ports import Port, await_free, is_free
from gateway.settings import Settings
from gateway.supervisor import Handed, Program, Supervisor

PROBE_S = 1.0


@click.command(name="run")
@click.option("--demo", "wants_demo", is_flag=True, help="with the demo programme and its phones")
def run(wants_demo: bool) -> None:
    """Run webs, worker, keeper, Valkey, and in the demo the phone network, until told to stop."""
    logs.start("run")
    settings = load_settings(demo=wants_demo)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    valkey.prepare_run_dir(settings.run_dir, is_shared=settings.runtime is not None)
    try:
        lock = lifeline.hold(settings.home / lifeline.LOCK)
    except lifeline.AlreadyRunning:
        raise Unusable([f"jaabi already runs on {settings.home}"]) from None
    with lock:
        leftovers.take_away(settings.home, leftovers.RESTORE)  # no restore runs beside us
        environment = _environment(settings)
        handed = {"keeper": unlocking.hand_over(settings)}
        phones = _prepare(environment)
        valkey.stop_stale(settings.valkey_socket)
        await_free(_ports(settings))
        supervisor = Supervisor(_programs(settings, handed), environment)
        supervisor.run(lambda: _is_ready(settings), lambda: _announce(settings, phones))


def _prepare(environment: Mapping[str, str]) -> str:
    """Migrate in a process of its own, which may load what this one need not; return its words."""
    done = subprocess.run(  # noqa: S603 ourselves
        _jaabi("prepare"), env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def _jaabi(*words: str) -> list[str]:
    return [sys.executable, "-m", "gateway.cli", *words]


def _environment(settings: Settings) -> Mapping[str, str]:
    return {
        **os.environ,
        "JAABI_HOME": str(settings.home),
        "JAABI_DEMO": settings.demo,
        lifeline.VARIABLE: str(settings.home / lifeline.LOCK),
    }


def _programs(settings: Settings, handed: Mapping[str, Handed]) -> list[Program]:
    names = ["keeper", "worker", "public", "console", *(["network"] if settings.is_demo else [])]
    programs = [Program(name, _jaabi(name), handed=handed.get(name, Handed())) for name in names]
    if settings.redis_url is None:
        command = valkey.command(settings.valkey_socket, settings.home / "valkey")
        programs.insert(0, Program("valkey", command, last=True))
    return programs


def _ports(settings: Settings) -> list[Port]:
    ports = [
        Port(settings.host, settings.port, "JAABI_PORT"),
        Port(settings.host, settings.console_port, "JAABI_CONSOLE_PORT"),
    ]
    if settings.is_demo:
        ports.append(Port(LOOPBACK, settings.network_port, "JAABI_NETWORK_PORT"))
    return ports


def _is_ready(settings: Settings) -> bool:
    """Whether both webs answer and can work, the keeper listens, and the phones have a network."""
    host = LOOPBACK if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 compared
    if not all(_says_ready(host, port) for port in (settings.port, settings.console_port)):
        return False
    if not _listens(settings.keeper_socket):
        return False
    return not settings.is_demo or not is_free(LOOPBACK, settings.network_port)


def _says_ready(host: str, port: int) -> bool:
    link = http.client.HTTPConnection(host, port, timeout=PROBE_S)
    try:
        link.request("GET", "/health/ready")
        return link.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def _listens(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(PROBE_S)
        return link.connect_ex(str(address)) == 0


def _console(settings: Settings) -> str:
    """Say where the console is. By name: browsers know no passkeys of an address in digits."""
    host = "localhost" if settings.host == LOOPBACK else settings.host
    said = f"http://{host}:{settings.console_port}"
    password = demo_words.read_password(settings.home) if settings.is_demo else ""
    if not password:
        return f"{said}  accounts: jaabi accounts add"
    return f"{said}  {demo_words.FIRST}, {password}, code: jaabi accounts code EMAIL"


def _announce(settings: Settings, phones: str) -> None:
    url = settings.public_url
    simulator = f"{url}/phone" if settings.is_demo else "only in the demo: jaabi run --demo"
    hooks = ", ".join(f"{url}/hooks/{name}/..." for name in settings.channel) or "no channel yet"
    click.echo(f"Phones    {simulator}")
    click.echo(f"Console   {_console(settings)}")
    click.echo(f"Webhooks  {hooks} (with their secret part: jaabi channels --json)")
    click.echo("Stop      Ctrl-C")
    click.echo(phones, nl=False)
