"""The routing policy: proposed by one, put in force by another, and then what routing uses."""

import pytest
from sqlalchemy import event, func, select

from flows.policy import DEFAULT, PolicyWrong
from flows.routing import CaseFacts
from models.account import Account
from models.audit import AuditEntry
from models.db import Job, Overseer
from models.errors import NotFound
from models.paperwork import PolicyVersion
from models.person import Hat, Person
from models.services import policies, policy_in_force, routing
from models.services.policies import PolicyRefused
from tests.factories import ANSONGO

DEFAULT_TEXT = DEFAULT.read_text(encoding="utf-8")
# Food that did not come goes to the supervisor of the cell at once.
OTHER = DEFAULT_TEXT.replace(
    'says: vivres, argent, bons\n    when: {category: ["11", "12", "15", "195", "196"]}\n'
    "    first: [cell_triager]",
    'says: vivres, au superviseur\n    when: {category: ["11", "12", "15", "195", "196"]}\n'
    "    first: [cell_supervisor]",
)
FOOD = CaseFacts("complaint", "12", "C4", ANSONGO, "nobody")
ADMINISTERS = Job("console")


@pytest.fixture
def accounts(stage):
    """Three accounts: two administrators, and the supervisor's."""
    with stage.store.work(Job("test")) as work:
        supervisor = work.session.scalar(select(Person.id).where(Person.number == "P0152"))
        made = [
            Account(
                email=f"{name}@example.org",
                password_hash="-",  # noqa: S106
                role=role,
                person_id=person,
                created_at=stage.now,
            )
            for name, role, person in (
                ("one", "administrator", None),
                ("two", "administrator", None),
                ("three", "supervisor", supervisor),
            )
        ]
        work.session.add_all(made)
        work.session.flush()
        return [one.id for one in made]


def propose(stage, by, text=OTHER, why="essai"):
    with stage.store.work(ADMINISTERS) as work:
        return policies.propose(work, text, why, by, stage.now).id


def activate(stage, version, by):
    with stage.store.work(ADMINISTERS) as work:
        return policies.activate(work, version, by, stage.now).activated_at


def holder(stage):
    with stage.store.work(Job("test")) as work:
        return routing.route(work, FOOD, stage.now).function


def test_what_another_person_activated_is_what_routing_uses_in_every_process(stage, accounts):
    one, two, _ = accounts
    assert holder(stage) == "cell_triager"
    version = propose(stage, one)
    assert holder(stage) == "cell_triager"
    assert activate(stage, version, two) == stage.now
    policy_in_force.follow_default()  # as a process that has not looked yet
    assert holder(stage) == "cell_supervisor"
    stage.later(hours=1)
    back = propose(stage, two, DEFAULT_TEXT, "retour")
    activate(stage, back, one)
    assert holder(stage) == "cell_triager"
    with stage.store.work(Job("test")) as work:
        acts = select(AuditEntry.act).where(AuditEntry.about == "policy").order_by(AuditEntry.id)
        assert list(work.session.scalars(acts)) == ["propose", "activate"] * 2


def test_following_a_policy_asks_nothing_more_of_the_database(stage, accounts):
    def asked():
        counted = []
        engine = stage.store.durable
        with stage.store.work(Job("test")) as work:
            work.session.flush()
            note = lambda *_: counted.append(1)  # noqa: E731
            event.listen(engine, "before_cursor_execute", note)
            routing.route(work, FOOD, stage.now)
            event.remove(engine, "before_cursor_execute", note)
        return len(counted)

    before = asked()
    activate(stage, propose(stage, accounts[0]), accounts[1])
    holder(stage)
    assert asked() == before


def test_nobody_is_the_second_person_of_their_own_proposal(stage, accounts):
    one, two, three = accounts
    version = propose(stage, one)
    with pytest.raises(PolicyRefused, match="same"):
        activate(stage, version, one)
    with stage.store.work(Job("test")) as work:
        work.session.get_one(Account, three).revoked_at = stage.now
        person = work.session.get_one(Account, three).person_id
        again = Account(
            email="again@example.org",
            password_hash="-",  # noqa: S106
            role="supervisor",
            person_id=person,
            created_at=stage.now,
        )
        work.session.add(again)
        work.session.flush()
        again_id = again.id
    theirs = propose(stage, three, OTHER + "# autre\n")
    with pytest.raises(PolicyRefused, match="same"):
        activate(stage, theirs, again_id)
    activate(stage, version, two)
    assert activate(stage, version, one) == stage.now  # twice is once, whoever asks


def test_without_an_outside_body_nothing_is_put_in_force(stage, accounts):
    version = propose(stage, accounts[0])
    with stage.store.work(Job("test")) as work:
        for hat in work.session.scalars(select(Hat).where(Hat.function == "outside_body")):
            work.session.delete(hat)
    with pytest.raises(PolicyRefused, match="no_outside"):
        activate(stage, version, accounts[1])
    assert holder(stage) == "cell_triager"


def test_a_proposal_that_another_overtook_is_to_be_made_again(stage, accounts):
    one, two, _ = accounts
    late = propose(stage, one)
    other = propose(stage, one, OTHER.replace("au superviseur", "tout de suite"))
    stage.later(minutes=5)
    activate(stage, other, two)
    with pytest.raises(PolicyRefused, match="stale"):
        activate(stage, late, two)


def test_the_same_proposal_twice_is_one_and_no_change_is_none(stage, accounts):
    one, two, _ = accounts
    with pytest.raises(PolicyRefused, match="unchanged"):
        propose(stage, one, DEFAULT_TEXT.replace("\n", "\r\n"))
    made = propose(stage, one)
    assert propose(stage, two, OTHER) == made
    with stage.store.work(ADMINISTERS) as work:
        policies.withdraw(work, made, stage.now)
    with stage.store.reading(Overseer(one, "administrator")) as work:
        assert work.session.scalar(select(func.count()).select_from(PolicyVersion)) == 0


def test_what_was_in_force_is_not_taken_back(stage, accounts):
    version = propose(stage, accounts[0])
    activate(stage, version, accounts[1])
    with pytest.raises(NotFound), stage.store.work(ADMINISTERS) as work:
        policies.withdraw(work, version, stage.now)


def test_what_cannot_be_followed_is_refused_with_its_line(stage, accounts):
    wrong = DEFAULT_TEXT.replace("first: [integrity]", "first: [integrite]")
    with pytest.raises(PolicyWrong) as told:
        propose(stage, accounts[0], wrong)
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "row: 4" in one)
    assert f":{line}: row 4: no function integrite" in told.value.mistakes


def test_a_policy_that_a_later_service_cannot_read_stops_no_case(stage, accounts):
    version = propose(stage, accounts[0])
    activate(stage, version, accounts[1])
    with stage.store.work(Job("test")) as work:
        work.session.get_one(PolicyVersion, version).text = "rows: []"
    policy_in_force.follow_default()
    assert holder(stage) == "cell_triager"


def test_a_process_that_does_not_route_follows_too_when_it_asks(stage, accounts):
    activate(stage, propose(stage, accounts[0]), accounts[1])
    policy_in_force.follow_default()
    with stage.store.work(Job("test")) as work:
        says = {row.says for row in policy_in_force.in_force(work).rows}
    assert "vivres, au superviseur" in says


@pytest.fixture(autouse=True)
def forget():
    """What this process follows is of no database of other tests."""
    yield
    policy_in_force.follow_default()
