"""The embedded Valkey: started on a private socket, left behind by nobody."""

import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

from gateway import valkey
from gateway.settings import Settings, SettingsError


@pytest.fixture
def folder():
    """A short path: those of sockets are limited to 108 bytes."""
    path = Path(tempfile.mkdtemp(prefix="jaabi-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def server(folder):
    socket = folder / "valkey.sock"
    process = subprocess.Popen(valkey.command(socket, folder / "data"))
    while not valkey.answers(f"unix://{socket}"):
        assert process.poll() is None
    yield socket, process
    process.kill()
    process.wait()


def test_it_listens_on_a_socket_of_ours_alone_and_on_no_port(server):
    socket, _ = server
    link = valkey.connect(f"unix://{socket}")
    assert link.config_get("port") == {"port": "0"}
    assert link.config_get("appendonly") == {"appendonly": "yes"}
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    link.close()


def test_it_keeps_no_log_of_slow_commands(server):
    link = valkey.connect(f"unix://{server[0]}")
    assert link.config_get("slowlog-log-slower-than")["slowlog-log-slower-than"] == "-1"
    link.close()


def test_one_left_behind_is_stopped_by_its_own_socket(server):
    socket, process = server
    valkey.stop_stale(socket)
    assert process.wait(timeout=5) == 0
    assert not socket.exists()


def test_a_dead_socket_is_taken_away_without_waiting(folder):
    (folder / "valkey.sock").touch()
    valkey.stop_stale(folder / "valkey.sock")
    assert not (folder / "valkey.sock").exists()


def test_nobody_there_is_said_at_once(folder):
    assert valkey.answers(f"unix://{folder / 'valkey.sock'}") is False


def test_the_folder_of_sockets_is_ours_alone(folder):
    (folder / "run").mkdir(mode=0o755)
    valkey.prepare_run_dir(folder / "run")
    assert stat.S_IMODE((folder / "run").stat().st_mode) == 0o700
    (folder / "link").symlink_to(folder / "run")
    with pytest.raises(SettingsError):
        valkey.prepare_run_dir(folder / "link")


def test_an_operators_server_wins_over_the_embedded_one(folder):
    assert valkey.url_of(Settings.load(home=folder)).startswith("unix:///")
    settings = Settings.load(home=folder, redis_url="redis://127.0.0.1:6399/2")
    link = valkey.connect(valkey.url_of(settings))
    assert link.connection_pool.connection_kwargs["db"] == 2


def test_sentinels_are_asked_who_is_the_primary():
    link = valkey.connect("redis+sentinel://:word@one:26380,two:26381/jaabi/3")
    pool = link.connection_pool
    assert pool.service_name == "jaabi"
    assert pool.connection_kwargs["db"] == 3
    assert pool.connection_kwargs["password"] == "word"  # noqa: S105 nobody's
    hosts = [one.connection_pool.connection_kwargs for one in pool.sentinel_manager.sentinels]
    assert [(one["host"], one["port"]) for one in hosts] == [("one", 26380), ("two", 26381)]
