"""What is counted as it happens is, to the unit, what a count of everything anew says."""

import random

import pytest
from sqlalchemy import select

from flows.case_lifecycle import OPEN
from models.case import Case
from models.counter import Counter
from models.db import Job
from models.services import clocks, counters, settling
from models.services.ended_cases import purge_cases
from models.services.sweeping import each
from tests.factories import ANSONGO, staged

CATEGORIES = ("7", "12", "13", "22", "61", "194", "17", "92")
ALL = ("2026-01-01", "2027-12-31")


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        yield one


def counted(stage, split="", value=""):
    with stage.store.work(Job("test")) as work:
        return dict(+counters.totals(work, split, *ALL).get(value, counters.Counts()))


def wrong(stage):
    with stage.store.work(Job("test")) as work:
        return counters.differences(work)


def answers(stage, case_id):
    case = stage.case(case_id)
    stage.writes(stage.holder(case_id), f"FINI {case.number} Le camion arrive.")
    stage.later(minutes=10)
    stage.settles()


def test_a_life_is_counted_step_by_step(stage):
    given = stage.files()
    assert counted(stage) == {"received": 1, "waiting": 1}
    stage.later(hours=3)
    answers(stage, given["case"])
    done = {"received": 1, "acted": 1, "acted_in_time": 1, "answered": 1, "in_time": 1}
    assert counted(stage) == done
    assert counted(stage, "category", "12") == counted(stage, "channel", "ussd") == done
    assert counted(stage, "organisation", "cell") == done
    assert counted(stage, counters.HOURS, "0004") == {"acted": 1}
    stage.does("reopen", {"case": given["case"], "how": "no"})
    assert counted(stage) == {**done, "waiting": 1, "not_content": 1}
    assert wrong(stage) == {}


def test_what_turns_out_to_be_private_is_in_no_count_any_more(stage):
    stage.files()
    kept = counted(stage), counted(stage, "category", "12")
    case = stage.files()["case"]
    assert counted(stage) == {"received": 2, "waiting": 2}
    stage.change(Case, {"id": case}, case_class="C5", category="17")
    assert (counted(stage), counted(stage, "category", "12")) == kept
    assert counted(stage, "category", "17") == {}
    stage.files(category="93")
    assert counted(stage) == kept[0]


def test_what_fails_is_not_counted_and_what_it_did_before_is(stage):
    cases = [stage.files()["case"], stage.files()["case"]]

    def moves(case):
        case.language = "snk"
        case_work.session.flush()
        if case.id == cases[1]:
            raise ValueError("no")

    with stage.store.work(Job("test")) as case_work:
        found = case_work.session.scalars(select(Case).order_by(Case.id)).all()
        case_work.session.get_one(Case, cases[0]).area_pcode = ANSONGO
        each(case_work, found, moves)
    assert counted(stage, "language", "snk")["received"] == 1
    assert counted(stage, "area", ANSONGO)["received"] == 1
    assert wrong(stage) == {}


def test_counts_outlive_what_was_counted(stage):
    given = stage.files()
    answers(stage, given["case"])
    stage.later(days=31)
    with stage.store.work(Job("test")) as work:
        settling.close_answered(work, stage.now)
    said = counted(stage)
    assert said["closed"] == 1
    stage.later(days=91)
    with stage.store.work(Job("test")) as work:
        assert purge_cases(work, stage.now) == 1
    assert counted(stage) == said
    assert wrong(stage) == {}


def test_what_was_written_wrong_is_said_and_mended(stage):
    stage.files()
    with stage.store.work(Job("test")) as work:
        row = work.session.scalar(select(Counter).where(Counter.split == ""))
        row.count = 41
        work.session.add(Counter(day="2026-11-23", measure="closed", split="", value="", count=3))
    assert sorted(wrong(stage).values()) == [(3, 0), (41, 1)]
    with stage.store.work(Job("test")) as work:
        counters.mend(work, counters.differences(work))
    assert wrong(stage) == {}


def gives_back(stage, case_id):
    stage.writes(stage.holder(case_id), f"RENVOI {stage.case(case_id).number} pas pour moi")
    stage.later(minutes=10)
    stage.settles()


ACTS = {
    "answer": answers,
    "give back": gives_back,
    "stop": lambda stage, case: stage.does("withdraw", {"case": case}),
    "again": lambda stage, case: stage.does("reopen", {"case": case, "how": "no"}),
    "hide": lambda stage, case: stage.change(Case, {"id": case}, case_class="C5"),
    "show": lambda stage, case: stage.change(Case, {"id": case}, case_class="C4"),
    "move": lambda stage, case: stage.change(Case, {"id": case}, area_pcode=ANSONGO),
    "lose": lambda stage, case: stage.change(Case, {"id": case}, area_pcode=None),
}
OF_HELD = {"answer", "give back"}


@pytest.mark.parametrize("seed", [3, 8])
def test_whatever_happens_the_counts_are_those_of_a_count_anew(stage, seed):
    chance = random.Random(seed)
    lived = []
    for _ in range(25):
        stage.later(hours=chance.choice([1, 7, 20, 60]))
        for line in (clocks.hand_over, clocks.rehome):
            with stage.store.work(Job("timetable")) as work:
                line(work, stage.house, stage.now)
        lived.append(stage.files(category=chance.choice(CATEGORIES))["case"])
        case, what = chance.choice(lived), chance.choice([*ACTS, "answer"])
        if what not in OF_HELD or stage.case(case).status in OPEN:
            ACTS[what](stage, case)
    assert wrong(stage) == {}
    whole = counted(stage)
    assert whole["received"] > 8
    for split in counters.SPLITS:
        with stage.store.work(Job("test")) as work:
            found = counters.totals(work, split, *ALL).values()
        assert sum(one["received"] for one in found) == whole["received"]
