"""A programme that has grown: cases and their messages by the hundred thousand, made in SQL."""

import re
from datetime import datetime
from itertools import count, islice

from sqlalchemy import Connection, create_engine, text

from flows.numbers import damm_digit
from models.schema import metadata
from models.services.counters import SPLITS

DESK = ("cell_triager", "cell")
BODIES = 40
CATEGORIES = ("11", "12", "13", "15", "21", "22", "25", "41", "42", "43", "7", "8")
FILLERS = {"VARCHAR": "''", "TEXT": "''", "INTEGER": "0", "BOOLEAN": "false", "JSON": "'{}'"}
# One in 25 is open; a third of these waits at the desk of triage, the rest with organisations.
OPEN = "n % 25 = 0"
AT_DESK = "n % 75 = 0"
CASE = {
    "number": "number",
    "kind": "'complaint'",
    "category": "({categories})[1 + n % {kinds}]",
    '"class"': "CASE WHEN n % 101 = 0 THEN 'C5' ELSE (ARRAY['C2', 'C3', 'C4'])[1 + n % 3] END",
    "area_pcode": "({places})[1 + (n * 7) % {sites}]",
    "source": "(ARRAY['ussd', 'ussd', 'sms', 'call'])[1 + n % 4]",
    "channel": "'phone'",
    "language": "(ARRAY['fr', 'bm', 'snk', 'ff'])[1 + (n / 4) % 4]",
    "about": "'ngo'",
    "answer_wanted": "'code'",
    "status": f"CASE WHEN NOT ({OPEN}) THEN 'closed' WHEN n % 4 = 0 THEN 'taken'"
    " WHEN n % 100 = 75 THEN 'answered' ELSE 'routed' END",
    "level": "0",
    "opened_at": f"CASE WHEN {OPEN} THEN :now - (n % 40) * interval '1 day'"
    " ELSE :now - interval '35 days' - (n % 9000) * interval '3 hours' END",
    "act_by": f"CASE WHEN {OPEN} THEN :now + (n % 9) * interval '1 day' END",
    "due_at": ":now - interval '10 days' + (n % 30000) * interval '1 minute'",
    "closed_at": f"CASE WHEN NOT ({OPEN}) THEN :now - interval '9 days' END",
    "holder_organisation": f"CASE WHEN {AT_DESK} THEN 'cell' ELSE 'body-' || n % {BODIES} END",
    "holder_function": f"CASE WHEN n % 101 = 0 THEN 'integrity' WHEN {AT_DESK}"
    " THEN 'cell_triager' ELSE 'meal' END",
    "holder_person": "NULL",
    "subject_line": "CASE WHEN n % 3 = 0 THEN 'Forage ' || n || ' en panne' END",
    "why": "'[]'",
}


def grow(owner_url: str, cases: int, now: datetime) -> None:
    """Fill an empty programme with so many cases, five messages each, and its counts."""
    engine = create_engine(owner_url)
    with engine.begin() as link:
        link.execute(text("SET LOCAL session_replication_role = replica"))  # no key is looked up
        link.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        tables = ("item_number", "case_", "subject", "case_event", *MESSAGES, "counter")
        indexes = _without_indexes(link, tables)
        _numbers(link, cases)
        _cases(link, now)
        for table, values in (*BESIDE.items(), *MESSAGES.items()):
            _fill(link, table, values, now)
        _count(link)
        for one in indexes:
            link.execute(text(one.replace(":", r"\:")))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _without_indexes(link: Connection, tables: tuple[str, ...]) -> list[str]:
    asked = (
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY (:tables)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    )
    rows = link.execute(text(asked), {"tables": list(tables)}).all()
    for name, _ in rows:
        link.execute(text(f'DROP INDEX "{name}"'))
    return [made for _, made in rows]


def _numbers(link: Connection, cases: int) -> None:
    link.execute(text("CREATE TEMP TABLE fresh (n integer, number text)"))
    found = (f"{at:06}" for at in count())
    cursor = link.connection.cursor()
    with cursor.copy("COPY fresh FROM STDIN") as rows:
        for n, digits in enumerate(islice(found, cases), 1):
            rows.write_row((n, digits + damm_digit(digits)))
    link.execute(text("INSERT INTO item_number SELECT number, 'case' FROM fresh"))


def _cases(link: Connection, now: datetime) -> None:
    places = "SELECT array_agg(pcode) FROM area WHERE level = 3 AND pcode LIKE 'ML07%'"
    sites = link.scalar(text("SELECT count(*) FROM area WHERE level = 3 AND pcode LIKE 'ML07%'"))
    told = ", ".join(f"'{one}'" for one in CATEGORIES)
    values = {
        name: said.format(
            categories=f"ARRAY[{told}]", kinds=len(CATEGORIES), places=places, sites=sites
        )
        for name, said in CASE.items()
    }
    _fill(link, "case_", {"id": "n", **values}, now)


OF_CASE = {"case_id": "n", "by": "'gateway'"}
BESIDE: dict[str, dict[str, str]] = {
    "subject": {
        "id": "n",
        "case_id": "n",
        "kind": "'organisation'",
        "ref": f"'body-' || (n * 3) % {BODIES}",
    },
    "case_event": {
        **OF_CASE,
        "id": "n",
        "transition": "'opened'",
        "status": "'routed'",
        "at": ":now - interval '1 day'",
    },
}
MESSAGES: dict[str, dict[str, str]] = {
    "outbound_message": {
        "id": "n * 3 + part",
        "cause": "'grown:' || n || ':' || part",
        "purpose": "'answer_ready'",
        "case_id": "n",
        "status": "'delivered'",
        "contact": "'contact-' || n % 400000",
    },
    "inbound_message": {
        "id": "n * 3 + part",
        "channel": "'phone'",
        "provider_id": "n || ':' || part",
        "contact": "'contact-' || n % 400000",
        "status": "'done'",
    },
}
PARTS = {"outbound_message": 3, "inbound_message": 2}


def _fill(link: Connection, name: str, values: dict[str, str], now: datetime) -> None:
    """Write a row a case, or as many as it has parts; what is not said is empty."""
    table = metadata.tables[name]
    said = {re.sub('"', "", column) for column in values}
    rest = {
        f'"{column.name}"': ":now"
        if "TIMESTAMP" in str(column.type.compile(link.dialect))
        else next(v for k, v in FILLERS.items() if k in str(column.type.compile(link.dialect)))
        for column in table.columns
        if not column.nullable and column.name not in said
    }
    every = {**values, **rest}
    parts = f", generate_series(1, {PARTS[name]}) AS parts (part)" if name in PARTS else ""
    columns, wanted = ", ".join(every), ", ".join(every.values())
    asked = f"INSERT INTO {name} ({columns}) SELECT {wanted} FROM fresh{parts}"  # noqa: S608
    link.execute(text(asked), {"now": now} if ":now" in asked else {})


def _count(link: Connection) -> None:
    """Write what is maintained otherwise, of three measures: enough for a dashboard's rows."""
    facts: dict[str, str] = dict.fromkeys(SPLITS, "''")
    facts |= {"category": "category", "class": '"class"', "area": "area_pcode", "channel": "source"}
    facts |= {"organisation": "holder_organisation", "language": "language"}
    measures = {"received": "true", "waiting": "status <> 'closed'", "closed": "status = 'closed'"}
    for split, fact in facts.items():
        for measure, holds in measures.items():
            link.execute(
                text(
                    "INSERT INTO counter (day, measure, split, value, count)"  # noqa: S608
                    f" SELECT opened_at::date::text, '{measure}', '{split}', {fact}, count(*)"
                    f" FROM case_ WHERE \"class\" <> 'C5' AND {holds} GROUP BY 1, 4".replace(
                        "::", r"\:\:"
                    )
                )
            )
