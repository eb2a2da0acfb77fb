"""What the database itself refuses, whoever asks: changing or removing what was written down.

Rows of the audit log go when they are over their five years, by the database's own clock. What
belongs to a case or a referral goes with it, but is never changed (threat model, T17).
"""

from collections.abc import Iterator

AUDIT = ("audit_entry", "audit_link")
HISTORY = ("case_event", "referral_step")
SAYS = "rows are only added"
_ITS_ENTRY = "(SELECT at FROM audit_entry WHERE id = OLD.entry_id)"
# Whether a row of the audit may not be removed yet, as each engine asks.
_YOUNG = {
    "sqlite": "{at} > strftime('%Y-%m-%d %H:%M:%f', 'now', '-5 years')",
    "postgresql": "{at} > now() - interval '5 years'",
}


def made(engine: str) -> Iterator[str]:
    """Return the statements that make the triggers, for ``sqlite`` or ``postgresql``."""
    for table in (*AUDIT, *HISTORY):
        yield from _refused(engine, table, "update", "1 = 1")
    for table in AUDIT:
        at = "OLD.at" if table == "audit_entry" else _ITS_ENTRY
        yield from _refused(engine, table, "delete", _YOUNG[engine].format(at=at))


def unmade(engine: str) -> Iterator[str]:
    """Return the statements that take them away."""
    for table in (*AUDIT, *HISTORY):
        for act in ("update", "delete") if table in AUDIT else ("update",):
            name = _name(table, act)
            if engine == "sqlite":
                yield f"DROP TRIGGER {name}"
            else:
                yield f"DROP TRIGGER {name} ON {table}"
                yield f"DROP FUNCTION {name}()"


def _refused(engine: str, table: str, act: str, when: str) -> Iterator[str]:
    name = _name(table, act)
    if engine == "sqlite":
        yield (
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when}"
            f" BEGIN SELECT RAISE(ABORT, '{table}: {SAYS}'); END"
        )
        return
    kept = "NEW" if act == "update" else "OLD"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {when} THEN RAISE EXCEPTION '{table}: {SAYS}'; END IF;"
        f" RETURN {kept}; END $$"
    )
    yield (f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _name(table: str, act: str) -> str:
    return f"{table}_no_{act}"
