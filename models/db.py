"""Opens units of work, each by somebody: one transaction, then the wake-ups it asked for."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from models import links
from models.identity import SPOKEN_FOR, begin_by
from models.turns import in_turn

BUSY_MS = 5000  # how long whoever writes waits for another before giving up
LOCKS = f"-c lock_timeout={BUSY_MS}"
RELAXED = f"{LOCKS} -c synchronous_commit=off"
# A host that vanished refuses nothing: whoever dialled hears N1 before the network gives up.
PATIENCE = {"connect_timeout": 3, "tcp_user_timeout": 5000}  # seconds; milliseconds


@dataclass(frozen=True, slots=True)
class Gateway:
    """The public application, on behalf of whoever dialled or wrote."""

    def __str__(self) -> str:
        return "gateway"


@dataclass(frozen=True, slots=True)
class Job:
    """A worker, the keeper or the timetable."""

    name: str

    def __str__(self) -> str:
        return f"job:{self.name}"


@dataclass(frozen=True, slots=True)
class Handler:
    """A registered person at work, by row id and the number said aloud."""

    person_id: int
    number: str

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever operates the service, at the command line."""

    def __str__(self) -> str:
        return "operator"


@dataclass(frozen=True, slots=True)
class Overseer:
    """An auditor or administrator at the console: sees no case, whatever is asked."""

    account_id: int
    role: str

    def __str__(self) -> str:
        return f"account:{self.account_id}"


Actor = Gateway | Job | Handler | Operator | Overseer


@dataclass(slots=True)
class Work:
    """What a service is given: the open session, who works, and ``wake`` for after the commit.

    ``passed`` are the row ids that a sweep leaves for its next run (models/services/sweeping.py),
    ``heard`` is what words were found to say (models/services/sensing.py).
    ``opened_by`` is as whom the database knows the transaction: rights by row follow it.
    """

    session: Session
    actor: Actor
    queues: set[str] = field(default_factory=set)
    passed: set[int | str] = field(default_factory=set)
    heard: dict[tuple[str | None, ...], Any] = field(default_factory=dict)
    opened_by: Actor | None = None

    def wake(self, queue: str) -> None:
        """Ring ``queue`` if, and only if, this work is committed."""
        self.queues.add(queue)


CONTENDED = frozenset({"40001", "40P01", "55P03"})  # serialisation, deadlock, lock not available


def is_contended(error: OperationalError) -> bool:
    """Tell whether somebody else had what was needed, so that trying again soon will do."""
    busy: str = getattr(error.orig, "sqlite_errorname", "")
    return busy.startswith("SQLITE_BUSY") or getattr(error.orig, "sqlstate", None) in CONTENDED


Waker = Callable[[str], None]


def silent(queue: str) -> None:
    """Wake nobody: for commands and tests, where due rows are polled anyway."""


class Store:
    """The programme's database. Built once a process; ``durable`` work survives a power cut.

    SQLite keeps two engines: accepted things commit with ``synchronous=FULL``, keypresses with
    ``NORMAL``. PostgreSQL does the same with ``synchronous_commit``. ``keypress`` and ``accepting``
    are the engines whose raw connections commit each statement by themselves, relaxed and durably.
    """

    def __init__(self, url: str | URL, waker: Waker = silent, *, pool_size: int = 5) -> None:
        self.url = make_url(url)
        self.durable = _engine(self.url, pool_size, durable=True)
        self.relaxed = _engine(self.url, pool_size, durable=False)
        self.keypress, self.accepting = self.relaxed, self.durable
        if not self.is_sqlite:
            self.keypress = _autocommitting(self.url, pool_size, f"{RELAXED} {SPOKEN_FOR}")
            self.accepting = _autocommitting(self.url, pool_size, f"{LOCKS} {SPOKEN_FOR}")
        self._waker = waker
        self._threads = threading.local()
        # Weak: a thread that ends lets its link go, and the pool has it back.
        self._links: WeakSet[PoolProxiedConnection] = WeakSet()

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def work(self, actor: Actor, *, durable: bool = True) -> Iterator[Work]:
        """Commit on a clean exit, then wake; on any exception roll back all of it."""
        engine = (self.durable if durable else self.relaxed).execution_options(actor=actor)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            work = Work(session, actor, opened_by=actor)
            yield work
        for queue in sorted(work.queues):
            self._waker(queue)

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Work]:
        """Look without changing anything: never waits for whoever writes, nor lets them wait."""
        engine = self.relaxed.execution_options(actor=actor, reading=True)
        with Session(engine) as session, session.begin():
            yield Work(session, actor, opened_by=actor)

    def ring(self, queue: str) -> None:
        """Wake whoever works at ``queue``: something for it was committed without a Work."""
        self._waker(queue)

    def keypress_cursor(self) -> AbstractContextManager[DBAPICursor]:
        """Lend the cursor of this thread's own link, which commits each statement by itself.

        Raises OperationalError when the database is away, ``connection_invalidated`` if it was the
        link that had been cut; the next caller gets a new one.
        """
        return self._cursor(self.keypress)

    def accept(self, sql: str, values: tuple[Any, ...]) -> int:
        """Run one statement that may run twice, durably, and return how many rows it wrote.

        Raises DataError when the values are at fault, else OperationalError.
        """
        try:
            return self._accept(sql, values)
        except OperationalError as error:
            dbapi = self.accepting.dialect.loaded_dbapi
            if isinstance(error.orig, dbapi.DataError | dbapi.IntegrityError):
                raise DataError(None, None, error.orig) from None
            if not error.connection_invalidated:
                raise
            # A link cut while nobody used it shows at the next statement: run it over a new one.
            return self._accept(sql, values)

    def _accept(self, sql: str, values: tuple[Any, ...]) -> int:
        with self._cursor(self.accepting) as cursor, in_turn(self.url):
            cursor.execute(sql, values)
            return cursor.rowcount

    @contextmanager
    def _cursor(self, engine: Engine) -> Iterator[DBAPICursor]:
        links = self._of_this_thread()
        link = links.get(engine)
        try:
            if link is None:
                link = links[engine] = engine.raw_connection()
                self._links.add(link)
            cursor = link.cursor()
            yield cursor
            cursor.close()
        except engine.dialect.loaded_dbapi.Error as error:
            cut = link is not None and engine.dialect.is_disconnect(
                error, link.dbapi_connection, None
            )
            self._drop(engine, link)
            raise OperationalError(None, None, error, connection_invalidated=cut) from None

    def _drop(self, engine: Engine, link: PoolProxiedConnection | None) -> None:
        self._of_this_thread().pop(engine, None)
        if link is not None:
            self._links.discard(link)
            link.invalidate()

    def _of_this_thread(self) -> dict[Engine, PoolProxiedConnection]:
        links: dict[Engine, PoolProxiedConnection] = self._threads.__dict__.setdefault("links", {})
        return links

    def close(self) -> None:
        """Give every connection back."""
        for link in list(self._links):
            link.close()
        self._links.clear()
        self._threads = threading.local()
        for engine in (self.durable, self.relaxed, self.keypress, self.accepting):
            engine.dispose()


def _engine(url: URL, pool_size: int, *, durable: bool) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, pool_size=pool_size)
        event.listen(engine, "connect", _prepare_sqlite("FULL" if durable else "NORMAL"))
        event.listen(engine, "begin", _begin_immediate)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        connect_args={**PATIENCE, "options": LOCKS if durable else RELAXED},
    )
    links.lend_what_holds(engine)
    event.listen(engine, "connect", _leave_begin_to_us)
    event.listen(engine, "begin", _begin_as_actor)
    return engine


def _autocommitting(url: URL, pool_size: int, options: str) -> Engine:
    # One statement, one transaction, one round trip.
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        isolation_level="AUTOCOMMIT",
        connect_args={**PATIENCE, "options": options},
    )


def _prepare_sqlite(
    synchronous: str,
) -> Callable[[DBAPIConnection, ConnectionPoolEntry], None]:
    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 narrows the type
        connection.isolation_level = None  # SQLAlchemy's BEGIN below decides, not the driver
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")

    return prepare


def _leave_begin_to_us(link: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    link.autocommit = True  # the driver begins with a BEGIN of its own otherwise


def _begin_as_actor(connection: Connection) -> None:
    actor = connection.get_execution_options().get("actor")
    person_id = actor.person_id if isinstance(actor, Handler) else None
    begin_by(connection, str(actor or ""), person_id)


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote in between.
    reading = connection.get_execution_options().get("reading", False)
    if reading:
        connection.exec_driver_sql("BEGIN")
        return
    with in_turn(connection.engine.url):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
