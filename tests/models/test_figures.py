"""What is published: once, of everybody who counts and nobody else, purged meanwhile or not."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select

from flows.publications import PUBLICATIONS, Cell
from models.case import Case
from models.db import Job
from models.figure import Departed, Figure
from models.services import departed, figures
from tests.factories import ANSONGO, TESSIT
from workers.keeper.press import Press

RIPE = datetime(2026, 12, 3, 1, tzinfo=UTC)
QUARTER_RIPE = datetime(2027, 1, 3, 1, tzinfo=UTC)


@pytest.fixture
def press(stage):
    return Press(stage.store, stage.vault)


def files(stage, count, **said):
    return [stage.files(f"+2237000{1000 + number}", **said)["case"] for number in range(count)]


def told(stage, publication="complaints", period="2026-11", public=True):
    with stage.store.reading(Job("test")) as work:
        rows = select(Figure).where(
            Figure.publication == publication, Figure.period == period, Figure.is_public == public
        )
        return {
            Cell(one.area, one.split, one.value): one.shown
            if one.below is None
            else f"<{one.below}"
            for one in work.session.scalars(rows)
        }


def test_a_month_is_published_two_days_after_it_ended_and_never_again(stage, press):
    files(stage, 12)
    assert press.go(datetime(2026, 12, 2, 23, tzinfo=UTC)) == 0
    assert press.go(RIPE) == 4  # complaints, incomplete, alerts, evacuations
    first = told(stage)
    assert first[Cell("ML")] in {10, 15}
    assert first[Cell(TESSIT)] in {10, 15}
    assert first[Cell(ANSONGO, "topic", "1")] in {10, 15}
    assert first[Cell(ANSONGO, "topic", "2")] == "<5"
    assert set(told(stage, "alerts").values()) == {"<5"}
    files(stage, 3)
    assert press.go(RIPE) == 0
    assert told(stage) == first


def test_what_is_small_and_what_is_nothing_look_the_same(stage, press):
    files(stage, 4)
    press.go(RIPE)
    assert set(told(stage).values()) == {"<5"}


def test_whoever_said_stop_is_not_counted(stage, press):
    given = [stage.files(f"+2237000{1000 + number}") for number in range(9)]
    for number, one in enumerate(given[4:]):
        phone = f"+2237000{1004 + number}"
        stage.does("withdraw", {"case": one["case"]}, phone)
    press.go(RIPE)
    assert told(stage)[Cell("ML")] == "<5"


def test_compartments_stand_in_no_public_table_and_no_total(stage, press):
    files(stage, 4)
    for category in ("91", "92", "93"):
        files(stage, 12, category=category, place=f"z:{ANSONGO}", about="nobody")
    press.go(QUARTER_RIPE)
    assert set(told(stage).values()) == {"<5"}
    for name in ("C5", "C6", "C7"):
        assert told(stage, name, "2026-Q4") == {}
        assert told(stage, name, "2026-Q4", public=False)[Cell("ML")] in {10, 15}
    with stage.store.reading(Job("test")) as work:
        public = {one.publication for one in figures.published(work)}
    assert public == {name for name, one in PUBLICATIONS.items() if one.public}


def goes(stage, ids):
    """Let some cases depart: counted, and then in no list any more, in one unit of work."""
    with stage.store.work(Job("purge")) as work:
        rows = work.session.scalars(select(Case).where(Case.id.in_(ids))).all()
        departed.cases(work, rows)
        for one in rows:
            one.status = "withdrawn"


def waiting_to_be_told(stage):
    with stage.store.reading(Job("test")) as work:
        rows = select(Departed.publication, func.sum(Departed.count)).group_by(Departed.publication)
        return {
            name: count for name, count in work.session.execute(rows.where(Departed.split == ""))
        }


def test_what_was_purged_meanwhile_is_published_as_if_it_were_there(stage, press):
    here = files(stage, 14)
    private = files(stage, 12, category="93", place=f"z:{ANSONGO}")
    goes(stage, here[:6])
    goes(stage, [*here[6:9], *private])
    # Country, region, cercle, commune; of the last no finer than the region.
    assert waiting_to_be_told(stage) == {"complaints": 4 * 9, "C7": 2 * 12}
    press.go(QUARTER_RIPE)
    assert told(stage)[Cell(TESSIT)] in {10, 15}
    assert told(stage)[Cell(ANSONGO, "source", "ussd")] in {10, 15}
    assert told(stage, "C7", "2026-Q4", public=False)[Cell("ML07")] in {10, 15}
    assert waiting_to_be_told(stage) == {}


def test_who_departs_while_a_month_is_counted_is_counted_once_and_waits_for_nobody(stage):
    here = files(stage, 9)
    goes(stage, here[:2])
    with stage.store.reading(Job("figures")) as work:
        tables = figures.compose(work, lambda name, among: 4, RIPE)
        goes(stage, here[2:5])
    with stage.store.work(Job("figures")) as work:
        figures.freeze(work, tables, RIPE)
    assert told(stage)[Cell("ML")] == 5
    assert waiting_to_be_told(stage) == {}


def test_what_departs_once_its_table_is_told_leaves_no_count(stage, press):
    here = files(stage, 7)
    press.go(RIPE)
    goes(stage, here)
    assert waiting_to_be_told(stage) == {}


def test_a_restored_database_publishes_the_same_again(stage, press):
    files(stage, 13)
    press.go(RIPE)
    first = told(stage)
    with stage.store.work(Job("test")) as work:
        work.session.execute(delete(Figure))
    press.go(RIPE)
    assert told(stage) == first


def test_another_programme_rounds_its_own_way(stage):
    files(stage, 13)
    ways = []
    for way in (0, 4):
        with stage.store.reading(Job("figures")) as work:
            tables = figures.compose(work, lambda name, among, way=way: way, RIPE)
        with stage.store.work(Job("figures")) as work:
            assert figures.freeze(work, tables, RIPE) == 4
            assert figures.freeze(work, tables, RIPE) == 0
        ways.append(told(stage)[Cell("ML")])
        with stage.store.work(Job("test")) as work:
            work.session.execute(delete(Figure))
    assert ways == [15, 10]


def test_a_keeper_that_was_away_for_months_tells_each_of_them(stage, press):
    files(stage, 5)
    press.go(datetime(2027, 3, 1, tzinfo=UTC))
    with stage.store.reading(Job("test")) as work:
        rows = select(Figure.period).where(Figure.publication == "complaints").distinct()
        assert sorted(work.session.scalars(rows)) == ["2026-11", "2026-12", "2027-01"]
