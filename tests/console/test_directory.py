"""The directory in the console: looked at by all who work, changed by administrators, in one go."""

import io
import re
from html import unescape

import pytest
from sqlalchemy import func, select

from gateway.console.mistakes import told
from models.audit import AuditEntry
from models.db import Job
from models.organisation import Coverage, Organisation
from models.services import directory_files
from models.services.directory import NewPerson, Numbers, add_person
from tests.conftest import NOON
from tests.console.conftest import furnished
from tests.console.counting import statements

NUMBERS = Numbers(lambda number: f"name of {number[-4:]}", lambda number: number[-4:].encode())
HEADER = "organisation,sector,role,area_pcode,since,until"
ROW = "ngo-a,food,distributes,ML070106,2026-01-01,"
BODIES = (("ngo-a", "ONG A", "ngo"), ("ngo-b", "ONG B", "ngo"))


@pytest.fixture
def peopled(console):
    """A console with two organisations, a row of coverage and somebody with a phone."""
    with console.store.work(Job("test")) as work:
        for key, name, kind in BODIES:
            work.session.add(Organisation(id=key, name=name, kind=kind))
        work.session.flush()
        directory_files.read(work, f"{HEADER}\n{ROW}\n", "coverage")
        add_person(work, NewPerson("focal_point", "+22370000121", "ngo-a", "meal"), NUMBERS)
        add_person(
            work, NewPerson("focal_point", "+22370000159", "outside", "outside_body"), NUMBERS
        )
    return console


def bring(browser, text, kind="coverage"):
    """Bring a file and return the page of what it would change."""
    file = (io.BytesIO(text if isinstance(text, bytes) else text.encode()), "f.csv")
    return browser.post(
        "/annuaire/fichiers", data={"kind": kind, "file": file}, follow_redirects=True
    )


def confirm(browser, page):
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', page.text)[1]
    return browser.post(page.request.path, data={"mark": mark}, follow_redirects=True)


def rows_of(console):
    with console.store.reading(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(Coverage))


@pytest.mark.parametrize("path", ["", "/organisations", "/personnes", "/centres", "/fichiers"])
def test_everybody_at_work_looks_and_few_questions_are_asked(peopled, path):
    browser = peopled.as_role("focal_point")
    with statements(peopled.store) as asked:
        page = browser.get(f"/annuaire{path}")
    assert page.status_code == 200
    assert len(asked) <= 12
    assert "Ajouter une ligne" not in page.text
    assert "Apporter un fichier" not in page.text


def test_people_are_shown_by_number_and_three_digits_and_nothing_more(peopled):
    page = peopled.as_role("triager").get("/annuaire/personnes").text
    assert "P0001" in page
    assert "… 121" in page
    assert "70000121" not in page
    assert "0121" not in page
    only = peopled.as_role("supervisor").get("/annuaire/personnes?fonction=outside_body").text
    assert "… 159" in only
    assert "… 121" not in only


@pytest.mark.parametrize(("role", "code"), [("auditor", 404), ("triager", 404), ("operator", 404)])
def test_only_administrators_change_anything(peopled, role, code):
    browser = peopled.as_role(role)
    assert browser.post("/annuaire", data={}).status_code == code
    assert browser.post("/annuaire/couverture/1").status_code == code
    assert bring(browser, f"{HEADER}\n{ROW}\n").status_code == code
    assert browser.get("/annuaire/fichiers/means.csv").status_code == 404


def test_coverage_is_narrowed_by_place_sector_and_organisation(peopled):
    browser = peopled.as_role("triager")
    for query, there in (
        ("zone=Tessit", True),
        ("zone=ML0701", True),
        ("zone=Ansongo&secteur=health", False),
        ("organisation=ngo-b", False),
        ("zone=ML05", False),
    ):
        rows = browser.get(f"/annuaire?{query}").text.count('<th scope="row">ONG A')
        assert bool(rows) == there, query
    assert "Aucun lieu ne s'appelle" in unescape(browser.get("/annuaire?zone=Nulle").text)


def test_a_row_is_added_once_and_ended(peopled):
    browser = peopled.as_role("administrator")
    new = {"organisation": "ngo-b", "sector": "wash", "role": "implements"}
    new |= {"area": "Talataye", "since": "2026-11-01"}
    assert (
        "La ligne est ajoutée." in browser.post("/annuaire", data=new, follow_redirects=True).text
    )
    again = browser.post("/annuaire", data=new)
    assert again.status_code == 422
    assert "déjà là" in unescape(again.text)
    with peopled.store.reading(Job("test")) as work:
        row = work.session.scalar(select(Coverage).where(Coverage.organisation_id == "ngo-b"))
        assert (row.sector, row.area_pcode[:6], row.until) == ("wash", "ML0701", None)
    path = "/annuaire/couverture/2"
    assert "Dernier jour" in browser.get(path).text
    assert "après le début" in unescape(browser.post(path, data={"until": "2026-10-01"}).text)
    done = browser.post(path, data={"until": "2026-11-20"}, follow_redirects=True)
    assert "La ligne est finie." in done.text
    assert "entre-temps" in browser.post(path, data={"until": "2026-11-20"}).text
    assert browser.get("/annuaire/couverture/999").status_code == 404
    with peopled.store.reading(Job("test")) as work:
        acts = select(AuditEntry.act).where(AuditEntry.about == "directory")
        assert list(work.session.scalars(acts)) == ["coverage_added", "coverage_ended"]


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(peopled):
    browser = peopled.as_role("administrator")
    new = {"organisation": "ngo-b", "sector": "wash", "role": "implements"}
    page = browser.post("/annuaire", data={**new, "area": "Nulle <part>", "since": "hier"})
    assert page.status_code == 422
    assert "Il faut une date." in page.text
    assert 'value="Nulle &lt;part&gt;"' in page.text
    page = browser.post("/annuaire", data={**new, "area": "Ansongo", "since": "2026-01-01"})
    assert "Plusieurs lieux" in page.text
    assert "ML0701" in page.text


def test_a_file_is_looked_at_then_taken_in_once(peopled):
    browser = peopled.as_role("administrator")
    text = (
        f"{HEADER}\n#org+code,#sector+name,#activity+type,#adm+code,#date+start,#date+end\n"
        f"{ROW}2026-12-31\nngo-b,health,supports,ML070106,2026-01-01,\n"
    )
    page = bring(browser, text)
    assert "2 lignes lues" in page.text
    assert re.findall(r'<b class="big [a-z]+">(\d+)</b>', page.text) == ["1", "0", "1"]
    assert rows_of(peopled) == 1
    assert "C'est fait" in unescape(confirm(browser, page).text)
    assert rows_of(peopled) == 2
    again = browser.post(page.request.path, data={"mark": "0"}, follow_redirects=True)
    assert "déjà fait" in unescape(again.text)
    with peopled.store.reading(Job("test")) as work:
        [entry] = work.session.scalars(select(AuditEntry).where(AuditEntry.act == "import"))
        assert (entry.reason, entry.details["added"], entry.details["ended"]) == ("coverage", 1, 1)


def test_a_directory_that_changed_meanwhile_is_told_and_nothing_is_done(peopled):
    browser = peopled.as_role("administrator")
    page = bring(browser, f"{HEADER}\n{ROW}2026-12-31\n")
    with peopled.store.work(Job("test")) as work:
        work.session.scalar(select(Coverage)).until = NOON
    moved = confirm(browser, page)
    assert "L'annuaire a changé depuis" in unescape(moved.text)
    assert "C'est fait" in unescape(confirm(browser, moved).text)


def test_ten_thousand_rows_with_37_bad_ones_are_told_line_by_line(peopled):
    places = ("ML070106", "ML070105", "ML070102", "ML0701")
    days = [
        f"20{year:02d}-{month:02d}-{day:02d}"
        for year in range(1, 9)
        for month in range(1, 13)
        for day in range(1, 28)
    ]
    lines = [
        f"ngo-{'ab'[n % 2]},food,implements,{places[n % 4]},{days[n // 4]}," for n in range(10_000)
    ]
    bad = sorted(range(100, 10_000, 270))[:37]
    for at in bad:
        lines[at] = lines[at].replace("food", "foot")
    browser = peopled.as_role("administrator")
    page = bring(browser, "\n".join([HEADER, *lines]))
    assert "37 lignes ne vont pas" in page.text
    told_lines = re.findall(r'<th scope="row" class="n">(\d+)</th>', page.text)
    assert told_lines == [str(at + 2) for at in bad]
    assert "sector 'foot' n'existe pas" in unescape(page.text)
    assert rows_of(peopled) == 1
    good = bring(browser, "\n".join([HEADER, *(one.replace("foot", "food") for one in lines)]))
    confirm(browser, good)
    assert rows_of(peopled) == 10_001


def test_a_file_saved_by_a_spreadsheet_in_french_is_read(peopled):
    browser = peopled.as_role("administrator")
    text = "id;name;kind;area_pcode;facility_id;pair_id\nngo-c;Élan;ngo;;;ngo-a\n"
    confirm(browser, bring(browser, text.encode("cp1252"), "organisations"))
    with peopled.store.reading(Job("test")) as work:
        assert work.session.get_one(Organisation, "ngo-c").name == "Élan"


@pytest.mark.parametrize("kind", ["coverage", "organisations", "facilities", "areas", "means"])
def test_what_is_taken_along_changes_nothing_when_brought_back(peopled, kind):
    browser = peopled.as_role("administrator")
    file = browser.get(f"/annuaire/fichiers/{kind}.csv")
    assert file.headers["Content-Type"].startswith("text/csv")
    if kind != "means":  # of which there are none
        assert "il n'y a rien à faire" in unescape(bring(browser, file.data, kind).text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "le fichier est vide"),
        (b"\xff\xfe\x00", "n'est pas connue"),
        (b'organisation,sector\n"a', "la colonne role manque"),
        (HEADER.encode() + b"\nngo-z,food,leads,ML99,hier,\n", "aucune organisation"),
    ],
)
def test_any_file_gets_a_page_that_says_what_is_wrong(peopled, text, says):
    page = bring(peopled.as_role("administrator"), text or b"\n")
    assert page.status_code == 200
    assert says in unescape(page.text)


def test_a_file_that_is_too_large_is_told(peopled):
    page = bring(peopled.as_role("administrator"), "x" * (5 << 20))
    assert "dépasse 4 Mo" in page.text


def test_nobody_looks_at_the_file_of_another(peopled):
    page = bring(peopled.as_role("administrator"), f"{HEADER}\n{ROW}\n")
    other = peopled.as_role("administrator", email="other@example.org")
    assert other.get(page.request.path).status_code == 404
    assert other.post(page.request.path).status_code == 404


def test_a_file_that_leaves_nobody_outside_is_refused(peopled):
    page = bring(
        peopled.as_role("administrator"), f"{HEADER}\noutside,food,leads,ML0701,2026-01-01,\n"
    )
    assert "le programme ne pourrait plus être ouvert" in page.text


def test_each_sentence_of_the_rooms_below_is_known(peopled):
    said = [
        "line 3: since 'hier': a date like 2026-11-23",
        "line 3: until '': a date like 2026-11-23, or nothing",
        "line 1: column 'x' is not known; known are a, b",
        "line 9: 3 cells for 6 columns",
        "line 4: said on line 2 already: a b",
        ":12: row 7: when: unknown word x",
        ":1: functions: teacher is in use and cannot go",
        ":3: rows when kind: a list is expected",
        "kind 'x': one of a, b",
        "name '=1': a spreadsheet would run it",
        "lat must be degrees between 10 and 25",
    ]
    with peopled.app.test_request_context():
        for one, (line, text) in zip(said, told(said), strict=True):
            assert text not in one, (line, text)


def test_on_postgresql_everybody_at_work_sees_the_same_directory(tmp_path, postgres):
    console = furnished(tmp_path, postgres)
    with console.store.work(Job("test")) as work:
        work.session.add(Organisation(id="ngo-a", name="ONG A", kind="ngo"))
        add_person(work, NewPerson("focal_point", "+22370000121", "ngo-a", "meal"), NUMBERS)
    one = console.as_role("administrator")
    page = bring(one, f"{HEADER}\n{ROW}\n")
    assert "C'est fait" in unescape(confirm(one, page).text)
    assert "déjà fait" in unescape(confirm_again(one, page).text)
    other = console.as_role("focal_point", organisation="ngo-a")
    for browser in (one, other):
        assert "… 121" in browser.get("/annuaire/personnes").text
        assert "ONG A" in browser.get("/annuaire").text
        assert browser.get("/regles").status_code == 200
        assert browser.get("/regles/essai?genre=complaint&categorie=12").status_code == 200
        assert browser.get("/regles/versions").status_code == 200
    assert console.as_role("triager").get("/non-traites").status_code == 200


def confirm_again(browser, page):
    return browser.post(page.request.path, data={"mark": "0"}, follow_redirects=True)
