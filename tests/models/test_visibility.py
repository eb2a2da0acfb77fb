"""The only door to cases: whoever a case is about finds what a stranger finds."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from models.alert import Evacuation, EvacuationRing
from models.case import Case, Subject
from models.db import Gateway, Handler, Job, Operator, Overseer
from models.person import Hat, Person, Tie
from models.services.visibility import (
    countable_cases,
    in_service,
    is_cleared,
    seen_by,
    visible_cases,
    ways,
)
from tests.factories import ANSONGO, GAO, SPEAKER, TESSIT

TRIAGERS = ("P0150", "P0151")


def seen(stage, actor):
    """Return what both walls show: the query layer, and behind it PostgreSQL's rights by row."""
    with stage.store.work(Job("test")) as work:
        own = replace(work, actor=actor)
        found = {case.id for case in work.session.scalars(visible_cases(own))}
    if isinstance(actor, Handler | Operator) and not stage.store.is_sqlite:
        with stage.store.work(actor) as work:
            assert set(work.session.scalars(text("SELECT id FROM case_"))) == found
    return found


def counted(stage, actor, *among):
    with stage.store.work(Job("test")) as work:
        own = replace(work, actor=actor)
        return {case.id for case in work.session.scalars(countable_cases(own, *among))}


def handler(stage, number):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == number))
        return Handler(person.id, person.number)


def about(stage, case_id, kind, ref):
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=case_id, kind=kind, ref=ref))


def wears(stage, number, function, organisation, area=None):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).where(Person.number == number))
        person.hats.append(Hat(function=function, organisation_id=organisation, area_pcode=area))


def test_who_holds_it_and_who_wears_its_function_see_it_and_nobody_else(stage):
    case = stage.files()["case"]
    for number in TRIAGERS:
        assert seen(stage, handler(stage, number)) == {case}
    for number in ("P0121", "P0122", "P0111", "P0152", "P0153", "P0159"):
        assert seen(stage, handler(stage, number)) == set()


def test_jobs_see_all_the_operator_all_but_compartments_and_the_gateway_nothing(stage):
    ordinary, quiet = stage.files()["case"], stage.files(category="17")["case"]
    assert seen(stage, Job("timetable")) == {ordinary, quiet}
    assert seen(stage, Operator()) == {ordinary}
    assert seen(stage, Gateway()) == set()


def test_a_compartment_is_seen_by_its_officer_alone(stage):
    case = stage.files(category="17")["case"]
    assert seen(stage, handler(stage, "P0153")) == {case}
    for number in (*TRIAGERS, "P0152", "P0154", "P0155"):
        assert seen(stage, handler(stage, number)) == set()


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("person", "P0151"),
        ("organisation", "cell"),
        ("function", "cell_triager"),
        ("function", f"cell_triager@{TESSIT}"),
        ("function", f"cell_triager@{ANSONGO}"),
    ],
)
def test_whoever_it_is_about_is_barred_even_from_what_they_hold(stage, kind, ref):
    case = stage.files()["case"]
    actor = handler(stage, "P0151")
    assert seen(stage, actor) == {case}
    about(stage, case, kind, ref)
    assert seen(stage, actor) == set()


def test_a_bar_follows_the_person_through_every_hat(stage):
    case = stage.files()["case"]
    actor = handler(stage, "P0151")
    wears(stage, "P0151", "relay", "ngo-b", TESSIT)
    assert seen(stage, actor) == {case}
    about(stage, case, "function", f"relay@{TESSIT}")
    assert seen(stage, actor) == set()
    assert seen(stage, handler(stage, "P0150")) == {case}


def test_a_hat_at_the_accused_organisation_bars_from_all(stage):
    stage.files()  # about ngo-a, the only one that covers the place
    wears(stage, "P0151", "meal", "ngo-a", GAO)
    assert seen(stage, handler(stage, "P0151")) == set()


def test_kin_of_the_accused_do_not_see_it(stage):
    case = stage.files()["case"]
    about(stage, case, "person", "P0111")
    assert seen(stage, handler(stage, "P0151")) == {case}
    with stage.store.work(Job("test")) as work:
        one, other = (
            work.session.scalar(select(Person.id).where(Person.number == number))
            for number in ("P0111", "P0151")
        )
        work.session.add(Tie(person_id=one, other_id=other))
    assert seen(stage, handler(stage, "P0151")) == set()


def test_a_hat_of_another_area_does_not_see_it(stage):
    case = stage.files(category="22")["case"]
    assert stage.holder(case) == "P0111"
    wears(stage, "P0122", "mcd", "csref-ansongo", "ML0702")
    wears(stage, "P0121", "mcd", "csref-ansongo", "ML06")
    wears(stage, "P0161", "mcd", "csref-ansongo", GAO)
    wears(stage, "P0158", "mcd", "csref-ansongo", TESSIT)
    for number in ("P0121", "P0122"):
        assert seen(stage, handler(stage, number)) == set()
    for number in ("P0158", "P0161"):
        assert seen(stage, handler(stage, number)) == {case}


def test_a_revoked_person_sees_nothing(stage):
    stage.files()
    actor = handler(stage, "P0151")
    stage.change(Person, {"number": "P0151"}, revoked_at=stage.now)
    assert seen(stage, actor) == set()


def test_what_is_over_leaves_every_phone(stage):
    given = stage.files()
    stage.does("withdraw", {"case": given["case"]}, SPEAKER)
    assert seen(stage, handler(stage, "P0150")) == set()
    assert seen(stage, Job("timetable")) == {given["case"]}


def test_counting_knows_the_same_bars_and_never_a_compartment(stage):
    mine, theirs = stage.files()["case"], stage.files()["case"]
    stage.files(category="17")
    about(stage, theirs, "person", "P0151")
    assert counted(stage, handler(stage, "P0151")) == {mine}
    # Another employer, and no kin.
    assert counted(stage, handler(stage, "P0111"), Case.category == "12") == {mine, theirs}
    assert counted(stage, Gateway()) == set()


def test_a_phone_that_is_lost_sees_nothing_and_a_person_that_never_was_neither(stage):
    stage.files()
    actor = handler(stage, "P0151")
    assert seen(stage, actor)
    stage.change(Person, {"number": "P0151"}, blocked_at=stage.now)
    assert seen(stage, actor) == set()
    assert seen(stage, Handler(999_999, "P9999")) == set()


def test_counting_leaves_out_what_is_not_among_what_was_asked(stage):
    food, health = stage.files()["case"], stage.files(category="22")["case"]
    assert counted(stage, Job("timetable")) == {food, health}
    assert counted(stage, Operator(), Case.category == "12") == {food}
    assert counted(stage, handler(stage, "P0111"), Case.category == "12") == {food}


def test_a_function_worn_for_another_organisation_does_not_see_it(stage):
    case = stage.files()["case"]
    wears(stage, "P0161", "cell_triager", "drs-gao")
    assert seen(stage, handler(stage, "P0161")) == set()
    wears(stage, "P0161", "cell_triager", "cell")
    assert seen(stage, handler(stage, "P0161")) == {case}


def test_a_case_without_a_place_is_of_every_area_of_the_function(stage):
    case = stage.files(category="22")["case"]
    wears(stage, "P0122", "mcd", "csref-ansongo", "ML0702")
    stage.change(Case, {"id": case}, area_pcode=None)
    assert seen(stage, handler(stage, "P0122")) == {case}


def test_whoever_holds_a_compartments_case_by_mistake_does_not_see_it(stage):
    case = stage.files()["case"]
    actor = handler(stage, "P0151")
    assert seen(stage, actor) == {case}
    stage.change(Case, {"id": case}, case_class="C5")
    assert seen(stage, actor) == set()


def rung(stage, case_id, actor):
    called = {"case_id": case_id, "person_id": actor.person_id}
    with stage.store.work(Job("test")) as work:
        work.session.add(Evacuation(case_id=case_id, what="birth"))
        work.session.flush()
        work.session.add(EvacuationRing(function="mcd", at=stage.now, **called))


def test_whoever_was_rung_sees_it_while_another_holds_it_but_no_compartment(stage):
    ordinary, quiet = stage.files()["case"], stage.files(category="17")["case"]
    actor = handler(stage, "P0111")
    assert seen(stage, actor) == set()
    for case in (ordinary, quiet):
        rung(stage, case, actor)
    assert seen(stage, actor) == {ordinary}


def test_what_joined_an_event_is_counted_in_it_and_shown_to_no_operator(stage):
    case = stage.files()["case"]
    stage.change(Case, {"id": case}, status="joined")
    assert seen(stage, Operator()) == set()
    assert seen(stage, Job("timetable")) == {case}


def test_the_outside_body_may_have_any_compartment_and_an_officer_their_own(stage):
    case = stage.files(category="17")["case"]
    for number in ("P0159", "P0153", "P0155"):
        actor = handler(stage, number)
        stage.change(Case, {"id": case}, holder_person=actor.person_id)
        assert seen(stage, actor) == ({case} if number != "P0155" else set())


CLEARED = {"P0159": True, "P0153": True, "P0155": True, "P0151": False, "P0121": False}


def test_who_may_have_cases_of_a_compartment_at_all(stage):
    actors = {name: handler(stage, name) for name in CLEARED}
    others = {Job("x"): True, Operator(): False, Gateway(): False, Overseer(1, "auditor"): False}
    others[Handler(999_999, "P9999")] = False
    with stage.store.work(Job("test")) as work:
        for name, actor in actors.items():
            assert is_cleared(replace(work, actor=actor)) is CLEARED[name], name
        for actor, wanted in others.items():
            assert is_cleared(replace(work, actor=actor)) is wanted, actor


def led_to(stage, actor):
    """Return the cases that each way leads to; nothing of it is a right."""
    with stage.store.work(Job("test")) as work:
        found = ways(replace(work, actor=actor))
        return [set(work.session.scalars(select(Case.id).where(one))) for one in found]


def test_every_way_leads_to_what_its_index_has_and_together_they_miss_nothing(stage):
    own, health = stage.files()["case"], stage.files(category="22")["case"]
    triager, chief = handler(stage, "P0151"), handler(stage, "P0111")
    assert led_to(stage, triager) == [set(), {own}]
    assert led_to(stage, chief) == [{health}, {health}]
    rung(stage, health, triager)
    assert led_to(stage, triager) == [set(), {health}, {own}]
    for everybody in (Job("x"), Operator(), Handler(999_999, "P9999")):
        assert led_to(stage, everybody) == [{own, health}]


def plainly(work):
    """Ask in plain SQL, where nothing but the database can hide."""
    return set(work.session.scalars(text("SELECT id FROM case_")))


def test_the_database_itself_hides_from_whom_a_work_serves_as_long_as_it_does(stage):
    own, other = stage.files()["case"], stage.files(category="17")["case"]
    everything, actor = {own, other}, handler(stage, "P0151")
    hidden = everything if stage.store.is_sqlite else {own}
    with stage.store.work(Job("test")) as work:
        serving = replace(work, actor=actor)
        work.session.add(Subject(case_id=other, kind="person", ref="P0151"))  # by the job itself
        with seen_by(serving):
            assert plainly(work) == hidden
        assert plainly(work) == everything
        with seen_by(work):
            assert plainly(work) == everything
    with stage.store.work(actor) as work, seen_by(work):
        assert plainly(work) == hidden
    with stage.store.work(Job("test")) as work, seen_by(replace(work, opened_by=None)):
        assert plainly(work) == everything


def test_the_database_itself_lets_the_service_do_what_its_actor_may_not_see(stage):
    own, other = stage.files()["case"], stage.files(category="17")["case"]
    everything, actor = {own, other}, handler(stage, "P0151")
    hidden = everything if stage.store.is_sqlite else {own}
    with stage.store.work(actor) as work:
        work.session.get_one(Case, own).escalated_at = stage.now
        with in_service(work, Job("move")):
            assert plainly(work) == everything
            work.session.get_one(Case, other).escalated_at = stage.now
        assert plainly(work) == hidden
    assert stage.case(other).escalated_at == stage.now
    with stage.store.work(Gateway()) as work, in_service(work, Job("move")):
        assert plainly(work) == everything
