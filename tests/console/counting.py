"""Counts what a page asks of the database."""

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def statements(store):
    """Give the list of the statements run meanwhile; beginnings and pragmas are none."""
    asked = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT")):
            asked.append(statement)

    engines = {store.durable, store.relaxed}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
