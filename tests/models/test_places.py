"""Where it is, where to go, whom to ring: the effects of a conversation about places."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from flows.gsm7 import safe, septets
from models.area import Facility, PlaceCode
from models.conversation import Contact
from models.db import Gateway
from models.organisation import Coverage, Organisation
from models.person import Hat, Person
from models.services.places import PLACE_EFFECTS, programme_cercles
from models.services.programme import programme_areas, put_setting
from tests.models.place_world import scene, settle_world

PHONE = "f" * 64
TESSIT = {"place": "c:ML070106", "place_name": "Tessit", "cercle_name": "Ansongo"}


@pytest.fixture
def ask(store, now):
    """Ask an effect in a settled world and get its outcome's name and values."""
    with store.work(Gateway()) as work:
        settle_world(work)

    def asked(effect, contact=None, **answers):
        with store.work(Gateway()) as work:
            outcome = PLACE_EFFECTS[effect](work, scene(now, contact=contact), answers)
            return outcome.name, outcome.values

    return asked


def remember(store, when):
    with store.work(Gateway()) as work:
        work.session.merge(
            Contact(pseudonym=PHONE, last_commune="ML070106", last_place_at=when, seen_at=when)
        )


def cover(store, area):
    with store.work(Gateway()) as work:
        work.session.merge(Organisation(id="ngo-a", name="ONG A", kind="ngo"))
        work.session.flush()
        work.session.add(
            Coverage(
                organisation_id="ngo-a",
                sector="food",
                area_pcode=area,
                since=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )


def test_a_code_dialled_through_says_the_place(ask):
    assert ask("start_place", dialled="6143") == ("dialled", TESSIT)


def test_a_code_nobody_knows_is_as_if_nothing_was_dialled(ask):
    assert ask("start_place", dialled="9999") == ("unknown", {})


def test_the_last_place_of_a_phone_is_offered_for_thirty_days(ask, store, now):
    remember(store, now - timedelta(days=29))
    assert ask("start_place", contact=PHONE, dialled="") == ("known", TESSIT)
    remember(store, now - timedelta(days=31))
    assert ask("start_place", contact=PHONE, dialled="") == ("unknown", {})


def test_the_last_place_of_a_phone_is_never_offered_in_private(ask, store, now):
    remember(store, now)
    assert ask("start_place", contact=PHONE, private=True) == ("unknown", {})


def test_nothing_is_offered_while_nobody_knows_whose_phone_it_is(ask, store, now):
    remember(store, now)
    assert ask("start_place", contact=None) == ("unknown", {})


@pytest.mark.parametrize("said", ["6143", "tess", "Tessit", "tesite", "a tessit"])
def test_a_place_typed_is_found(ask, said):
    assert ask("find_place", said=said) == ("one", TESSIT)


def test_a_place_nobody_knows_is_not_found(ask):
    assert ask("find_place", said="xyzzyqkw") == ("none", {})
    assert ask("find_place", said="") == ("none", {})


def test_an_ambiguous_place_is_asked_back_and_its_choices_can_be_told_apart(ask, store):
    name, values = ask("find_place", said="koulouba")
    assert (name, values["place"]) == ("one", "s:V3")  # of the commune that has codes
    cover(store, "ML070102")
    name, values = ask("find_place", said="koulouba")
    assert name == "many"
    assert values["places"] == [
        {"value": "s:V2", "name": "Koulouba", "cercle": "Bara"},
        {"value": "s:V3", "name": "Koulouba", "cercle": "Tessit"},
    ]


def test_a_choice_is_named(ask):
    named = {"place_name": "Koulouba", "cercle_name": "Ansongo"}
    assert ask("name_place", place="s:V2") == ("named", named)
    assert ask("name_place", place="s:V9") == ("named", {"place_name": "", "cercle_name": ""})


def test_the_cercles_listed_are_those_of_the_programme(ask, store):
    ansongo = {"value": "z:ML0701", "name": "Ansongo"}
    gao = {"value": "z:ML0703", "name": "Gao"}
    assert ask("list_cercles") == ("listed", {"cercles": [ansongo]})
    cover(store, "ML0703")
    assert ask("list_cercles") == ("listed", {"cercles": [ansongo, gao]})


def test_where_somebody_serves_is_the_programme_but_a_whole_region_is_not(ask, store):
    cover(store, "ML0703")
    with store.work(Gateway()) as work:
        for number, area in (("P1", "ML070102"), ("P2", "ML07"), ("P3", None)):
            sealed = {"pseudonym": number, "phone_sealed": b"", "phone_ends": "001"}
            person = Person(number=number, role="focal_point", organisation_id="ngo-a", **sealed)
            person.hats.append(Hat(function="meal", organisation_id="ngo-a", area_pcode=area))
            work.session.add(person)
    with store.work(Gateway()) as work:
        assert programme_areas(work) == {"ML070106", "ML070102", "ML0703"}


@pytest.mark.parametrize("code", ["6143", "6150", "6151"])
def test_any_code_tells_where_the_programme_is(ask, store, code):
    with store.work(Gateway()) as work:
        work.session.execute(delete(PlaceCode).where(PlaceCode.code != code))
        assert programme_areas(work) == {"ML070106"}


def test_a_programme_that_works_nowhere_yet_lists_every_cercle(sqlite_store):
    with sqlite_store.work(Gateway()) as work:
        assert programme_cercles(work) == []
        settle_world(work)
        work.session.execute(delete(PlaceCode))
        assert len(programme_cercles(work)) == 2


def test_the_communes_of_a_cercle_are_listed_the_programmes_first(ask):
    _, values = ask("list_communes", cercle="z:ML0701")
    assert [one["name"] for one in values["communes"]] == ["Tessit", "Ansongo", "Bara"]
    assert values["communes"][0]["value"] == "c:ML070106"


def test_the_centres_of_the_commune_come_before_those_of_the_cercle(ask):
    _, values = ask("facilities_near", place="c:ML070106")
    assert [one["value"] for one in values["facilities"]] == ["f:F1", "f:F4", "f:F2"]


def test_the_centre_of_the_village_itself_comes_first(ask):
    _, values = ask("facilities_near", place="s:V1")
    assert [one["value"] for one in values["facilities"]] == ["f:F4", "f:F1", "f:F2"]


def test_a_centre_meant_by_name_comes_first(ask):
    _, values = ask("facilities_near", place="f:F3")
    assert values["facilities"][0] == {"value": "f:F3", "name": "CSCOM Bara"}


def test_a_cercle_with_few_centres_is_filled_up_with_the_nearest(ask):
    _, values = ask("facilities_near", place="c:ML070303")
    assert [one["value"] for one in values["facilities"]] == ["f:F5", "f:F6", "f:F3"]


def test_without_a_place_there_is_no_near(ask):
    assert ask("facilities_near", place="") == ("none", {})
    assert ask("facilities_near") == ("none", {})


def test_facts_of_a_centre_are_told_as_far_as_they_are_known(ask):
    assert ask("facility_facts", facility="f:F1") == (
        "known",
        {"facility_name": "CSCOM Tessit", "fee": "Gratuit", "hours": "8 h a 16 h"},
    )
    _, values = ask("facility_facts", facility="f:F2")
    assert (values["fee"], values["hours"]) == ("Prix pas connu", "heures pas connues")
    _, values = ask("facility_facts", facility="f:F9")
    assert values["facility_name"] == ""


def test_facts_of_a_centre_fit_one_screen_with_the_longest_values(ask, store):
    with store.work(Gateway()) as work:
        centre = work.session.get_one(Facility, "F1")
        centre.name, centre.fee, centre.hours = "CSCOM " + "é" * 70, "x" * 24, "y" * 24
    _, values = ask("facility_facts", facility="f:F1")
    screen = (
        f"{values['facility_name']}:\n{values['fee']}, {values['hours']}.\n"
        "Si on demande plus, dites-le: *123# puis 1.\n0 Sortir"
    )
    assert septets(safe(screen)) <= 160


def test_the_numbers_to_call_are_those_of_the_programme_and_of_the_centre(ask, store):
    assert ask("help_numbers", place="") == (
        "known",
        {"tel_green": "pas connu", "tel_centre": "sur place", "tel_woman": "pas connu"},
    )
    with store.work(Gateway()) as work:
        put_setting(work, "green_line", "+22370000301")
        put_setting(work, "woman_to_talk", "+22370000155")
        put_setting(work, "green_line", "+22370000302")
    assert ask("help_numbers", place="c:ML070106") == (
        "known",
        {"tel_green": "70 00 03 02", "tel_centre": "70 00 01 01", "tel_woman": "70 00 01 55"},
    )


def test_urgent_numbers_are_those_of_the_centre_and_of_the_cercle(ask):
    assert ask("urgent_numbers", place="c:ML070106") == (
        "known",
        {"tel_centre": "70 00 01 01", "tel_cercle": "70 00 01 11"},
    )
    assert ask("urgent_numbers", place="c:ML070101")[1]["tel_centre"] == "70 00 01 01"
    unknown = {"tel_centre": "pas connu", "tel_cercle": "pas connu"}
    assert ask("urgent_numbers", place="c:ML070303") == ("known", unknown)
    assert ask("urgent_numbers", place="") == ("known", unknown)
