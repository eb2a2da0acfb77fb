"""Who counts as what: histories into the facts of a table."""

from datetime import timedelta

import pytest

from models.case import Case, CaseEvent
from models.referral import Referral, ReferralStep
from models.services.counted import case_counted, referral_counted
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def case(*events, **said):
    given = {
        "kind": "complaint",
        "category": "12",
        "case_class": "C4",
        "status": "routed",
        "area_pcode": "ML070106",
        "source": "ussd",
        "opened_at": NOON,
        **said,
    }
    opened = ("opened", timedelta(), {"due": (NOON + 14 * DAY).isoformat()})
    rows = [
        CaseEvent(transition=what, at=NOON + after, details=details)
        for what, after, details in (opened, *((*one, {})[:3] for one in events))
    ]
    return Case(**given, events=rows)


def traits(one, later=DAY):
    counted = case_counted(one, NOON + later)
    return {"table": counted.publication.name, **counted.traits}


def test_a_complaint_counts_by_what_was_coded_of_it():
    assert traits(case(sex="F")) == {
        "table": "complaints",
        "topic": "1",
        "class": "C4",
        "source": "ussd",
        "sex": "F",
        "answered": "waiting",
        "said_of_answer": "unsaid",
    }


@pytest.mark.parametrize(
    ("events", "later", "answered"),
    [
        ([], 14 * DAY, "waiting"),
        ([], 14 * DAY + HOUR, "late"),
        ([("answered", 14 * DAY)], 60 * DAY, "in_time"),
        ([("answered", 14 * DAY + HOUR)], 60 * DAY, "late"),
        ([("answered", DAY), ("reopened", 2 * DAY), ("answered", 40 * DAY)], 60 * DAY, "in_time"),
    ],
)
def test_what_is_in_time_is_judged_by_the_first_answer_and_the_first_date(events, later, answered):
    assert traits(case(*events), later)["answered"] == answered


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([("closed", DAY, {"why": "satisfied"})], "content"),
        ([("closed", DAY, {"why": "30 days"})], "unsaid"),
        ([("reopened", DAY)], "not_content"),
        ([("reopened", DAY), ("closed", 2 * DAY, {"why": "satisfied"})], "content"),
    ],
)
def test_the_last_word_on_the_answer_counts(events, said):
    assert traits(case(*events))["said_of_answer"] == said


@pytest.mark.parametrize("status", ["withdrawn", "joined"])
def test_who_said_stop_and_who_joined_an_event_count_nowhere(status):
    assert case_counted(case(status=status), NOON) is None


@pytest.mark.parametrize("kind", ["call_back", "stock_out", "referral"])
def test_a_task_is_no_case_of_its_own(kind):
    assert case_counted(case(kind=kind), NOON) is None


@pytest.mark.parametrize("name", ["C5", "C6", "C7"])
def test_a_compartment_counts_who_and_whether_it_was_passed_on_in_a_day(name):
    assert traits(case(case_class=name)) == {"table": name, "passed_on": "late"}
    soon = case(("taken", DAY), case_class=name)
    assert traits(soon) == {"table": name, "passed_on": "in_time"}
    late = case(("taken", DAY + HOUR), case_class=name, kind="alert")
    assert traits(late) == {"table": name, "passed_on": "late"}
    assert case_counted(case(case_class=name, kind="call_back"), NOON) is None
    assert case_counted(case(case_class=name, status="incomplete"), NOON) is None


def test_what_was_never_filed_counts_apart_without_a_fact():
    assert traits(case(status="incomplete")) == {"table": "incomplete"}


def test_alerts_count_by_kind_and_decision_evacuations_by_whether_somebody_came():
    alert = {"kind": "alert", "category": "61", "case_class": "C9"}
    assert traits(case(**alert)) == {"table": "alerts", "kind": "61", "decided": "waiting"}
    assert traits(case(("answered", 3 * DAY), **alert))["decided"] == "in_time"
    assert traits(case(("answered", 3 * DAY + HOUR), **alert))["decided"] == "late"
    assert traits(case(kind="evacuation")) == {"table": "evacuations", "taken": "no"}
    assert traits(case(("taken", HOUR), kind="evacuation"))["taken"] == "yes"


def referral(*steps, **said):
    given = {"source": "relay", "age_band": "20-24", "wish": "3", "sent_at": NOON, **said}
    rows = [
        ReferralStep(id=place, transition=what, at=NOON + after, details=details)
        for place, (what, after, details) in enumerate((*one, {})[:3] for one in steps)
    ]
    return Referral(**given, area_pcode="ML070106", steps=rows)


def met(one):
    counted = referral_counted(one)
    return {"table": counted.publication.name, **counted.traits}


def test_a_referral_counts_by_what_was_asked_when_she_never_came():
    assert met(referral(("sent", 0 * DAY))) == {
        "table": "referrals",
        "sent_by": "relay",
        "age": "20-24",
        "asked": "3",
        "accepted": "no",
        "arrived": "no",
    }


def test_a_referral_counts_by_what_was_done_when_she_came():
    served = referral(
        *[("accepted", 2 * DAY), ("arrived", 3 * DAY), ("served", 3 * DAY)],
        ("counter_sent", 3 * DAY),
        given="4",
        wish=None,
    )
    found = met(served)
    assert (found["asked"], found["accepted"], found["days_to_arrival"]) == (
        "unsaid",
        "48_h",
        "3-7",
    )
    assert (found["served"], found["given"], found["counter_referred"]) == ("yes", "4", "yes")
    away = met(referral(("arrived", 40 * DAY), ("not_served", 40 * DAY), reason="stock_out"))
    assert (away["served"], away["not_served"]) == ("no", "stock_out")
    assert away["days_to_arrival"] == "15-30"
    assert met(referral(("arrived", HOUR)))["served"] == "waiting"
    late = met(referral(("accepted", 2 * DAY + HOUR), ("accepted", 3 * DAY)))
    assert late["accepted"] == "later"


def test_a_walk_in_is_in_a_table_of_her_own():
    assert met(referral(("arrived", HOUR), source="walk_in"))["table"] == "walk_ins"


@pytest.mark.parametrize("step", ["cancelled", "withdrawn"])
def test_a_mistake_and_a_stop_count_nowhere_unless_undone(step):
    assert referral_counted(referral(("sent", HOUR), (step, 2 * HOUR))) is None
    undone = referral(("sent", HOUR), (step, 2 * HOUR), ("undone", 3 * HOUR, {"undid": [1]}))
    assert met(undone)["table"] == "referrals"
