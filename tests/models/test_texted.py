"""Words of harm texted by a stranger: one neutral answer, the right officer, and no other trace."""

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from tests.factories import SPEAKER, staged
from tests.models.talking import Talking

T7 = "Recu, merci. Vous pouvez effacer ces SMS. Pour parler:"


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


def cases(stage):
    with stage.store.work(Job("test")) as work:
        found = work.session.scalars(select(Case)).all()
        work.session.expunge_all()
        return found


def sent(stage):
    """Return to whom each text went: the number of a person, or None for the speaker."""
    with stage.store.work(Job("test")) as work:
        numbers = select(Person.number).select_from(OutboundMessage).outerjoin(Person)
        return list(work.session.scalars(numbers.order_by(OutboundMessage.id)))


@pytest.mark.parametrize(
    ("words", "expected", "officer"),
    [
        ("un agent de l'ong demande des filles pour donner les vivres", "C6", "P0154"),
        ("le gars qui donne les bons touche les filles", "C6", "P0154"),
        ("un homme a attiré ma petite fille avec du bonbon", "C7", "P0155"),
        ("ma voisine crie chaque nuit son mari la frappe", "C7", "P0155"),
        ("bonjour pour avoir 1 sac de riz on donne 1000 au chef de kartier", "C5", "P0153"),
    ],
)
def test_harm_is_answered_in_neutral_words_and_sits_with_its_officer(
    stage, words, expected, officer
):
    [reply] = Talking(stage).text(SPEAKER, words)
    assert reply.startswith(T7)
    [case] = cases(stage)
    assert (case.case_class, case.contact) == (expected, None)
    assert stage.holder(case.id) == officer


def test_nobody_but_the_officer_hears_of_it_and_the_speaker_gets_nothing_more(stage):
    Talking(stage).text(SPEAKER, "le superviseur profite des veuves au site")
    [case] = cases(stage)
    stage.later(minutes=20)
    stage.settles()
    assert case.case_class == "C6"
    assert {by for _, by in stage.events(case.id)} <= {"job:converse", "P0154"}
    assert sorted(sent(stage), key=str) == [None, "P0154"]


def test_a_line_that_looks_alike_is_asked_on_as_any_other(stage):
    replies = Talking(stage).text(SPEAKER, "la ration ne suffit pas aux filles de l'ecole")
    assert not any(reply.startswith(T7) for reply in replies)
    assert all(case.case_class not in {"C5", "C6", "C7"} for case in cases(stage))
