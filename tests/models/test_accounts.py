"""An account signs in a person with the rights that person has, or somebody who sees no case."""

import pytest
from sqlalchemy import select

from models.account import Account
from models.audit import AuditEntry
from models.db import Handler, Operator, Overseer
from models.errors import NotFound
from models.person import Person
from models.services import accounts, directory
from models.services.accounts import ROLES, NewAccount
from models.services.directory import DirectoryRefused
from tests.factories import ANSONGO

GOOD = "quatre vaches au puits"


@pytest.fixture
def made(stage):
    """Make an account and return it with its person."""

    def make(email="a@example.org", role="triager", password=GOOD, **said):
        with stage.store.work(Operator()) as work:
            account = accounts.add(work, NewAccount(email, role, password, **said), stage.now)
            person = None
            if account.person_id is not None:
                person = work.session.get(Person, account.person_id)
            return account, person

    return make


def refusals(made, **said):
    with pytest.raises(DirectoryRefused) as refusal:
        made(**said)
    return refusal.value.mistakes


HATS = {
    "triager": ("focal_point", ["cell_triager"]),
    "operator": ("operator", []),
    "focal_point": ("focal_point", []),
    "supervisor": ("supervisor", ["cell_supervisor"]),
    "integrity": ("focal_point", ["integrity"]),
    "psea": ("focal_point", ["psea"]),
    "gbv": ("focal_point", ["gbv"]),
}


@pytest.mark.parametrize("role", HATS)
def test_whoever_handles_cases_is_a_registered_person_without_a_phone(made, role):
    account, person = made(role=role)
    assert (person.role, [hat.function for hat in person.hats]) == HATS[role]
    assert (person.organisation_id, account.organisation_id) == ("cell", None)
    assert (person.pseudonym, person.phone_sealed, person.phone_ends) == (None, None, None)
    assert accounts.FUNCTIONS.keys() == HATS.keys()


def test_a_role_worn_elsewhere_wears_what_is_worn_there(made):
    _, chief = made(role="supervisor", organisation="ngo-a", area=ANSONGO)
    assert (chief.role, chief.area_pcode, chief.hats) == ("supervisor", ANSONGO, [])
    _, focal = made("b@example.org", "focal_point", organisation="ngo-b", function="meal")
    assert [(one.function, one.organisation_id) for one in focal.hats] == [("meal", "ngo-b")]
    assert refusals(made, email="c@example.org", organisation="ngo-a") == [
        "ngo-a is no cell: only those of the cell sort"
    ]


@pytest.mark.parametrize("role", accounts.OVERSEERS)
def test_an_overseer_is_no_person(made, stage, role):
    account, person = made(role=role, organisation="ngo-b")
    assert (person, account.organisation_id) == (None, "ngo-b")
    with stage.store.work(Operator()) as work:
        assert accounts.actor_of(work, account) == Overseer(account.id, role)
    wrong = refusals(made, email="b@example.org", role=role, function="meal")
    assert wrong == [f"{role}s see no case: no person, no function, no area"]
    assert refusals(made, email="b@example.org", role=role, organisation="x") == [
        "no organisation x"
    ]


def test_a_registered_person_signs_in_with_what_they_have(made, stage):
    _, person = made(role="triager", person="p0151")
    assert (person.number, person.phone_ends is None) == ("P0151", False)
    assert refusals(made, email="b@example.org", person="P0151") == ["P0151 has an account"]
    assert refusals(made, email="b@example.org", person="P0121") == [
        "P0121 is no triager: jaabi people add"
    ]
    assert refusals(made, email="b@example.org", person="P0150", area=ANSONGO) == [
        "a registered person keeps organisation, area and function"
    ]
    with pytest.raises(NotFound):
        made("b@example.org", person="P0999")
    for number, role in (("P0121", "focal_point"), ("P0153", "integrity")):
        assert made(f"{number}@example.org", role, person=number)[1].number == number


def test_every_mistake_is_said_at_once(made):
    assert refusals(made, email="no address", password="short") == [  # noqa: S106
        "this is no e-mail address",
        "the password needs 12 characters or more",
    ]
    assert refusals(made, role="queen")[0].startswith("no role queen")
    assert refusals(made, email="moussa.keita@example.org", password="moussa.keita2026") == [  # noqa: S106
        "this password is among those tried first"
    ]
    assert refusals(made, role="focal_point", organisation="nobody") == ["no organisation nobody"]


def test_an_address_is_one_account_until_it_is_revoked(made, stage):
    first, _ = made("A@Example.org ")
    assert first.email == "a@example.org"
    assert refusals(made) == ["this e-mail has an account"]
    with stage.store.work(Operator()) as work:
        accounts.revoke(work, "a@EXAMPLE.org", stage.now)
        with pytest.raises(NotFound):
            accounts.revoke(work, "a@example.org", stage.now)
    second, _ = made()
    assert second.id != first.id
    with stage.store.work(Operator()) as work:
        assert [one.id for one, _ in accounts.live(work)] == [second.id]


def test_only_the_right_password_of_a_live_account_signs_in(made, stage):
    account, person = made()
    with stage.store.work(Operator()) as work:
        known = accounts.identify(work, " a@example.org", GOOD)
        assert accounts.actor_of(work, known) == Handler(person.id, person.number)
        for email, password in (("a@example.org", GOOD + " "), ("b@example.org", GOOD)):
            assert accounts.identify(work, email, password) is None
    assert account.password_hash.startswith("$argon2id$")
    assert GOOD not in account.password_hash


def test_whoever_left_signs_in_no_more(made, stage):
    _, person = made()
    _, triager = made("b@example.org", person="P0151")
    with stage.store.work(Operator()) as work:
        accounts.revoke(work, "a@example.org", stage.now)
        accounts.revoke(work, "b@example.org", stage.now)
        gone = work.session.get(Person, person.id)
        stays = work.session.get(Person, triager.id)
        assert (gone.revoked_at, stays.revoked_at) == (stage.now, None)
        assert accounts.identify(work, "a@example.org", GOOD) is None


def test_a_sign_in_ends_with_its_person(made, stage):
    account, person = made()
    with stage.store.work(Operator()) as work:
        directory.revoke(work, person.number, stage.now)
        assert accounts.identify(work, "a@example.org", GOOD) is None
        assert accounts.actor_of(work, account) is None


def test_a_lost_phone_closes_the_console_too(made, stage):
    account, _ = made(person="P0151")
    with stage.store.work(Operator()) as work:
        directory.block(work, "P0151", stage.now)
        assert accounts.actor_of(work, account) is None


def test_making_and_ending_one_leaves_a_mark(made, stage):
    account, person = made()
    with stage.store.work(Operator()) as work:
        accounts.revoke(work, "a@example.org", stage.now)
        marks = work.session.scalars(
            select(AuditEntry).where(AuditEntry.about == "account").order_by(AuditEntry.id)
        )
        told = [(one.act, one.row_id, one.number, one.actor) for one in marks]
    assert told == [
        ("account_added", account.id, person.number, "operator"),
        ("account_revoked", account.id, person.number, "operator"),
    ]


def test_whoever_has_no_phone_touches_nobody_elses_texts(made, stage):
    """Compared with no pseudonym, every text and dialogue of somebody unnamed would be theirs."""
    stage.files()
    _, person = made()
    before = stage.outbox("case_new")
    with stage.store.work(Operator()) as work:
        directory.revoke(work, person.number, stage.now)
    assert stage.outbox("case_new") == before
    with stage.store.work(Operator()) as work:
        assert work.session.scalar(select(Account.id).limit(1)) is not None


@pytest.mark.parametrize("ask", ["block", "new_pin", "agree_to_ring"])
def test_what_needs_a_phone_is_refused_to_whoever_has_none(made, stage, ask):
    _, person = made()
    given = {"new_pin": (lambda _: 0), "block": stage.now, "agree_to_ring": stage.now}[ask]
    with stage.store.work(Operator()) as work, pytest.raises(DirectoryRefused):
        getattr(directory, ask)(work, person.number, given)


def test_the_roles_are_those_of_the_contract():
    assert set(ROLES) == {
        "triager",
        "operator",
        "focal_point",
        "supervisor",
        "integrity",
        "psea",
        "gbv",
        "auditor",
        "administrator",
    }
