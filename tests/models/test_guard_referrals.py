"""Nothing of a woman leaves before she agreed, nor after she stopped it."""

import re

import pytest
from sqlalchemy import select

from models.conversation import Conversation
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from models.services import referral_clock
from tests import referral_world
from tests.factories import SPEAKER, TESSIT, phone_of, staged
from tests.models.talking import Talking
from tests.outbox import claim_due
from tests.referral_world import referral, refers


@pytest.fixture
def loop(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        referral_world.settle(one)
        yield one


def waiting(stage, *purposes):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage).where(OutboundMessage.status == "waiting")
        found = work.session.scalars(rows.order_by(OutboundMessage.id))
        return [one.purpose for one in found if not purposes or one.purpose in purposes]


def test_who_was_never_sent_is_announced_nowhere_for_she_was_never_asked(loop):
    [code] = re.findall(r"\b\d{5}\b", loop.writes("P0202", "VENUE 24"))[:1]
    assert referral(loop, code).consent_at is None
    before = waiting(loop)
    loop.writes("P0202", f"ORIENTE {code}")
    assert waiting(loop) == before


def test_after_she_stopped_it_nothing_of_hers_waits(loop):
    code = refers(loop)
    loop.later(days=3, hours=-2)
    with loop.store.work(Job("timetable")) as work:
        referral_clock.remind(work, loop.house, loop.now.replace(hour=12))
    loop.does("stop_referral", {"referral": code})
    assert waiting(loop) == []
    loop.later(days=10)
    with loop.store.work(Job("timetable")) as work:
        referral_clock.remind(work, loop.house, loop.now.replace(hour=12))
        referral_clock.call_silent_centres(work, loop.house, loop.now.replace(hour=12))
    assert waiting(loop) == []


def test_a_task_about_her_is_not_called_for_once_she_stopped_it(loop):
    code = refers(loop)
    loop.does("stop_referral", {"referral": code})
    loop.later(days=3)
    with loop.store.work(Job("timetable")) as work:
        assert referral_clock.call_silent_centres(work, loop.house, loop.now) == 0


def test_unknown_ended_and_stopped_codes_look_the_same_to_whoever_types_them(loop):
    open_one, stopped = refers(loop), refers(loop, relay="R129")
    loop.does("stop_referral", {"referral": stopped})
    seen = {
        code: loop.follows(code, f"+2237000900{n}") for n, code in enumerate((stopped, "10008"))
    }
    assert seen[stopped] == seen["10008"]
    shown = loop.follows(open_one, "+22370009009")
    assert shown.name == "referral"
    assert set(shown.values) == {"referral"}


def test_who_asks_for_a_code_of_her_own_leaves_no_trace_of_her_phone(loop):
    loop.does("refer_herself", {"facility": "f:F1", "age": 24, "place": f"c:{TESSIT}"}, SPEAKER)
    with loop.store.work(Job("test")) as work:
        rows = work.session.scalars(select(OutboundMessage)).all()
        person_ids = {one.person_id for one in rows}
        relayed = loop.vault.pseudonym(SPEAKER)
        assert all(one.contact != relayed for one in rows)
        assert None not in person_ids


@pytest.mark.parametrize("number", ["P0202", "P0203", "P0112"])
def test_a_centre_hears_nothing_after_stop(loop, number):
    loop.change(Person, {"number": number}, stopped_at=loop.now)
    refers(loop)
    with loop.store.work(Job("sender")) as work:
        claimed = claim_due(work, loop.later(hours=20), 50)
        ids = {one.person_id for one in claimed}
        assert work.session.scalar(select(Person.id).filter_by(number=number)) not in ids


def test_by_sms_a_womans_code_answers_as_any_wrong_one(loop):
    code, talking = refers(loop), Talking(loop)
    assert talking.text(SPEAKER, code) == talking.text("+22370000009", "10008")


def test_nothing_is_kept_in_clear_where_a_line_waits_for_its_answer(loop):
    talking = Talking(loop)
    talking.text(phone_of("R128"), "REF 6143 xwobadiga")
    talking.text(phone_of("R129"), "ALERTE 6143 xwobadiga nous chasse")
    with loop.store.work(Job("test")) as work:
        rows = work.session.scalars(select(Conversation)).all()
        assert rows
        for row in rows:
            assert b"xwobadiga" not in bytes(row.sealed)
