"""Alerts: what happened, from how many, by when; taken, decided and refused as by phone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from flows.alert_kinds import KINDS, Estimate
from models.alert import Alert, Evacuation
from models.case import Case, Story, Subject
from models.db import Handler, Job, Operator
from models.organisation import Organisation
from models.person import Hat, Person
from models.services import alerts, evacuations
from models.services.alerts import Raised
from tests.console.calling import kept, scene_of
from tests.console.counting import statements

TESSIT = "c:ML070106"


@pytest.fixture
def desk(console):
    """Two partners on duty, and two relays who may raise an alert."""
    with console.store.work(Operator()) as work:
        for name in ("rrm-a", "rrm-b"):
            work.session.add(Organisation(id=name, name=name, kind="rrm"))
    console.partner = partner(console, "rrm-a", "ML07")
    console.as_role("triager")
    console.as_role("supervisor")
    with kept(console):
        console.relays = [registered(console, number) for number in ("R128", "R129")]
        yield console


def partner(console, organisation, area=""):
    worn = {"organisation": organisation, "function": "rrm_duty", "area": area}
    return console.as_role("focal_point", email=f"{organisation}@example.org", **worn)


def registered(console, number, **facts):
    phone = f"+223760000{number[-3:]}"
    with console.store.work(Operator()) as work:
        said = {"role": "relay", "organisation_id": "cell", "area_pcode": "ML070106", **facts}
        person = Person(
            number=number, language="fr", pseudonym=console.vault.pseudonym(phone),
            phone_sealed=console.house.sealer.number(phone), phone_ends=number[-3:], **said,
        )  # fmt: skip
        work.session.add(person)
        work.session.flush()
        return person.id


def raised(desk, by=0, kind="flood", words="", **size):
    scene = scene_of(desk, f"+223760000{128 + by}", "sms")
    with desk.store.work(Job("converse")) as work:
        person = work.session.get_one(Person, desk.relays[by])
        own = type(work)(work.session, Handler(person.id, person.number), opened_by=work.opened_by)
        said = Raised(KINDS[kind], KINDS[kind].category, TESSIT, Estimate(**size), words=words)
        return alerts.raise_alert(own, scene, person, said).number


def row(desk, kind, number):
    with desk.store.reading(Job("test")) as work:
        case = work.session.scalar(select(Case).where(Case.number == number))
        found = case if kind is Case else work.session.get(kind, case.id)
        work.session.expunge_all()
        return found


def test_one_event_is_one_line_with_its_sources_and_a_map(desk):
    number = raised(desk, households=120)
    assert raised(desk, by=1) == number
    page = desk.partner.get("/alertes").text
    assert number in page
    assert "<strong>2</strong>" in page
    assert "120 menages" in page
    assert "<svg" in page
    assert "R128" not in page


def test_it_is_taken_and_decided_as_by_phone(desk):
    number = raised(desk)
    assert desk.partner.post(f"/alertes/{number}/prendre").status_code == 303
    assert row(desk, Alert, number).acknowledged_at is not None
    said = desk.partner.post(f"/alertes/{number}/decider", data={"words": "mission vendredi"})
    assert said.status_code == 303
    with desk.store.reading(Job("test")) as work:
        leaving = work.session.scalars(select(Story).where(Story.status == "leaving")).all()
        assert [one.leaves_at for one in leaving] == [desk.clock() + timedelta(minutes=10)]
    assert "annulé" in desk.partner.post(f"/alertes/{number}/annuler", follow_redirects=True).text


def test_nothing_is_decided_without_words_and_what_was_chosen_stays(desk):
    number = raised(desk)
    wrong = desk.partner.post(f"/alertes/{number}/decider", data={"words": ""})
    assert (wrong.status_code, "Écrivez ce qui est décidé" in wrong.text) == (422, True)


def test_a_refusal_names_who_takes_it(desk):
    partner(desk, "rrm-b")
    number = raised(desk)
    wrong = desk.partner.post(f"/alertes/{number}/rendre", data={"to": "", "why": "trop loin"})
    assert (wrong.status_code, "sans nom" in wrong.text, "trop loin" in wrong.text) == (
        422, True, True,
    )  # fmt: skip
    assert desk.partner.post(f"/alertes/{number}/rendre", data={"to": "rrm-b"}).status_code == 303


def test_others_find_what_strangers_find(desk):
    number = raised(desk)
    stranger = partner(desk, "rrm-b")
    assert number not in stranger.get("/alertes").text
    assert stranger.get(f"/alertes/{number}").status_code == 404
    for way in ("prendre", "decider", "rendre", "annuler"):
        assert stranger.post(f"/alertes/{number}/{way}", data={}).status_code == 404
    assert desk.as_role("psea").get("/alertes").status_code == 404


def test_who_is_concerned_sees_no_line_and_no_circle(desk):
    number = raised(desk)
    with desk.store.work(Job("test")) as work:
        case = work.session.scalar(select(Case).where(Case.number == number))
        case.subjects = [Subject(kind="organisation", ref="rrm-a")]
    page = desk.partner.get("/alertes").text
    assert number not in page
    assert "<svg" not in page
    assert desk.partner.get(f"/alertes/{number}").status_code == 404


def test_an_evacuation_with_its_ringing(desk):
    worn = Hat(function="cscom_head", organisation_id="rrm-a", area_pcode="ML070106")
    registered(desk, "P0501", role="focal_point", organisation_id="rrm-a", hats=[worn])
    with desk.store.work(Job("converse")) as work:
        person = work.session.get_one(Person, desk.relays[0])
        place = desk.house.places(work).place(TESSIT)
        scene = scene_of(desk, "+223760000128", "sms")
        number = evacuations.call(work, scene, person, "birth", place).number
    head = desk.browser(desk.account("focal_point", person="P0501", email="h@example.org"))
    page = head.get("/alertes").text
    assert number in page
    assert "accouchement" in page
    assert "1 sonnés" in page
    head.post(f"/alertes/{number}/prendre")
    assert row(desk, Evacuation, number).taken_at is not None
    assert "prise" in head.get("/alertes").text


def test_few_questions_are_asked_however_many_there_are(desk):
    for kind in ("flood", "fire", "displacement", "epidemic"):
        raised(desk, kind=kind)
    desk.partner.get("/")
    with statements(desk.store) as asked:
        desk.partner.get("/alertes")
    assert len(asked) <= 12
