"""The dashboard: sums for who handles, published numbers for others, nothing that is barred."""

import re
from datetime import timedelta

import pytest

from models.db import Job
from models.figure import Figure
from models.services import counters
from tests.conftest import NOON
from tests.console.conftest import furnished
from tests.console.counting import statements
from tests.console.lists import people_with, put_case

SEEN = {"acted_at": NOON, "replied_at": NOON, "status": "answered"}
NUMBERS = ("15736", "15744", "15752", "15760")


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path):
    """A console on each engine."""
    if request.param == "sqlite":
        return request.getfixturevalue("console")
    return furnished(tmp_path, request.getfixturevalue("postgres"))


def main(page):
    """Return the page without its frame, in which tokens differ each time."""
    return page.text[page.text.index("<main") : page.text.index("</main>")]


def facts(page):
    """Return what stands under each name at the top of the page, as numbers are read."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.text)
    return {name: re.sub(r"<[^>]+>", "", said).replace("\xa0", " ") for name, said in found}


def test_the_sums_are_those_of_the_cases_and_each_chart_has_its_table(console):
    triager = console.as_role("triager")
    opened = NOON - timedelta(days=3)
    put_case(console.store, NUMBERS[0], opened)
    put_case(console.store, NUMBERS[1], opened, **{**SEEN, "acted_at": opened, "content": True})
    put_case(console.store, NUMBERS[2], NOON, category="22", language="snk")
    put_case(console.store, NUMBERS[3], NOON - timedelta(days=40))
    page = triager.get("/tableau")
    said = facts(page)
    assert said["Reçus"] == "3"
    assert said["En attente"] == "2"
    assert said["Répondus à temps, des répondus"].startswith("1 / 1")
    assert said["Contents, de ceux qui l'ont dit"].startswith("1 / 1")
    assert said["Premier geste, la moitié"] == "en 2 h au plus"
    assert "Santé, pas de médicament" in page.text
    assert facts(triager.get("/tableau?jours=90&pas=mois"))["Reçus"] == "4"
    charts = page.text.count('class="chart"')
    assert len(re.findall(r"<rect [^>]*reactive", page.text)) > charts
    assert charts == 7
    assert page.text.count("<table>") >= charts


def test_charts_need_no_style_and_no_script(console):
    put_case(console.store, NUMBERS[0], NOON)
    page = main(console.as_role("triager").get("/tableau"))
    for forbidden in ("<style", "<script", "style=", "onload", "xlink", "<!--"):
        assert forbidden not in page


def test_a_barred_persons_dashboard_is_that_of_a_world_without_the_case(both):
    triager = both.as_role("triager")
    [number] = people_with(both.store, "cell_triager")
    put_case(both.store, NUMBERS[0], NOON)
    put_case(both.store, NUMBERS[1], NOON - timedelta(days=5), category="22", **SEEN)
    before = main(triager.get("/tableau"))
    about = [("person", number)]
    for at, facts_of in ((2, {"category": "41", "area_pcode": "ML080101"}), (3, SEEN)):
        put_case(both.store, NUMBERS[at], NOON - timedelta(days=2), about, **facts_of)
    assert main(triager.get("/tableau")) == before
    with both.store.work(Job("test")) as work:
        assert counters.totals(work, "", "2026-11-01", "2026-11-30")[""]["received"] == 4


def test_compartments_are_in_no_sum(both):
    triager = both.as_role("triager")
    put_case(both.store, NUMBERS[0], NOON)
    before = main(triager.get("/tableau"))
    put_case(both.store, NUMBERS[1], NOON, case_class="C6", category="92", holder_function="psea")
    assert main(triager.get("/tableau")) == before


def test_a_focal_point_sees_what_their_own_organisation_has(console):
    put_case(console.store, NUMBERS[0], NOON)
    focal = console.as_role("focal_point", organisation="outside")
    theirs = {"holder_organisation": "outside", "holder_function": "meal"}
    put_case(console.store, NUMBERS[1], NOON, **theirs)
    page = focal.get("/tableau")
    assert facts(page)["Reçus"] == "1"
    assert "Par sujet" not in page.text


def test_who_handles_nothing_has_the_published_numbers_alone(console):
    put_case(console.store, NUMBERS[0], NOON)
    publish(console, "complaints", public=True, shown=35)
    page = console.as_role("operator").get("/tableau").text
    assert "En attente" not in page
    assert ">35<" in page


def test_an_officer_has_the_quarters_of_their_own_compartment(both):
    publish(both, "C6", public=False, shown=20)
    publish(both, "C5", public=False, shown=45)
    assert ">20<" in both.as_role("psea").get("/tableau").text
    assert ">45<" in both.as_role("integrity").get("/tableau").text
    for role in ("gbv", "triager", "supervisor"):
        page = both.as_role(role).get("/tableau").text
        assert ">20<" not in page
        assert ">45<" not in page


def test_a_dashboard_costs_a_dozen_questions_however_many_cases(console):
    triager = console.as_role("triager")
    put_case(console.store, NUMBERS[0], NOON)
    triager.get("/tableau")
    with statements(console.store) as asked:
        triager.get("/tableau")
    few = len(asked)
    for at, number in enumerate(NUMBERS[1:]):
        put_case(console.store, number, NOON - timedelta(days=at), category=("41", "22", "61")[at])
    with statements(console.store) as asked:
        triager.get("/tableau")
    assert len(asked) == few <= 12, asked


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_sees_no_case_has_no_dashboard(console, role):
    assert console.as_role(role).get("/tableau").status_code == 404


def publish(console, name, *, public, shown):
    with console.store.work(Job("test")) as work:
        cell = {"area": "ML", "split": "", "value": "", "shown": shown, "below": None}
        period = "2026-10" if public else "2026-Q3"
        row = Figure(publication=name, period=period, is_public=public, published_at=NOON, **cell)
        work.session.add(row)
