"""The policy is a document people write: every mistake in it is told with its line."""

import pytest

from flows.policy import DEFAULT, SENSITIVE, PolicyWrong, default_policy, load_policy
from flows.routing import choose, row_for
from tests.flows.directories import facts, small

POLICY = default_policy()
TEXT = DEFAULT.read_text(encoding="utf-8")
CONTRACT = (
    "cscom_head cscom_maternity cscom_store mcd csref_fp csref_store drs meal sldses drdses"
    " felascom rrm_duty sap cap protection integrity psea gbv child_protection cell_triager"
    " cell_supervisor call_back outside_body"
)
CATEGORIES = [
    *("11", "12", "13", "14", "15", "16", "17", "191", "192", "193", "194", "195", "196"),
    *(f"2{digit}" for digit in range(1, 9)),
    *(f"3{digit}" for digit in range(1, 7)),
    *(f"4{digit}" for digit in range(1, 7)),
    *(f"5{digit}" for digit in range(1, 6)),
    *(f"6{digit}" for digit in range(1, 8)),
    *("7", "8", "91", "92", "93", "94"),
]


def line_of(words):
    return TEXT[: TEXT.index(words)].count("\n") + 1


def mistakes_of(text):
    with pytest.raises(PolicyWrong) as caught:
        load_policy(text, "mine.yaml")
    return caught.value.mistakes


def test_the_default_policy_names_every_function_of_the_contract_in_french():
    assert set(CONTRACT.split()) <= set(POLICY.functions)


@pytest.mark.parametrize("case_class", ["C3", "C4", "C5", "C6", "C7", "C9"])
def test_every_category_and_class_finds_a_row_and_somebody(case_class):
    for case in (facts(category, case_class) for category in CATEGORIES):
        assert row_for(case, POLICY).levels[0]
        assert choose(case, small(), POLICY).number


@pytest.mark.parametrize("case_class", sorted(SENSITIVE))
def test_a_sensitive_class_has_its_row_whatever_the_category(case_class):
    numbers = {row_for(facts(one, case_class), POLICY).number for one in CATEGORIES}
    assert numbers <= {4, 14, 15, 16}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("first: [mcd]", "first: [mdc]", "row 7: no function mdc"),
        ("first: [integrity]", "first: [cell_triager]", "row 4: cell_triager is no officer of"),
        ("first: [sap]", "first: [sap]\n    firrst: [sap]", "row 21: unknown word firrst"),
        ("when: {place: unknown}", "when: {plase: unknown}", "row 26: when: unknown word plase"),
        ("{function: meal, of: pair}", "{function: meal, of: twin}", "of: twin is neither pair"),
        ("{function: meal, of: pair}", "{function: meal, who: pair}", "desk: unknown word who"),
        ("{function: meal, of: pair}", "{of: pair}", "a desk is a function or {function: ...}"),
        ("informed: [felascom]", "informed: [felascon]", "row 9: no function felascon"),
        (
            "when: {class: [C6]}",
            "when: {class: [C6]}\n    informed: [drs]",
            "row 15: a compartment informs nobody",
        ),
        ("says: ecole", "says:", "row 12: missing: says"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_row(before, after, said):
    assert before in TEXT
    [mistake] = mistakes_of(TEXT.replace(before, after, 1))
    assert said in mistake
    name, line, _ = mistake.split(":", 2)
    assert name == "mine.yaml"
    row = said.split(":")[0] if said.startswith("row") else ""
    assert abs(int(line) - line_of(before)) <= 6, row


def test_all_mistakes_are_told_at_once():
    text = TEXT.replace("first: [mcd]", "first: [mdc]").replace("first: [cap]", "first: [cup]")
    assert [mistake.split(" ", 1)[1] for mistake in mistakes_of(text)] == [
        "row 7: no function mdc",
        "row 12: no function cup",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the document is not a table"),
        ("rows: []", "missing: functions, officers, sectors, concerned, cercles, outside"),
        (TEXT.replace("outside: outside_body", "outside: nobody"), "outside: no function nobody"),
        (TEXT.replace("  default: {state_food", "  ML09: {state_food"), "cercles: no default"),
        (TEXT.replace("  cgs: {functions", "  cgs: {fonctions"), "concerned cgs: unknown word"),
        (TEXT.replace("    when: {}\n", "    when: {kind: [alert]}\n"), "must take everything"),
        (TEXT.replace("  mcd: MCD", "  mcd: MCD\n  mcd: chef"), "a key said twice"),
        ("rows: [", "expected"),
    ],
)
def test_a_document_that_cannot_be_followed_is_refused(text, said):
    assert any(said in mistake for mistake in mistakes_of(text))


def test_a_cercle_has_its_own_settings():
    assert POLICY.setting("ML070106", "state_food") == "sldses"
    assert POLICY.setting("ML060208", "state_food") == "ngo"
    assert POLICY.setting("ML050708", "administration") is False
    assert POLICY.setting("", "administration") is False


def test_even_a_policy_made_by_hand_gives_a_compartment_to_its_officers_only():
    rows = tuple(row for row in POLICY.rows if "class" not in row.when)
    loose = load_policy(TEXT)
    object.__setattr__(loose, "rows", rows)
    assert choose(facts("12", "C5"), small(), loose).number == "P0159"
