"""As whom PostgreSQL knows a transaction: two settings that end with it.

Rights by row (models/rights.py) follow them. A transaction that says nothing sees nothing.
"""

from functools import lru_cache
from types import ModuleType

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from models import links

ACTOR, PERSON = "jaabi.actor", "jaabi.person"
# What raw keypresses and accepted posts run under: their links commit each statement by itself.
SPOKEN_FOR = f"-c {ACTOR}=gateway"
BECOME = f"SELECT set_config('{ACTOR}', %s, true), set_config('{PERSON}', %s, true)"

# What is asked so often is planned once for whatever may be asked. Not what people ask: planned so,
# a list reads a whole desk and sorts it.
_OFTEN = 5

_BEGIN = "BEGIN; SET LOCAL jaabi.actor TO {}; SET LOCAL jaabi.person TO {}"


def begin_by(connection: Connection, actor: str, person_id: int | None) -> None:
    """Begin a transaction by this actor. Raises OperationalError."""
    driver = connection.dialect.loaded_dbapi
    assert isinstance(driver, ModuleType)  # noqa: S101 narrows the type
    words = _begin_as(driver, actor, person_id)
    for left in (1, 0):
        link = connection.connection.dbapi_connection
        assert link is not None  # noqa: S101 nobody begins on a link that was given back
        link.prepare_threshold = _OFTEN if person_id is None else None
        try:
            # Two statements at once, which cannot be prepared.
            link.execute(words, prepare=False)
        except driver.Error as error:
            # A link cut while nobody used it shows here, before anything was done: then over a new
            # one.
            is_cut = connection.dialect.is_disconnect(error, link, None)
            if is_cut:
                links.cut(connection, error)
            if not (is_cut and left):
                raise OperationalError(None, None, error, connection_invalidated=is_cut) from None
        else:
            return


def person_of(person_id: int | None) -> str:
    """Return a person's row id as the setting holds it; empty for whoever is none."""
    return "" if person_id is None else str(person_id)


@lru_cache(maxsize=1024)
def _begin_as(driver: ModuleType, actor: str, person_id: int | None) -> bytes:
    """Return what begins a transaction by this actor: one way to the server and back.

    ``driver`` is the PostgreSQL driver in use: nine megabytes that SQLite has no need of.
    """
    sql = driver.sql
    values = sql.Literal(actor), sql.Literal(person_of(person_id))
    whole: bytes = sql.SQL(_BEGIN).format(*values).as_bytes()
    return whole
