"""Each rule counts: without it, or a second off, the table of retention is broken."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.account import Account
from models.case import Tally
from models.channel import Spending
from models.db import Job
from models.person import Person
from models.privacy_note import PrivacyNote
from models.services import privacy
from models.services.purging import FIVE_YEARS
from tests.factories import staged
from tests.models.retention_world import World
from tests.oracles import retention as oracle
from workers.duties import Duties
from workers.timetable import TIMETABLE

SECOND = timedelta(seconds=1)
FAR = {"former people", "counts"}  # beyond three years: tested below
RULES = [one.name for one in privacy.RULES if one.name not in FAR]


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now.replace(hour=0)) as one:
        yield one


def is_kept(stage, lines, early=timedelta()):
    """Tell whether the table holds at every boundary; with ``early``, time runs ahead for rules."""
    begun = stage.now
    with stage.store.work(Job("test")) as work:
        world = World(work, stage, begun)
    duties = Duties(stage.store, stage.house, None)
    for age in oracle.boundaries():
        for moment in (age - SECOND, age + SECOND):
            stage.clock[0] = begun + moment
            for line in lines:
                line.do(duties, stage.now + early)
            with stage.store.work(Job("test")) as work:
                there = world.there(work)
            if there != {name for name in world.looks if oracle.stays(name, moment)}:
                return False
    return True


def lines_but(name):
    return [
        line
        for line in TIMETABLE
        if line.name == "end referrals"
        or (line.name.startswith("forget ") and line.name != f"forget {name}")
    ]


@pytest.mark.parametrize("name", RULES)
def test_without_this_rule_something_stays_too_long(stage, name):
    assert not is_kept(stage, lines_but(name))


@pytest.mark.parametrize("seconds", [2, -2])
def test_two_seconds_too_early_or_too_late_are_seen(stage, seconds):
    assert not is_kept(stage, lines_but(None), timedelta(seconds=seconds))


def test_with_every_rule_on_time_the_table_is_kept(stage):
    assert is_kept(stage, lines_but(None))


def forget(stage, name, now):
    rule = next(one for one in privacy.RULES if one.name == name)
    with stage.store.work(Job("test")) as work:
        return privacy.forget(work, rule, now)


def test_after_five_years_nobody_is_named_any_more(stage):
    with stage.store.work(Job("test")) as work:
        world = World(work, stage, stage.now)
    for name in ("booklets", "cases", "private cases", "referrals", "accounts", "people"):
        forget(stage, name, stage.now + timedelta(days=1000))
    gone = stage.now + FIVE_YEARS
    assert forget(stage, "former people", gone - SECOND) == 0
    assert forget(stage, "former people", gone) == 3
    with stage.store.work(Job("test")) as work:
        assert work.session.get(Person, world.person.id) is None
        assert work.session.scalars(select(Account)).all() == []
        assert len(work.session.scalars(select(Person)).all()) > 10


def test_counts_and_notes_go_after_five_years(stage):
    day = stage.now.date().isoformat()
    with stage.store.work(Job("test")) as work:
        work.session.add(Tally(day=day, what="beep", count=3))
        work.session.add(Spending(day=day, channel="phone", segments=1, amount=1.0))
        work.session.add(PrivacyNote(at=stage.now, kind="incident", by="operator", words="x"))
    assert forget(stage, "counts", stage.now + FIVE_YEARS - SECOND) == 0
    assert forget(stage, "counts", stage.now + FIVE_YEARS + timedelta(days=1)) == 3


LINKED = 7  # years
