"""`jaabi purge` and `jaabi privacy`, as whoever answers for the data types them."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from gateway.cli import commands
from gateway.settings import Settings
from models.audit import AuditEntry
from models.conversation import Contact
from models.db import Job
from models.services import processing
from tests.factories import SPEAKER, staged


@pytest.fixture
def jaabi(tmp_path, sqlite_store):
    with staged(sqlite_store, tmp_path, datetime.now(UTC)) as stage:
        environment = {
            "JAABI_HOME": str(tmp_path),
            "JAABI_DATABASE_URL": str(sqlite_store.url),
            "JAABI_DEMO": "off",
        }
        socket = Settings.load(home=tmp_path, demo="off").keeper_socket
        socket.parent.mkdir()
        socket.symlink_to(stage.house.keeper._address)

        def run(*words, said=None):
            return CliRunner(env=environment).invoke(
                commands, [str(one) for one in words], input=said
            )

        run.stage = stage
        run.socket = socket
        yield run
        shutil.rmtree(socket.parent)


def put_old_contact(stage):
    with stage.store.work(Job("test")) as work:
        seen_at = stage.now - timedelta(days=366)
        work.session.add(Contact(pseudonym="a" * 64, language="fr", seen_at=seen_at))


def test_purging_says_how_much_of_each_kind_went(jaabi):
    put_old_contact(jaabi.stage)
    first = json.loads(jaabi("purge", "--json").output)
    assert (first["contacts"], first["cases"]) == (1, 0)
    assert set(json.loads(jaabi("purge", "--json").output).values()) == {0}
    assert "0  contacts" in jaabi("purge").output


def test_backups_that_are_kept_too_long_are_destroyed_and_nothing_else(jaabi, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    ages = {"old": 35, "old.words": 7, "young": 34, "young.words": 6, "notes.txt": 99}
    for name, days in ages.items():
        file = folder / name
        file.write_bytes(b"age-encryption.org/v1" if name != "notes.txt" else b"ours")
        at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(file, (at, at))
    done = jaabi("purge", "--json", "--backups", folder)
    assert {one.name for one in folder.iterdir()} == {"young", "young.words", "notes.txt"}
    assert "old.words is destroyed" in done.stderr
    assert json.loads(done.stdout)["cases"] == 0


def test_the_register_says_every_column_and_who_answers_for_it(jaabi):
    jaabi("privacy", "says", "--controller", "ONG A", "--apdp", "12/2026", "--hosting", "Bamako")
    page = jaabi("privacy", "register", "--markdown").output
    assert "Controller: ONG A" in page
    assert "File at the authority (APDP): 12/2026" in page
    assert "C5 to C7 are kept for 30 days" in page
    assert "| address | S3 | number sealed for the keeper |" in page
    lines = jaabi("privacy", "register", "--json").output.splitlines()
    assert [json.loads(line)["column"] for line in lines] == [
        one.column for one in processing.entries()
    ]


def test_a_programme_that_said_nothing_of_itself_is_told_so(jaabi):
    assert "not said yet" in jaabi("privacy", "register").output


def test_longer_than_others_needs_a_reason_in_writing(jaabi):
    assert jaabi("privacy", "protection", "60").exit_code == 0
    refused = jaabi("privacy", "protection", "365")
    assert refused.exit_code == 2
    assert "--reason" in refused.output
    assert jaabi("privacy", "protection", "731", "--reason", "x").exit_code == 2
    kept = jaabi("privacy", "protection", "365", "--reason", "regle de protection, article 4")
    assert kept.output == "kept for 365 days after closing\n"
    assert "365 days" in jaabi("privacy", "register").output
    [note] = [json.loads(one) for one in jaabi("privacy", "notes", "--json").output.splitlines()]
    assert (note["kind"], note["words"]) == (
        "rule",
        "C5 to C7 are kept 365 days: regle de protection, article 4",
    )
    with jaabi.stage.store.work(Job("test")) as work:
        marks = select(AuditEntry.details).where(AuditEntry.act == "keep")
        assert [one["days"] for one in work.session.scalars(marks)] == [60, 365]


def test_what_an_authority_asked_is_written_down_without_its_number(jaabi):
    jaabi("privacy", "note", "authority", "Tribunal de Gao: qui est le +223 70 00 00 01?")
    said = jaabi("privacy", "notes").output
    assert "Tribunal de Gao" in said
    assert "00 01" not in said


def test_erasing_says_the_same_whether_there_was_anything_or_not(jaabi):
    filed = jaabi.stage.files(SPEAKER)
    code = f"{filed['c6']} {filed['c6b']}"
    one = jaabi("privacy", "erase", said=f"{code}\n")
    other = jaabi("privacy", "erase", said="1234 5678 9012\n")
    assert one.exit_code == other.exit_code == 0
    assert one.output == other.output
    assert jaabi.stage.case(filed["case"]).status == "withdrawn"


def test_without_the_keeper_nothing_is_erased_and_it_is_said(jaabi):
    filed = jaabi.stage.files(SPEAKER)
    jaabi.socket.unlink()
    done = jaabi("privacy", "erase", said=f"{filed['c6']}{filed['c6b']}\n")
    assert done.exit_code == 2
    assert "nothing was erased" in done.output
    assert jaabi.stage.case(filed["case"]).status == "routed"
