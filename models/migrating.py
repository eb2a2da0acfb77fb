"""Brings a database to the newest tables, as the role that owns them, and says where one stands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from models import rights

FOLDER = Path(__file__).parent / "migrations"
LOCK = 7236482  # any number, as long as all who migrate take the same
QUIET = {  # PostgreSQL writes no value and no statement into its log (threat model, T12)
    "log_statement": "none",
    "log_duration": "off",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_messages": "fatal",  # an error may quote the value that it could not read
    "log_min_error_statement": "panic",
}


def head() -> str:
    """Return the newest revision, as pinned in the file HEAD."""
    return (FOLDER / "HEAD").read_text(encoding="ascii").strip()


def upgrade(url: str | URL, revision: str = "head", role: str | None = None) -> None:
    """Bring a database forward, all of it or nothing. Done twice, the second changes nothing.

    On PostgreSQL the application's ``role``, if it is not the owner's, is given its rights
    (models/rights.py). Raises NoSuchRole.
    """
    _migrate(url, revision, command.upgrade, role)


def downgrade(url: str | URL, revision: str) -> None:
    """Bring a database back to ``revision``; ``base`` leaves no table of ours."""
    _migrate(url, revision, command.downgrade, None)


def current(connection: Connection) -> str | None:
    """Return the revision a database stands at, or None when it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def scripts() -> ScriptDirectory:
    """Return the revisions there are."""
    return ScriptDirectory.from_config(_config())


def talkative(connection: Connection) -> list[str]:
    """Return the settings of PostgreSQL that let values into the server's log."""
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.execute(text("SELECT name, setting FROM pg_settings")).all()
    found = {name: setting for name, setting in rows if name in QUIET}
    return [name for name, setting in found.items() if setting != QUIET[name]]


def _migrate(
    url: str | URL, revision: str, how: Callable[[Config, str], None], role: str | None
) -> None:
    with _owner(make_url(url)) as engine:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Who cannot get a lock gives up, so that no caller waits behind a migration.
                connection.execute(text("SET LOCAL lock_timeout = '4s'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if current(connection) != head() or how is command.downgrade:
                rights.lift(connection)
            how(_config(connection), revision)
            if current(connection) == head():
                rights.lay(connection, role)
        if engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                _quieten(connection)


@contextmanager
def _owner(url: URL) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_immediate)
    yield engine
    engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _quieten(connection: Connection) -> None:
    # Only a superuser may; `jaabi doctor` names what another role has to leave as it is.
    if connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        database = connection.scalar(text("SELECT quote_ident(current_database())"))
        for name, setting in QUIET.items():
            connection.execute(text(f"ALTER DATABASE {database} SET {name} = '{setting}'"))


def _leave_transactions_to_us(link: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    del record
    link.isolation_level = None  # else the driver commits before each change of a table
    link.execute("PRAGMA journal_mode=WAL")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
