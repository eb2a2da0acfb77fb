"""What time brings: two reminders by day, the end on day 30, Monday's question, a call due."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.person import Person
from models.services import messages, referral_clock
from models.services.programme import DAYTIME, put_setting
from tests import referral_world as world
from tests.referral_world import referral, refers


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def passes(stage, what, **passed):
    """Let time pass, then let the clock do one of its lines."""
    stage.later(**passed)
    with stage.store.work(Job("timetable")) as work:
        return getattr(referral_clock, what)(work, stage.house, stage.now)


def test_the_relay_is_reminded_on_day_three_and_seven_and_never_again(loop):
    code = refers(loop)
    assert passes(loop, "remind", days=2, hours=23) == 0
    passes(loop, "remind", hours=1)
    passes(loop, "remind", hours=1)
    assert loop.outbox("referral_waits") == [
        (
            "R128",
            f"{code} n'est pas encore passee au centre. Si vous la voyez seule, demandez si tout "
            "va bien. Rien par telephone.",
        )
    ]
    for _ in range(12):
        passes(loop, "remind", days=1)
    assert loop.outbox("referral_still_waits") == [
        (
            "R128",
            f"{code} pas encore passee. Envoyez {code} et: 1 loin 2 argent 3 famille 4 peur "
            "5 avis change 6 ailleurs 7 route 8 pas vue",
        )
    ]
    assert len(loop.outbox("referral_waits")) == 1


def test_after_a_week_without_a_worker_only_the_second_reminder_goes(loop):
    refers(loop)
    passes(loop, "remind", days=8)
    passes(loop, "remind", days=1)
    assert loop.outbox("referral_waits") == []
    assert len(loop.outbox("referral_still_waits")) == 1


def test_nobody_is_reminded_by_night(loop):
    refers(loop)
    assert passes(loop, "remind", days=3, hours=5) == 0  # 17 h
    assert passes(loop, "remind", hours=13) == 0  # 6 h
    assert passes(loop, "remind", hours=1) == 1  # 7 h


def test_a_programme_may_set_other_hours(loop):
    with loop.store.work(Job("test")) as work:
        put_setting(work, DAYTIME, "0-24")
    refers(loop)
    assert passes(loop, "remind", days=3, hours=10) == 1


def test_a_text_caused_by_night_waits_for_the_morning(loop):
    loop.later(hours=8)
    refers(loop)
    with loop.store.work(Job("test")) as work:
        due = work.session.scalars(
            select(messages.Message.due_at).where(messages.Message.purpose == "referral_new")
        ).one()
    assert (due.day, due.hour) == (24, 7)


def test_nobody_is_reminded_of_who_came_stopped_or_allows_none(loop):
    came, stopped, silent, said = (refers(loop) for _ in range(4))
    loop.writes("P0202", f"VENUE {came}")
    loop.does("stop_referral", {"referral": stopped})
    loop.change(world.Referral, {"number": silent}, remind=False)
    loop.does("say_received", {"referral": said, "received": "yes"})
    passes(loop, "remind", days=3)
    passes(loop, "remind", days=5)
    assert loop.outbox("referral_waits") == loop.outbox("referral_still_waits") == []


def test_a_reminder_not_yet_sent_is_withheld_when_she_comes_or_stops(loop):
    came, stopped = refers(loop), refers(loop)
    passes(loop, "remind", days=3)
    assert len(loop.outbox("referral_waits")) == 2
    loop.writes("P0202", f"VENUE {came}")
    loop.does("stop_referral", {"referral": stopped})
    assert loop.outbox("referral_waits") == []


def test_a_relay_whose_phone_is_lost_hears_nothing(loop):
    refers(loop)
    loop.change(Person, {"number": "R128"}, blocked_at=loop.now)
    passes(loop, "remind", days=3)
    assert loop.outbox("referral_waits") == []


def test_two_workers_remind_once(loop):
    for _ in range(5):
        refers(loop)
    loop.later(days=3)

    def go(_):
        with loop.store.work(Job("timetable")) as work:
            return referral_clock.remind(work, loop.house, loop.now)

    with ThreadPoolExecutor(2) as together:
        assert sum(together.map(go, range(2))) == 5
    assert len(loop.outbox("referral_waits")) == 5


def test_on_day_thirty_a_code_expires_and_means_nothing(loop):
    code = refers(loop)
    passes(loop, "end_old", days=29)
    assert referral(loop, code).status == "sent"
    passes(loop, "end_old", days=1)
    one = referral(loop, code)
    assert (one.status, one.closed_at) == ("expired", loop.now)
    assert "inconnu" in loop.writes("P0202", f"VENUE {code}")


def test_what_was_done_closes_on_day_thirty(loop):
    came, served = refers(loop), refers(loop)
    loop.writes("P0202", f"VENUE {came}")
    loop.writes("P0202", f"DONNE {served} 3")
    passes(loop, "end_old", days=30)
    assert [referral(loop, code).status for code in (came, served)] == ["closed", "closed"]


def test_each_store_is_asked_on_monday_once(loop):
    for _ in range(3):
        passes(loop, "ask_stock", minutes=10)
    asked = loop.outbox("stock_question")
    assert sorted(who for who, _ in asked) == ["P0113", "P0203", "P0212", "P0222"]
    assert asked[0][1] == (
        "Stock aujourd'hui? Ecrivez STOCK, le produit, le nombre. Ex: STOCK 3 12. "
        "Plusieurs: STOCK 2 40 3 0. Rien de change: STOCK OK"
    )
    for _ in range(6):
        passes(loop, "ask_stock", days=1)
    assert len(loop.outbox("stock_question")) == 4
    passes(loop, "ask_stock", days=1)
    assert len(loop.outbox("stock_question")) == 8


def test_each_matron_hears_on_monday_how_the_week_was(loop):
    came, served, undone = refers(loop), refers(loop), refers(loop)
    refers(loop)
    refers(loop, "REF 6160 20")
    loop.writes("P0202", f"VENUE {came}")
    loop.writes("P0202", f"DONNE {served} 3")
    loop.writes("P0202", f"VENUE {undone}")
    loop.writes("P0202", f"ANNULE {undone}")
    for _ in range(2):
        passes(loop, "tell_week", hours=1)
    assert sorted(loop.outbox("week_at_centre")) == [
        ("P0202", "Semaine: venues 2, servies 1, en attente 2."),
        ("P0212", "Semaine: venues 0, servies 0, en attente 1."),
    ]
    passes(loop, "tell_week", days=1)
    assert len(loop.outbox("week_at_centre")) == 2


def test_a_centre_silent_for_two_days_is_called_by_the_midwife_of_the_csref(loop):
    refers(loop)
    refers(loop)
    assert passes(loop, "call_silent_centres", hours=47) == 0
    assert passes(loop, "call_silent_centres", hours=1) == 1
    assert passes(loop, "call_silent_centres", hours=1) == 0
    [(who, text)] = loop.outbox("case_new")
    assert who == "P0112"
    assert "Tessit" not in text
    with loop.store.work(Job("test")) as work:
        task = work.session.scalars(select(Case).where(Case.kind == "referral")).one()
        assert (task.holder_function, task.subjects) == ("csref_fp", [])
    number = task.number
    assert loop.writes("P0112", f"VOIR {number}").startswith(f"{number}: sante, autre.")
    assert "est a vous" in loop.writes("P0112", f"PRIS {number}")


@pytest.mark.parametrize("line", ["PRIS {code}", "VENUE 24", "STOCK 3 4", "VENUE {code}"])
def test_a_centre_that_answered_anything_is_not_called(loop, line):
    code = refers(loop)
    loop.later(hours=1)
    loop.writes("P0202", line.format(code=code))
    assert passes(loop, "call_silent_centres", days=3) == 0


def test_a_code_that_a_centre_gave_back_is_a_call_at_once(loop):
    code = refers(loop)
    loop.writes("P0202", f"RENVOI {code}")
    assert passes(loop, "call_silent_centres", minutes=1) == 1
