"""A policy that somebody proposes: whatever is typed is told with its line, and never stops us."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.policy import DEFAULT, PolicyWrong, default_policy
from flows.policy_changes import changes
from flows.proposed_policy import proposed

TEXT = DEFAULT.read_text(encoding="utf-8")
TODAY = default_policy()
LINES = TEXT.splitlines()


def mistakes(text):
    with pytest.raises(PolicyWrong) as told:
        proposed(text, TODAY)
    return told.value.mistakes


def test_the_policy_of_the_service_passes_and_changes_nothing():
    assert proposed(TEXT, TODAY) == TODAY
    assert changes(TODAY, proposed(TEXT, TODAY)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("row: 4\n", "row: four\n", "rows row: a number is expected"),
        ("outside: outside_body", "outside: drs", "outside and officers cannot be changed here"),
        (
            "C5: [integrity, inspection]",
            "C5: [integrity, inspection, drs]",
            "outside and officers cannot be",
        ),
        ("first: [mcd]", "first: [mcdd]", "row 7: no function mcdd"),
        ("first: [mcd]", "first: {mcd: 1}", "rows first: a list is expected"),
        ("first: [mcd]", "first: &a [mcd]\n    late: *a", "a reference (*) is not followed"),
        ("says: evacuation", "says: 2026-13-45", "a value that cannot be read"),
        ('["67"]', '["99"]', "row 23: no category 99"),
        ("place: unknown", "place: nowhere", "row 26: place: known or unknown"),
        ("repair: visible", "repair: later", "row 2: repair: ask or visible"),
        ("- [cell_supervisor]\n\n  # Raised", "- [drs]\n\n  # Raised", "reaches no cell_superv"),
        ("kind: [evacuation]", "kind: [evakuation]", "row 24: no kind evakuation"),
        ("when: {class: [C6]}", "when: {class: [C9]}", "reaches no officer of C6"),
        ("teacher: maitre", "tutor: maitre", "functions: teacher is in use and cannot go"),
        (
            "default: {state_food: sldses, administration: false}",
            "default: {state_food: sldses}",
            "cercles default: missing administration",
        ),
    ],
)
def test_each_mistake_is_told(old, new, told):
    assert old in TEXT
    assert any(told in one for one in mistakes(TEXT.replace(old, new))), mistakes(
        TEXT.replace(old, new)
    )


@pytest.mark.parametrize(
    "text", ["", "[" * 50, "\x00", "a: " * 30_000, "- 1", "? [a]\n: b", "<<: 1"]
)
def test_nonsense_is_told_too(text):
    assert mistakes(text)


@settings(max_examples=60, deadline=None)
@given(
    at=st.integers(0, len(LINES) - 1),
    line=st.sampled_from(
        [
            "",
            "  x: 1",
            "rows:",
            "  - row: 1",
            "    first: 3",
            "    when: [a]",
            "  - 7",
            "{}",
            "a: !!x 1",
        ]
    ),
)
def test_no_spoilt_line_raises_anything_else(at, line):
    spoilt = [*LINES[:at], line, *LINES[at + 1 :]]
    told = [":"]
    try:
        proposed("\n".join(spoilt), TODAY)
    except PolicyWrong as wrong:
        told = wrong.mistakes
    assert all(one.startswith(":") for one in told)


def test_what_would_change_is_said_by_category():
    other = TEXT.replace(
        'when: {category: ["23"]}\n    first: [cell_triager]',
        'when: {category: ["23"]}\n    first: [mcd]',
    )
    [change] = [one for one in changes(TODAY, proposed(other, TODAY)) if "unknown" in one.abouts]
    assert (change.kind, change.category) == ("complaint", "23")
    assert change.before.levels[0][0].function == "cell_triager"
    assert change.after.levels[0][0].function == "mcd"
