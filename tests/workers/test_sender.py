"""The sender: one text once, whatever dies in between, and what nobody knows is not repeated."""

import threading
from datetime import timedelta

import pytest

from gateway.channels.base import SendFailed, SendUnknown
from models.conversation import Contact
from models.db import Job
from models.seal import Transit
from models.services.outbox import BACK_OFF, LEASE
from models.services.overdue import REPEAT_AFTER
from models.vault import Vault, create_keys
from tests.outbox import claim_due
from tests.workers.sending import FOCAL_POINT, SPEAKER, Killed, Line
from workers.keeper.health import LANES, STOPPED_S
from workers.keeper.pace import Pace
from workers.keeper.roads import Road
from workers.keeper.sender import Sender
from workers.keeper.texts import Opener


def test_what_is_due_reaches_the_provider_with_number_text_and_reference(
    sender, queue, line, fates
):
    queue("Votre reponse est prete.")
    assert sender.drain() == 1
    (out,) = line.taken
    assert (out.to, out.text, out.reference) == (SPEAKER, "Votre reponse est prete.", "1")
    assert fates() == [("handed_over", None)]
    assert sender.drain() == 0


def test_one_phones_texts_leave_in_order(sender, queue, line):
    for number in range(20):
        queue(f"{number:02}", to=FOCAL_POINT)
        queue(f"autre {number}")
    assert sender.drain() == 40
    ours = [out.text for out in line.taken if out.to == FOCAL_POINT]
    assert ours == [f"{number:02}" for number in range(20)]


def test_a_provider_that_hangs_over_one_text_holds_up_nobody_elses(sender, queue, line, fates):
    asked, answered = threading.Event(), threading.Event()

    def hang(out):
        if out.to == SPEAKER:
            asked.set()
            assert answered.wait(30)

    line.before = hang
    queue("un")
    sending = threading.Thread(target=sender.drain)
    sending.start()
    assert asked.wait(30)
    queue("deux")
    queue("a une autre", to=FOCAL_POINT)
    pause = threading.Event()
    while line.texts != ["a une autre"]:
        pause.wait(0.01)
    answered.set()
    sending.join()
    assert line.texts == ["a une autre", "un", "deux"]
    assert fates() == [("handed_over", None)] * 3


def test_no_more_texts_are_in_the_air_than_there_are_lanes(sender, queue, line, fates):
    asked, answered = threading.Semaphore(0), threading.Event()

    def hang(out):
        asked.release()
        assert answered.wait(30)

    line.before = hang
    for number in range(LANES + 3):
        queue(f"texte {number}", to=f"+2237000{number:04}")
    sending = threading.Thread(target=sender.drain)
    sending.start()
    for _ in range(LANES):
        assert asked.acquire(timeout=30)
    assert [status for status, _ in fates()].count("sending") == LANES
    answered.set()
    sending.join()
    assert len(line.texts) == LANES + 3


def test_no_transaction_is_open_while_the_provider_thinks(store, sender, queue, line, fates, clock):
    # SQLite has a single writer: this would wait in vain if the sender held its transaction.
    def write_meanwhile(out):
        with store.work(Job("somebody else")) as work:
            work.session.add(Contact(pseudonym="e" * 64, seen_at=clock.at))

    line.before = write_meanwhile
    queue("x")
    sender.drain()
    assert fates() == [("handed_over", None)]


def test_of_two_senders_and_one_row_one_sends(store, opener, line, clock, queue):
    for number in range(30):
        queue(f"texte {number}", to=f"+2237000{number:04}")
    start = threading.Barrier(2)

    def run():
        sender = Sender(store, opener, [Road(line, rate=1e6)], clock)
        start.wait()
        sender.drain()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(line.texts) == sorted(f"texte {number}" for number in range(30))


def test_a_busy_provider_is_asked_again_later_and_not_before(sender, queue, line, fates, clock):
    line.fates = [SendFailed("502", again=True)]
    queue("x")
    sender.drain()
    assert fates() == [("waiting", "502")]
    clock.at += BACK_OFF[0] - timedelta(seconds=1)
    sender.drain()
    assert line.taken == []
    clock.at += timedelta(seconds=1)
    sender.drain()
    assert line.texts == ["x"]


def test_a_wrong_number_is_not_tried_again(sender, queue, line, fates, clock):
    line.fates = [SendFailed("403", again=False)]
    queue("x")
    sender.drain()
    clock.at += timedelta(days=1)
    sender.drain()
    assert fates() == [("failed", "403")]
    assert line.taken == []


def test_without_money_the_whole_channel_waits_and_nothing_is_lost(
    sender, queue, line, fates, clock
):
    line.fates = [SendFailed("405", again=True, stop=True)]
    queue("a")
    sender.drain()
    queue("b")
    sender.drain()
    assert line.taken == []
    assert fates() == [("waiting", "405"), ("waiting", "no channel is well")]
    clock.at += timedelta(seconds=STOPPED_S)
    sender.drain()
    assert sorted(line.texts) == ["a", "b"]


def test_a_pause_costs_no_tries(sender, queue, line, fates, clock):
    line.fates = [SendFailed("405", again=True, stop=True) for _ in range(9)]
    queue("a")
    for _ in range(9):
        sender.drain()
        clock.at += timedelta(seconds=STOPPED_S)
    sender.drain()
    assert line.texts == ["a"]


def test_a_number_that_refuses_our_texts_is_remembered(store, sender, queue, line, fates, opener):
    line.fates = [SendFailed("406", again=False, opted_out=True)]
    queue("a")
    sender.drain()
    queue("b")
    sender.drain()
    assert fates() == [("failed", "opted out"), ("withheld", "stop")]
    with store.work(Job("test")) as work:
        assert work.session.get(Contact, opener.vault.pseudonym(SPEAKER)).stopped_at is not None


def test_an_unknown_fate_is_repeated_once_unless_it_is_sensitive(sender, queue, line, fates, clock):
    line.fates = [SendUnknown("timeout"), SendUnknown("timeout")]
    queue("ordinaire")
    queue("sensible", sensitive=True)
    sender.drain()
    assert fates() == [("unknown", "timeout")] * 2
    clock.at += REPEAT_AFTER
    sender.drain()
    clock.at += timedelta(days=1)
    sender.drain()
    assert line.texts == ["ordinaire"]


def test_the_first_channel_that_reaches_a_number_is_taken(store, opener, clock, queue, fates):
    mali, near, far = Line("mali"), Line("near"), Line("far")
    roads = [Road(mali, ("+22371",)), Road(near, ("+22370",)), Road(far)]
    sender = Sender(store, opener, roads, clock)
    queue("x")
    sender.drain()
    assert (mali.texts, near.texts, far.texts) == ([], ["x"], [])


def test_letters_outside_the_alphabet_leave_only_by_a_channel_that_carries_them(
    store, opener, clock, queue
):
    narrow, wide = Line("narrow"), Line("wide")
    for road in (Road(narrow, ("+22370",), 1e6), Road(wide, ("+22370",), 1e6, wide=True)):
        queue(f"شكرا ça {road.channel.name} 🙂")
        Sender(store, opener, [road], clock).drain()
    assert narrow.texts == ["* ca narrow *"]
    assert wide.texts == ["شكرا ça wide 🙂"]


def test_a_number_no_channel_reaches_fails_in_words(store, opener, clock, queue, fates):
    queue("x")
    Sender(store, opener, [Road(Line(), ("+221",))], clock).drain()
    assert fates() == [("failed", "no channel reaches it")]


def test_words_whose_key_is_destroyed_fail_and_the_others_go_on(
    store, line, keys, queue, fates, clock, opener, tmp_path
):
    create_keys(tmp_path / "other", lambda: clock.at.timestamp())
    stranger = Opener(opener.vault, Transit.load(tmp_path / "other", lambda: clock.at.timestamp()))
    queue("perdu")
    Sender(store, stranger, [Road(line)], clock).drain()
    shut_out = Opener(Vault.load(tmp_path / "other"), opener.transit)
    queue("scelle")
    Sender(store, shut_out, [Road(line)], clock).drain()
    assert fates() == [("failed", "TransitLost"), ("failed", "SealBroken")]


@pytest.mark.parametrize(("sensitive", "said"), [(False, ["x"]), (True, [])])
def test_killed_before_the_provider_is_called(sender, queue, line, fates, clock, sensitive, said):
    line.fates = [Killed()]
    queue("x", sensitive=sensitive)
    with pytest.raises(Killed):
        sender.drain()
    assert fates() == [("sending", None)]
    clock.at += LEASE
    sender.drain()
    assert fates() == [("unknown", "sender died")]
    assert line.taken == []
    clock.at += REPEAT_AFTER
    sender.drain()
    assert line.texts == said


@pytest.mark.parametrize(("sensitive", "times"), [(False, 2), (True, 1)])
def test_killed_after_the_provider_took_it(
    store, opener, queue, line, fates, clock, sensitive, times
):
    def die_once_it_was_taken():
        if line.taken:
            raise Killed
        return clock.at

    queue("x", sensitive=sensitive)
    with pytest.raises(Killed):
        Sender(store, opener, [Road(line)], die_once_it_was_taken).drain()
    assert (line.texts, fates()) == (["x"], [("sending", None)])
    next_start = Sender(store, opener, [Road(line)], clock)
    for delay in (LEASE, REPEAT_AFTER, LEASE, REPEAT_AFTER):
        clock.at += delay
        next_start.drain()
    assert line.texts == ["x"] * times


def test_killed_while_claiming_leaves_everything_as_it_was(store, queue, opener, line, clock):
    def claim_and_die():
        with store.work(Job("sender")) as work:
            assert claim_due(work, clock.at, 4)
            raise Killed

    queue("x")
    with pytest.raises(Killed):
        claim_and_die()
    Sender(store, opener, [Road(line)], clock).drain()
    assert line.texts == ["x"]


def test_one_killed_lane_leaves_the_others_settled(sender, queue, line, fates, clock):
    for number in range(3):
        queue(f"texte {number}", to=f"+2237000{number:04}")

    def die(out):
        if out.text == "texte 1":
            raise Killed

    line.before = die
    with pytest.raises(Killed):
        sender.drain()
    assert sorted(status for status, _ in fates()) == ["handed_over", "handed_over", "sending"]


def test_the_loop_drains_waits_and_ends_when_told(sender, queue, line):
    rounds = []

    def wait(seconds):
        rounds.append(seconds)
        queue("deux")

    queue("un")
    sender.run(wait, lambda: len(rounds) < 2)
    assert line.texts == ["un", "deux"]
    assert rounds == [5.0, 5.0]


def test_a_channel_is_kept_to_its_rate():
    at, left = 100.0, []
    pace = Pace(10.0, lambda: at)
    for _ in range(50):
        at += pace.wait_s()
        pace.leave()
        left.append(at)
    within_a_second = [sum(since <= one < since + 1 for one in left) for since in left]
    assert max(within_a_second) <= 12  # what was saved up leaves with the first


def test_neither_number_nor_text_reaches_the_log(sender, queue, line, clock, caplog):
    caplog.set_level("DEBUG")
    line.fates = [
        SendFailed("502", again=True),
        SendUnknown("timeout"),
        SendFailed("405", again=True, stop=True),
    ]
    for number in range(3):
        queue(f"pas assez de vivres {number}", to=f"+2237000000{number}")
        sender.drain()
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert {record.getMessage() for record in caplog.records} >= {
        "send refused",
        "fate unknown",
        "channel left alone",
    }
    assert "vivres" not in said
    assert "70000" not in said
