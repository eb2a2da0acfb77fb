"""The share answered in time is what the history says, to the unit."""

import random
import shutil

import pytest

from flows.case_lifecycle import OPEN
from models.case import Case
from models.db import Job, Operator, Store
from models.services import clocks
from models.services.timeliness import share_in_time
from tests.conftest import NOON
from tests.factories import staged
from tests.models.share_recount import recount

CATEGORIES = ("7", "8", "12", "13", "21", "41", "61", "194", "17")


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


@pytest.fixture(scope="module")
def lived(sqlite_template, tmp_path_factory):
    """Two months of a programme, lived through once for all who look back at them."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    store = Store(f"sqlite:///{folder / 'jaabi.db'}")
    with staged(store, folder, NOON) as one:
        live_through(one, random.Random(26))
        yield one
    store.close()


def shares(stage, since=None):
    with stage.store.work(Operator()) as work:
        return {one.case_class: one for one in share_in_time(work, stage.now, since)}


def answers(stage, case_id):
    case = stage.case(case_id)
    stage.writes(stage.holder(case_id), f"FINI {case.number} Le camion arrive.")
    stage.later(minutes=10)
    stage.settles()


def time_acts(stage):
    for line in (clocks.hand_over, clocks.rehome):
        with stage.store.work(Job("timetable")) as work:
            line(work, stage.house, stage.now)


def live_through(stage, chance):
    """Let two months pass in which people complain, answer, give back, stop, and are late."""
    waiting = []
    for _ in range(60):
        stage.later(hours=chance.choice([1, 7, 20, 40]))
        time_acts(stage)
        waiting.append(stage.files(category=chance.choice(CATEGORIES))["case"])
        case = chance.choice(waiting)
        what = chance.choice(["answer", "answer", "back", "stop", "nothing", "again"])
        held = stage.case(case).status in OPEN
        if what == "answer" and held:
            answers(stage, case)
        elif what == "back" and held:
            stage.writes(stage.holder(case), f"RENVOI {stage.case(case).number} pas pour moi")
            stage.later(minutes=10)
            stage.settles()
        elif what == "stop":
            stage.does("withdraw", {"case": case})
        elif what == "again":
            stage.does("reopen", {"case": case, "how": "no"})


def test_the_share_in_time_equals_a_recount_of_the_history(lived):
    found = shares(lived)
    counted = recount(lived.store.url.database, lived.now)
    assert {name: (one.received, one.in_time, one.late) for name, one in found.items()} == counted
    assert "C5" not in found
    assert sum(one.late for one in found.values()) > 5
    assert sum(one.in_time for one in found.values()) > 5
    assert sum(one.withdrawn for one in found.values()) > 0


def test_what_is_judged_and_what_is_not_yet_add_up_to_what_was_received(lived):
    for one in shares(lived).values():
        assert one.received == one.in_time + one.late + one.waiting + one.withdrawn
        judged = one.in_time + one.late
        assert one.share == (round(one.in_time / judged, 4) if judged else None)


def test_giving_a_case_back_makes_no_late_answer_come_in_time(stage):
    case = stage.case(stage.files()["case"])
    stage.clock[0] = case.due_at
    stage.writes(stage.holder(case.id), f"RENVOI {case.number} pas pour moi")
    stage.later(minutes=10)
    stage.settles()
    answers(stage, case.id)
    assert stage.case(case.id).answered_at < stage.case(case.id).due_at
    assert (shares(stage)["C4"].in_time, shares(stage)["C4"].late) == (0, 1)


def test_only_what_was_opened_since_is_counted_and_nothing_dropped_before_filing(stage):
    stage.files()
    since = stage.later(days=1)
    case = stage.files()["case"]
    dropped = stage.files()["case"]
    stage.change(Case, {"id": dropped}, status="incomplete")
    answers(stage, case)
    one = shares(stage, since)["C4"]
    assert (one.received, one.in_time, one.share) == (1, 1, 1.0)
