"""A running service for each engine: SQLite as it comes, PostgreSQL by URL."""

import psycopg
import pytest
from sqlalchemy import make_url

from tests.journeys.world import World


@pytest.fixture(scope="module")
def postgres_database(postgres_url, application_url, request):
    """A database of this module's own, on the run's PostgreSQL, where the application's role is."""
    assert application_url
    name = request.module.__name__.rpartition(".")[2]
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request, tmp_path_factory):
    """One service for all tests of a module: each has phones of its own."""
    url = request.getfixturevalue("postgres_database") if request.param == "postgresql" else None
    one = World(tmp_path_factory.mktemp("world") / "home", url).prepare()
    try:
        yield one.start()
    finally:
        one.close()
