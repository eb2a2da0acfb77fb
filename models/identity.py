"""As whom PostgreSQL knows a transaction: two settings that end with it.

Rights by row (models/rights.py) follow them. A transaction that says nothing sees nothing.
"""

from functools import lru_cache
from types import ModuleType

ACTOR, PERSON = "jaabi.actor", "jaabi.person"
# What raw keypresses and accepted posts run under: their links commit each statement by itself.
SPOKEN_FOR = f"-c {ACTOR}=gateway"
BECOME = f"SELECT set_config('{ACTOR}', %s, true), set_config('{PERSON}', %s, true)"

_BEGIN = "BEGIN; SET LOCAL jaabi.actor TO {}; SET LOCAL jaabi.person TO {}"


@lru_cache(maxsize=1024)
def begin_as(driver: ModuleType, actor: str, person_id: int | None) -> bytes:
    """Return what begins a transaction by this actor: one way to the server and back.

    ``driver`` is the PostgreSQL driver in use: nine megabytes that SQLite has no need of.
    """
    sql = driver.sql
    values = sql.Literal(actor), sql.Literal(person_of(person_id))
    whole: bytes = sql.SQL(_BEGIN).format(*values).as_bytes()
    return whole


def person_of(person_id: int | None) -> str:
    """Return a person's row id as the setting holds it; empty for whoever is none."""
    return "" if person_id is None else str(person_id)
