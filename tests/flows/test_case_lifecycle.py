"""The tables of the contract: nothing moves except along them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.case_lifecycle import FIRST, LIFECYCLES, OPEN, after, allows
from flows.errors import TransitionRefused

KINDS = st.sampled_from(sorted(LIFECYCLES))
WORDS = sorted({word for table in LIFECYCLES.values() for row in table.values() for word in row})


def test_the_statuses_are_those_of_the_contract():
    case = {"incomplete", "routed", "taken", "answered", "closed", "reopened", "withdrawn"}
    assert set(LIFECYCLES["complaint"]) == case
    assert set(LIFECYCLES["alert"]) == case | {"joined"}  # told by others too
    assert set(LIFECYCLES["call_back"]) == {"asked", "taken", "reached", "not_reached", "closed"}


def test_the_road_of_the_contract_can_be_walked():
    status = FIRST["complaint"]
    for step in ("taken", "answered", "reopened", "taken", "answered", "closed"):
        status = after("complaint", status, step)
    assert status == "closed"
    status = FIRST["call_back"]
    for step in ("taken", "not_reached", "closed"):
        status = after("call_back", status, step)
    assert status == "closed"


@pytest.mark.parametrize("status", ["closed", "withdrawn", "incomplete"])
def test_what_is_over_stays_over(status):
    for word in WORDS:
        with pytest.raises(TransitionRefused):
            after("complaint", status, word)


def test_an_unanswered_case_is_neither_reopened_nor_closed():
    for status in ("routed", "taken", "reopened"):
        assert not allows("complaint", status, "reopened")
        assert not allows("complaint", status, "closed")


@given(KINDS, st.lists(st.sampled_from(WORDS), max_size=30))
def test_whatever_is_done_the_case_stands_at_a_status_of_its_table(kind, words):
    status = FIRST[kind]
    for word in words:
        if allows(kind, status, word):
            status = after(kind, status, word)
        assert status in LIFECYCLES[kind]
        if status in OPEN:
            assert allows(kind, status, "withdrawn")


@given(KINDS, st.text(max_size=12), st.text(max_size=12))
def test_an_unknown_status_or_word_is_refused_with_a_fact(kind, status, word):
    if not allows(kind, status, word):
        with pytest.raises(TransitionRefused):
            after(kind, status, word)
