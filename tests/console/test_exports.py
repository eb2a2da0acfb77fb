"""Files to take along hold what their asker sees in the list, and are fetched by them alone."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.account import Account
from models.audit import AuditEntry
from models.db import Job
from models.paperwork import ExportRequest
from tests.conftest import NOON
from tests.console.conftest import furnished
from tests.console.lists import people_with, put_case
from workers import exporting
from workers.exporting import Exporter

ONE, TWO, THREE, FOUR = "15736", "15744", "15752", "15760"


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path):
    """A console on each engine."""
    if request.param == "sqlite":
        return request.getfixturevalue("console")
    return furnished(tmp_path, request.getfixturevalue("postgres"))


def exporter(console):
    return Exporter(console.store, console.settings.exports / "console", console.clock)


def fetched(console, browser, what="cases", form="jsonl", query=""):
    """Ask for a file, let it be made, and return it as it is fetched."""
    typed = {"what": what, "form": form, "query": query}
    assert browser.post("/exports", data=typed).status_code == 303
    assert exporter(console).drain() == 1
    with console.store.work(Job("test")) as work:
        row = work.session.scalar(select(ExportRequest.id).order_by(ExportRequest.id.desc()))
    return browser.get(f"/exports/{row}/fichier")


def lines(answer):
    assert answer.status_code == 200, answer.status
    return [json.loads(one) for one in answer.text.splitlines()]


def test_a_file_holds_what_the_filter_shows_and_never_a_compartment(both):
    officer = both.as_role("integrity")
    triager = both.as_role("triager")
    put_case(both.store, ONE, NOON)
    put_case(both.store, TWO, NOON, category="22")
    put_case(both.store, THREE, NOON, case_class="C5", category="17", holder_function="integrity")
    assert {one["number"] for one in lines(fetched(both, triager))} == {ONE, TWO}
    chosen = lines(fetched(both, triager, query="categorie=22"))
    assert [one["number"] for one in chosen] == [TWO]
    assert lines(fetched(both, officer)) == []


def test_a_list_leads_to_its_file_with_the_filter_that_it_shows(console):
    triager = console.as_role("triager")
    put_case(console.store, ONE, NOON, category="22")
    [address] = re.findall(r'href="(/exports[^"]*)"', triager.get("/file?categorie=22").text)
    assert 'name="query" value="categorie=22"' in triager.get(address).text


def test_a_barred_persons_file_is_that_of_a_world_without_the_case(both):
    triager = both.as_role("triager")
    [number] = people_with(both.store, "cell_triager")
    put_case(both.store, ONE, NOON)
    before = fetched(both, triager, form="csv").data
    put_case(both.store, TWO, NOON, [("person", number)])
    assert fetched(both, triager, form="csv").data == before


def test_no_cell_is_a_formula(console):
    triager = console.as_role("triager")
    evil = '=HYPERLINK("http://x")'
    put_case(console.store, ONE, NOON, subject_line=evil)
    assert f"'{evil}".replace('"', '""') in fetched(console, triager, form="csv").text
    book = load_workbook(BytesIO(fetched(console, triager, form="xlsx").data))
    [cell] = [one for row in book.active.iter_rows() for one in row if one.value == evil]
    assert cell.data_type == "s"


def test_only_whoever_asked_fetches_it_and_that_is_written_down(console):
    triager = console.as_role("triager")
    other = console.as_role("triager", email="other@example.org")
    put_case(console.store, ONE, NOON)
    assert fetched(console, triager).status_code == 200
    [entry] = entries(console)
    assert entry.details == {"what": "cases", "format": "jsonl", "rows": 1}
    address = f"/exports/{entry.row_id}/fichier"
    assert other.get(address).status_code == 404
    assert other.get("/exports/4711/fichier").status_code == 404
    assert len(entries(console)) == 1
    [file] = (console.settings.exports / "console").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_is_gone_after_a_day(console):
    triager = console.as_role("triager")
    assert fetched(console, triager).status_code == 200
    [entry] = entries(console)
    console.clock.pass_by(hours=24)
    address = f"/exports/{entry.row_id}/fichier"
    assert triager.get(address).status_code in {302, 404}
    folder = console.settings.exports / "console"
    [file] = folder.iterdir()
    later = file.stat().st_mtime + timedelta(hours=25).total_seconds()
    assert exporting.sweep(folder, console.clock().fromtimestamp(later)) == 1
    assert not file.exists()


def test_what_cannot_be_made_is_tried_thrice_and_said(console, monkeypatch):
    triager = console.as_role("triager")

    def fails(*_):
        raise RuntimeError("no")

    monkeypatch.setitem(exporting.FORMATS, "csv", fails)
    triager.post("/exports", data={"what": "cases", "form": "csv", "query": ""})
    for _ in range(4):
        assert exporter(console).drain() == 0
        console.clock.pass_by(minutes=2)
    assert "échoué" in triager.get("/exports").text


def test_whoever_asked_and_left_gets_nothing(console):
    triager = console.as_role("triager")
    triager.post("/exports", data={"what": "cases", "form": "csv", "query": ""})
    with console.store.work(Job("test")) as work:
        row = work.session.scalar(select(ExportRequest))
        work.session.get_one(Account, row.account_id).revoked_at = NOON
    assert exporter(console).drain() == 0


def test_three_wait_at_most_and_nonsense_is_refused(console):
    triager = console.as_role("triager")
    for _ in range(5):
        triager.post("/exports", data={"what": "cases", "form": "csv", "query": ""})
    triager.post("/exports", data={"what": "stories", "form": "exe", "query": ""})
    assert exporter(console).drain() == 3


@pytest.mark.parametrize("what", ["alerts", "referrals", "figures"])
def test_every_kind_can_be_asked_for(both, what):
    assert fetched(both, both.as_role("triager"), what, "csv").status_code == 200


@pytest.mark.parametrize("role", ["administrator", "auditor", "operator"])
def test_who_has_no_queue_has_no_files(console, role):
    assert console.as_role(role).get("/exports").status_code == 404


def entries(console):
    with console.store.work(Job("test")) as work:
        asked = select(AuditEntry).where(AuditEntry.act == "export")
        found = work.session.scalars(asked).all()
        work.session.expunge_all()
        return found
