"""`jaabi alerts` and the files of means: one event a line, nobody's name."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli import commands
from models.db import Job
from models.person import Person
from tests.factories import TESSIT, staged
from tests.models.alert_world import CENTRE, settle_in


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


@pytest.fixture
def jaabi(here, tmp_path):
    """The command line on the programme of the stage."""
    environment = {
        "JAABI_HOME": str(tmp_path),
        "JAABI_DATABASE_URL": here.store.url.render_as_string(hide_password=False),
        "JAABI_DEMO": "off",
    }

    def run(*words, given=None):
        return CliRunner(env=environment).invoke(commands, words, input=given)

    return run


def rows(done):
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_event_is_one_line_with_its_sources(here, jaabi):
    here.writes("R128", "ALERTE 6143 3 120 menages")
    here.writes("R129", "ALERTE 6143 3 350 menages")
    here.files(category="63", kind="alert")
    [row] = rows(jaabi("alerts", "--json"))
    assert row["kind"] == "displacement"
    assert (row["area_pcode"], row["sources"], row["households"]) == (TESSIT, 3, 350)
    assert row["status"] == "routed"
    assert "R128" not in json.dumps(row)
    assert [one["number"] for one in rows(jaabi("cases", "--json"))] == [row["number"]]


def test_what_accuses_is_in_no_list(here, jaabi):
    here.writes("R128", "ALERTE 6143 71 le chef a vendu les vivres et demande de l'argent")
    assert rows(jaabi("alerts", "--json")) == []
    assert rows(jaabi("cases", "--json")) == []


def test_evacuations_are_listed_with_their_refund(here, jaabi):
    here.writes("R128", "EVAC 6143 1")
    [row] = rows(jaabi("alerts", "--evacuations", "--json"))
    assert (row["kind"], row["facility"], row["refund"]) == ("birth", CENTRE, None)
    number = row["number"]
    here.writes("P0101", f"FINI {number} arrivee")
    here.later(minutes=10)
    here.settles()
    [row] = rows(jaabi("alerts", "--evacuations", "--json"))
    assert row["refund"] == "owed"
    assert row["refund_number"] is not None


def test_means_go_out_and_come_in_again(jaabi, tmp_path):
    out = jaabi("directory", "export", "means", "-")
    assert out.exit_code == 0
    file = tmp_path / "means.csv"
    file.write_text(out.stdout.replace("vehicle", "boat"), encoding="utf-8")
    assert "2 rows" in jaabi("directory", "import", "means", str(file)).output
    assert "boat" in jaabi("directory", "export", "means", "-").stdout


def test_every_mistake_of_a_file_of_means_is_told_and_nothing_is_kept(jaabi, tmp_path):
    file = tmp_path / "means.csv"
    lines = ["facility,rank,what,person,payer", "MLF9999,0,plane,P9999,nobody"]
    file.write_text("\n".join(lines), encoding="utf-8")
    done = jaabi("directory", "import", "means", str(file))
    assert done.exit_code == 2
    for words in ("no facility", "rank", "what", "nobody is registered", "no organisation"):
        assert words in done.output
    assert "plane" not in jaabi("directory", "export", "means", "-").stdout


def test_who_may_be_rung_by_number_is_noted_and_taken_back(here, jaabi):
    def agreed():
        with here.store.work(Job("test")) as work:
            return work.session.query(Person).filter_by(number="R129").one().ring_agreed_at

    assert agreed() is None
    assert "may be rung" in jaabi("people", "ring", "R129").output
    assert agreed() is not None
    assert "is not rung" in jaabi("people", "ring", "R129", "--no").output
    assert agreed() is None
