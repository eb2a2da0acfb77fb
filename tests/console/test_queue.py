"""The queue: what is asked for in the address is what stands in the rows, for those who may."""

import gzip
import re
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.console.counting import statements
from tests.console.lists import people_with, put_case


@pytest.fixture
def triager(console):
    return console.as_role("triager")


def numbers(page):
    return re.findall(r'<tr id="n([0-9]+)"', page.text)


def said(page):
    """Return the page without what is new in each: what a form is known by."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.text)


def test_the_most_urgent_is_first_and_says_so_in_words(console, triager):
    put_case(console.store, "15736", NOON, due_at=NOON + timedelta(days=3))
    put_case(console.store, "15744", NOON, due_at=NOON - timedelta(hours=3))
    put_case(console.store, "15752", NOON, due_at=NOON + timedelta(hours=3))
    page = triager.get("/file")
    assert numbers(page) == ["15744", "15752", "15736"]
    assert "retard 3 h" in page.text
    assert "aujourd" in page.text


def test_a_place_is_asked_for_by_its_name(console, triager):
    put_case(console.store, "15736", NOON)
    put_case(console.store, "15744", NOON, area_pcode="ML080101")
    page = triager.get("/file?lieu=Téssit", follow_redirects=True)
    assert numbers(page) == ["15736"]
    assert "lieu=ML070106" in page.request.url
    lost = triager.get("/file?lieu=Nulle-part", follow_redirects=True)
    assert "Inconnu ici" in lost.text
    assert len(numbers(lost)) == 2


def test_a_barred_person_finds_neither_row_nor_count_nor_word_of_it(console, triager):
    [number] = people_with(console.store, "cell_triager")
    empty = said(triager.get("/file?q=forage"))
    about = [("person", number)]
    put_case(console.store, "15736", NOON, about=about, subject_line="Forage en panne")
    assert numbers(triager.get("/file")) == []
    assert said(triager.get("/file?q=forage")) == empty
    seen = "2026-11-22T00:00:00Z"
    assert triager.get(f"/file/nouveau?vu={seen}").status_code == 204


def test_compartments_are_in_the_rows_of_their_officer_alone(console, triager):
    facts = {"case_class": "C5", "category": "17", "holder_function": "integrity"}
    put_case(console.store, "15736", NOON, **facts)
    assert numbers(triager.get("/file")) == []
    assert "C5" not in triager.get("/file").text
    officer = console.as_role("integrity")
    assert numbers(officer.get("/file?classe=private")) == ["15736"]


def test_from_one_case_to_the_next_of_the_list(console, triager):
    put_case(console.store, "15736", NOON, due_at=NOON, language="ses")
    put_case(console.store, "15744", NOON, due_at=NOON + timedelta(days=1))
    put_case(console.store, "15752", NOON, language="ses")
    following = triager.get("/file/suivant?de=15736&langue=ses")
    assert following.headers["Location"] == "/cas/15752?langue=ses"
    end = triager.get("/file/suivant?de=15752&langue=ses", follow_redirects=True)
    assert "le dernier de cette liste." in end.text


def test_what_is_new_is_told_without_moving_the_page(console, triager):
    page = triager.get("/file")
    seen = re.search(r'data-seen="([^"]+)"', page.text)[1]
    ask = {"vu": seen}
    assert triager.get("/file/nouveau", query_string=ask).status_code == 204
    put_case(console.store, "15736", NOON, opened_at=NOON + timedelta(minutes=1))
    assert triager.get("/file/nouveau", query_string=ask).text == "1 nouveau : montrer"
    assert triager.get("/file/nouveau?vu=hier").status_code == 404


def test_one_is_taken_and_some_are_given_to_a_colleague(console, triager):
    other = console.account("triager", email="other@example.org")
    _, theirs = people_with(console.store, "cell_triager")
    for number in ("15736", "15744", "15752"):
        put_case(console.store, number, NOON)
    taken = triager.post("/file/confier?etat=waiting", data={"prendre": "15736"})
    assert taken.status_code == 303
    assert taken.headers["Location"].endswith("/file?etat=waiting#n15736")
    given = {"cas": ["15744", "15752"], "to": theirs, "a": "to"}
    page = triager.post("/file/confier", data=given, follow_redirects=True)
    assert f"Confié à {theirs} : 15744, 15752" in page.text
    assert numbers(triager.get("/file?pour=me")) == ["15736"]
    assert numbers(console.browser(other).get("/file?pour=me")) == ["15744", "15752"]
    again = console.browser(other).post(
        "/file/confier", data={"prendre": "15736"}, follow_redirects=True
    )
    assert "déjà pris ou terminé : 15736" in again.text


def test_what_one_is_barred_from_is_given_to_nobody_in_the_words_for_what_is_not_there(
    console, triager
):
    [number] = people_with(console.store, "cell_triager")
    put_case(console.store, "15736", NOON, about=[("person", number)])
    pages = [
        said(triager.post("/file/confier", data={"prendre": n}, follow_redirects=True)).replace(
            n, ""
        )
        for n in ("15736", "99999")
    ]
    assert pages[0] == pages[1]


def test_compartments_are_never_shared_out_by_the_dozen(console):
    facts = {"case_class": "C5", "category": "17", "holder_function": "integrity"}
    put_case(console.store, "15736", NOON, **facts)
    page = console.as_role("integrity").post(
        "/file/confier", data={"cas": ["15736"]}, follow_redirects=True
    )
    assert "déjà pris ou terminé : 15736" in page.text


def test_a_list_is_kept_under_a_name_and_forgotten(console, triager):
    put_case(console.store, "15736", NOON, language="ses")
    triager.post("/file/filtres?langue=ses", data={"nom": "Sonrai"})
    page = triager.get("/file")
    assert '<a href="/file?langue=ses">★ Sonrai</a>' in page.text
    kept = triager.get("/file?langue=ses")
    gone = re.search(r'action="(/file/filtres/[0-9]+/oter)"', kept.text)[1]
    stranger = console.browser(console.account("triager", email="other@example.org"))
    assert "Sonrai</a>" not in stranger.get("/file").text
    stranger.post(gone)
    assert "★ Sonrai" in triager.get("/file").text
    triager.post(gone)
    assert "★ Sonrai" not in triager.get("/file").text


def test_fifty_rows_are_light_and_ask_little(console, triager):
    for at in range(60):
        line = f"Rations incompletes au point {at}"
        put_case(console.store, str(20000 + at), NOON, subject_line=line)
    triager.get("/")
    with statements(console.store) as asked:
        page = triager.get("/file?langue=fr&q=ration")
    assert len(numbers(page)) == 50
    assert len(gzip.compress(page.data)) <= 15_000
    assert len(asked) <= 12, "\n".join(asked)
    following = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert len(numbers(triager.get(following))) == 10


@pytest.mark.parametrize("role", ["operator", "administrator", "auditor"])
def test_there_is_no_queue_for_who_has_no_cases(console, role):
    browser = console.as_role(role)
    assert browser.get("/file").status_code == 404
    assert browser.post("/file/confier").status_code == 404
