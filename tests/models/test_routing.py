"""Routing inside a unit of work: the directory as it stands, on the demo's own programme."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from flows.routing import CaseFacts
from gateway import demo
from models.area import Area, Facility, PlaceCode, Settlement
from models.db import Operator
from models.organisation import Coverage
from models.person import Person, Tie
from models.services import directory, routing
from models.services.directory import NewPerson, Numbers
from models.services.routing import concerned, route, subjects_of, where

NUMBERS = Numbers(lambda number: f"name of {number[-4:]}", lambda number: number[-4:].encode())
TESSIT = "ML070106"
CENTRES = ("MLF0155", "MLF0159", "MLF1419", "MLF0870", "MLF0602")
PLACES = [
    *(("ML", 0, None), ("ML07", 1, "ML"), ("ML06", 1, "ML"), ("ML05", 1, "ML")),
    *(("ML0701", 2, "ML07"), ("ML0602", 2, "ML06"), ("ML0507", 2, "ML05")),
    *((TESSIT, 3, "ML0701"), ("ML070105", 3, "ML0701"), ("ML070102", 3, "ML0701")),
    ("ML060208", 3, "ML0602"),
    *(("ML050708", 3, "ML0507"), ("ML02", 1, "ML"), ("ML0206", 2, "ML02")),
]


@dataclass
class Moment:
    """The little an effect of routing needs of a scene."""

    now: datetime


def found_country(work):
    """The few places of Mali that the demo programme stands on in these tests."""
    for pcode, level, parent in PLACES:
        work.session.add(
            Area(
                pcode=pcode,
                name=pcode,
                level=level,
                parent_pcode=parent,
                edition="2021",
                code_status="official",
                aliases=[],
                source="test",
            )
        )
        work.session.flush()
    for name, commune in (("MLF0219", TESSIT), *((one, None) for one in CENTRES)):
        work.session.add(
            Facility(
                id=name,
                name=name,
                kind="cscom",
                commune_pcode=commune,
                cercle_pcode="ML0701",
                quality="ok",
                source="test",
            )
        )
    work.session.add(
        Settlement(id="ML070206017", name="Tessit", commune_pcode=TESSIT, rank=5, source="test")
    )
    work.session.flush()


@pytest.fixture
def work(store, now):
    with store.work(Operator()) as work:
        found_country(work)
        demo.populate(work, NUMBERS, now)
        yield work


def routed(work, now, category="12", case_class="C4", about="nobody", **more):
    """File-less filing: whom it is about, then who has it."""
    place = more.pop("place", f"c:{TESSIT}")
    told = subjects_of(work, category, place, about, more.pop("about_org", ""))
    facts = {"kind": "complaint", "area_pcode": where(work, place)[0], "about": about, **more}
    return route(
        work,
        CaseFacts(category=category, case_class=case_class, subjects=tuple(told), **facts),
        now,
    )


def number_of(work, choice):
    return work.session.get(Person, choice.person).number


def test_rations_in_tessit_go_to_the_cell_and_to_nobody_of_the_ngo_that_distributes(work, now):
    for about in ("nobody", "unknown", "ngo", "distributor"):
        choice = routed(work, now, about=about)
        assert number_of(work, choice) == choice.number == "P0151"
        assert (choice.organisation, choice.function) == ("cell", "cell_triager")
        assert any(words.startswith("P0121 ") for words in choice.barred)


def test_the_choice_has_its_clock_and_the_date_that_is_told(work, now):
    choice = routed(work, now)
    assert choice.due_at == choice.promised_at == datetime(2026, 12, 7, tzinfo=UTC)
    quick = routed(work, now, "61", "C9", kind="alert")
    assert quick.due_at == now + timedelta(hours=72)
    assert quick.promised_at == datetime(2026, 11, 27, tzinfo=UTC)
    assert quick.number == "P0141"


def test_the_health_centre_of_tessit_is_the_business_of_the_mcd(work, now):
    for about in ("nobody", "staff", "head", "unknown"):
        assert routed(work, now, "21", about=about).number == "P0111"
    assert routed(work, now, "21", about="csref").number == "P0161"


def test_a_compartment_is_its_officers(work, now):
    assert routed(work, now, "17", "C5", "chief").number == "P0153"
    assert routed(work, now, "92", "C6", "unsaid", place="").number == "P0154"
    assert routed(work, now, "93", "C7", "unsaid", place="").number == "P0155"
    assert routed(work, now, "93", "C7", "unsaid", voice="man").number == "P0156"
    assert routed(work, now, "94", "C7", "unsaid").number == "P0155"


def test_whoever_left_stopped_or_is_kin_is_not_chosen(work, now):
    directory.revoke(work, "P0151", now)
    assert routed(work, now).number == "P0152"
    directory.by_number(work, "P0152").stopped_at = now
    work.session.flush()
    assert routed(work, now).number == "P0122"  # the pair's MEAL
    meal, pair = (directory.by_number(work, one) for one in ("P0121", "P0122"))
    work.session.add(Tie(person_id=meal.id, other_id=pair.id))
    work.session.flush()
    choice = routed(work, now)
    assert choice.number == "P0159"
    assert any("lien declare avec P0121" in words for words in choice.barred)


def test_a_registered_person_is_barred_as_what_they_are_employed_for(work, now):
    new = NewPerson("focal_point", "+22370000399", "ngo-a")
    person = directory.add_person(work, new, NUMBERS)
    hat = NewPerson("focal_point", "+22370000399", "csref-ansongo", function="mcd", area=TESSIT)
    directory.add_person(work, hat, NUMBERS)  # nearer than P0111, but employed by ngo-a
    assert routed(work, now, "21", "C4", "nobody").number == person.number
    told = routed(work, now, "21", "C4", "ngo", about_org="ngo-a")
    assert told.number == "P0111"


def test_coverage_that_is_over_still_bars_but_is_not_offered(work, now):
    past = now - timedelta(days=30)
    over = Coverage(
        organisation_id="ngo-c",
        sector="food",
        role="distributes",
        area_pcode=TESSIT,
        since=past,
        until=now,
    )
    work.session.add(over)
    work.session.flush()
    assert ("organisation", "ngo-c") in subjects_of(work, "12", f"c:{TESSIT}", "nobody", "")
    offered = concerned(work, Moment(now), {"category": "12", "place": f"c:{TESSIT}"})
    assert (offered.name, offered.values["org"]) == ("one", "ngo-a")


def test_one_organisation_at_tessit_needs_no_question_and_two_at_tenenkou_do(work, now):
    asked = concerned(work, Moment(now), {"category": "12", "place": "c:ML050708"})
    assert asked.name == "several"
    assert asked.values["orgs"] == [
        {"value": "ngo-b", "name": "ONG B"},
        {"value": "ngo-c", "name": "ONG C"},
    ]
    assert concerned(work, Moment(now), {"category": "31", "place": "c:ML050708"}).name == "none"


def test_a_place_is_its_commune_however_it_was_named(work):
    assert where(work, f"c:{TESSIT}") == (TESSIT, "")
    assert where(work, "s:ML070206017") == (TESSIT, "")
    assert where(work, "f:MLF0219") == (TESSIT, "MLF0219")
    assert where(work, "f:MLF0155") == ("ML0701", "MLF0155")
    assert where(work, "z:ML0701") == ("ML0701", "")
    assert where(work, "s:nowhere") == (None, "")
    assert where(work, "") == (None, "")


def test_filing_reads_the_directory_in_few_queries(work, now):
    asked = []
    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    routed(work, now)
    assert len(asked) <= 8


def test_the_demo_is_ready_to_open_and_its_codes_are_of_its_communes(work):
    assert directory.ready(work) == []
    assert work.session.get(PlaceCode, "6143").ref == f"c:{TESSIT}"
    assert demo.exists(work)
    assert {person.number for person in directory.people(work)} >= {"R128", "P0151", "P0301"}


def test_the_policy_is_read_once():
    assert routing.policy() is routing.policy()


def test_pins_of_the_demo_are_kept_for_their_owner_only(tmp_path):
    assert demo.read_pins(tmp_path) == {}
    demo.write_pins(tmp_path, {"P0151": "0042"})
    assert (tmp_path / demo.PINS).stat().st_mode & 0o777 == 0o600
    assert demo.read_pins(tmp_path) == {"P0151": "0042"}
