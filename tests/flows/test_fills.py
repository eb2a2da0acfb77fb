"""What the keeper puts into a text: once, where it is named, and never longer than counted."""

from hypothesis import given
from hypothesis import strategies as st

from flows.fills import QUOTED, at_longest, put_in, quoted
from flows.gsm7 import segments


def test_only_what_is_named_is_replaced():
    assert put_in("Rappelez au {tel}, {n}", {"tel": "70000101"}) == "Rappelez au 70000101, {n}"
    assert put_in("{tel}", {}) == "{tel}"


def test_what_somebody_typed_in_braces_is_not_replaced_in_turn():
    values = {"decision": "voir {tel}", "tel": "70000101"}
    assert put_in("{decision}; {tel}", values) == "voir {tel}; 70000101"


def test_a_text_is_counted_as_long_as_it_may_become():
    names = {"tel": "person:P0101", "decision": "story:7"}
    assert len(at_longest("{tel} {decision}", names)) == 8 + 1 + QUOTED


@given(st.text())
def test_a_quotation_always_fits(words):
    shown = quoted(words)
    assert len(shown) <= QUOTED
    assert segments(shown) <= 1
    assert shown.isprintable() or "\n" in shown


def test_a_quotation_ends_without_a_full_stop():
    assert quoted("Mission prevue. ") == "Mission prevue"
