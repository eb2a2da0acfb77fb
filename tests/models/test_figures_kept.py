"""The purge takes rows and no figure: what is published is the same with it and without it."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from models.case import Case
from models.db import Job, Store
from models.figure import Departed, Figure
from models.referral import Referral
from models.services import privacy, referral_clock
from tests import referral_world as world
from tests.factories import ANSONGO, staged
from tests.referral_world import refers
from workers.keeper.press import Press

RIPE = datetime(2027, 1, 3, 1, tzinfo=UTC)
PURGED = datetime(2026, 12, 28, 1, tzinfo=UTC)


@pytest.fixture
def lived(sqlite_store, tmp_path, now):
    """Women who were sent and came, and private cases that were closed at once."""
    with staged(sqlite_store, tmp_path, now) as stage:
        world.settle(stage)
        for number in range(14):
            code = refers(stage, f"REF 6143 {18 + number} 3")
            stage.later(minutes=20)
            if number % 7:
                stage.writes("P0202", f"DONNE {code} 3" if number % 3 else f"PAS {code} 3")
                stage.later(minutes=20)
            stage.files(f"+2237000{1000 + number}", category="93", place=f"z:{ANSONGO}")
        with stage.store.work(Job("test")) as work:
            for case in work.session.scalars(select(Case).where(Case.case_class == "C7")):
                case.status, case.closed_at = "closed", stage.now
        with stage.store.work(Job("test")) as work:
            referral_clock.end_old(work, stage.house, stage.now + timedelta(days=31))
        yield stage


def copied(stage, path):
    with sqlite3.connect(stage.store.url.database) as there, sqlite3.connect(path) as here:
        there.backup(here)
    here.close()
    there.close()
    return Store(f"sqlite:///{path}")


def published(store, vault):
    Press(store, vault).go(RIPE)
    with store.reading(Job("test")) as work:
        return {
            (one.publication, one.period, one.area, one.split, one.value): (one.shown, one.below)
            for one in work.session.scalars(select(Figure))
        }


def rows(store, table, *which):
    with store.reading(Job("test")) as work:
        return work.session.scalar(select(func.count()).select_from(table).where(*which))


def test_what_is_published_is_the_same_whether_rows_are_gone_or_there(lived, tmp_path):
    other = copied(lived, tmp_path / "unpurged.db")
    more = True
    while more:
        with lived.store.work(Job("timetable")) as work:
            more = privacy.purge(work, PURGED)
    assert rows(lived.store, Case, Case.case_class == "C7") == 0
    assert rows(lived.store, Referral) < rows(other, Referral)
    assert rows(lived.store, Departed) > 0
    told = published(lived.store, lived.vault)
    assert told == published(other, lived.vault)
    assert rows(lived.store, Departed) == 0
    assert told["referrals", "2026-11", ANSONGO, "", ""][0] in {10, 15}
    assert told["C7", "2026-Q4", "ML07", "", ""][0] in {10, 15}
    other.close()
