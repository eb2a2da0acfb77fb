"""What PostgreSQL writes into its own log when something goes wrong with a number in hand."""

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

NUMBER, WORDS = "+22370004711", "on nous vole les vivres"
SAID = {"number": NUMBER, "words": WORDS}

# What fails, each in its own way; all of it would stand in the log of a server that is not quiet.
FAILING = [
    "SELECT CAST(:number AS timestamp)",
    "SELECT CAST(:words AS json)",
    "SELECT CAST(CAST(:words AS text) AS integer)",
    "INSERT INTO contact (pseudonym, seen_at) VALUES (:number, now()), (:number, now())",
    "INSERT INTO contact (pseudonym) VALUES (:number)",
    "INSERT INTO contact (pseudonym, language, seen_at) VALUES (:number, :words, now())",
    "INSERT INTO outbound_message (cause) VALUES (:words)",
    "SELECT 1 / 0 FROM contact WHERE pseudonym = :number OR :words = ''",
    "SELECT nothing FROM nowhere WHERE a = :number",
]


@pytest.fixture(scope="session")
def server_log(owner):
    with owner.connect() as link:
        return Path(link.scalar(text("SHOW data_directory"))) / "log"


@pytest.mark.parametrize("failing", FAILING)
def test_the_log_of_the_server_quotes_nothing(postgres_store, server_log, failing):
    before = server_log.stat().st_size
    used = {name: value for name, value in SAID.items() if f":{name}" in failing}
    with postgres_store.durable.connect() as link, suppress(SQLAlchemyError):
        link.execute(text(failing), used)
    written = server_log.read_bytes()[before:].decode()
    assert "70004711" not in written
    assert "vole" not in written


def test_what_sqlalchemy_raises_lists_no_parameters(store):
    with store.durable.connect() as link, pytest.raises(SQLAlchemyError) as raised:
        link.execute(text(FAILING[-1]), {"number": NUMBER})
    assert NUMBER not in str(raised.value)
    assert "SQL parameters hidden" in str(raised.value)
