"""What is filed of those who stopped answering: each dialogue by itself."""

import pytest
from sqlalchemy import func, select, update

from models.case import Case
from models.conversation import Conversation
from models.db import Gateway, Job
from models.services import intake
from models.services.conversing import Conversing
from tests.factories import NEIGHBOUR, SPEAKER, make_person, phone_of, staged
from workers.converse import Converser
from workers.silence import Silence


@pytest.fixture
def stage(store, tmp_path, now):
    with staged(store, tmp_path, now) as one:
        yield one


def write(stage, phone, text):
    conversing = Conversing(stage.store, stage.house)
    with stage.store.work(Gateway()) as work:
        sms = intake.ReceivedSms("phone", f"{phone}:{text}", phone, text)
        intake.receive_sms(work, stage.house, sms, stage.now)
    assert Converser(conversing, lambda: stage.now).drain() == 1
    return Silence(conversing, lambda: stage.now)


@pytest.fixture
def relay(stage):
    with stage.store.work(Job("test")) as work:
        person = make_person(stage.vault, stage.house.sealer, "R128", "ngo-a")
        person.role = "relay"
        work.session.add(person)
    return phone_of("R128")


def cases(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(Case))


def test_a_dialogue_nobody_can_read_keeps_no_other_from_being_filed(stage):
    write(stage, SPEAKER, "on a rien recu comme vivres")
    silence = write(stage, NEIGHBOUR, "on a rien recu comme vivres")
    spoilt = Conversation.contact == stage.vault.pseudonym(SPEAKER)
    with stage.store.work(Job("test")) as work:
        work.session.execute(update(Conversation).where(spoilt).values(sealed=b"spoilt"))
    stage.later(minutes=31)
    silence.act()
    silence.act()
    assert cases(stage) == 1


@pytest.mark.parametrize("line", ["ALERTE 3 120 menages", "ALERTE nulle-part-ici 3 120 menages"])
def test_an_alert_half_told_is_read_by_a_person_when_the_missing_piece_never_comes(
    stage, relay, line
):
    silence = write(stage, relay, line)
    silence.act()
    assert cases(stage) == 0
    stage.later(minutes=31)
    silence.act()
    silence.act()
    assert cases(stage) == 1
    assert [text for _, text in stage.outbox("reply")][-1].startswith(
        "Nous avons bien recu vos mots"
    )


def test_an_alert_completed_in_time_is_one_alert_and_nothing_more(stage, relay):
    write(stage, relay, "ALERTE 3 120 menages")
    silence = write(stage, relay, "tessit")
    assert cases(stage) == 1
    stage.later(minutes=31)
    silence.act()
    assert cases(stage) == 1
