"""Tables as fine as the documents allow, and no finer; periods; who stands in which cell."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.indicators import INDICATORS, shares
from flows.publications import (
    COMPARTMENTS,
    COMPLAINTS,
    PUBLICATIONS,
    REFERRALS,
    Cell,
    bounds,
    cells,
    period_of,
    ripe,
)
from tests.conftest import NOON

EVERY = list(PUBLICATIONS.values())
DIGITS = {0: 2, 1: 4, 2: 6, 3: 8}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_each_table_is_a_tree_of_cells_told_once(one):
    """What the release rule relies on: partitions hang on one cell each, at one level."""
    names = [split.name for split in one.splits]
    assert len(set(names)) == len(names)
    known = {(split.name, value) for split in one.splits for value in split.values}
    assert all(split.of in {("", ""), *known} for split in one.splits)
    assert 0 <= one.divided <= one.level
    for split in one.splits:
        assert len(set(split.values)) == len(split.values)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_no_table_is_finer_than_threat_model_t10_allows(one):
    assert one.period in {"month", "quarter"}
    assert one.level <= 3
    assert one.threshold >= 5


def test_health_is_told_from_ten_on_and_by_cercle():
    for one in (REFERRALS, PUBLICATIONS["evacuations"], PUBLICATIONS["walk_ins"]):
        assert (one.threshold, one.level) == (10, 2)


def test_violence_is_told_by_region_and_quarter_alone_and_to_its_officers():
    assert set(COMPARTMENTS) == {"C5", "C6", "C7"}
    for one in COMPARTMENTS.values():
        assert (one.period, one.public, one.threshold) == ("quarter", False, 10)
    assert [one.level for one in COMPARTMENTS.values()] == [0, 0, 1]


def test_somebody_stands_in_one_cell_of_each_partition_of_the_level_that_is_divided():
    traits = {"topic": "1", "class": "C4", "source": "ussd", "sex": "F", "answered": "late"}
    found = set(cells(COMPLAINTS, "ML070106", {**traits, "said_of_answer": "unsaid"}))
    areas = {Cell("ML"), Cell("ML07"), Cell("ML0701"), Cell("ML070106")}
    values = {Cell("ML0701", *pair) for pair in traits.items()}
    assert found == areas | values | {Cell("ML0701", "said_of_answer", "unsaid")}


def test_a_place_is_counted_as_far_as_it_is_known():
    assert set(cells(COMPLAINTS, None, {})) == {Cell("ML")}
    assert set(cells(COMPLAINTS, "ML07", {"sex": "F"})) == {Cell("ML"), Cell("ML07")}


def test_a_value_no_table_knows_is_counted_as_other():
    assert Cell("ML0701", "source", "other") in set(
        cells(COMPLAINTS, "ML0701", {"source": "carrier_pigeon"})
    )
    assert Cell("ML0701", "sex", "unsaid") in set(cells(COMPLAINTS, "ML0701", {"sex": "?"}))


def test_periods_begin_and_end_with_their_months():
    assert period_of(COMPLAINTS, NOON) == "2026-11"
    assert period_of(COMPARTMENTS["C7"], NOON) == "2026-Q4"
    assert [f"{at:%Y-%m-%d}" for at in bounds("2026-12", NOON)] == ["2026-12-01", "2027-01-01"]
    assert [f"{at:%Y-%m-%d}" for at in bounds("2026-Q4", NOON)] == ["2026-10-01", "2027-01-01"]
    assert [f"{at:%Y-%m-%d}" for at in bounds("2026-Q1", NOON)] == ["2026-01-01", "2026-04-01"]


@pytest.mark.parametrize(
    ("one", "period", "at"),
    [
        (COMPLAINTS, "2026-11", datetime(2026, 12, 3, tzinfo=UTC)),
        (REFERRALS, "2026-11", datetime(2026, 12, 31, tzinfo=UTC)),
        (COMPARTMENTS["C7"], "2026-Q4", datetime(2027, 1, 3, tzinfo=UTC)),
    ],
)
def test_a_table_waits_until_its_period_was_watched(one, period, at):
    assert ripe(one, period, at)
    assert not ripe(one, period, at - timedelta(seconds=1))


def test_indicators_are_two_cells_of_one_table():
    for one in INDICATORS:
        table = PUBLICATIONS[one.publication]
        known = {("", "")} | {(s.name, value) for s in table.splits for value in s.values}
        assert {one.numerator, one.denominator} <= known
        assert table.public
    told = {
        Cell("ML0701"): 40,
        Cell("ML0701", "arrived", "yes"): 25,
        Cell("ML0701", "served", "yes"): "<10",
    }
    assert list(shares("referrals", told)) == [
        ("ML0701", "referrals.arrival", 25, 40),
        ("ML0701", "referrals.service", "<10", 25),
        ("ML0701", "referrals.completion", "<10", 40),
    ]
