"""`jaabi export` as operators script it: published cells in three forms, and nobody's row."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from gateway.cli import commands
from gateway.exports import FORMATS
from models.area import Area
from models.audit import AuditEntry
from models.db import Job
from tests.factories import ANSONGO, staged
from workers.keeper.press import Press

RIPE = datetime(2027, 1, 3, 1, tzinfo=UTC)
NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")')


@pytest.fixture
def programme(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as stage:
        for number in range(12):
            stage.files(f"+2237000{1000 + number}")
            stage.files(f"+2237000{2000 + number}", category="93", place=f"z:{ANSONGO}")
        Press(stage.store, stage.vault).go(RIPE)
        yield stage


@pytest.fixture
def jaabi(programme, tmp_path):
    home, url = str(tmp_path), str(programme.store.url)
    environment = {"JAABI_HOME": home, "JAABI_DATABASE_URL": url, "JAABI_DEMO": "off"}

    def run(*words):
        return CliRunner(env=environment).invoke(commands, ["export", *words])

    return run


def rows(done):
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_cells_are_told_with_their_place_and_small_ones_as_small(jaabi):
    found = rows(jaabi("cases", "--format", "jsonl", "--month", "2026-11"))
    cells = {(one["table"], one["area_pcode"], one["by"], one["value"]): one for one in found}
    everybody = cells["complaints", ANSONGO, "", ""]
    assert everybody["count"] in {10, 15}
    assert (everybody["period"], everybody["area"]) == ("2026-11", "Ansongo")
    assert cells["complaints", ANSONGO, "sex", "F"]["count"] == "<5"
    assert {one["table"] for one in found} == {"complaints", "incomplete", "alerts", "evacuations"}


def test_every_form_says_the_same(jaabi):
    lines = [list(one.values()) for one in rows(jaabi("cases", "--format", "jsonl"))]
    shown = [["" if value is None else str(value) for value in line] for line in lines]
    plain = list(csv.reader(io.StringIO(jaabi("cases", "--format", "csv").stdout)))
    assert plain[1:] == shown
    book = load_workbook(io.BytesIO(jaabi("cases", "--format", "xlsx").stdout_bytes))
    sheet = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert sheet[0] == plain[0]
    assert [[str(cell) for cell in row] for row in sheet[1:]] == shown


def test_compartments_are_in_no_export(jaabi):
    for what in ("cases", "referrals", "figures"):
        said = jaabi(what).stdout
        assert not {"C5", "C6", "C7", "2026-Q4"} & set(said.replace("\n", ",").split(","))


def test_indicators_have_a_numerator_and_a_denominator(jaabi):
    found = rows(jaabi("figures", "--format", "jsonl", "--month", "2026-11"))
    here = {one["indicator"]: one for one in found if one["area_pcode"] == ANSONGO}
    late = here["complaints.answered_in_time"]
    assert late["numerator"] == "<5"
    assert late["denominator"] in {10, 15}
    assert here["referrals.completion"]["denominator"] == "<10"


def test_a_month_or_all_from_one_on(jaabi):
    periods = [one["period"] for one in rows(jaabi("cases", "--format", "jsonl"))]
    assert set(periods) == {"2026-11", "2026-12"}
    november = rows(jaabi("cases", "--format", "jsonl", "--month", "2026-11"))
    assert {one["period"] for one in november} == {"2026-11"}
    december = rows(jaabi("cases", "--format", "jsonl", "--since", "2026-12-24"))
    assert {one["period"] for one in december} == {"2026-12"}


def test_what_is_not_published_is_said_and_a_wrong_month_is_misuse(jaabi):
    done = jaabi("cases", "--month", "2027-01")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["table,period,area_pcode,area,by,value,count"]
    assert "nothing is published" in done.stderr
    assert jaabi("cases", "--month", "2026-13").exit_code == 2
    assert jaabi("words").exit_code == 2


def test_an_export_leaves_a_mark_before_it_is_written(jaabi, programme):
    jaabi("referrals", "--format", "csv", "--month", "2026-11")
    with programme.store.reading(Job("test")) as work:
        [entry] = work.session.scalars(select(AuditEntry).where(AuditEntry.act == "export"))
        assert entry.actor == "operator"
        assert entry.details["what"] == "referrals"


@pytest.mark.parametrize("form", list(FORMATS))
def test_no_name_of_a_place_becomes_a_formula(jaabi, programme, form):
    for name in NASTY:
        with programme.store.work(Job("test")) as work:
            work.session.get_one(Area, ANSONGO).name = name
        done = jaabi("cases", "--format", form)
        assert done.exit_code == 0
        if form == "csv":
            cells = {one for row in csv.reader(io.StringIO(done.stdout)) for one in row}
            assert not [one for one in cells if one[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"}]
        if form == "xlsx":
            sheet = load_workbook(io.BytesIO(done.stdout_bytes)).active
            assert {cell.data_type for row in sheet for cell in row} <= {"inlineStr", "s", "n"}
