"""A beep: the call is rejected before it costs anything, and somebody calls back, once."""

from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from models.case import CallBack, Case
from models.conversation import Contact
from models.db import Job
from tests.factories import NEIGHBOUR, SPEAKER
from tests.gateway import africastalking_posts as posts


def ring(service, body=None, **call):
    reply = service.post("voice", body or posts.call(**call))
    assert reply.status_code == 200
    return reply


def wishes(service):
    with service.store.work(Job("test")) as work:
        rows = select(Case, CallBack).join(CallBack, CallBack.case_id == Case.id)
        return work.session.execute(rows.order_by(Case.id)).all()


def test_a_ringing_call_is_rejected_at_once(service):
    reply = ring(service)
    assert reply.content_type == "application/xml"
    [action] = ElementTree.fromstring(reply.text)  # noqa: S314 our own answer
    assert (action.tag, action.attrib) == ("Reject", {})


def test_whoever_let_it_ring_is_called_back(service):
    ring(service)
    service.converser.drain()
    [(case, wish)] = wishes(service)
    assert (case.kind, case.status, case.source, case.case_class) == (
        "call_back",
        "asked",
        "voice",
        "C1",
    )
    assert (wish.language, wish.voice, wish.hour) == ("fr", "any", "any")
    assert service.stage.vault.number(case.address) == SPEAKER
    assert case.contact == service.stage.vault.pseudonym(SPEAKER)
    assert service.inbox == [("processed", "a call let ring")]


def test_the_phone_gets_no_sms_and_the_agent_is_told_at_once(service):
    ring(service)
    service.converser.drain()
    [(to, text)] = service.send()
    assert to not in {SPEAKER, NEIGHBOUR}
    assert text.startswith("Jaabi: nouveau dossier")


@pytest.mark.parametrize("name", posts.CALLS)
def test_every_event_of_a_call_has_its_answer_and_the_second_time_too(service, name):
    for _ in range(2):
        reply = ring(service, posts.CALLS[name])
        rings = posts.CALLS[name].startswith(b"isActive=1")
        assert reply.content_type.startswith("application/xml" if rings else "text/plain")
        assert bool(reply.text) == rings
    service.converser.drain()
    taken = "taken" in name.removesuffix("not") or name == "a recording"
    assert len(wishes(service)) == (0 if taken else 1)


def test_ringing_ten_times_asks_for_one_call(service):
    for place in range(10):
        ring(service, session=f"ATVId_{place}")
        service.converser.drain()
    assert len(wishes(service)) == 1


def test_once_called_the_phone_may_ask_again(service):
    ring(service)
    service.converser.drain()
    with service.store.work(Job("test")) as work:
        work.session.scalar(select(Case)).status = "reached"
    ring(service, session="ATVId_1")
    service.converser.drain()
    assert len(wishes(service)) == 2


def test_two_phones_are_two_calls(service):
    ring(service)
    ring(service, session="ATVId_1", caller="%2B22370000002")
    service.converser.drain()
    assert len(wishes(service)) == 2


@pytest.mark.parametrize("caller", ["anonymous", "36123", ""])
def test_a_caller_without_a_number_is_rejected_and_left_alone(service, caller):
    reply = ring(service, caller=caller)
    assert "<Reject/>" in reply.text
    service.converser.drain()
    assert wishes(service) == []
    assert service.inbox == [("ignored", "caller is no telephone")]


def test_while_a_private_call_is_agreed_a_beep_changes_nothing(service):
    wish = {"call_language": "ses", "call_when": "evening", "call_voice": "woman", "private": True}
    service.stage.does("open_call_back", wish)
    ring(service)
    service.converser.drain()
    [(case, kept)] = wishes(service)
    assert (case.case_class, kept.hour) == ("C7", "evening")


def test_rappel_by_sms_and_a_beep_are_one_wish(service):
    ring(service)
    service.converser.drain()
    [told] = service.phone().asks("RAPPEL")
    assert told.startswith("C'est note: une personne vous appelle")
    assert len(wishes(service)) == 1
    assert service.phone().asks("2") == ["C'est annule. Personne n'appelle."]
    assert wishes(service) == []


def test_a_beep_is_in_the_language_the_phone_chose(service):
    with service.store.work(Job("test")) as work:
        pseudonym = service.stage.vault.pseudonym(SPEAKER)
        work.session.add(Contact(pseudonym=pseudonym, language="ses", seen_at=service.clock()))
    ring(service)
    service.converser.drain()
    assert [wish.language for _, wish in wishes(service)] == ["ses"]


def test_no_number_of_a_caller_is_in_the_log(service, caplog):
    ring(service)
    service.post("voice", b"sessionId=1&callerNumber=%2B22370000001")
    service.converser.drain()
    assert "70000001" not in caplog.text
