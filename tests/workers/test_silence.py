"""What is filed of those who stopped answering: each dialogue by itself."""

import pytest
from sqlalchemy import func, select, update

from models.case import Case
from models.conversation import Conversation
from models.db import Gateway, Job
from models.services import intake
from models.services.conversing import Conversing
from tests.factories import NEIGHBOUR, SPEAKER, staged
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
