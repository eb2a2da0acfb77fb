"""Call-backs: a queue without numbers, and one number, once, to whoever took the call."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, AuditLink
from models.case import Case, CaseEvent, Story
from models.db import Job
from models.errors import KeeperRefused
from models.services.calls import CALL
from models.sign_in import ConsoleSession
from tests.console.calling import SAID, SPEAKER, asks, kept
from tests.console.conftest import Console
from tests.console.counting import statements

TRACES = ("70003210", "70 00 32 10")


@pytest.fixture
def desk(console: Console):
    """A console with a keeper and two agents who call back."""
    console.agent = console.as_role("operator", function="call_back")
    console.other = console.as_role("operator", function="call_back", email="o@example.org")
    with kept(console):
        yield console


@pytest.fixture
def number(desk):
    return asks(desk)


def case_of(desk, number):
    with desk.store.reading(Job("test")) as work:
        found = work.session.scalar(select(Case).where(Case.number == number))
        work.session.expunge_all()
        return found


def entries(desk, act=CALL):
    with desk.store.reading(Job("test")) as work:
        found = work.session.scalars(select(AuditEntry).where(AuditEntry.act == act)).all()
        work.session.expunge_all()
        return found


def test_the_queue_says_how_and_when_and_no_number(desk, number):
    page = desk.agent.get("/rappels?langue=ses&voix=woman")
    assert number in page.text
    assert "Sonrai" in page.text
    assert not any(one in page.text for one in TRACES)
    assert number not in desk.agent.get("/rappels?langue=bm").text


def test_the_number_is_shown_once_to_who_took_the_call(desk, number):
    before = desk.agent.get(f"/rappels/{number}").text
    assert SAID not in before
    assert desk.agent.post(f"/rappels/{number}/prendre").status_code == 303
    shown = desk.agent.post(f"/rappels/{number}/appeler")
    assert (shown.status_code, SAID in shown.text) == (200, True)
    assert "no-store" in shown.headers["Cache-Control"]
    again = desk.agent.post(f"/rappels/{number}/appeler", follow_redirects=True)
    assert SAID not in again.text
    assert SAID not in desk.agent.get(f"/rappels/{number}").text
    assert len(entries(desk)) == 1


def test_nobody_else_is_shown_it(desk, number):
    desk.agent.post(f"/rappels/{number}/prendre")
    refused = desk.other.post(f"/rappels/{number}/appeler", follow_redirects=True)
    assert SAID not in refused.text
    stranger = desk.as_role("focal_point", function="mcd", organisation="outside")
    for way in ("", "/appeler", "/jointe", "/prendre"):
        asked = stranger.post if way else stranger.get
        assert asked(f"/rappels/{number}{way}").status_code == 404
    assert number not in stranger.get("/rappels").text


def test_what_was_shown_is_in_the_chain_and_in_no_log_session_or_address(desk, number, caplog):
    caplog.set_level(logging.DEBUG)
    desk.agent.post(f"/rappels/{number}/prendre")
    shown = desk.agent.post(f"/rappels/{number}/appeler")
    (entry,) = entries(desk)
    with desk.store.reading(Job("test")) as work:
        linked = select(AuditLink).where(AuditLink.entry_id == entry.id)
        assert work.session.scalar(linked) is not None
        sessions = [str(one.content) for one in work.session.scalars(select(ConsoleSession))]
        events = [str(one.details) for one in work.session.scalars(select(CaseEvent))]
    assert "Location" not in shown.headers
    for trace in (*TRACES, SPEAKER):
        assert trace not in caplog.text
        assert not any(trace in one for one in (*sessions, *events, str(entry.details)))


def test_the_keeper_opens_nothing_for_an_entry_that_is_none_of_a_call(desk, number):
    keeper, case = desk.house.keeper, case_of(desk, number)
    desk.agent.post(f"/rappels/{number}/prendre")
    with desk.store.reading(Job("test")) as work:
        taken = select(CaseEvent.by).where(CaseEvent.transition == "taken")
        agent = work.session.scalar(taken)

    def noted(**facts):
        entry = AuditEntry(
            **{
                "at": desk.clock(), "actor": agent, "act": CALL, "about": "case",
                "row_id": case.id, "number": number, "details": {}, **facts,
            }
        )  # fmt: skip
        with desk.store.work(Job("test")) as work:
            work.session.add(entry)
            work.session.flush()
            return entry.id

    wrong = (
        {"act": "read"}, {"number": "11111"}, {"row_id": case.id + 9}, {"about": "person"},
        {"actor": "P9999"}, {"actor": "operator"}, {"at": desk.clock() - timedelta(minutes=2)},
    )  # fmt: skip
    for facts in wrong:
        with pytest.raises(KeeperRefused):
            keeper.number(noted(**facts))
    right = noted()
    assert keeper.number(right) == SPEAKER
    for entry in (right, noted()):
        with pytest.raises(KeeperRefused):
            keeper.number(entry)


def test_an_entry_that_calls_reads_no_words_and_one_that_reads_gives_no_number(desk, number):
    desk.agent.post(f"/rappels/{number}/prendre")
    desk.agent.post(f"/rappels/{number}/appeler")
    (entry,) = entries(desk)
    with pytest.raises(KeeperRefused):
        desk.house.keeper.words(entry.id)


def test_without_a_keeper_nothing_is_shown_and_it_may_be_asked_again(desk, number, monkeypatch):
    desk.agent.post(f"/rappels/{number}/prendre")
    monkeypatch.setattr(desk.house.keeper, "_address", "/nowhere/keeper.sock")
    monkeypatch.setattr(desk.house.keeper, "_lines", type("", (), {})())
    said = desk.agent.post(f"/rappels/{number}/appeler", follow_redirects=True)
    assert "ne répond pas" in said.text
    monkeypatch.undo()
    assert SAID in desk.agent.post(f"/rappels/{number}/appeler").text


@pytest.mark.parametrize(("way", "what"), [("jointe", "answer"), ("pas-jointe", "missed")])
def test_how_it_ended_takes_effect_in_ten_minutes_and_nobody_rings_meanwhile(
    desk, number, way, what
):
    desk.agent.post(f"/rappels/{number}/prendre")
    desk.agent.post(f"/rappels/{number}/{way}")
    with desk.store.reading(Job("test")) as work:
        assert work.session.scalars(select(Story.what)).all() == [what]
    refused = desk.agent.post(f"/rappels/{number}/appeler", follow_redirects=True)
    assert SAID not in refused.text


def test_who_says_that_no_call_is_wanted_is_forgotten(desk, number):
    desk.agent.post(f"/rappels/{number}/prendre")
    desk.agent.post(f"/rappels/{number}/arreter")
    assert case_of(desk, number).address is None
    assert desk.agent.get(f"/rappels/{number}").status_code == 404


def test_a_private_call_is_its_compartments_alone(desk):
    officer = desk.as_role("gbv")
    number = asks(desk, private=True, category="93", call_voice="woman")
    assert number in officer.get("/rappels").text
    assert number not in desk.agent.get("/rappels").text
    assert desk.agent.get(f"/rappels/{number}").status_code == 404
    officer.post(f"/rappels/{number}/prendre")
    assert SAID in officer.post(f"/rappels/{number}/appeler").text
    officer.post(f"/rappels/{number}/pas-jointe")
    assert case_of(desk, number).address is None or case_of(desk, number).kind == "call_back"


def test_few_questions_are_asked_however_many_there_are(desk, number):
    desk.agent.post(f"/rappels/{number}/prendre")
    for page in ("/rappels", f"/rappels/{number}"):
        desk.agent.get(page)
        with statements(desk.store) as asked:
            desk.agent.get(page)
        assert len(asked) <= 12, page


def test_a_private_number_is_shown_to_who_proved_lately_who_they_are(desk):
    officer = desk.as_role("gbv")
    number = asks(desk, private=True, category="93", call_voice="woman")
    for _ in range(4):
        desk.clock.pass_by(minutes=9)
        officer.get("/")
    officer.post(f"/rappels/{number}/prendre")
    answer = officer.post(f"/rappels/{number}/appeler")
    assert (answer.status_code, SAID in answer.text) == (303, False)
    assert "/verifier" in answer.headers["Location"]
    assert entries(desk) == []
