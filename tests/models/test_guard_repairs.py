"""A repair request never points at one household, at a case, or at whoever is accused in one."""

from sqlalchemy import select

from models.case import Subject
from models.db import Job
from models.organisation import Coverage
from models.outbound import OutboundMessage
from models.person import Person, Tie
from models.repair import Repair
from models.services import repairs
from tests.factories import TESSIT

PHONES = tuple(f"+2237000002{n}" for n in range(6))
FRAUD = "le magasinier a detourne les vivres"


def seeks(stage):
    with stage.store.work(Job("timetable")) as work:
        return repairs.seek(work, stage.house, stage.now)


def requests(stage):
    with stage.store.work(Job("test")) as work:
        rows = work.session.scalars(select(Repair).order_by(Repair.id))
        return [(one.organisation_id, one.status) for one in rows]


def asked(stage):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage.status).where(OutboundMessage.purpose == "repair_new")
        return list(work.session.scalars(rows))


def test_voices_about_one_organisation_are_not_counted_for_another(stage):
    with stage.store.work(Job("test")) as work:
        work.session.add(
            Coverage(
                organisation_id="ngo-b",
                sector="food",
                role="distributes",
                area_pcode=TESSIT,
                since=stage.now,
            )
        )
    for phone, org in zip(PHONES, ("ngo-a", "ngo-a", "ngo-b"), strict=False):
        stage.files(phone, about="ngo", about_org=org)
    stage.later(minutes=6)
    seeks(stage)
    assert requests(stage) == []
    stage.files(PHONES[3], about="ngo", about_org="ngo-a")
    stage.later(minutes=6)
    seeks(stage)
    assert requests(stage) == [("ngo-a", "asked")]


def test_a_request_that_has_not_left_stays_if_fewer_than_three_are_left(stage):
    stage.clock[0] = stage.now.replace(hour=22)
    filed = [stage.files(phone, about="ngo", about_org="ngo-a") for phone in PHONES[:3]]
    stage.later(minutes=6)
    seeks(stage)
    assert asked(stage) == ["waiting"]
    stage.does("add_words", {"case": filed[0]["case"], "words": FRAUD}, PHONES[0])
    assert stage.case(filed[0]["case"]).case_class == "C5"
    assert asked(stage) == ["withheld"]


def test_who_is_tied_to_somebody_accused_is_not_asked(stage):
    filed = stage.files(PHONES[0], category="13")
    with stage.store.work(Job("test")) as work:
        numbers = select(Person.id).where(Person.number.in_(("P0121", "P0122")))
        one, other = work.session.scalars(numbers)
        work.session.add(Tie(person_id=one, other_id=other))
        work.session.add(Subject(case_id=filed["case"], kind="person", ref="P0122"))
    stage.later(minutes=6)
    seeks(stage)
    assert requests(stage) == []


def test_sealed_cases_count_for_nobody(stage):
    stage.files(PHONES[0])
    for phone in PHONES[1:4]:
        stage.files(phone, words=FRAUD)
    stage.later(minutes=6)
    seeks(stage)
    assert requests(stage) == []
