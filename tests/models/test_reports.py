"""Delivery reports: late, early, twice, out of order, for nobody: a message only moves forward."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.conversation import Contact
from models.db import Job
from models.outbound import DeliveryReport, OutboundMessage
from models.services import overdue, reports

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


READ = Report("SM1", "read", "read", reference="1")
ARRIVED = Report("SM1", "delivered", "delivered", reference="1")
TAKEN = Report("SM1", "handed_over", "sent", reference="1")
LOST = Report("SM1", "failed", "undelivered", "30005", reference="1")
BY_REFERENCE = [
    # what the message is, what is heard, what it becomes
    ("unknown", [TAKEN], "handed_over"),
    ("unknown", [ARRIVED, TAKEN], "delivered"),
    ("unknown", [READ], "delivered"),
    ("unknown", [LOST], "failed"),
    ("waiting", [ARRIVED], "delivered"),
    ("waiting", [LOST], "waiting"),
    ("sending", [ARRIVED], "sending"),
    ("withheld", [ARRIVED], "withheld"),
    ("failed", [TAKEN], "failed"),
]


@pytest.mark.parametrize(("before", "heard", "after"), BY_REFERENCE)
def test_our_own_reference_tells_the_fate_of_a_text_whose_answer_was_lost(
    store, hand_over, hear, fate, before, heard, after
):
    message = hand_over(provider_id=None)
    change(store, status=before, address=b"sealed", text_sealed=b"sealed")
    hear(*heard)
    assert fate(message) == after


def test_a_report_that_came_while_its_text_was_in_the_air_is_applied_once_it_landed(
    store, hand_over, hear, fate, now
):
    message = hand_over(provider_id=None)
    change(store, status="sending")
    hear(ARRIVED)
    change(store, status="unknown")
    with store.work(Job("test")) as work:
        reports.match(work, [message], now)
    assert fate(message) == "delivered"


def test_a_report_that_came_before_anybody_knew_of_the_senders_death_is_applied(
    store, hand_over, hear, fate, now
):
    message = hand_over(provider_id=None)
    change(store, status="sending", settled_at=None)
    hear(ARRIVED)
    with store.work(Job("test")) as work:
        overdue.abandon(work, now)
        assert reports.match_early(work, now) == 1
    assert fate(message) == "delivered"


@pytest.mark.parametrize(
    ("first_try", "after"), [(LOST, "handed_over"), (ARRIVED, "delivered"), (TAKEN, "handed_over")]
)
def test_what_is_told_late_of_the_first_try_does_not_fail_the_repeat(
    store, hand_over, hear, fate, first_try, after
):
    message = hand_over(provider_id="SM2")
    change(store, tries=2)
    hear(first_try)
    assert fate(message) == after
    hear(Report("SM2", "delivered", "delivered", reference="1"))
    assert fate(message) == "delivered"


def test_a_late_failure_of_the_first_try_says_nothing_a_third_time(store, hand_over, hear, fate):
    message = hand_over(provider_id="SM2")
    later = {"expires_at": datetime(2027, 1, 1, tzinfo=UTC), "tries": 2}
    change(store, address=b"sealed", text_sealed=b"sealed", **later)
    hear(Report("SM1", "failed", "undelivered", "30003", reference="1", again=True))
    assert fate(message) == "handed_over"


REFUSES = Report("SM1", "failed", "undelivered", "21610", opted_out=True, reference="1")


@pytest.mark.parametrize("heard", [ARRIVED, LOST, REFUSES])
def test_a_report_of_a_text_whose_row_id_another_has_since_a_restore_moves_and_stops_nobody(
    store, hand_over, hear, fate, heard
):
    message = hand_over(provider_id="SM2")
    change(store, tries=1)
    hear(heard)
    assert fate(message) == "handed_over"
    with store.work(Job("test")) as work:
        assert work.session.get(Contact, CONTACT) is None


@pytest.mark.parametrize("reference", ["2", "0", "-1", "x", "9" * 19, "1 OR 1=1"])
def test_a_reference_that_is_not_ours_moves_nothing(store, hand_over, hear, fate, reference):
    message = hand_over(provider_id=None)
    change(store, status="unknown")
    hear(Report("SM1", "delivered", "delivered", reference=reference))
    assert fate(message) == "unknown"


def test_a_reference_under_another_channel_moves_nothing(store, hand_over, hear, fate):
    message = hand_over(provider_id=None)
    change(store, status="unknown")
    hear(ARRIVED, channel="other")
    assert fate(message) == "unknown"


def change(store, **values):
    with store.work(Job("test")) as work:
        work.session.execute(update(OutboundMessage).values(**values))
