"""The routing policy in the console: read in words, tried, proposed, and activated by another."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from flows.policy import DEFAULT
from flows.routing import CaseFacts
from models.audit import AuditEntry
from models.db import Job
from models.organisation import Organisation
from models.person import Person
from models.services import policy_in_force
from models.services.directory import NewPerson, Numbers, add_person, add_without_phone
from models.services.routing import route
from tests.conftest import NOON
from tests.console.counting import statements

NUMBERS = Numbers(lambda number: f"name of {number[-4:]}", lambda number: number[-4:].encode())
TEXT = DEFAULT.read_text(encoding="utf-8")
OTHER = TEXT.replace(
    'when: {category: ["23"]}\n    first: [cell_triager]',
    'when: {category: ["23"]}\n    first: [cell_supervisor]',
)


@pytest.fixture
def programme(console):
    """A console with somebody outside, and a triager and supervisor to receive."""
    with console.store.work(Job("test")) as work:
        work.session.add(Organisation(id="ngo-a", name="ONG A", kind="ngo"))
        add_person(
            work, NewPerson("focal_point", "+22370000159", "outside", "outside_body"), NUMBERS
        )
        for function in ("cell_triager", "cell_supervisor"):
            add_without_phone(work, NewPerson("focal_point", "", "cell", function))
    yield console
    policy_in_force.follow_default()


def propose(browser, text=OTHER, why="Le superviseur voit ce qui est payé"):
    page = browser.post("/regles/proposer", data={"text": text, "why": why})
    return page if page.status_code != 303 else page.headers["Location"]


def holder(console):
    with console.store.reading(Job("test")) as work:
        return route(work, CaseFacts("complaint", "23", "C4", "ML070106"), NOON).function


@pytest.mark.parametrize("role", ["triager", "focal_point", "gbv", "administrator", "auditor"])
def test_the_rules_are_read_in_words_by_all_who_handle(programme, role):
    browser = programme.as_role(role)
    with statements(programme.store) as asked:
        page = browser.get("/regles")
    assert len(asked) <= 12
    text = unescape(page.text)
    assert "1. vivres, argent, bons" in text
    assert "12 Vivres, pas assez" in text
    assert "MEAL de l'organisation en paire" in text
    assert "Ansongo" in text
    assert "livrées avec le service" in text


def test_what_would_happen_is_said_and_nothing_is_done(programme):
    browser = programme.as_role("triager")
    page = browser.get("/regles/essai?genre=complaint&categorie=12&lieu=Tessit&sur=ngo-a")
    text = unescape(page.text)
    assert "triage de la cellule" in text
    assert "Regle 1: vivres, argent, bons" in text
    assert "Écartés" not in text
    told = programme.as_role("supervisor").get(
        "/regles/essai?genre=complaint&categorie=12&lieu=Tessit&sur=ngo-a"
    )
    assert "ngo-a: en cause" in unescape(told.text)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("lieu=Nulle", "aucun lieu de code Nulle"),
        ("lieu=Ansongo", "Plusieurs lieux"),
        ("sur=nobody-known", "nobody-known n'est ni une organisation"),
        ("categorie=99", "Not a valid choice"),
    ],
)
def test_what_cannot_be_tried_is_told_beside_its_field(programme, query, says):
    page = programme.as_role("triager").get(f"/regles/essai?genre=complaint&{query}")
    assert page.status_code == 200
    assert says in unescape(page.text) or says == "Not a valid choice"
    assert "Avant le" not in page.text


def test_one_proposes_another_activates_and_cases_follow(programme):
    one = programme.as_role("administrator")
    where = propose(one)
    page = unescape(one.get(where).text)
    assert "Mettre en vigueur" not in page
    assert "Plainte · 23 Santé, on fait payer" in page or "23 Santé, on fait payer" in page
    assert "superviseur de la cellule" in page
    assert re.search(r"<del>- +first: \[cell_triager\]</del>", page)
    own = one.post(f"{where}/activer", follow_redirects=True)
    assert "Une autre personne" in unescape(own.text)
    assert holder(programme) == "cell_triager"
    other = programme.as_role("administrator", email="other@example.org")
    done = other.post(f"{where}/activer", follow_redirects=True)
    assert "Elle est en vigueur" in unescape(done.text)
    assert holder(programme) == "cell_supervisor"
    rules = unescape(programme.as_role("triager").get("/regles").text)
    assert "Le superviseur voit ce qui est payé" in rules
    assert "other@example.org" not in rules
    with programme.store.reading(Job("test")) as work:
        acts = select(AuditEntry.act).where(AuditEntry.about == "policy").order_by(AuditEntry.id)
        assert list(work.session.scalars(acts)) == ["propose", "activate"]


def test_a_supervisor_of_the_cell_may_be_the_second_person_and_one_of_an_area_not(programme):
    where = propose(programme.as_role("administrator"))
    area = programme.as_role("supervisor", email="area@example.org", organisation="ngo-a")
    assert "Mettre en vigueur" not in area.get(where).text
    assert area.post(f"{where}/activer").status_code == 404
    cell = programme.as_role("supervisor")
    assert "Mettre en vigueur" in cell.get(where).text
    done = cell.post(f"{where}/activer", follow_redirects=True)
    assert "Elle est en vigueur" in unescape(done.text)


def test_without_an_outside_body_it_is_refused(programme):
    where = propose(programme.as_role("administrator"))
    with programme.store.work(Job("test")) as work:
        work.session.scalar(select(Person).where(Person.phone_ends == "159")).revoked_at = NOON
    done = programme.as_role("supervisor").post(f"{where}/activer", follow_redirects=True)
    assert "Aucun organisme extérieur" in unescape(done.text)
    assert holder(programme) == "cell_triager"


def test_a_wrong_policy_is_told_with_its_lines_and_what_was_typed_is_kept(programme):
    wrong = OTHER.replace("first: [integrity]", "first: [integrite]")
    page = propose(programme.as_role("administrator"), wrong)
    assert page.status_code == 422
    line = next(at for at, one in enumerate(wrong.splitlines(), 1) if "row: 4" in one)
    text = unescape(page.text)
    assert f"ligne {line} : règle 4 : aucune fonction integrite" in text
    assert "first: [integrite]" in text
    same = propose(programme.as_role("administrator", email="b@example.org"), TEXT)
    assert "C'est la politique en vigueur" in unescape(same.text)


def test_a_proposal_is_taken_back_and_an_earlier_one_made_again(programme):
    browser = programme.as_role("administrator")
    where = propose(browser)
    assert (
        "La proposition est retirée."
        in browser.post(f"{where}/retirer", follow_redirects=True).text
    )
    assert browser.get(where).status_code == 404
    assert "outside: outside_body" in browser.get("/regles/proposer?de=0").text
    assert "en vigueur" in browser.get("/regles/versions").text


@pytest.mark.parametrize("role", ["triager", "supervisor", "auditor", "focal_point"])
def test_only_administrators_propose(programme, role):
    browser = programme.as_role(role)
    assert browser.get("/regles/proposer").status_code == 404
    assert browser.post("/regles/proposer", data={"text": OTHER, "why": "x"}).status_code == 404
    assert browser.post("/regles/versions/1/retirer").status_code == 404


@pytest.mark.parametrize("role", ["triager", "auditor", "focal_point", "gbv"])
def test_others_activate_nothing(programme, role):
    where = propose(programme.as_role("administrator"))
    browser = programme.as_role(role)
    assert browser.get(where).status_code == 200
    assert browser.post(f"{where}/activer").status_code == 404
