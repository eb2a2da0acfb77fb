"""Links to PostgreSQL: where one was found cut, those made in its time are not used again.

To ask each first would be one more way to the server and back. Nor is the pool thrown away: what
somebody has in hand then would come back to a pool that nobody has any more, and stay open.
"""

from sqlalchemy import Connection, Engine, PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_TIME = "jaabi.time"


class _Time:
    """When links were made. No clock tells it: those of machines are put back."""

    is_over = False


def lend_what_holds(engine: Engine) -> None:
    """Make a new link whenever one is asked for whose time is over."""
    now = _Time()

    def made(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        nonlocal now
        if now.is_over:
            now = _Time()
        entry.info[_TIME] = now

    def lent(_: DBAPIConnection, entry: ConnectionPoolEntry, __: PoolProxiedConnection) -> None:
        if entry.info[_TIME].is_over:
            raise DisconnectionError

    event.listen(engine, "connect", made)
    event.listen(engine, "checkout", lent)


def cut(connection: Connection, error: BaseException) -> None:
    """Take note that this one was cut: its next statement has a new one."""
    connection.info[_TIME].is_over = True
    connection.invalidate(error)
