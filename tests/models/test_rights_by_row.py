"""Rights by row, asked in plain SQL as the role that the application runs as."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from models import rights
from models.case import Subject
from models.db import Gateway, Handler, Job, Operator, Overseer
from models.person import Person
from models.rights import RIGHTS
from models.schema import metadata
from tests.conftest import APPLICATION
from tests.factories import NEIGHBOUR, staged

RULED = sorted(table for table, shown in RIGHTS.items() if shown is not None)
OF_A_CASE = ("case_event", "subject", "story", "call_back", "alert", "check_")
OF_NOBODY = ("outbound_message", "conversation", "contact", "inbound_message", "case_key")
HELD = "mode = 'AccessExclusiveLock' AND pid = pg_backend_pid()"
LOCKS = f"SELECT count(*) FROM pg_locks WHERE {HELD}"


@pytest.fixture
def stage(postgres, tmp_path, now):
    with staged(postgres, tmp_path, now) as one:
        yield one


@pytest.fixture
def filled(stage):
    """Ordinary cases, one of each compartment, an alert and a call-back, by category."""
    ids = {one: stage.files(category=one)["case"] for one in ("12", "22", "17", "92", "93")}
    ids["61"] = stage.files(NEIGHBOUR, category="61", kind="alert")["case"]
    stage.does("open_call_back", {"call_language": "fr", "call_when": "any", "call_voice": "any"})
    return ids


def person(stage, number):
    with stage.store.work(Job("test")) as work:
        found = work.session.scalar(select(Person).where(Person.number == number))
        return Handler(found.id, found.number)


def rows(stage, actor, sql="SELECT id FROM case_", **values):
    """Ask in plain SQL in a work of this actor's own."""
    with stage.store.work(actor) as work:
        return set(work.session.scalars(text(sql), values).all())


def test_every_table_says_who_sees_its_rows():
    assert set(RIGHTS) == set(metadata.tables)


def test_the_application_owns_nothing_and_passes_no_rule_by(application_url, owner):
    with owner.connect() as link:
        mine = "SELECT count(*) FROM pg_class WHERE relowner = to_regrole(:role)"
        assert link.scalar(text(mine), {"role": APPLICATION}) == 0
        free = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role"
        assert link.scalar(text(free), {"role": APPLICATION}) is False
        ruled = "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
        assert sorted(link.scalars(text(ruled))) == RULED


def test_without_an_identity_there_are_no_rows_and_none_is_written(stage, filled):
    engine = stage.store.durable
    with engine.begin() as link:
        shown = {table: link.scalar(text(f"SELECT count(*) FROM {table}")) for table in RULED}
        assert shown == dict.fromkeys(RULED, 0)
        assert link.execute(text("UPDATE case_ SET status = 'closed'")).rowcount == 0
        assert link.execute(text("DELETE FROM outbound_message")).rowcount == 0
    with pytest.raises(ProgrammingError), engine.begin() as link:
        link.execute(text("INSERT INTO tally (day, what, count) VALUES ('2026-11-23', 'x', 1)"))
    assert rows(stage, Job("test")) >= set(filled.values())


def test_an_identity_ends_with_its_transaction(stage, filled):
    assert rows(stage, Job("test"))
    for _ in range(10):  # whichever link of the pool it was
        with stage.store.durable.begin() as link:
            assert link.scalar(text("SELECT count(*) FROM case_")) == 0


def test_the_gateway_and_the_jobs_serve_everybody(stage, filled):
    assert rows(stage, Gateway()) == rows(stage, Job("x")) > set(filled.values())


def test_the_operator_sees_no_compartment_and_nothing_of_one(stage, filled):
    seen = rows(stage, Operator())
    assert seen == rows(stage, Job("x")) - {filled[one] for one in ("17", "92", "93")}
    for table in ("case_event", "call_back", "alert", "repair_case", "alert_source"):
        assert rows(stage, Operator(), f"SELECT case_id FROM {table}") <= seen
    for table in ("subject", "story", "evacuation_ring"):
        assert rows(stage, Operator(), f"SELECT case_id FROM {table}") == set()


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_an_overseer_sees_no_case(stage, filled, role):
    for table in ("case_", *OF_A_CASE, *OF_NOBODY, "referral", "repair"):
        assert rows(stage, Overseer(1, role), f"SELECT 1 FROM {table}") == set()


def test_a_person_sees_what_they_hold_and_nothing_else_of_any_case(stage, filled):
    mine = {"P0151": {"12"}, "P0111": {"22"}, "P0153": {"17"}, "P0154": {"92"}, "P0155": {"93"}}
    for number, wanted in mine.items():
        actor = person(stage, number)
        seen = rows(stage, actor)
        assert seen & set(filled.values()) == {filled[one] for one in wanted}
        for table in OF_A_CASE:
            assert rows(stage, actor, f"SELECT case_id FROM {table}") <= seen
        for table in OF_NOBODY:
            assert rows(stage, actor, f"SELECT 1 FROM {table}") == set()


def test_a_person_changes_nothing_that_is_not_theirs(stage, filled):
    with stage.store.work(person(stage, "P0121")) as work:
        for change in ("UPDATE case_ SET status = 'closed'", "DELETE FROM subject"):
            assert work.session.execute(text(change)).rowcount == 0


def test_whoever_it_is_about_is_kept_out_where_python_forgot(stage, filled):
    """The second wall alone: there is no visible_cases here."""
    actor, case = person(stage, "P0151"), filled["12"]
    assert case in rows(stage, actor)
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=case, kind="person", ref="P0151"))
    assert case not in rows(stage, actor)
    assert rows(stage, actor, "SELECT unnest(jaabi_visible())") == rows(stage, actor)


def test_an_entry_of_the_audit_is_written_in_ones_own_name_only(stage):
    actor, write = (
        person(stage, "P0151"),
        (
            "INSERT INTO audit_entry (at, actor, act, about, details)"
            " VALUES (now(), :actor, 'read', 'case', '{}')"
        ),
    )
    with stage.store.work(actor) as work:
        work.session.execute(text(write), {"actor": actor.number})
    assert len(rows(stage, actor, "SELECT id FROM audit_entry")) == 1
    assert rows(stage, person(stage, "P0150"), "SELECT id FROM audit_entry") == set()
    with pytest.raises(ProgrammingError), stage.store.work(actor) as work:
        work.session.execute(text(write), {"actor": "P0150"})


@pytest.mark.parametrize("table", sorted(rights.ADDED_ONLY))
def test_what_is_only_added_cannot_be_changed(stage, table):
    column = "mac" if table == "audit_link" else "at"
    with pytest.raises(DBAPIError, match="permission denied"), stage.store.work(Job("x")) as work:
        work.session.execute(text(f"UPDATE {table} SET {column} = {column}"))


def test_raw_keypresses_and_posts_speak_for_the_gateway(stage):
    with stage.store.keypress_cursor() as cursor:
        cursor.execute("SELECT jaabi_actor(), (SELECT count(*) > 0 FROM person)")
        assert cursor.fetchone() == ("gateway", True)
    told = "INSERT INTO tally (day, what, count) VALUES (%s, %s, 1)"
    assert stage.store.accept(told, ("2026-11-23", "x")) == 1


def test_laying_the_rules_twice_keeps_nobody_waiting(owner, application_url):
    with owner.begin() as link:
        rights.lay(link, APPLICATION)
        assert link.scalar(text(LOCKS)) == 0


def test_rights_that_a_restore_did_not_bring_are_given_again(owner, application_url):
    with owner.begin() as link:
        link.execute(text(f"REVOKE ALL ON case_ FROM {APPLICATION}"))
        rights.lay(link, APPLICATION)
        given = "SELECT has_table_privilege(:role, 'case_', 'SELECT')"
        assert link.scalar(text(given), {"role": APPLICATION}) is True


def test_a_role_that_does_not_exist_is_named(owner, application_url):
    with pytest.raises(rights.NoSuchRole, match="no role nobody_here"), owner.begin() as link:
        rights.lay(link, "nobody_here")


def test_the_doctor_can_tell_who_passes_every_rule_by(owner, stage, sqlite_store):
    with owner.connect() as link:
        assert rights.are_passed_by(link)
    for store in (stage.store, sqlite_store):
        with store.durable.connect() as link:
            assert not rights.are_passed_by(link)


def test_whose_rights_are_given():
    owning = "postgresql+psycopg://owner:x@db/jaabi"
    assert rights.application_role("postgresql+psycopg://jaabi:y@db/jaabi", owning) == "jaabi"
    assert rights.application_role(owning, owning) is None
    assert rights.application_role("sqlite:///x", "sqlite:///x") is None
