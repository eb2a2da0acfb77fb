"""Who may see what of the audit log, and what was noted of whom."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from models.account import Account
from models.audit import AuditEntry
from models.case import Case, Subject
from models.db import Gateway, Handler, Job, Operator, Overseer
from models.services import audit_list, directory
from models.services.audit import Mark, about_case, note
from models.services.audit_list import Asked


@pytest.fixture
def noted(stage):
    """Readings of three cases: an ordinary one, one of a compartment, one about ngo-a."""
    cases = {name: stage.files(phone=f"+2237000001{number}") for number, name in enumerate("abc")}
    stage.change(Case, {"id": cases["b"]["case"]}, case_class="C6")
    with stage.store.work(Job("test")) as work:
        work.session.execute(delete(Subject))
        work.session.add(Subject(case_id=cases["c"]["case"], kind="organisation", ref="ngo-a"))
        own = replace(work, actor=Handler(1, "P0151"))
        for one in cases.values():
            case = work.session.get_one(Case, one["case"])
            note(own, about_case("read", case), stage.now)
        note(replace(work, actor=Operator()), Mark("pause", "sending"), stage.now)
        for row, role, organisation in ((1, "auditor", None), (2, "auditor", "ngo-a")):
            work.session.add(account(row, role, organisation, stage.now))
        work.session.add(account(3, "administrator", None, stage.now))
    return {name: one["n"] for name, one in cases.items()}


def account(row, role, organisation, now):
    email = f"{row}@example.org"
    said = {"password_hash": "x", "organisation_id": organisation, "created_at": now}
    return Account(id=row, email=email, role=role, **said)


def seen(stage, who, **asked):
    with stage.store.reading(who) as work:
        return [one.number for one in audit_list.entries(work, Asked(**asked))]


def test_an_auditor_sees_all_but_what_is_about_their_own_organisation(stage, noted):
    assert seen(stage, Overseer(1, "auditor")) == [*noted.values(), None]
    assert seen(stage, Overseer(2, "auditor")) == [noted["a"], noted["b"], None]


def test_what_is_about_its_people_is_about_it_too(stage, noted):
    with stage.store.work(Job("test")) as work:
        ordinary = work.session.scalars(select(Case.id).where(Case.number == noted["a"])).one()
        work.session.add(Subject(case_id=ordinary, kind="person", ref="P0121"))
    assert seen(stage, Overseer(2, "auditor")) == [noted["b"], None]


def test_the_command_line_shows_nothing_of_compartments(stage, noted):
    assert seen(stage, Operator()) == [noted["a"], noted["c"], None]


@pytest.mark.parametrize(
    "actor",
    [Gateway(), Handler(1, "P0151"), Overseer(3, "administrator"), Overseer(9, "auditor")],
)
def test_nobody_else_sees_any_of_it(stage, noted, actor):
    assert seen(stage, actor) == []


def test_an_auditor_whose_account_ended_sees_nothing(stage, noted):
    stage.change(Account, {"id": 1}, revoked_at=stage.now)
    assert seen(stage, Overseer(1, "auditor")) == []


def test_what_is_asked_is_what_is_seen(stage, noted):
    job = Job("test")
    assert seen(stage, job, last=2) == [noted["c"], None]
    assert seen(stage, job, actor="operator") == [None]
    assert seen(stage, job, act="read") == list(noted.values())
    assert seen(stage, job, since=stage.now + timedelta(seconds=1)) == []


def acts(stage):
    with stage.store.reading(Job("test")) as work:
        rows = work.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(one.actor, one.act, one.number) for one in rows]


def test_who_blocks_a_phone_is_noted_by_whatever_road(stage):
    with stage.store.work(Operator()) as work:
        directory.block(work, "P0122", stage.now)
        directory.revoke(work, "P0121", stage.now)
    assert acts(stage) == [("operator", "block", "P0122"), ("operator", "revoke", "P0121")]
