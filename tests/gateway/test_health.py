"""Whether the process says the truth about itself."""

import pytest
from flask import Flask

from gateway import health
from models.db import Store
from models.seal import Transit
from models.vault import create_keys


@pytest.fixture
def keys(tmp_path):
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def ask(store, transit, path):
    app = Flask(__name__)
    app.register_blueprint(health.blueprint(store, transit))
    return app.test_client().get(path)


def test_it_is_ready_when_database_and_keys_are(store, keys):
    answer = ask(store, Transit.load(keys), "/health/ready")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": True, "keys": True}


def test_it_lives_but_is_not_ready_while_the_tables_are_missing(tmp_path, keys):
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    answer = ask(empty, Transit.load(keys), "/health/ready")
    assert answer.status_code == 503
    assert answer.json["database"] is False
    assert ask(empty, Transit.load(keys), "/health/live").json == {"live": True}
    empty.close()


def test_it_is_not_ready_without_a_key_for_words_in_motion(sqlite_store, tmp_path):
    (tmp_path / "none" / "transit").mkdir(parents=True)
    answer = ask(sqlite_store, Transit.load(tmp_path / "none"), "/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": True, "keys": False}
