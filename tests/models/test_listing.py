"""Lists: what is asked for is what stands in rows and counts; pages neither skip nor repeat."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.area import Area, Facility, Settlement
from models.case import Case, Story
from models.db import Handler, Job
from models.organisation import Organisation
from models.person import Hat, Person
from models.services import privacy
from models.services.directory_names import known
from models.services.filtering import NAMES
from models.services.listing import Asking, Filter, Listing
from tests.console.lists import TESSIT, put_case, put_event
from tests.factories import make_area

LABELS = {"12": "Vivres, pas assez", "41": "Eau, forage", "17": "Vivres, on fait payer"}


def says(code):
    return LABELS.get(code, "")


@pytest.fixture
def desk(store, now):
    """Two triagers and an officer of a cell, on each engine."""
    with store.work(Job("test")) as work:
        places = (("ML07", "Gao", 1), ("ML0701", "Ansongo", 2), (TESSIT, "Tessit", 3))
        for pcode, name, level in (("ML", "Mali", 0), *places):
            work.session.add(make_area(pcode, name, level, pcode[:-2] if level else None))
            work.session.flush()
        work.session.add(make_area("ML0801", "Ménaka", 2, "ML"))
        work.session.add(Organisation(id="cell", name="Cellule", kind="cell"))
        work.session.flush()
        people = (("P1", "cell_triager"), ("P2", "cell_triager"), ("P3", "integrity"))
        for number, function in people:
            person = Person(number=number, role="focal_point", organisation_id="cell")
            person.hats = [Hat(function=function, organisation_id="cell")]
            work.session.add(person)
    return store


def asking_as(store, number):
    with store.work(Job("test")) as work:
        return Handler(
            work.session.scalar(select(Person.id).where(Person.number == number)), number
        )


def listed(store, now, number="P1", after="", size=50, **parts):
    """Return what both walls show: read as the person, natively."""
    with store.reading(asking_as(store, number)) as work:
        listing = Listing(Asking(work, now), Filter(**parts), says)
        page = listing.page(after, size)
        if not after and size >= 50:
            assert listing.count().number == len(page.rows)
        return [row.number for row in page.rows]


def test_each_part_of_a_filter_narrows_to_its_own(desk, now):
    with desk.work(Job("test")) as work:
        mine = work.session.scalar(select(Person.id).where(Person.number == "P1"))
        theirs = work.session.scalar(select(Person.id).where(Person.number == "P2"))
    old = {"opened_at": now - timedelta(days=8)}
    put_case(desk, "10001", now, category="41", area_pcode="ML0801", **old)
    put_case(desk, "10002", now, about=[("organisation", "ngo-a")], language="ses")
    put_case(desk, "10003", now, due_at=now - timedelta(hours=1), source="call", **old)
    put_case(desk, "10004", now, due_at=now + timedelta(hours=2), status="taken", **old)
    put_case(desk, "10005", now, status="answered", holder_person=theirs, **old)
    put_case(desk, "10006", now, status="reopened", holder_person=mine, **old)
    put_case(desk, "10007", now, status="taken", holder_person=theirs, kind="alert", **old)
    told = put_case(desk, "10008", now, case_class="C2", **old)
    put_event(desk, told, "returned", now - timedelta(hours=1))
    with desk.work(Job("test")) as work:
        facts = {"by": "gateway", "at": now, "sealed": b"x"}
        work.session.add(Story(case_id=told, what="said", **facts))
    for wanted, parts in (
        ("10001", {"category": "4"}),
        ("10001", {"area": "ML08"}),
        ("10002", {"organisation": "ngo-a"}),
        ("10002", {"language": "ses"}),
        ("10002", {"since": (now - timedelta(days=1)).isoformat()}),
        ("10003", {"term": "late"}),
        ("10003 10004", {"term": "today"}),
        ("10003", {"channel": "call"}),
        ("10005", {"status": "answered"}),
        ("10006", {"holder": "me"}),
        ("10007", {"holder": "us"}),
        ("10004 10007", {"status": "taken"}),
        ("10006", {"returned": "reopened"}),
        ("10007", {"kind": "alert"}),
        ("10008", {"case_class": "C2"}),
        ("10008", {"returned": "returned"}),
        ("10008", {"story": "1"}),
        ("10003 10004 10001 10006 10007 10008", {"age": "7"}),
        ("10003 10004 10001 10002 10005 10006 10007 10008", {"status": "all"}),
        ("", {"pending": "check"}),
        ("", {"pending": "repair"}),
        ("", {"returned": "undelivered"}),
    ):
        assert listed(desk, now, **parts) == wanted.split(), parts


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("10001", "10001"),
        ("menaka", "10001"),
        ("MÉNAKA forages", "10001"),
        ("pompe", "10001"),
        ("Nguma", "10001"),
        ("ansongo", "10002"),
        ("tessite", ""),
        ("Tésit", "10002"),
        ("secours", "10002"),
        ("vivres secours", "10002"),
        ("dramane", ""),
        ("' OR 1=1 --", ""),
        ('pompe" OR "', ""),
        ("pompe* & !x", "10001"),
        ("é", ""),
    ],
)
def test_a_search_finds_number_place_topic_organisation_and_objet(desk, now, q, found):
    put_case(
        desk,
        "10001",
        now,
        category="41",
        area_pcode="ML0801",
        subject_line="Forage : pompe cassée à Ŋuma",
    )
    put_case(desk, "10002", now, about=[("organisation", "secours-sahel")])
    put_case(desk, "10003", now, about=[("person", "P1")], subject_line="Pompe, Ménaka, secours")
    assert listed(desk, now, q=q) == found.split()


def test_a_village_or_a_centre_is_found_by_any_word_of_its_name(desk, now):
    with desk.work(Job("test")) as work:
        for number, name in ((1, "Tin Hama"), (2, "Tintihigrène")):
            facts = {"id": str(number), "name": name, "commune_pcode": TESSIT}
            work.session.add(Settlement(**facts, rank=5, source="test"))
        facts = {"id": "9", "name": "CSCOM Hamakouladji", "kind": "cscom", "quality": "test"}
        work.session.add(Facility(**facts, commune_pcode=TESSIT, source="test"))
    for number, ref in (("10001", "s:1"), ("10002", "s:2"), ("10003", "f:9")):
        put_case(desk, number, now, place_ref=ref)
    assert listed(desk, now, q="hama") == ["10001", "10003"]
    assert listed(desk, now, q="tin hama") == ["10001"]
    assert listed(desk, now, q="tintihi") == ["10002"]


def test_the_objet_is_found_as_it_stands_now(desk, now):
    case_id = put_case(desk, "10001", now, category="41", subject_line="Pompe cassée")
    with desk.work(Job("test")) as work:
        work.session.get_one(Case, case_id).subject_line = "Château d'eau fêlé"
    assert listed(desk, now, q="pompe") == []
    assert listed(desk, now, q="chateau fele") == ["10001"]
    with desk.work(Job("test")) as work:
        work.session.get_one(Case, case_id).subject_line = None
    assert listed(desk, now, q="chateau") == []


def test_compartments_are_listed_and_counted_for_their_officer_alone(desk, now):
    facts = {"category": "17", "case_class": "C5", "holder_function": "integrity"}
    put_case(desk, "10001", now, **facts)
    for parts in ({}, {"q": "10001"}, {"q": "payer"}, {"case_class": "private"}, {"q": "tessit"}):
        assert listed(desk, now, **parts) == []
        assert listed(desk, now, "P3", **parts) == ["10001"]


def test_pages_neither_skip_nor_repeat_while_cases_come_and_go(desk, now):
    for at in range(12):
        put_case(desk, str(10100 + at * 10), now)  # all due at the same moment
    seen, after = [], ""
    for step in range(9):
        with desk.reading(asking_as(desk, "P1")) as work:
            page = Listing(Asking(work, now), Filter()).page(after, 3)
        seen += [row.number for row in page.rows]
        after = page.following
        put_case(desk, str(10105 + step * 20), now)
        put_case(desk, str(10001 + step), now, due_at=now - timedelta(days=1))
        if not after:
            break
    assert not after
    assert len(seen) == len(set(seen))
    assert {str(10100 + at * 10) for at in range(12)} <= set(seen)


def test_a_cursor_that_is_none_of_ours_is_the_first_page(desk, now):
    put_case(desk, "10001", now)
    for cursor in ("x", "20261123T120000.000000", "-", "20269999T990000.000000-1", "é-é"):
        assert listed(desk, now, after=cursor) == ["10001"]


def test_the_next_of_a_list_follows_and_the_last_has_none(desk, now):
    put_case(desk, "10001", now, due_at=now)
    put_case(desk, "10002", now)
    with desk.reading(asking_as(desk, "P1")) as work:
        listing = Listing(Asking(work, now), Filter())
        assert listing.next_to("10001") == "10002"
        assert listing.next_to("10002") is None
        assert listing.next_to("99999") == "10001"


def test_a_filter_says_itself_again_in_an_address(desk):
    said = dict.fromkeys(NAMES.values(), "")
    said |= {"q": " eau & sel ", "etat": "taken", "classe": "C4", "age": "7", "pour": "me"}
    wanted = Filter.from_query(said)
    assert wanted.to_query() == "q=eau+%26+sel&classe=C4&etat=taken&age=7&pour=me"
    nonsense = {"type": "x", "classe": "C10", "etat": "gone", "age": "-1", "depuis": "hier"}
    assert Filter.from_query({**nonsense, "categorie": "1'", "pour": "all"}) == Filter()


def test_names_become_codes_and_what_nobody_knows_is_named(desk):
    with desk.work(Job("test")) as work:
        work.session.add(Organisation(id="ngo-a", name="Secours Sahel", kind="ngo"))
        work.session.flush()
        found = known(work, Filter(area="tésit", organisation="secours"))
        assert found.wanted == Filter(area=TESSIT, organisation="ngo-a")
        assert (found.area, found.organisation, found.unknown) == ("Tessit", "Secours Sahel", ())
        lost = known(work, Filter(area="Atlantide", organisation="x"))
        assert (lost.wanted, lost.unknown) == (Filter(), ("Atlantide", "x"))
        assert work.session.get_one(Area, TESSIT).name == "Tessit"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_word_of_an_objet_stays_in_the_file_when_its_case_is_gone(desk, now):
    over = {"status": "closed", "closed_at": now - timedelta(days=91)}
    put_case(desk, "10001", now, subject_line="Zebumort au puits", **over)
    file = Path(str(desk.url.database))
    assert b"zebumort" in kept(desk, file)
    with desk.work(Job("test")) as work:
        while privacy.purge(work, now):
            pass
    assert b"zebumort" not in kept(desk, file)


def kept(store, file):
    """Return all that the file holds once nothing waits beside it."""
    store.close()
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
