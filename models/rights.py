"""Rights by row, for the role that the application runs as: the second wall behind visible_cases.

PostgreSQL only. The role that owns the tables migrates, backs up and restores; the application's
own role owns nothing and sees what the actor of each transaction may see (models/identity.py). The
gateway and the jobs serve everybody, so they see every row; the rules below are for people. They
say the same as models/services/visibility.py, in the words of the database.
"""

import hashlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, make_url, text
from sqlalchemy.engine import URL

from flows.policy import SENSITIVE
from models.errors import StoreError
from models.rights_functions import FUNCTIONS, NAMES, TYPE, VIEW
from models.schema import metadata

POLICY = "jaabi"

SERVES = "(SELECT jaabi_serves())"
OPERATES = "(SELECT jaabi_operates())"
KNOWN = "(SELECT jaabi_known())"
AUDITS = "(SELECT jaabi_role()) = 'auditor'"
ADMINISTERS = "(SELECT jaabi_role()) = 'administrator'"
OPERATOR = "(SELECT jaabi_actor()) = 'operator'"
ME = "(SELECT jaabi_person())"
SEES = "jaabi_sees({}, (SELECT jaabi_who()))"
MY_ORGANISATIONS = "((SELECT jaabi_organisations())::text[])"

_IN_CLASSES = ", ".join(f"'{name}'" for name in sorted(SENSITIVE))
_CASE = (
    f"{SERVES} OR ({OPERATOR} AND class NOT IN ({_IN_CLASSES}) AND status <> 'joined')"
    f" OR {SEES.format('id')}"
)
OF_ORDINARY = f"({OPERATOR} AND EXISTS (SELECT 1 FROM case_ WHERE case_.id = case_id))"
# Of an account: its person's, or its own where it has none.
MY_ACCOUNT = (
    "account_id IN (SELECT id FROM account WHERE person_id = (SELECT jaabi_person())"
    " OR (SELECT jaabi_actor()) = 'account:' || id)"
)
MINE = SEES.format("case_id")
OF_CASE = f"{SERVES} OR {MINE} OR {OF_ORDINARY}"


_REFERRAL = (
    f"{OPERATES} OR relay_id = {ME}"
    # A code is said at any counter; what is over is only for where it ended.
    " OR ((SELECT jaabi_receives()) AND (closed_at IS NULL OR facility_id IN"
    f" (SELECT facility_id FROM organisation WHERE id = ANY {MY_ORGANISATIONS})))"
)
_STEP = "EXISTS (SELECT 1 FROM referral WHERE referral.id = referral_id)"

# What each table shows, to whom; none = public places and plain operation, shown to everybody.
RIGHTS: Mapping[str, str | None] = {
    "account": f"{OPERATES} OR {ADMINISTERS} OR person_id = {ME}"
    " OR (SELECT jaabi_actor()) = 'account:' || id",
    "alert": OF_CASE,
    "alert_source": f"{SERVES} OR {OF_ORDINARY}",  # counted; who it was is told to nobody
    "answer_template": None,
    "area": None,
    "audit_entry": f"{SERVES} OR ({OPERATOR} AND about <> 'compartment')"
    f" OR ({AUDITS} AND NOT (about IN ('case', 'compartment') AND jaabi_concerns_mine(row_id)))"
    " OR actor = (SELECT jaabi_actor())",
    "audit_link": f"{OPERATES} OR {AUDITS}",
    "booklet": f"{OPERATES} OR person_id = {ME}",
    "call_back": OF_CASE,
    "case_": _CASE,
    "case_event": OF_CASE,
    "case_key": OPERATES,
    "channel_health": None,
    "check_": OF_CASE,
    "consent": SERVES,
    "console_session": OPERATES,
    "contact": OPERATES,
    "conversation": OPERATES,
    "counter": KNOWN,
    "coverage": None,
    "delivery_report": OPERATES,
    "departed": SERVES,
    "erasure": OPERATES,
    "evacuation": OF_CASE,
    "evacuation_means": KNOWN,
    "evacuation_ring": f"{SERVES} OR person_id = {ME}",
    "export_request": f"{OPERATES} OR {MY_ACCOUNT}",
    "facility": None,
    "figure": f"{SERVES} OR is_public",
    "hat": KNOWN,
    "import_draft": f"{OPERATES} OR {MY_ACCOUNT}",
    "inbound_message": OPERATES,
    "item_number": OPERATES,
    "known_as": OPERATES,
    "lease": None,
    "lowering": f"{SERVES} OR first_id = {ME} OR second_id = {ME}",
    "organisation": None,
    "outbound_message": OPERATES,
    "passkey": OPERATES,
    "person": KNOWN,
    "place_code": None,
    "policy_version": None,
    "privacy_note": OPERATES,
    "programme_setting": None,
    "recovery": f"{OPERATES} OR {ADMINISTERS}",
    "referral": _REFERRAL,
    "referral_step": _STEP,
    "repair": f"{OPERATES} OR organisation_id = ANY {MY_ORGANISATIONS}"
    " OR EXISTS (SELECT 1 FROM repair_case WHERE repair_case.repair_id = repair.id)",
    "repair_case": OF_CASE,
    "saved_filter": f"{OPERATES} OR {MY_ACCOUNT}",
    "settlement": None,
    "sign_in_failure": OPERATES,
    "slip": f"{OPERATES} OR EXISTS (SELECT 1 FROM booklet WHERE booklet.id = booklet_id)",
    "spending": None,
    "stock": None,
    "stock_report": None,
    "story": f"{SERVES} OR {MINE}",
    "subject": f"{SERVES} OR {MINE}",
    "tally": OPERATES,
    "tie": KNOWN,
    "voice_note": f"{OPERATES} OR {MINE}",
    "wording": None,
    "wrong_code": OPERATES,
}
# Written down once: the role has no right to change these (models/append_only.py refuses it too).
ADDED_ONLY = frozenset({"audit_entry", "audit_link", "case_event", "referral_step"})


class NoSuchRole(StoreError):
    """The role that the application shall run as does not exist in this server."""


def application_role(application: str | URL, owner: str | URL) -> str | None:
    """Return the role to be given rights; None where the application works as the owner."""
    role, owning = make_url(application).username, make_url(owner).username
    return role if role and role != owning else None


def are_passed_by(connection: Connection) -> bool:
    """Tell whether whoever is connected sees every row, whatever the rules say."""
    if connection.dialect.name != "postgresql":
        return False
    owns = (
        "SELECT rolsuper OR rolbypassrls OR coalesce(pg_has_role(rolname, ("
        "SELECT relowner FROM pg_class WHERE oid = to_regclass('case_')), 'USAGE'), false)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    return bool(connection.scalar(text(owns)))


def lift(connection: Connection) -> None:
    """Take every rule away: no column can be changed while a rule speaks of it."""
    if connection.dialect.name != "postgresql":
        return
    ruled = (
        "SELECT tablename FROM pg_policies WHERE schemaname = current_schema AND policyname = :p"
    )
    for table in connection.scalars(text(ruled), {"p": POLICY}).all():
        name = connection.dialect.identifier_preparer.quote_identifier(table)
        connection.exec_driver_sql(f"DROP POLICY {POLICY} ON {name}")
        connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY")
    for name in reversed(NAMES):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}")
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {VIEW}")
    connection.exec_driver_sql(f"DROP TYPE IF EXISTS {TYPE}")


def lay(connection: Connection, role: str | None) -> None:
    """Lay every rule anew and give ``role`` what it needs to work. Raises NoSuchRole."""
    if connection.dialect.name != "postgresql" or _stands(connection, role):
        return
    lift(connection)
    for statement in FUNCTIONS:
        connection.exec_driver_sql(statement.replace("%", "%%"))  # not a place for a value
    for table, shown in RIGHTS.items():
        if shown is not None:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"CREATE POLICY {POLICY} ON {table} USING ({shown})")
    if role is not None:
        for statement in _granted(connection, role):
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION {NAMES[0]} IS '{_mark(role)}'")


def _granted(connection: Connection, role: str) -> Iterator[str]:
    known = text("SELECT 1 FROM pg_roles WHERE rolname = :role")
    if connection.scalar(known, {"role": role}) is None:
        raise NoSuchRole(f"there is no role {role}: CREATE ROLE {role} LOGIN PASSWORD ...")
    to = connection.dialect.identifier_preparer.quote_identifier(role)
    for table in metadata.tables:
        changes = "" if table in ADDED_ONLY else "UPDATE, "
        yield f"REVOKE ALL ON {table} FROM {to}"
        yield f"GRANT SELECT, INSERT, {changes}DELETE ON {table} TO {to}"
    yield f"GRANT SELECT ON alembic_version TO {to}"
    schema = connection.dialect.identifier_preparer.quote_identifier(
        connection.scalar(text("SELECT current_schema")) or "public"
    )
    yield f"GRANT USAGE ON SCHEMA {schema} TO {to}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {to}"


def _stands(connection: Connection, role: str | None) -> bool:
    """Tell whether these very rules stand already: to lay them anew keeps everybody waiting."""
    said = text("SELECT obj_description(to_regprocedure(:name), 'pg_proc')")
    if connection.scalar(said, {"name": NAMES[0]}) != _mark(role):
        return False
    # A restore brings the rules back, and nobody's rights.
    granted = text(
        "SELECT bool_or(has_table_privilege(oid, 'case_', 'SELECT')) FROM pg_roles"
        " WHERE rolname = :role"
    )
    return role is None or bool(connection.scalar(granted, {"role": role}))


def _mark(role: str | None) -> str:
    rules = (*FUNCTIONS, *map(str, RIGHTS.items()), *sorted(metadata.tables), str(role))
    return hashlib.sha256("\n".join(rules).encode()).hexdigest()
