"""Migrations: forward, back and forward again, with rows, on both engines."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, inspect, text

from models import migrating
from models.area import Area, PlaceCode
from models.conversation import Contact, Conversation
from models.db import Job, Store
from models.schema import metadata
from models.services import clocks
from tests.factories import staged


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """A database without a table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    with server.connect() as link:
        link.execute(text("CREATE DATABASE empty"))
    yield server.url.set(database="empty").render_as_string(hide_password=False)
    with server.connect() as link:
        link.execute(text("DROP DATABASE empty WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def ask(empty_url):
    """Run a question on a fresh connection, as another process would."""

    def answer(question):
        engine = create_engine(empty_url)
        with engine.connect() as link:
            found = question(link)
        engine.dispose()
        return found

    return answer


def is_in_the_code(name, what, _):
    """Leave the search of the objet out: each engine has its own, and neither is a table."""
    return not (name or "").startswith(("case_objet", "ix_case_objet"))


def put_rows(url, now):
    store = Store(url)
    with store.work(Job("test")) as work:
        work.session.add(Contact(pseudonym="a" * 64, seen_at=now))
        work.session.add(
            Area(
                pcode="ML070104",
                edition="2021",
                code_status="same",
                name="Tessit",
                aliases=[],
                level=3,
                source="test",
            )
        )
        work.session.add(PlaceCode(code="6143", ref="c:ML070104"))
        work.session.add(
            Conversation(
                key="ussd:phone:1",
                turn=1,
                sealed=b"x",
                over=False,
                resumable=False,
                updated_at=now,
            )
        )
    store.close()


def test_the_tables_made_by_migrations_are_those_of_the_code(empty_url, ask):
    migrating.upgrade(empty_url)

    def differences(link):
        opts = {"compare_type": True, "include_name": is_in_the_code}
        context = MigrationContext.configure(link, opts=opts)
        return compare_metadata(context, metadata)

    assert ask(differences) == []


def test_migrations_go_up_down_and_up_with_rows_in_the_tables(empty_url, ask, now):
    migrating.upgrade(empty_url)
    put_rows(empty_url, now)
    for script in migrating.scripts().walk_revisions():
        migrating.downgrade(empty_url, script.down_revision or "base")
    assert ask(lambda link: inspect(link).get_table_names()) == ["alembic_version"]
    migrating.upgrade(empty_url)
    put_rows(empty_url, now)
    assert ask(migrating.current) == migrating.head()


def old_rows(url, now):
    """Write a case as it was before there were reminders, with somebody who has it."""
    engine = create_engine(url)
    tables = MetaData()
    tables.reflect(engine, only=["organisation", "person", "item_number", "case_"])
    known = tables.tables
    common = {"level": 0, "opened_at": now, "why": []}
    with engine.begin() as link:
        link.execute(known["organisation"].insert().values(id="old", name="old", kind="cell"))
        person = {"number": "P0199", "role": "focal_point", "organisation_id": "old"}
        sealed = {"pseudonym": "p" * 64, "phone_sealed": b"x", "phone_ends": "199"}
        link.execute(
            known["person"].insert().values(language="fr", pin_misses=0, **person, **sealed)
        )
        link.execute(known["item_number"].insert().values(number="12345", kind="case"))
        case = {
            "number": "12345",
            "kind": "complaint",
            "category": "12",
            "class": "C4",
            "source": "ussd",
            "channel": "phone",
            "language": "fr",
            "about": "nobody",
            "answer_wanted": "code",
            "status": "taken",
            "due_at": now + timedelta(days=15),
            "holder_organisation": "old",
            "holder_function": "cell_triager",
            "holder_person": 1,
        }
        link.execute(known["case_"].insert().values(**common, **case))
    engine.dispose()


def test_what_was_open_before_the_upgrade_is_reminded_once_and_moves_on(empty_url, tmp_path, now):
    migrating.upgrade(empty_url, "0005")
    old_rows(empty_url, now)
    migrating.upgrade(empty_url)
    store = Store(empty_url)
    with staged(store, tmp_path, now) as stage:
        for days, said in ((11, []), (14, ["P0199"]), (14.1, ["P0199"])):
            stage.clock[0] = now + timedelta(days=days)
            with store.work(Job("timetable")) as work:
                clocks.remind(work, stage.house, stage.now)
            assert [person for person, _ in stage.outbox("reminder")] == said
        stage.clock[0] = now + timedelta(days=15)
        with store.work(Job("timetable")) as work:
            assert clocks.hand_over(work, stage.house, stage.now) == 1
        assert stage.holder(1) != "P0199"
    store.close()


def test_upgrading_twice_changes_nothing_and_keeps_the_rows(empty_url, ask, now):
    migrating.upgrade(empty_url)
    put_rows(empty_url, now)
    migrating.upgrade(empty_url)
    assert ask(lambda link: link.scalar(text("SELECT count(*) FROM contact"))) == 1


def test_a_failed_migration_leaves_the_database_as_it_was(empty_url, ask):
    migrating.upgrade(empty_url, "0002")
    engine = create_engine(empty_url)
    with engine.begin() as link:
        link.execute(text("CREATE TABLE story (id integer)"))  # 0004 will stumble over it
    engine.dispose()
    with pytest.raises(Exception, match="story"):
        migrating.upgrade(empty_url)
    assert ask(migrating.current) == "0002"
    assert "conversation" not in ask(lambda link: inspect(link).get_table_names())


def test_postgresql_is_told_to_keep_values_out_of_its_log(postgres_store):
    with postgres_store.durable.connect() as link:
        assert migrating.talkative(link) == []


def test_revisions_are_numbered_in_one_line_and_the_head_is_pinned():
    scripts = migrating.scripts()
    line = [script.revision for script in scripts.walk_revisions()][::-1]
    assert line == [f"{number:04}" for number in range(1, len(line) + 1)]
    assert scripts.get_heads() == [migrating.head()]
