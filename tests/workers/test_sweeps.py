"""Lines of the timetable over many rows: one that cannot be done keeps nobody else waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from models.alert import Alert, Evacuation
from models.case import Case, ItemNumber
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from models.referral import Referral
from models.services.sweeping import AT_ONCE
from tests import referral_world
from tests.factories import staged
from tests.models.alert_world import settle_in
from workers.duties import Duties
from workers.timetable import TIMETABLE, Timetable


class Quiet:
    """No dialogue is open here."""

    def act(self):
        return 0


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


def runs(stage, *names):
    """Let a worker go through these lines once."""
    duties = Duties(stage.store, stage.house, Quiet())
    lines = [line for line in TIMETABLE if line.name in names]
    assert len(lines) == len(names)
    Timetable(stage.store, duties, "one", lines).go(stage.now)


def spoil(stage, table, *which, **values):
    """Write into rows what no code of ours knows."""
    with stage.store.work(Job("test")) as work:
        work.session.execute(update(table).where(*which).values(**values))


def multiply(stage, case_id):
    """Write a case so often that it fills a batch."""
    with stage.store.work(Job("test")) as work:
        case = work.session.execute(select(Case.__table__).where(Case.id == case_id)).one()
        alike = dict(case._mapping) | {"receipt_short": None, "receipt_long": None}
        del alike["id"]
        numbers = [str(9_000_000 + one) for one in range(AT_ONCE)]
        work.session.execute(insert(ItemNumber), [{"number": n, "kind": "case"} for n in numbers])
        work.session.execute(insert(Case.__table__), [alike | {"number": n} for n in numbers])


def written(stage, purpose):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage.id).where(OutboundMessage.purpose == purpose)
        return len(work.session.scalars(rows).all())


def test_a_case_that_cannot_be_moved_keeps_none_behind_it_from_moving(stage):
    bad, good = (stage.files()["case"] for _ in range(2))
    spoil(stage, Case, Case.id == bad, kind="unheard")
    stage.later(days=10)
    runs(stage, "hand over")
    assert [stage.case(one).level > 0 for one in (bad, good)] == [False, True]
    assert [step for step, _ in stage.events(bad)] == ["opened"]
    spoil(stage, Case, Case.id == bad, kind="complaint")
    runs(stage, "hand over")
    assert stage.case(bad).level > 0


def test_a_whole_batch_that_cannot_be_moved_has_an_end_and_keeps_none_behind_it_waiting(stage):
    multiply(stage, stage.files()["case"])
    spoil(stage, Case, kind="unheard")
    good = stage.files()["case"]
    stage.later(days=10)
    runs(stage, "hand over")
    assert stage.case(good).level > 0


def test_what_waits_for_somebody_to_be_hired_keeps_none_behind_it_without_a_holder(stage):
    for number in ("P0158", "P0159"):
        stage.change(Person, {"number": number}, revoked_at=stage.now)
    waiting = stage.files(category="94")["case"]
    assert stage.case(waiting).holder_person is None
    multiply(stage, waiting)
    stage.change(Person, {"number": "P0111"}, revoked_at=stage.now)
    last = stage.files(category="21")["case"]
    spoil(stage, Case, Case.id == last, holder_person=None)
    stage.change(Person, {"number": "P0111"}, revoked_at=None)
    runs(stage, "rehome")
    assert stage.holder(last) == "P0111"


def test_an_answer_that_cannot_leave_keeps_none_behind_it_from_leaving(stage):
    cases = [stage.case(stage.files()["case"]) for _ in range(2)]
    for case in cases:
        stage.writes(stage.holder(case.id), f"DIRE {case.number} Le camion revient jeudi.")
    # What belongs to an evacuation is not there.
    spoil(stage, Case, Case.id == cases[0].id, kind="evacuation")
    stage.later(minutes=11)
    runs(stage, "settle leaving")
    assert [stage.case(one.id).status for one in cases] == ["taken", "answered"]
    spoil(stage, Case, Case.id == cases[0].id, kind="complaint")
    runs(stage, "settle leaving")
    assert stage.case(cases[0].id).status == "answered"


def test_an_evacuation_that_cannot_be_rung_keeps_no_other_from_being_rung(stage):
    settle_in(stage)
    for relay in ("R128", "R129"):
        stage.writes(relay, "EVAC 6143 1")
    with stage.store.work(Job("test")) as work:
        bad = work.session.scalars(select(Evacuation.case_id).order_by(Evacuation.case_id)).first()
    spoil(stage, Evacuation, Evacuation.case_id == bad, what="unheard")
    before = written(stage, "ring")
    stage.later(minutes=5)
    runs(stage, "ring evacuations")
    assert written(stage, "ring") == before + 1


def test_a_shock_that_cannot_be_told_keeps_no_other_from_being_told(stage):
    settle_in(stage)
    for line in ("ALERTE 6143 1 20 menages", "ALERTE 6143 2 12 menages"):
        stage.writes("R128", line)
    with stage.store.work(Job("test")) as work:
        bad = work.session.scalars(select(Alert.case_id).order_by(Alert.case_id)).first()
    spoil(stage, Alert, Alert.case_id == bad, kind="unheard")
    stage.later(days=1)
    runs(stage, "tell committees")
    with stage.store.work(Job("test")) as work:
        told = select(Alert.case_id).where(Alert.committee_told_at.is_not(None))
        assert bad not in (found := work.session.scalars(told).all())
        assert len(found) == 1


def test_a_woman_whose_reminder_cannot_be_written_keeps_no_other_from_being_asked_after(stage):
    referral_world.settle(stage)
    bad, good = (referral_world.refers(stage) for _ in range(2))
    spoil(stage, Referral, Referral.number == bad, age_band="unheard")
    stage.later(days=3)
    runs(stage, "remind relays")
    seen = [referral_world.referral(stage, one).reminded for one in (bad, good)]
    assert seen == [0, 1]


def test_a_line_that_waits_too_long_for_somebody_elses_lock_is_no_database_that_is_away(
    postgres_store, now
):
    done = []

    def contend(duties, now):
        with duties.store.work(Job("test")) as work:
            work.session.execute(select(Case.id))
            work.session.connection().exec_driver_sql("SET LOCAL lock_timeout = 1")
            work.session.connection().exec_driver_sql("LOCK TABLE case_ IN EXCLUSIVE MODE")

    with postgres_store.work(Job("other")) as other:
        other.session.connection().exec_driver_sql("LOCK TABLE case_ IN EXCLUSIVE MODE")
        duties = Duties(postgres_store, None, Quiet())
        every = timedelta(seconds=4)
        good = type(TIMETABLE[0])("good", every, lambda duties, now: done.append("good"))
        bad = type(TIMETABLE[0])("bad", every, contend)
        Timetable(postgres_store, duties, "one", (bad, good)).go(now)
    assert done == ["good"]
    with postgres_store.work(Job("test")) as work:
        work.session.connection().exec_driver_sql("DELETE FROM lease")
