"""Delivery reports: late, early, twice, out of order, for nobody: a message only moves forward."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.conversation import Contact
from models.db import Job
from models.outbound import DeliveryReport, OutboundMessage
from models.services import reports

CONTACT = "c" * 64


@dataclass(frozen=True)
class Report:
    """What a channel reads in a provider's report."""

    provider_id: str
    status: str
    word: str
    reason: str | None = None
    opted_out: bool = False
    reference: str | None = None
    again: bool = False
    elsewhere: bool = False


SENT = Report("ATXid_1", "handed_over", "Sent")
SUCCESS = Report("ATXid_1", "delivered", "Success")
FAILED = Report("ATXid_1", "failed", "Failed", "DeliveryFailure")
STRANGE = Report("ATXid_1", "unknown", "Teleported")
BLACKLISTED = Report("ATXid_1", "failed", "Rejected", "UserInBlackList", opted_out=True)


@pytest.fixture
def hand_over(store, now):
    def write(provider_id="ATXid_1", channel="phone"):
        with store.work(Job("test")) as work:
            message = OutboundMessage(
                cause="case-event:1",
                purpose="case_new",
                contact=CONTACT,
                status="handed_over",
                channel=channel,
                provider_id=provider_id,
                due_at=now,
                expires_at=now,
                created_at=now,
                settled_at=now,
            )
            work.session.add(message)
            work.session.flush()
            return message.id

    return write


@pytest.fixture
def hear(store, now):
    def report(*heard, channel="phone"):
        for one in heard:
            with store.work(Job("test")) as work:
                reports.apply_report(work, channel, one, now + timedelta(minutes=1))

    return report


@pytest.fixture
def fate(store):
    def look(row_id):
        with store.work(Job("test")) as work:
            return work.session.get(OutboundMessage, row_id).status

    return look


@pytest.fixture
def kept(store):
    def look():
        with store.work(Job("test")) as work:
            rows = work.session.scalars(select(DeliveryReport).order_by(DeliveryReport.id))
            return [(row.status, row.matched) for row in rows]

    return look


@pytest.mark.parametrize(
    ("heard", "status"),
    [
        ([SENT], "handed_over"),
        ([SENT, SUCCESS], "delivered"),
        ([SUCCESS, SENT], "delivered"),
        ([SUCCESS, SUCCESS], "delivered"),
        ([SUCCESS, FAILED], "delivered"),
        ([FAILED, SENT], "failed"),
        ([STRANGE], "handed_over"),
        ([STRANGE, SUCCESS, STRANGE], "delivered"),
    ],
)
def test_a_report_only_moves_a_message_forward(hand_over, hear, fate, heard, status):
    message = hand_over()
    hear(*heard)
    assert fate(message) == status


def test_the_same_report_twice_is_one_report(hand_over, hear, kept):
    hand_over()
    hear(SUCCESS, SUCCESS)
    assert kept() == [("Success", True)]


def test_a_report_that_comes_before_its_message_is_applied_when_that_is_settled(
    store, hand_over, hear, fate, kept, now
):
    hear(SUCCESS)
    assert kept() == [("Success", False)]
    message = hand_over()
    with store.work(Job("test")) as work:
        assert reports.match_early(work, now) == 1
        assert reports.match_early(work, now) == 0
    assert fate(message) == "delivered"
    assert kept() == [("Success", True)]


def test_a_report_for_nobody_is_kept_and_creates_nothing(store, hear, kept):
    hear(FAILED)
    assert kept() == [("Failed", False)]
    with store.work(Job("test")) as work:
        assert work.session.scalars(select(OutboundMessage)).all() == []


def test_a_report_of_another_channel_moves_nothing(hand_over, hear, fate):
    message = hand_over()
    hear(SUCCESS, channel="other")
    assert fate(message) == "handed_over"


def test_a_number_found_to_refuse_our_texts_is_left_in_peace(store, hand_over, hear, fate, now):
    message = hand_over()
    hear(BLACKLISTED)
    assert fate(message) == "failed"
    with store.work(Job("test")) as work:
        assert work.session.get(Contact, CONTACT).stopped_at == now + timedelta(minutes=1)
