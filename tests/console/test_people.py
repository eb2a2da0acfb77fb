"""Accounts and phones: who may end, recover and set anew what of whom, and what is noted of it."""

import re

import pytest
from sqlalchemy import select

from models.area import Area
from models.audit import AuditEntry
from models.db import Operator
from models.organisation import Organisation
from models.person import Hat, Person
from models.services import pins
from tests.console.counting import statements
from tests.console.entering import Browser, account_of

CODE = re.compile(r'class="big">([\d ]+)<')
NEW = "neuf pirogues passent le fleuve"


@pytest.fixture
def people(console):
    """A triager and a supervisor of the cell, and two relays with a phone."""
    with console.store.work(Operator()) as work:
        work.session.add(Organisation(id="ngo-a", name="ONG A", kind="ngo"))
        work.session.flush()
        for number, ends, area in (("R128", "201", "ML0701"), ("R129", "202", "ML0602")):
            assert work.session.get(Area, area)
            person = Person(
                number=number,
                role="relay",
                organisation_id="ngo-a",
                area_pcode=area,
                pseudonym=number * 8,
                phone_sealed=b"sealed",
                phone_ends=ends,
            )
            person.hats.append(Hat(function="relay", organisation_id="ngo-a", area_pcode=area))
            work.session.add(person)
    return console


def acts(console):
    with console.store.reading(Operator()) as work:
        return work.session.execute(select(AuditEntry.actor, AuditEntry.act)).all()


def code_on(page):
    return CODE.search(page.text)[1].replace(" ", "")


def test_an_account_is_added_and_its_owner_alone_chooses_its_password(people):
    admin = people.as_role("administrator")
    said = {"email": "New@Example.org", "role": "triager", "organisation": "cell"}
    page = admin.post("/personnes/ajouter", data=said)
    code = code_on(page)
    owner = Browser(people)
    answer = owner.post("/retrouver", email="new@example.org", code=code, password=NEW, again=NEW)
    assert answer.headers["Location"] == "/entrer/code"
    assert owner.set_up().headers["Location"] == "/"
    again = Browser(people)
    assert (
        "faux"
        in again.post(
            "/retrouver", email="new@example.org", code=code, password=NEW, again=NEW
        ).text
    )


def test_what_is_wrong_with_a_new_account_is_said_and_what_was_typed_is_kept(people):
    admin = people.as_role("administrator")
    said = {"email": "administrator@example.org", "role": "triager", "organisation": "nobody"}
    page = admin.post("/personnes/ajouter", data=said)
    assert "Cet e-mail a déjà un compte." in page.text
    assert 'value="nobody"' in page.text


def test_an_account_of_an_officer_takes_two_administrators(people):
    first = people.as_role("administrator")
    said = {"email": "officer@example.org", "role": "psea", "organisation": "cell"}
    page = first.post("/personnes/ajouter", data=said)
    assert page.status_code == 303
    second = people.as_role("administrator", email="second@example.org")
    [asked] = set(re.findall(r"/personnes/retrouver/(\d+)", second.get("/personnes").text))
    assert not re.search(r"/personnes/retrouver/\d+", first.get("/personnes").text)
    assert CODE.search(first.post(f"/personnes/retrouver/{asked}").text) is None
    assert code_on(second.post(f"/personnes/retrouver/{asked}"))


def test_a_way_back_in_takes_two_others_and_ends_what_was_open(people):
    triager = people.account("triager")
    owner = Browser(people)
    owner.enter("triager@example.org")
    first = people.as_role("administrator")
    second = people.as_role("administrator", email="second@example.org")
    first.post(f"/personnes/{triager}/retrouver")
    assert owner.is_in  # nothing is taken away before two agreed
    [asked] = set(re.findall(r"/personnes/retrouver/(\d+)", second.get("/personnes").text))
    code = code_on(second.post(f"/personnes/retrouver/{asked}"))
    assert CODE.search(second.post(f"/personnes/retrouver/{asked}").text) is None  # shown once
    fresh = Browser(people)
    form = {"email": "triager@example.org", "password": NEW, "again": NEW}
    assert "faux" in fresh.post("/retrouver", **form, code="1" * 12).text
    assert fresh.post("/retrouver", **form, code=code).status_code == 303
    assert not owner.is_in
    assert fresh.set_up().status_code == 303
    noted = [act for _, act in acts(people)]
    assert [one for one in noted if one.startswith("recovery")] == [
        "recovery_asked",
        "recovery_agreed",
        "recovery_used",
    ]


def test_a_code_of_administrators_serves_a_day(people):
    triager = people.account("triager")
    first = people.as_role("administrator")
    second = people.as_role("administrator", email="second@example.org")
    first.post(f"/personnes/{triager}/retrouver")
    [asked] = set(re.findall(r"/personnes/retrouver/(\d+)", second.get("/personnes").text))
    code = code_on(second.post(f"/personnes/retrouver/{asked}"))
    people.clock.pass_by(hours=24)
    form = {"email": "triager@example.org", "password": NEW, "again": NEW}
    assert "trop ancien" in Browser(people).post("/retrouver", **form, code=code).text


def test_nobody_recovers_themselves(people):
    own = people.account("administrator")
    page = people.browser(own).post(f"/personnes/{own}/retrouver", follow_redirects=True)
    assert "par soi-même" in page.text
    assert people.browser(own).post(f"/personnes/{own}/revoquer", follow_redirects=True)
    assert account_of(people, "administrator@example.org")


def test_a_weak_password_is_refused_by_name(people):
    admin = people.as_role("administrator")
    said = {"email": "new@example.org", "role": "triager", "organisation": "cell"}
    code = code_on(admin.post("/personnes/ajouter", data=said))
    form = {"email": "new@example.org", "code": code}
    short = Browser(people).post("/retrouver", **form, password="court", again="court")  # noqa: S106
    assert "Au moins 12" in short.text
    common = "motdepasse2026"
    known = Browser(people).post("/retrouver", **form, password=common, again=common)
    assert "parmi ceux" in known.text
    other = Browser(people).post("/retrouver", **form, password=NEW, again=NEW + "!")
    assert "pas les mêmes" in other.text


@pytest.mark.parametrize("by", ["supervisor", "administrator"])
def test_all_sessions_of_a_person_end_in_one_act_at_their_next_request(people, by):
    triager = people.account("triager")
    theirs = [people.browser(triager) for _ in range(3)]
    assert [one.get("/").status_code for one in theirs] == [200] * 3
    people.as_role(by).post(f"/personnes/{triager}/sessions")
    assert [one.get("/").status_code for one in theirs] == [302] * 3
    assert "sessions_ended" in {act for _, act in acts(people)}


def test_a_revoked_account_opens_nothing_at_its_next_request(people):
    triager = people.account("triager")
    theirs = people.browser(triager)
    people.as_role("administrator").post(f"/personnes/{triager}/revoquer")
    assert theirs.get("/").status_code == 302


def test_a_supervisor_touches_those_of_their_area_and_nobody_else(people):
    chief = people.as_role("supervisor", organisation="ngo-a", area="ML0701")
    page = chief.get("/personnes/telephones").text
    assert "R128" in page
    assert "R129" not in page
    assert chief.post("/personnes/telephones/R129/perdu").status_code == 404
    assert chief.post("/personnes/telephones/R129/pin").status_code == 404
    triager = people.account("triager")
    assert chief.post(f"/personnes/{triager}/sessions").status_code == 404
    assert "triager@example.org" not in chief.get("/personnes").text
    for path in (f"/personnes/{triager}/revoquer", f"/personnes/{triager}/retrouver"):
        assert chief.post(path).status_code == 404
    assert chief.get("/personnes/ajouter").status_code == 404


@pytest.mark.parametrize("by", ["supervisor", "administrator"])
def test_a_lost_phone_opens_nothing_and_a_new_pin_is_shown_once(people, by):
    chief = people.as_role(by)
    page = chief.post("/personnes/telephones/R128/pin")
    pin = code_on(page)
    chief.post("/personnes/telephones/R128/perdu")
    with people.store.reading(Operator()) as work:
        person = work.session.scalars(select(Person).where(Person.number == "R128")).one()
        assert pins.is_right(person, pin)
        assert person.pin_temporary
        assert not person.usable
    assert {"pin", "block"} <= {act for _, act in acts(people)}
    assert pin not in chief.get("/personnes/telephones").text


def test_no_number_stands_on_a_page_but_three_last_digits(people):
    page = people.as_role("administrator").get("/personnes/telephones?q=201").text
    assert "… 201" in page
    assert "R129" not in page
    assert "R128R128" not in page  # its pseudonym


def test_lists_ask_little_however_many_there_are(people):
    chief = people.as_role("supervisor")
    for path in ("/personnes", "/personnes/telephones"):
        with statements(people.store) as asked:
            assert chief.get(path).status_code == 200
        assert len(asked) <= 12
