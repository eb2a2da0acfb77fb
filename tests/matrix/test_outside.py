"""What commands and addresses say is the same whether anybody spoke in private or not."""

import json

import pytest
from click.testing import CliRunner
from flask import Flask

from gateway.app import public_app
from gateway.cli import COMMANDS, commands
from gateway.settings import Settings
from models.alert import Alert, AlertSource
from models.case import CallBack, Case
from models.db import Job
from models.services.audit import about_case, note
from models.services.conversing import Conversing
from tests.console.building import console_of
from tests.factories import TESSIT
from tests.matrix import world
from tests.matrix.outside import ADDRESSES, SHOWS, SILENT, VOLATILE
from tests.oracles.access import Item

CALLS = [call for calls in SHOWS.values() for call in calls]


@pytest.fixture
def jaabi(stage, tmp_path):
    """The command line on the programme of the stage."""
    url = stage.store.url.render_as_string(hide_password=False)
    environment = {"JAABI_HOME": str(tmp_path), "JAABI_DATABASE_URL": url, "JAABI_DEMO": "off"}

    def run(*words):
        done = CliRunner(env=environment).invoke(commands, words)
        assert done.exit_code == 0, (words, done.output)
        return done.output

    return run


def private(stage):
    """Let three people have spoken in private: complaints, a call to be made, even an alert."""
    with stage.store.work(Job("matrix")) as work:
        for place, (case_class, function) in enumerate(
            (("C5", "integrity"), ("C6", "psea"), ("C7", "gbv"))
        ):
            item = Item(case_class, TESSIT, function, "cell", subjects=(("organisation", "ngo-a"),))
            row = world.write(work, item, str(90_000 + place), {}, stage.now)
            call = CallBack(
                case_id=row, language="fr", hour="any", voice="any", consent_at=stage.now
            )
            work.session.add_all((call, Alert(case_id=row, kind="attack")))
            work.session.flush()
            work.session.add(AlertSource(case_id=row, at=stage.now))
            note(work, about_case("read", work.session.get_one(Case, row)), stage.now)


def test_every_command_says_whether_it_shows_rows():
    assert set(COMMANDS) == {*SHOWS, *SILENT}


def test_no_command_tells_that_somebody_spoke_in_private(stage, jaabi):
    ordinary = stage.files()["n"]
    before = [jaabi(*call) for call in CALLS]
    private(stage)
    after = [jaabi(*call) for call in CALLS]
    for call, one, other in zip(CALLS, before, after, strict=True):
        assert one == other, call
    assert [json.loads(line)["number"] for line in jaabi("cases", "--json").splitlines()] == [
        ordinary
    ]


@pytest.fixture
def apps(stage, tmp_path) -> dict[str, Flask]:
    url = stage.store.url.render_as_string(hide_password=False)
    given = {"home": tmp_path, "database_url": url, "channel": {}}
    plain = Settings.load(**given)
    conversing = Conversing(stage.store, stage.house)
    return {
        "public": public_app(plain, conversing),
        "demo": public_app(Settings.load(**given, demo="force"), conversing),
        "console": console_of(plain, stage.store, clock=lambda: stage.now),  # tells ages in seconds
    }


def test_every_address_has_its_entry(apps):
    found = {name: {rule.rule for rule in app.url_map.iter_rules()} for name, app in apps.items()}
    found["demo"] -= found["public"]
    assert found == {name: set(entries) for name, entries in ADDRESSES.items()}


def answers(apps):
    """Return what each address answers to whoever may ask: status, headers, and the lines."""
    said = {}
    for name, entries in ADDRESSES.items():
        with apps[name].test_client() as client:
            for path in filter(None, entries.values()):
                reply = client.get(path)
                lines = [line for line in reply.text.splitlines() if not line.startswith(VOLATILE)]
                headers = dict(reply.headers)
                if path == "/metrics":
                    headers.pop("Content-Length", None)  # of the lines left out
                said[name, path] = (reply.status, headers, lines)
    return said


def test_no_address_tells_that_somebody_spoke_in_private(stage, apps):
    stage.files()
    before = answers(apps)
    private(stage)
    after = answers(apps)
    for where, said in before.items():
        assert after[where] == said, where
