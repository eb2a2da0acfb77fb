"""Consent taken back: of what has not left nothing leaves any more, from that moment on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.referral import Referral
from models.services import intake, messages, outbox, turns
from models.services.drafts import Draft
from tests import referral_world
from tests.factories import SPEAKER

WITHIN = timedelta(seconds=5)


def owed(stage, case_id, contact, purpose="answer_ready"):
    """Write a text to the speaker of a case that is due in a second."""
    draft = Draft(
        cause=f"case:{case_id}",
        purpose=purpose,
        text="Une reponse est prete.",
        address=stage.house.sealer.number(SPEAKER),
        contact=contact,
        case_id=case_id,
        due_at=stage.now + timedelta(seconds=1),
    )
    with stage.store.work(Job("test")) as work:
        messages.queue(work, draft, stage.house.transit, stage.now)


def leaving(stage):
    """Return what a sender can take from now on, at any time within the next week."""
    taken = set()
    for passed in (timedelta(), WITHIN, timedelta(hours=1), timedelta(days=1), timedelta(days=7)):
        at = stage.now + passed
        with stage.store.work(Job("sender")) as work:
            due = turns.look(work, at, 100)
            taken |= outbox.claim(work, [(one, "phone") for one in due], at)
    return taken


def texts_of(stage, *which):
    with stage.store.work(Job("test")) as work:
        return set(work.session.scalars(select(OutboundMessage.id).where(*which)))


def test_without_a_word_from_anybody_the_text_would_leave(stage):
    case_id = int(stage.files(answer="sms")["case"])
    owed(stage, case_id, stage.vault.pseudonym(SPEAKER))
    assert leaving(stage) >= texts_of(stage, OutboundMessage.purpose == "answer_ready")


@pytest.mark.parametrize("status", ["routed", "taken", "answered", "reopened"])
def test_stopping_a_case_stops_every_text_to_its_speaker(stage, status):
    case_id = int(stage.files(answer="sms")["case"])
    stage.change(Case, {"id": case_id}, status=status)
    owed(stage, case_id, stage.vault.pseudonym(SPEAKER))
    stage.does("withdraw", {"case": str(case_id)})
    assert not leaving(stage) & texts_of(stage, OutboundMessage.case_id == case_id)
    assert stage.case(case_id).address is None


def test_stopping_a_call_leaves_no_number_to_ring(stage):
    said = {"kind": "call_back", "category": "1", "answer": "call", "call_hour": "day"}
    filed = stage.files(**said, call_language="fr", call_voice="any")
    stage.does("withdraw", {"case": filed["case"]})
    assert stage.case(filed["case"]).address is None


def test_stop_keeps_back_whatever_is_for_this_phone(stage):
    case_id = int(stage.files(answer="sms")["case"])
    contact = stage.vault.pseudonym(SPEAKER)
    owed(stage, case_id, contact)
    with stage.store.work(Job("converse")) as work:
        intake.stop(work, contact, stage.now)
    assert not leaving(stage) & texts_of(stage, OutboundMessage.contact == contact)


def test_a_woman_who_stops_her_referral_is_spoken_of_no_more(stage):
    referral_world.settle(stage)
    stage.writes("R128", "REF 6143 24 3")
    of_referral = OutboundMessage.cause.startswith("referral-step:")
    assert texts_of(stage, of_referral)
    with stage.store.work(Job("test")) as work:
        code = work.session.scalars(select(Referral.number)).one()
    stage.does("stop_referral", stage.follows(code).values)
    assert not leaving(stage) & texts_of(stage, of_referral)
    with stage.store.work(Job("test")) as work:
        assert work.session.scalars(select(Referral.status)).one() == "cancelled"
