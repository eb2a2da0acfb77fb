"""Frozen clocks: every class changes hands at its limit, once, whoever dies in between."""

import random
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from flows.case_lifecycle import OPEN
from models.case import Case, CaseEvent
from models.db import Job, Store
from models.organisation import Organisation
from models.person import Hat
from models.services import cases, clocks
from tests.factories import make_person, staged
from workers.duties import Duties
from workers.timetable import LEASE_FOR, TIMETABLE, Timetable

CATEGORIES = {
    "C0": "7",
    "C2": "194",
    "C3": "13",
    "C4": "12",
    "C5": "17",
    "C6": "92",
    "C7": "93",
    "C9": "61",
}
CLASSES = sorted({*CATEGORIES, "C1", "C8"})
# Who stands higher up, so that a class has more than one limit: organisation, kind, function
HIGHER = (
    ("P0171", "ocha", "un", "ocha_focal"),
    ("P0172", "inspection", "protection", "inspection"),
    ("P0173", "network", "protection", "network_chair"),
    ("P0174", "lead-gbv", "protection", "gbv_lead"),
    ("P0175", "rrm-a", "rrm", "rrm_duty"),
    ("P0176", "rrm-b", "rrm", "rrm_duty"),
)


class Quiet:
    """No dialogue is open here."""

    def act(self):
        return 0


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        with store.work(Job("test")) as work:
            for number, body, kind, function in HIGHER:
                work.session.add(Organisation(id=body, name=body, kind=kind))
                work.session.flush()
                person = make_person(one.vault, one.house.sealer, number, body)
                person.hats = [Hat(function=function, organisation_id=body)]
                work.session.add(person)
        yield one


def file_each_class(stage):
    """File one case of each class; no line of a menu is of class C8, so one is made so."""
    found = {name: stage.files(category=code)["case"] for name, code in CATEGORIES.items()}
    asked = {"call_language": "fr", "call_when": "morning", "call_voice": "woman"}
    found["C1"] = stage.does("open_call_back", asked).values["case"]
    found["C8"] = stage.files(category="8")["case"]
    with stage.store.work(Job("test")) as work:
        case = work.session.get_one(Case, found["C8"])
        case.case_class = "C8"
        cases.seat(work, case, stage.now)
    return found


def moves(stage):
    """Return (case, when) of every time an item changed hands."""
    with stage.store.work(Job("test")) as work:
        rows = select(CaseEvent.case_id, CaseEvent.at).where(CaseEvent.transition == "escalated")
        return sorted((row.case_id, row.at) for row in work.session.execute(rows))


def limits(stage):
    """Return when each item that still has a clock has to change hands."""
    with stage.store.work(Job("test")) as work:
        running = select(Case).where(Case.status.in_(OPEN), Case.holder_function != "outside_body")
        return {
            case.id: case.due_at if case.status == "taken" else min(case.act_by, case.due_at)
            for case in work.session.scalars(running)
        }


class Workers:
    """Two workers on one database, each with a store and a timetable; both may be started anew."""

    def __init__(self, stage):
        self.stage = stage
        self.started = 0
        self.pair = []
        self.start()

    def start(self):
        self.stop()
        self.started += 1
        for name in ("one", "other"):
            store = Store(self.stage.store.url)
            duties = Duties(store, self.stage.house, Quiet())
            lines = [line for line in TIMETABLE if line.name in {"hand over", "remind", "rehome"}]
            self.pair.append((store, Timetable(store, duties, f"{name}-{self.started}", lines)))

    def stop(self):
        for store, _ in self.pair:
            store.close()
        self.pair = []

    def go(self, order):
        for _, timetable in order.sample(self.pair, 2):
            timetable.go(self.stage.now)


@pytest.fixture
def workers(stage):
    both = Workers(stage)
    yield both
    both.stop()


def test_every_class_changes_hands_at_its_limit_and_once(stage, workers):
    filed = file_each_class(stage)
    for name, case in filed.items():
        assert stage.case(case).case_class == name
    stage.writes(stage.holder(filed["C3"]), f"PRIS {stage.case(filed['C3']).number}")
    order, expected, turn = random.Random(7), [], 0
    while due := limits(stage):
        turn += 1
        moment = min(due.values())
        stage.clock[0] = moment - timedelta(seconds=30)
        workers.go(order)
        assert moves(stage) == sorted(expected)
        if turn % 3 == 0:
            workers.start()  # both were killed in between: the lease they held runs out
        stage.clock[0] = moment + (LEASE_FOR if turn % 3 == 0 else timedelta(0))
        before = stage.now
        workers.go(order)
        workers.go(order)
        expected += [(case, before) for case, limit in due.items() if limit <= before]
        assert moves(stage) == sorted(expected)
    assert {case for case, _ in expected} == set(filed.values())
    counted = {name: sum(case == one for one, _ in expected) for name, case in filed.items()}
    assert counted == {
        **{"C0": 2, "C1": 2, "C2": 2, "C3": 2, "C4": 2, "C5": 2, "C6": 2, "C7": 2},
        **{"C8": 2, "C9": 3},
    }
    assert {stage.holder(case) for case in filed.values()} == {"P0159"}


def test_two_workers_that_act_in_the_same_moment_move_each_item_once(stage):
    for _ in range(12):
        stage.files()
    stage.later(days=3)
    barrier = threading.Barrier(2)

    def act():
        own = Store(stage.store.url)
        barrier.wait()
        with own.work(Job("timetable")) as work:
            clocks.hand_over(work, stage.house, stage.now)
        own.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moved = [case for case, _ in moves(stage)]
    assert len(moved) == len(set(moved)) == 12
    assert len(stage.outbox("moved_up")) == 12


def test_a_worker_that_dies_before_its_commit_leaves_the_move_to_the_other(stage):
    case = stage.files()["case"]
    stage.later(days=3)
    with pytest.raises(ZeroDivisionError):
        die_in_the_midst(stage)
    assert moves(stage) == []
    with stage.store.work(Job("timetable")) as work:
        assert clocks.hand_over(work, stage.house, stage.now) == 1
    assert moves(stage) == [(case, stage.now)]


def test_a_repair_is_asked_reminded_and_found_late_and_a_check_asked_once_each(stage):
    stage.files(category="13")  # a fact that all can see
    stage.files(category="12")  # waits for three voices
    duties = Duties(stage.store, stage.house, Quiet())
    lines = [line for line in TIMETABLE if line.name.endswith("repairs")]
    for _ in range(20):
        stage.later(hours=11)
        for line in lines:
            line.do(duties, stage.now)
            line.do(duties, stage.now)
    told = ("repair_new", "repair_reminder", "repair_late", "check_asked")
    assert [len(stage.outbox(one)) for one in told] == [1, 1, 1, 1]


def die_in_the_midst(stage):
    with stage.store.work(Job("timetable")) as work:
        assert clocks.hand_over(work, stage.house, stage.now) == 1
        raise ZeroDivisionError
