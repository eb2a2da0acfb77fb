"""Dead letters: seen without words or numbers, and tried again once, by whoever may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.db import Job
from models.inbound import InboundMessage
from tests.conftest import NOON
from tests.console.counting import statements
from tests.models.test_dead_letters import put_message, put_text, put_voice


def status_of(console, row_id):
    with console.store.reading(Job("test")) as work:
        return work.session.get_one(InboundMessage, row_id).status


def test_the_pile_that_can_be_emptied_stands_first_with_reasons_in_words(console):
    put_text(console.store, NOON - timedelta(days=2))
    put_voice(console.store, NOON - timedelta(hours=3))
    page = console.as_role("triager").get("/non-traites")
    assert page.status_code == 200
    assert "le fournisseur a répondu 404" in page.text
    assert "3 heures" in page.text
    texts = console.as_role("supervisor").get("/non-traites?genre=text").text
    assert "plus possible" in texts
    assert "2 jours" in texts


def test_one_is_tried_again_once_and_the_second_press_is_told(console):
    row = put_message(console.store, NOON - timedelta(hours=1))
    browser = console.as_role("administrator")
    done = browser.post(f"/non-traites/inbox/{row}", follow_redirects=True)
    assert "Il attend de nouveau." in done.text
    assert status_of(console, row) == "waiting"
    again = browser.post(f"/non-traites/inbox/{row}", follow_redirects=True)
    assert "Il ne peut plus être réessayé" in again.text
    with console.store.reading(Job("test")) as work:
        asked = select(AuditEntry.actor).where(AuditEntry.act == "retry")
        assert len(work.session.scalars(asked).all()) == 1


def test_all_of_a_kind_are_tried_again_but_those_whose_words_are_gone(console):
    rows = [put_message(console.store, NOON - timedelta(hours=hour)) for hour in (1, 2, 3)]
    gone = put_message(console.store, NOON - timedelta(days=9), text_sealed=None)
    browser = console.as_role("triager")
    assert "Réessayer les 3" in browser.get("/non-traites").text
    done = browser.post("/non-traites/inbox", follow_redirects=True)
    assert "3 attendent de nouveau." in done.text
    assert {status_of(console, row) for row in rows} == {"waiting"}
    assert status_of(console, gone) == "dead"


def test_a_reason_of_another_service_shows_no_number(console):
    put_message(console.store, NOON, cause="no route to +22370000001; tried five times")
    page = console.as_role("triager").get("/non-traites").text
    assert "70000001" not in page
    assert "essayé cinq fois" in page


def test_long_piles_come_page_by_page_with_few_questions(console):
    rows = [put_message(console.store, NOON - timedelta(minutes=one)) for one in range(60)]
    browser = console.as_role("triager")
    with statements(console.store) as asked:
        first = browser.get("/non-traites?genre=inbox").text
    assert len(asked) <= 12
    assert first.count("<tr>") == 51
    second = browser.get(f"/non-traites?genre=inbox&avant={rows[10]}").text
    assert second.count("<tr>") == 11


@pytest.mark.parametrize("role", ["operator", "focal_point", "gbv", "auditor"])
def test_others_find_nothing_here(console, role):
    browser = console.as_role(role)
    assert browser.get("/non-traites").status_code == 404
    assert browser.post("/non-traites/inbox").status_code == 404
