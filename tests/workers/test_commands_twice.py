"""Every line of the field, delivered twice and taken up by two workers at once, is done once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import event, func, select

from models.alert import Alert, AlertSource, Evacuation
from models.case import Case, CaseEvent, Story
from models.db import Gateway, Job
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.person import Person
from models.referral import Referral, ReferralStep
from models.services import inbox, slips
from models.services.conversing import Conversing
from models.services.intake import AlreadyReceived, ReceivedSms, receive_sms
from models.slip import Slip
from models.stock import StockReport
from tests.factories import SPEAKER, phone_of, staged
from tests.models.alert_world import settle_in
from workers.converse import Converser

OPERATOR, CHIEF = "P0161", "P0152"
FRESH = (
    ("R128", "REF 6143 24 3"),
    ("R128", "ALERTE 6143 1 20 menages"),
    ("R129", "ALERTE 6143 1 35 menages"),
    ("R129", "EVAC 6143 1"),
    ("P0101", "STOCK 3 12 2 0"),
    (OPERATOR, "LV 01 6143 12 F34 pas assez de mil"),
    (OPERATOR, "PRIVE 02 ANSONGO SOIR FEMME"),
    (SPEAKER, "RAPPEL"),
    (CHIEF, "PERDU P0105"),
)
COUNTED = (Referral, Alert, AlertSource, Evacuation, StockReport, Case, Story, ReferralStep)


@pytest.fixture
def field(store, tmp_path, now):
    """The programme with a centre, relays, a supervisor, and an operator with a booklet."""
    with staged(store, tmp_path, now) as stage:
        settle_in(stage)
        stage.change(Person, {"number": CHIEF}, role="supervisor")
        stage.change(Person, {"number": OPERATOR}, role="operator")
        with store.work(Job("test")) as work:
            slips.issue(work, stage.house, OPERATOR, 3, now)
        yield stage


def deliver(stage, lines):
    """Deliver each line twice, as a network does that heard no answer; return the ids."""
    ids = []
    for who, text in lines:
        ids.append(f"{who}:{text}")
        phone = who if who.startswith("+") else phone_of(who)
        sms = ReceivedSms("phone", ids[-1], phone, text)
        for _ in range(2):
            with suppress(AlreadyReceived), stage.store.work(Gateway()) as work:
                receive_sms(work, stage.house, sms, stage.now)
    return ids


def drain(stage, workers=2):
    conversing = Conversing(stage.store, stage.house)
    with ThreadPoolExecutor(workers) as pool:
        runs = [pool.submit(Converser(conversing, lambda: stage.now).drain) for _ in range(workers)]
        return sum(one.result() for one in runs)


def counts(stage):
    with stage.store.work(Job("test")) as work:
        return {
            table.__name__: work.session.scalar(select(func.count()).select_from(table))
            for table in COUNTED
        }


def replies(stage, provider_id):
    with stage.store.work(Job("test")) as work:
        found = select(InboundMessage).where(InboundMessage.provider_id == provider_id)
        row = work.session.scalar(found)
        assert row.status == "processed", (provider_id, row.cause)
        texts = select(OutboundMessage).where(OutboundMessage.cause == f"inbound:{row.id}")
        return [
            stage.house.transit.unwrap(one.text_sealed)
            for one in work.session.scalars(texts)
            if one.text_sealed
        ]


def number_of(stage, table):
    with stage.store.work(Job("test")) as work:
        if table is Referral:
            return work.session.scalar(select(Referral.number))
        joined = select(Case.number).join(table, table.case_id == Case.id)
        return work.session.scalar(joined.limit(1))


@contextmanager
def impatient(engine):
    """Let nobody wait for a lock but for a moment."""

    def begin(link):
        link.exec_driver_sql("SET LOCAL lock_timeout = 20")

    event.listen(engine, "begin", begin)
    yield
    event.remove(engine, "begin", begin)


def test_every_line_is_done_once_and_answered_once(field):
    ids = deliver(field, FRESH)
    assert drain(field) == len(ids)
    for one in ids:
        assert len(replies(field, one)) == 1, one
    done = counts(field)
    assert (done["Referral"], done["Evacuation"], done["Alert"]) == (1, 1, 1)
    assert (done["AlertSource"], done["StockReport"]) == (2, 2)
    with field.store.work(Job("test")) as work:
        used = select(func.count()).where(Slip.used_at.is_not(None))
        assert work.session.scalar(used) == 2

    referral = number_of(field, Referral)
    alert, evacuation = number_of(field, Alert), number_of(field, Evacuation)
    later = (
        ("P0101", f"VENUE {referral}"),
        ("P0101", f"{referral} 3"),
        ("P0101", f"PAS {referral} 2"),
        ("P0101", f"DONNE {referral} 3"),
        ("P0101", f"ORIENTE {referral}"),
        ("R128", f"{referral} 1"),
        ("P0101", f"PRIS {evacuation}"),
        ("P0141", f"PRIS {alert}"),
        ("P0141", f"DIRE {alert} mission prevue"),
        ("P0142", f"RENVOI {alert} pas pour nous"),
        ("P0141", f"NOTE {alert} deux villages"),
    )
    ids = deliver(field, later)
    assert drain(field) == len(ids)
    for one in ids:
        assert len(replies(field, one)) == 1, one
    with field.store.work(Job("test")) as work:
        steps = list(work.session.scalars(select(ReferralStep.transition)))
        taken = list(work.session.scalars(select(CaseEvent.transition)))
        said = list(work.session.scalars(select(Story.what).where(Story.status == "leaving")))
    # She was not served, and then somebody said why.
    assert [steps.count(one) for one in ("arrived", "not_served", "served")] == [1, 2, 1]
    assert taken.count("taken") == 2
    assert sorted(said) == ["answer", "note"]


def test_the_same_line_of_a_worker_that_died_over_it_is_done_once_by_the_next(field):
    [given] = deliver(field, FRESH[:1])
    with field.store.work(Job("dead")) as work:
        [dead] = inbox.claim(work, field.now)
    field.later(seconds=9)
    assert drain(field) == 1
    assert len(replies(field, given)) == 1
    assert counts(field)["Referral"] == 1
    with field.store.work(Job("dead")) as work:
        assert inbox.held(work, [dead]) == {}


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_line_that_somebody_elses_lock_keeps_waiting_is_no_line_that_failed(field):
    """However often it waits: only what fails by itself becomes a dead letter."""
    filed = field.files()
    [given] = deliver(field, [(field.holder(filed["case"]), f"PRIS {filed['n']}")])
    with field.store.work(Job("other")) as work:
        work.session.get(Case, filed["case"], with_for_update=True)
        with impatient(field.store.durable):
            for _ in range(inbox.TRIES + 1):
                assert drain(field, workers=1) == 0
                field.later(seconds=6)
    assert drain(field) == 1
    assert "est a vous" in replies(field, given)[0]
