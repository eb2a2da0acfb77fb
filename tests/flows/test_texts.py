"""Values put into texts, once and harmlessly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.loader import load
from flows.texts import Texts, fill, names

TEXTS = load().texts


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("Bonjour", {}, "Bonjour"),
        ("Code: {c6}", {"c6": "48 21 73"}, "Code: 48 21 73"),
        ("{a}{b}{a}", {"a": 1, "b": 0}, "101"),
        ("{missing}", {}, ""),
        ("{none}", {"none": None}, ""),
        ("{list.1.name}", {"list": [{"name": "un"}, {"name": "deux"}]}, "deux"),
        ("{list.2.name}", {"list": [{"name": "un"}]}, ""),
        ("{list.first.name}", {"list": [{"name": "un"}]}, ""),
        ("{pages.0}", {"pages": ["un"]}, "un"),
        ("{a.b}", {"a": "text"}, ""),
        ("{words}", {"words": "{c6} {words}", "c6": "48 21 73"}, "{c6} {words}"),
        ("{A} {", {"A": 1}, "{A} {"),
    ],
)
def test_values_are_put_in_once(template, values, text):
    assert fill(template, values) == text


@given(st.text())
def test_whatever_was_typed_stands_in_the_text_as_it_is(words):
    assert fill("<{words}>", {"words": words, "usd": "*123#"}) == f"<{words}>"


def test_a_text_tells_the_values_it_wants():
    assert names("{n}: {list.0.name}, {n}") == ["n", "list.0.name", "n"]


def test_a_message_is_said_by_its_name():
    assert TEXTS.say("list_item", n="15736", date="28/11") == "15736 avant 28/11"
    with pytest.raises(KeyError):
        TEXTS.say("nothing")


def test_texts_may_forbid_nothing():
    assert Texts({}).forbidden == {}
