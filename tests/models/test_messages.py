"""The outbox: said once, claimed once, forgotten when it is over, silent after a STOP."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.case import Case, ItemNumber
from models.conversation import Contact
from models.db import Job, Store
from models.organisation import Organisation
from models.outbound import OutboundMessage
from models.person import Person
from models.seal import Sealer, Transit
from models.services import messages, outbox
from models.services.messages import RING, RING_AGAIN, Draft
from models.services.outbox import BACK_OFF, LEASE
from models.services.overdue import REPEAT_AFTER
from models.vault import Vault, create_keys
from tests.outbox import claim_due, handed_over

NUMBER = "+22370000151"
CONTACT = "c" * 64


@pytest.fixture
def keys(tmp_path):
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def transit(keys):
    return Transit.load(keys)


@pytest.fixture
def queued(store, keys, transit, now):
    """Queue a text and return its row id."""
    address = Sealer.load(keys).number(NUMBER)

    def queue(cause="case-event:1", purpose="case_new", text="Dossier 15736", **about):
        draft = Draft(cause, purpose, text, address, **{"contact": CONTACT, **about})
        with store.work(Job("test")) as work:
            messages.queue(work, draft, transit, now)
            return work.session.scalar(select(func.max(OutboundMessage.id)))

    return queue


@pytest.fixture
def claim(store):
    def take(at, limit=10):
        with store.work(Job("sender")) as work:
            return claim_due(work, at, limit)

    return take


@pytest.fixture
def settle(store):
    def end(what, *about, **more):
        with store.work(Job("sender")) as work:
            return what(work, *about, **more)

    return end


@pytest.fixture
def row(store):
    def look(row_id):
        with store.work(Job("test")) as work:
            return work.session.get(OutboundMessage, row_id)

    return look


def person(work, **about):
    work.session.add(Organisation(id="cell", name="Cell", kind="cell"))
    work.session.flush()
    some = Person(
        number="P0151",
        role="focal_point",
        organisation_id="cell",
        pseudonym="d" * 64,
        phone_sealed=b"sealed",
        phone_ends="151",
        **about,
    )
    work.session.add(some)
    work.session.flush()
    return some.id


def is_forgotten(message):
    return (
        message.address is None and message.text_sealed is None and message.settled_at is not None
    )


def test_the_same_cause_and_purpose_speak_once(store, queued, claim, now):
    queued(text="premier")
    queued(text="second")
    queued(purpose="answer_ready")
    assert len(claim(now)) == 2


def test_a_text_is_kept_sealed_and_counted_in_segments(queued, row, keys, transit):
    kept = row(queued(text="Dossier à Ténenkou: «vivres»" + " x" * 80))
    assert b"Dossier" not in kept.text_sealed
    assert transit.unwrap(kept.text_sealed).startswith('Dossier à Ténenkou: "vivres"')
    assert kept.segments == 2
    assert Vault.load(keys).number(kept.address) == NUMBER


def test_only_what_is_due_now_rings_the_doorbell(store, keys, transit, now):
    rung = []
    awake = Store(store.url, rung.append)
    address = Sealer.load(keys).number(NUMBER)
    later = Draft(
        "a:1", "case_new", "x", address, contact=CONTACT, due_at=now + timedelta(minutes=5)
    )
    with awake.work(Job("test")) as work:
        messages.queue(work, later, transit, now)
    assert rung == []
    with awake.work(Job("test")) as work:
        messages.queue(work, Draft("a:2", "case_new", "x", address, CONTACT), transit, now)
    assert rung == ["outbox"]
    awake.close()


def test_a_draft_and_a_claim_show_no_text_when_printed(queued, claim, now):
    draft = Draft("a:1", "case_new", "pas assez de vivres", b"address", CONTACT)
    queued(text="pas assez de vivres")
    assert "vivres" not in repr(draft) + repr(claim(now)) + repr(claim)


def test_what_is_due_first_is_claimed_first(queued, claim, now):
    late = queued(cause="a:1", due_at=now - timedelta(minutes=1))
    later = queued(cause="a:2")
    first = queued(cause="a:3", due_at=now - timedelta(minutes=9))
    waits = queued(cause="a:4", due_at=now + timedelta(seconds=1))
    assert [one.id for one in claim(now, 1)] == [first]
    assert [one.id for one in claim(now)] == [late, later]
    assert claim(now) == []
    assert [one.id for one in claim(now + timedelta(seconds=1))] == [waits]


def test_of_two_senders_one_wins(store, queued, now):
    for number in range(40):
        queued(cause=f"a:{number}")
    won, start = [], threading.Barrier(2)

    def run():
        start.wait()
        while True:
            with store.work(Job("sender")) as work:
                batch = claim_due(work, now, 3)
            if not batch:
                return
            won.extend(one.id for one in batch)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == len(set(won)) == 40


def test_what_was_handed_over_keeps_neither_number_nor_words(queued, claim, settle, row, now):
    one = queued()
    (ours,) = claim(now)
    assert settle(handed_over, ours, "phone", "ATXid_1", now)
    kept = row(one)
    assert (kept.status, kept.channel, kept.provider_id, kept.tries) == (
        "handed_over",
        "phone",
        "ATXid_1",
        1,
    )
    assert is_forgotten(kept)


def test_a_refused_text_is_due_again_four_times_and_then_failed(queued, claim, settle, row, now):
    one, at = queued(), now
    for delay in BACK_OFF:
        (ours,) = claim(at)
        settle(outbox.refused, ours, "502", at, again=True)
        assert row(one).status == "waiting"
        assert claim(at + delay - timedelta(seconds=1)) == []
        at += delay
    (ours,) = claim(at)
    settle(outbox.refused, ours, "502", at, again=True)
    assert (row(one).status, row(one).reason, row(one).tries) == ("failed", "502", 5)
    assert is_forgotten(row(one))


def test_a_refusal_for_good_fails_at_once(queued, claim, settle, row, now):
    one = queued()
    settle(outbox.refused, claim(now)[0], "403", now, again=False)
    assert row(one).status == "failed"
    assert is_forgotten(row(one))


def test_what_was_held_is_as_if_never_claimed(queued, claim, settle, row, now):
    one, until = queued(), now + timedelta(minutes=5)
    settle(outbox.held, claim(now)[0], "channel paused", until)
    assert (row(one).status, row(one).tries) == ("waiting", 0)
    assert claim(until - timedelta(seconds=1)) == []
    assert len(claim(until)) == 1


def test_an_unknown_fate_is_tried_once_more_after_ten_minutes(queued, claim, settle, row, now):
    one = queued()
    settle(outbox.unknown, claim(now)[0], "timeout", now)
    assert row(one).status == "unknown"
    assert claim(now + REPEAT_AFTER - timedelta(seconds=1)) == []
    (again,) = claim(now + REPEAT_AFTER)
    settle(outbox.unknown, again, "timeout", now + REPEAT_AFTER)
    assert row(one).status == "unknown"
    assert is_forgotten(row(one))
    assert claim(now + timedelta(days=1)) == []


def test_a_sensitive_text_of_unknown_fate_is_never_repeated(queued, claim, settle, row, now):
    one = queued(sensitive=True)
    settle(outbox.unknown, claim(now)[0], "timeout", now)
    assert claim(now + timedelta(days=1)) == []
    assert row(one).status == "unknown"
    assert is_forgotten(row(one))


def test_a_sensitive_text_that_was_refused_is_tried_again(queued, claim, settle, now):
    queued(sensitive=True)
    settle(outbox.refused, claim(now)[0], "502", now, again=True)
    assert len(claim(now + BACK_OFF[0])) == 1


def test_a_sender_that_died_leaves_an_unknown_fate(queued, claim, row, now):
    plain, private = queued(cause="a:1"), queued(cause="a:2", sensitive=True)
    assert len(claim(now)) == 2
    assert claim(now + LEASE - timedelta(seconds=1)) == []
    assert claim(now + LEASE) == []
    assert {row(plain).status, row(private).status} == {"unknown"}
    assert is_forgotten(row(private))
    assert [one.id for one in claim(now + LEASE + REPEAT_AFTER)] == [plain]
    assert claim(now + 2 * LEASE + REPEAT_AFTER) == []
    assert is_forgotten(row(plain))


def test_whoever_lost_the_lease_has_no_say_once_another_took_it(queued, claim, settle, row, now):
    one = queued()
    (slow,) = claim(now)
    claim(now + LEASE)
    (quick,) = claim(now + LEASE + REPEAT_AFTER)
    settle(outbox.refused, slow, "502", now, again=False)
    assert not settle(handed_over, slow, "phone", "late", now)
    assert row(one).status == "sending"
    assert settle(handed_over, quick, "phone", "quick", now)
    assert row(one).provider_id == "quick"


def test_an_answer_that_comes_after_the_lease_is_still_believed(queued, claim, settle, row, now):
    one = queued()
    (slow,) = claim(now)
    claim(now + LEASE)
    assert settle(handed_over, slow, "phone", "late", now + LEASE)
    assert row(one).status == "handed_over"
    assert claim(now + LEASE + REPEAT_AFTER) == []


def test_a_text_nobody_could_send_in_time_is_given_up(queued, claim, settle, row, now):
    plain = queued(cause="a:1", expires_in=timedelta(hours=1))
    unsure = queued(cause="a:2", expires_in=timedelta(minutes=5))
    first, second = claim(now)
    settle(outbox.refused, first, "502", now, again=True)
    settle(outbox.unknown, second, "timeout", now)
    assert claim(now + timedelta(hours=2)) == []
    assert (row(plain).status, row(plain).reason) == ("failed", "expired")
    assert (row(unsure).status, row(unsure).reason) == ("unknown", "expired")
    assert is_forgotten(row(plain))
    assert is_forgotten(row(unsure))


def test_nothing_is_sent_after_stop_but_its_own_confirmation(store, queued, claim, row, now):
    with store.work(Job("test")) as work:
        work.session.add(Contact(pseudonym=CONTACT, stopped_at=now, seen_at=now))
    silent = queued(cause="a:1", purpose="answer_ready")
    spoken = queued(cause="a:2", purpose="stopped")
    assert [one.id for one in claim(now)] == [spoken]
    assert (row(silent).status, row(silent).reason) == ("withheld", "stop")
    assert is_forgotten(row(silent))


@pytest.mark.parametrize(("field", "reason"), [("stopped_at", "stop"), ("revoked_at", "revoked")])
def test_a_registered_person_who_left_gets_nothing(store, queued, claim, row, now, field, reason):
    with store.work(Job("test")) as work:
        person_id = person(work, **{field: now})
    one = queued(contact=None, person_id=person_id)
    assert claim(now) == []
    assert (row(one).status, row(one).reason) == ("withheld", reason)


def test_an_unsure_text_is_not_repeated_after_stop(store, queued, claim, settle, row, now):
    one = queued()
    settle(outbox.unknown, claim(now)[0], "timeout", now)
    settle(messages.stop, CONTACT, None, now)
    assert claim(now + REPEAT_AFTER) == []
    assert (row(one).status, row(one).reason) == ("unknown", "stop")


def test_a_number_that_refuses_our_texts_gets_no_other(store, queued, claim, settle, row, now):
    with store.work(Job("test")) as work:
        person_id = person(work)
    one = queued(cause="a:1", person_id=person_id)
    other = queued(cause="a:2", person_id=person_id, due_at=now + timedelta(hours=1))
    settle(outbox.opted_out, claim(now)[0], now)
    assert row(one).status == "failed"
    assert claim(now + timedelta(hours=1)) == []
    assert row(other).status == "withheld"
    with store.work(Job("test")) as work:
        assert work.session.get(Contact, CONTACT).stopped_at == now
        assert work.session.get(Person, person_id).stopped_at == now


def test_saying_stop_twice_is_harmless(store, settle, now):
    settle(messages.stop, CONTACT, None, now)
    settle(messages.stop, CONTACT, None, now + timedelta(days=1))
    with store.work(Job("test")) as work:
        assert work.session.get(Contact, CONTACT).stopped_at == now + timedelta(days=1)


def test_a_text_without_contact_waits_for_its_name(queued, claim, now):
    queued(contact=None)
    assert claim(now) == []


def test_a_case_that_became_sensitive_takes_back_what_has_not_left(
    store, queued, claim, settle, row, now
):
    with store.work(Job("test")) as work:
        work.session.add(ItemNumber(number="15736", kind="case"))
        work.session.flush()
        work.session.add(a_case(1, now))
    waits = queued(cause="a:1", case_id=1)
    gone = queued(cause="a:2", case_id=1, due_at=now - timedelta(seconds=1))
    unsure = queued(cause="a:3", case_id=1, due_at=now - timedelta(seconds=2))
    other = queued(cause="a:4", purpose="receipt", case_id=1)
    first, second = claim(now, 2)
    settle(handed_over, first if first.id == gone else second, "phone", "x", now)
    settle(outbox.unknown, first if first.id == unsure else second, "timeout", now)
    assert settle(messages.withhold, 1, ["case_new"], "class raised", now) == 1
    assert (row(waits).status, row(waits).reason) == ("withheld", "class raised")
    assert is_forgotten(row(waits))
    assert row(gone).status == "handed_over"
    assert is_forgotten(row(unsure))
    assert [one.id for one in claim(now + timedelta(hours=1))] == [other]


def test_after_seven_days_nobody_knows_whose_a_text_was(queued, claim, settle, row, now):
    one = queued()
    settle(handed_over, claim(now)[0], "phone", "x", now)
    settle(messages.forget_old, now + timedelta(days=7))
    assert row(one).contact == CONTACT
    settle(messages.forget_old, now + timedelta(days=7, seconds=1))
    assert row(one).contact is None


def a_case(row_id, now, **about):
    return Case(
        id=row_id,
        number="15736",
        kind="complaint",
        category="12",
        case_class="C2",
        source="ussd",
        channel="phone",
        language="fr",
        status="routed",
        opened_at=now,
        due_at=now,
        why=[],
        **about,
    )


def test_a_ring_leaves_before_whatever_else_is_due(queued, claim, now):
    for number in range(3):
        queued(f"stock-question:{number}", contact="d" * 64)
    urgent = queued("case-event:9", purpose=RING, due_at=now + timedelta(minutes=1))
    assert [one.id for one in claim(now + timedelta(minutes=1), limit=1)] == [urgent]


def test_a_ring_is_tried_as_long_as_it_is_of_use_and_not_a_moment_longer(
    queued, claim, settle, row, now
):
    useful = timedelta(hours=1)
    ring = queued(purpose=RING, expires_in=useful)
    at, tries = now, 0
    while found := claim(at):
        settle(outbox.refused, found[0], "503", at, again=True)
        at, tries = at + RING_AGAIN, tries + 1
    assert at == now + useful
    assert tries == useful / RING_AGAIN
    assert (row(ring).status, row(ring).reason, row(ring).address) == ("failed", "expired", None)


def test_evacuations_leave_before_sensitive_texts_those_before_ordinary_ones_and_reminders_last(
    queued, claim, now
):
    reminder = queued("a:1", purpose="reminder", due_at=now - timedelta(hours=1))
    ordinary = queued("a:2", purpose="reply", due_at=now - timedelta(minutes=1))
    private = queued("a:3", sensitive=True)
    receipt = queued("a:4", purpose="reply", priority=1)
    urgent = queued("a:5", purpose=RING)
    turns = [claim(now, 1)[0].id for _ in range(5)]
    assert turns == [urgent, private, receipt, ordinary, reminder]
