"""By night no phone rings for what nobody asked for; harm, shocks and answers do not wait."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.case import Case, CaseEvent
from models.db import Job
from models.outbound import OutboundMessage
from models.services import flood, settling
from tests.factories import SPEAKER

NIGHT = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.fixture
def night(stage):
    stage.clock[0] = NIGHT
    return stage


def leaving(stage, purpose):
    with stage.store.work(Job("test")) as work:
        wanted = select(OutboundMessage.due_at).where(OutboundMessage.purpose == purpose)
        return list(work.session.scalars(wanted.order_by(OutboundMessage.id)))


def hang_up(stage, filed):
    """End the session in which the case was filed."""
    with stage.store.work(Job("test")) as work:
        settling.release_announcements(work, int(filed["case"]), stage.now)


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ({"category": "12"}, True),
        ({"category": "93", "private": True}, False),
        ({"category": "61", "kind": "alert"}, False),
    ],
    ids=["food", "harm", "flood"],
)
def test_an_ordinary_case_of_the_night_is_announced_in_the_morning(night, said, waits):
    hang_up(night, night.files(**said))
    [due] = leaving(night, "case_new")
    assert due == (MORNING if waits else NIGHT)


def test_by_day_it_is_announced_when_the_session_ends(stage):
    hang_up(stage, stage.files())
    assert leaving(stage, "case_new") == [stage.now]


def test_whoever_waits_for_an_answer_is_not_woken_by_it(stage):
    filed = stage.files(answer="sms")
    holder = stage.holder(filed["case"])
    stage.writes(holder, f"PRIS {filed['n']}")
    stage.writes(holder, f"DIRE {filed['n']} Les vivres arrivent lundi")
    stage.clock[0] = NIGHT
    stage.settles()
    assert leaving(stage, "answer_ready") == [MORNING]


def test_nobody_is_told_of_more_cases_an_hour_than_can_be_read(stage):
    for number in range(flood.REGISTERED + 5):
        stage.files(phone=f"+2237000{2000 + number}")
    assert len(leaving(stage, "case_new")) == flood.REGISTERED
    with stage.store.work(Job("test")) as work:
        untold = select(CaseEvent.id).where(CaseEvent.transition == "untold")
        assert len(work.session.scalars(untold).all()) == 5
        assert len(set(work.session.scalars(select(Case.holder_person)))) == 1
    stage.files(phone=SPEAKER, category="61", kind="alert")
    stage.later(minutes=61)
    stage.files(phone="+22370003000")
    assert leaving(stage, "case_new")[-1] == stage.now + timedelta(minutes=5)
