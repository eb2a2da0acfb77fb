"""Two who do it at once on PostgreSQL: the second waits, and sees what the first did.

The first has done its part and not yet committed when the second begins: the worst moment there is.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select

from models.alert import Evacuation
from models.case import Case
from models.db import Gateway, Job
from models.outbound import OutboundMessage
from models.repair import Repair, RepairCase
from models.services import clocks, commanding, referral_clock, repairs, rings, settling
from models.services.effects import EFFECTS
from models.stock import StockReport
from tests import referral_world
from tests.factories import NEIGHBOUR, SPEAKER, TESSIT, phone_of, staged
from tests.models.alert_world import settle_in
from tests.referral_world import refers

PATIENCE_S = 10.0
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"

pytestmark = pytest.mark.parametrize("store", ["postgresql"], indirect=True)


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        yield one


def waits_or_is_done(stage, begun):
    end = time.monotonic() + PATIENCE_S
    with psycopg.connect(stage.store.url.render_as_string(False).replace("+psycopg", "")) as link:
        while not begun.done() and not link.execute(WAITING).fetchone()[0]:
            assert time.monotonic() < end


def meanwhile(stage, first, second, by=None):
    """Do the first, begin the second before the first is committed; return both results."""
    with ThreadPoolExecutor(1) as other:
        with stage.store.work(by or Job("first")) as work:
            result = first(work)
            begun = other.submit(second)
            waits_or_is_done(stage, begun)
        return result, begun.result(PATIENCE_S)


def line(stage, number, said):
    """Let a registered person write one line, in somebody else's unit of work."""
    scene = stage.scene(phone_of(number), "sms")
    return lambda work: commanding.hear(work, scene, said).replies


def runs(stage, duty):
    def go():
        with stage.store.work(Job("timetable")) as work:
            return duty(work, stage.house, stage.now)

    return go


def rows(stage, table, *which):
    with stage.store.work(Job("test")) as work:
        return list(work.session.scalars(select(table).where(*which)))


def test_a_call_by_keypad_and_by_sms_for_the_same_sick_is_one_evacuation(stage):
    settle_in(stage)
    asked = {"agent": "R128", "evacuation": "birth", "place": f"c:{TESSIT}"}
    scene = stage.scene(phone_of("R128"))
    meanwhile(
        stage,
        lambda work: EFFECTS["call_evacuation"](work, scene, asked),
        lambda: stage.writes("R128", "EVAC 6143 1"),
    )
    assert len(rows(stage, Evacuation)) == 1
    rung = rows(stage, OutboundMessage, OutboundMessage.purpose == "ring")
    heads = [one.person_id for one in rung]
    assert heads.count(stage.person_by_phone(phone_of("P0101"))) == 1


def test_the_second_and_the_third_woman_sent_away_at_once_open_the_task(stage):
    referral_world.settle(stage)
    first, second, third = (refers(stage) for _ in range(3))
    stage.writes("P0202", f"PAS {first} 1")
    meanwhile(
        stage,
        line(stage, "P0202", f"PAS {second} 1"),
        lambda: stage.writes("P0201", f"PAS {third} 1"),
    )
    assert len(rows(stage, Case, Case.kind == "stock_out")) == 1
    assert [one.quantity for one in rows(stage, StockReport)] == [0]


def test_a_centre_that_answers_nothing_is_called_for_once(stage):
    referral_world.settle(stage)
    refers(stage)
    stage.later(days=3)
    duty = referral_clock.call_silent_centres
    meanwhile(stage, lambda work: duty(work, stage.house, stage.now), runs(stage, duty))
    assert len(rows(stage, Case, Case.kind == "referral")) == 1


def test_a_repair_is_asked_once_though_two_workers_have_a_voice_each(stage):
    stage.files(SPEAKER, category="13")
    stage.later(minutes=6)

    def first(work):
        asked = repairs.seek(work, stage.house, stage.now)
        stage.files(NEIGHBOUR, category="13")
        stage.later(minutes=6)
        return asked

    assert meanwhile(stage, first, runs(stage, repairs.seek)) == (1, 1)
    assert len(rows(stage, Repair)) == 1
    assert len(rows(stage, RepairCase)) == 2


def test_who_stops_a_case_while_its_event_is_decided_stays_stopped(stage):
    settle_in(stage)
    number = stage.writes("R128", "ALERTE 6143 1 50 menages").split()[1].strip(".")
    own = stage.files(SPEAKER, category="61", kind="alert")["case"]
    stage.writes("P0141", f"DIRE {number} mission prevue")
    stage.later(minutes=11)
    scene = stage.scene(SPEAKER)
    meanwhile(
        stage,
        lambda work: EFFECTS["withdraw"](work, scene, {"case": own}),
        runs(stage, settling.settle_leaving),
        by=Gateway(),
    )
    stage.settles()
    assert (stage.case(own).status, stage.case(own).contact) == ("withdrawn", None)
    [lead] = rows(stage, Case, Case.number == number)
    assert lead.status == "answered"


def test_who_takes_a_case_up_again_while_its_event_is_decided_anew_is_not_answered_by_that(stage):
    settle_in(stage)
    number = stage.writes("R128", "ALERTE 6143 1 50 menages").split()[1].strip(".")
    own = stage.files(SPEAKER, category="61", kind="alert")["case"]
    for said in ("mission prevue", "mission faite"):
        stage.writes("P0141", f"DIRE {number} {said}")
        stage.later(minutes=11)
        if said == "mission prevue":
            stage.settles()
    assert stage.case(own).status == "answered"
    scene = stage.scene(SPEAKER)
    meanwhile(
        stage,
        lambda work: EFFECTS["reopen"](work, scene, {"case": own}),
        runs(stage, settling.settle_leaving),
        by=Gateway(),
    )
    assert stage.case(own).answered_at is None
    assert [step for step, _ in stage.events(own)][-1] == "reopened"


def test_what_moves_up_while_its_holder_takes_it_is_not_taken(stage):
    case = stage.case(stage.files()["case"])
    holder = stage.holder(case.id)
    stage.clock[0] = case.act_by
    _, said = meanwhile(
        stage,
        lambda work: clocks.hand_over(work, stage.house, stage.now),
        lambda: stage.writes(holder, f"PRIS {case.number}"),
    )
    assert "est a vous" not in said
    assert [step for step, _ in stage.events(case.id)] == ["opened", "escalated"]


def test_of_two_who_take_one_evacuation_one_has_it_and_the_other_is_told(stage):
    settle_in(stage)
    stage.writes("R128", "EVAC 6143 1")
    [case] = rows(stage, Case)
    stage.later(minutes=5)
    runs(stage, rings.ring_due)()
    mine, theirs = meanwhile(
        stage,
        line(stage, "P0101", f"PRIS {case.number}"),
        lambda: stage.writes("P0104", f"PRIS {case.number}"),
    )
    assert ["deja pris" in said for said in (mine[0], theirs)] == [False, True]
    assert [step for step, _ in stage.events(case.id)].count("taken") == 1


def test_two_centres_that_answer_one_code_at_once_serve_one_woman(stage):
    referral_world.settle(stage)
    code = refers(stage)
    meanwhile(
        stage,
        line(stage, "P0202", f"DONNE {code} 3"),
        lambda: stage.writes("P0212", f"DONNE {code} 3"),
    )
    steps = [one.transition for one in referral_world.referral(stage, code).steps]
    assert [steps.count("served"), steps.count("arrived")] == [1, 1]
    assert len(stage.outbox("referral_came_back")) == 1
