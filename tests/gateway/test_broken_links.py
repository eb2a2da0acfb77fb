"""The link to the database breaks as a case is filed: nobody is told "try later" of what was taken.

Who hears that tells it once more, and a relay counts two.
"""

from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import event

from tests.gateway.service import TESSIT_CODE

OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
    " AND pid <> pg_backend_pid()"
)
TOLD = ("1", "1", "1", "2", TESSIT_CODE, "1", "1")


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
@pytest.mark.parametrize("committed", [True, False])
def test_a_filing_whose_link_broke_is_answered_and_filed_once(service, committed):
    phone = service.phone()
    phone.dial()
    phone.type(*TOLD)
    broken = []

    @event.listens_for(service.store.durable, "commit")
    def cut(connection):
        if broken:
            return
        broken.append(connection)
        link = connection.connection.dbapi_connection
        if committed:
            link.execute("COMMIT")
        with suppress(psycopg.OperationalError):
            link.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")
            link.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert "C'est recu. Votre code:" in phone.type("1")
    assert len(broken) == 1
    assert len(service.cases) == 1
    filed = phone.screen
    assert phone.repeat() == filed
