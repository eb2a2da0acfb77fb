"""The morning page: each line is what somebody needs first, and leads to the list of its like."""

import re
from datetime import timedelta

import pytest

from models.case import CallBack
from models.channel import ChannelHealth
from models.db import Job
from models.organisation import Coverage, Organisation
from models.outbound import OutboundMessage
from models.repair import Check, Repair, RepairCase
from tests.conftest import NOON
from tests.console.conftest import furnished
from tests.console.counting import statements
from tests.console.lists import ANSONGO, TESSIT, people_with, put_case, put_event

HEADINGS = (
    "Quelqu'un est peut-être en danger",
    "Promis pour aujourd'hui, et en retard",
    "Nouveau depuis le",
    "Revenu",
    "En attente d'autres",
    "Silence",
)


@pytest.fixture
def anywhere(tmp_path, store):
    """A console on each engine: what its viewer sees passes both walls on PostgreSQL."""
    return furnished(tmp_path, store)


def blocks(page):
    """Return the six blocks by their first word."""
    found = re.findall(r"<section class=\"card\"><h2>(.*?)</section>", page.text, re.DOTALL)
    return dict(zip(("danger", "due", "new", "back", "others", "silence"), found, strict=True))


def put(store, *rows):
    with store.work(Job("test")) as work:
        for row in rows:
            work.session.add(row)
            work.session.flush()


def filled(store):
    """Write something for each line of the page."""
    put_case(store, "15736", NOON, kind="evacuation", category="28", case_class="C9")
    call = put_case(store, "15744", NOON, kind="call_back", category="", status="asked")
    wish = {"language": "ses", "hour": "evening", "voice": "woman", "consent_at": NOON}
    put(store, CallBack(case_id=call, **wish))
    put_case(store, "15752", NOON, due_at=NOON - timedelta(days=1))
    put_case(store, "15760", NOON, status="reopened", opened_at=NOON - timedelta(days=20))
    back = put_case(store, "15779", NOON, opened_at=NOON - timedelta(days=20))
    put_event(store, back, "returned", NOON - timedelta(hours=1), why="1")
    lost = put_case(store, "15787", NOON, opened_at=NOON - timedelta(days=20))
    facts = {"cause": "x", "purpose": "answer_ready", "status": "failed", "case_id": lost}
    times = {"due_at": NOON, "expires_at": NOON, "created_at": NOON, "settled_at": NOON}
    put(store, OutboundMessage(**facts, **times))
    put(store, Organisation(id="ngo-a", name="NGO-A", kind="ngo"))
    repair = {"number": "15736", "category": "12", "organisation_id": "ngo-a", "function": "meal"}
    asked = Repair(**repair, status="asked", why="visible", asked_at=NOON, due_at=NOON)
    put(store, asked, RepairCase(repair_id=1, case_id=lost))
    put(store, Check(case_id=back, why="few_sources", asked_at=NOON - timedelta(days=4)))
    put(store, ChannelHealth(channel="orange", state="failing", since=NOON - timedelta(hours=5)))
    since = NOON - timedelta(days=90)
    for area in (TESSIT, "ML080101"):
        where = {"sector": "food", "area_pcode": area, "since": since}
        put(store, Coverage(organisation_id="ngo-a", **where))


def test_each_block_says_what_it_has_and_where_more_is(anywhere):
    triager = anywhere.as_role("triager")
    filled(anywhere.store)
    page = triager.get("/")
    for heading in HEADINGS:
        assert heading in page.text
    found = blocks(page)
    assert 'href="/cas/15736"' in found["danger"]
    assert "<b>soir</b>, Sonrai, une femme" in found["danger"]
    assert "retard 24 h" in found["due"]
    assert "15752" in found["due"]
    assert "Vivres, pas assez, Tessit" in found["new"]
    assert "15760" in found["back"]
    assert "<b>pas mon lieu</b>" in found["back"]
    assert 'href="/cas/15787"' in found["back"]
    assert 'href="/file?organisation=ngo-a&amp;attente=repair"' in found["others"]
    assert "1 contrôle" in found["others"]
    assert "orange" in found["silence"]
    assert "ML080101" in found["silence"]
    assert TESSIT not in found["silence"]


def test_the_lines_lead_to_lists_that_hold_the_same(console):
    triager = console.as_role("triager")
    filled(console.store)
    for address in set(re.findall(r'href="(/file\?[^"]+)"', triager.get("/").text)):
        listed = triager.get(address.replace("&amp;", "&"))
        assert listed.status_code == 200
        if "etat=all" not in address:
            assert '<tr id="n' in listed.text, address


def test_it_asks_little(anywhere):
    triager = anywhere.as_role("triager")
    filled(anywhere.store)
    triager.get("/")
    with statements(anywhere.store) as asked:
        triager.get("/")
    assert len(asked) <= 12, "\n\n".join(asked)


def test_of_compartments_not_even_a_zero_is_said_but_to_their_officer(console):
    triager, officer = console.as_role("triager"), console.as_role("integrity")
    facts = {"case_class": "C5", "category": "17", "holder_function": "integrity"}
    put_case(console.store, "15736", NOON, **facts)
    for word in ("priv", "C5", "15736"):
        assert word not in blocks(triager.get("/"))["danger"]
    assert "cas privés ouverts : 1" in officer.get("/").text


def test_whoever_is_barred_has_the_morning_of_a_world_without_it(console):
    triager = console.as_role("triager")
    before = blocks(triager.get("/"))
    [number] = people_with(console.store, "cell_triager")
    put_case(
        console.store,
        "15736",
        NOON,
        about=[("person", number)],
        due_at=NOON - timedelta(days=1),
    )
    assert blocks(triager.get("/")) == before


def test_a_place_that_only_others_may_count_is_as_silent_as_before(console):
    triager = console.as_role("triager")
    since = NOON - timedelta(days=90)
    put(console.store, Organisation(id="ngo-a", name="NGO-A", kind="ngo"))
    where = {"sector": "food", "area_pcode": ANSONGO, "since": since}
    put(console.store, Coverage(organisation_id="ngo-a", **where))
    before = blocks(triager.get("/"))["silence"]
    assert ANSONGO in before
    facts = {"case_class": "C5", "category": "17", "holder_function": "integrity"}
    put_case(console.store, "15736", NOON, **facts)
    assert blocks(triager.get("/"))["silence"] == before
    put_case(console.store, "15744", NOON)
    assert ANSONGO not in blocks(triager.get("/"))["silence"]
