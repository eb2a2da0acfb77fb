"""A running service for each engine: SQLite as it comes, PostgreSQL by URL."""

import psycopg
import pytest

from tests.journeys.world import World


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request, tmp_path):
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_url")
        name = f"journey_{request.node.name.partition('[')[0][-40:]}".lower()
        with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as link:
            link.execute(f'CREATE DATABASE "{name}"')
        url = server.rpartition("/")[0] + f"/{name}"
        if "?" in server:
            url += "?" + server.partition("?")[2]
    one = World(tmp_path / "home", url).prepare()
    try:
        yield one.start()
    finally:
        one.close()
