"""After the clock ran out no backup gives back address or story, with every key that still exists.

A thief has it all: the identity of the backups, the keys of the machine, the database and the store
of keys as they stand, and every backup that may still be kept. Nothing of ours helps: rows are read
as they lie.
"""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from gateway import assembly, backups, dumps
from gateway.backups import ROWS, WORDS
from models.case import Case, CaseKey, Story
from models.db import Gateway, Job
from models.errors import SealBroken
from models.schema import metadata
from models.services import stories
from models.services.stories import Words
from tests.conftest import TOOLS
from tests.factories import SPEAKER
from tests.gateway import test_backup
from tests.gateway.test_backup import on_server
from workers.duties import Duties
from workers.keeper.keys import Rounds
from workers.keeper.watch import Watch
from workers.timetable import TIMETABLE

drill = test_backup.drill
DAY = timedelta(days=1)
STORY = "Le chef a pris la moitie des sacs"
ROWS_LIVE, WORDS_LIVE = 35 * DAY, 7 * DAY  # threat model, 5
CLOSED, PURGED = 3 * DAY, 93 * DAY


class Years:
    """The programme of a drill while months pass: each night its keeper and timetable do theirs."""

    def __init__(self, drill, monkeypatch):
        self.drill, self.stage = drill, drill.stage
        self.begun = self.stage.now
        self.made = {}
        monkeypatch.setattr(assembly, "clock", lambda: self.stage.now)
        vault, keys = self.stage.vault, drill.home / "keys"
        self.rounds = Rounds(self.stage.store, vault, keys, Watch())

    def pass_to(self, day):
        """Let time pass, a week at most at once, as keys are made anew and destroyed by days."""
        while self.stage.now < self.begun + day:
            left = self.begun + day - self.stage.now
            self.stage.clock[0] += min(left, DAY)
            self.rounds.go(self.stage.now)
        duties = Duties(self.stage.store, self.stage.house, None)
        for line in TIMETABLE:
            if line.name.startswith("forget "):
                line.do(duties, self.stage.now)
        self.drill.clerk.go(self.stage.now)
        for file, at in self.made.items():
            self._destroy(file, at)

    def backs_up(self):
        """Make a backup as of now."""
        file = self.drill.home.parent / f"backup-{len(self.made)}"
        done = self.drill.jaabi("backup", file)
        assert done.exit_code == 0, done.output
        self.made[file] = self.stage.now

    def rows(self):
        return [file for file in self.made if file.exists()]

    def words(self):
        return [file for file in map(words_of, self.made) if file.exists()]

    def _destroy(self, file, at):
        """Do what the runbook asks of whoever keeps the backups."""
        if self.stage.now >= at + WORDS_LIVE:
            words_of(file).unlink(missing_ok=True)
        if self.stage.now >= at + ROWS_LIVE:
            file.unlink(missing_ok=True)


class Thief:
    """Tries every key on every row of every database there is."""

    def __init__(self, years):
        self.years = years
        self.vault = years.stage.vault
        self.stories, self.keys, self.blobs = [], [], []

    def takes_all(self, folder):
        drill = self.years.drill
        self._reads(drill.owner or drill.url)
        self.keys += [(one.key_id, one.wrapped) for one in self.vault.words.all()]
        opened_by = backups.identities(self.years.drill.identity)
        for file in self.years.rows():
            into = folder / f"{file.name}.rows"
            backups.unseal(file, ROWS, opened_by, into)
            self._reads_backup(into)
        for file in self.years.words():
            into = folder / f"{file.name}.keys"
            backups.unseal(file, WORDS, opened_by, into)
            said = map(json.loads, into.read_text().splitlines())
            self.keys += [(one["key"], b64decode(one["wrapped"])) for one in said]
        return self

    def finds(self):
        """Return whether the story, and the number of whoever told it, can be read."""
        tried = (
            self._opened(self.vault.story, sealed, *key)
            for sealed in self.stories
            for key in self.keys
        )
        numbers = (self._opened(self.vault.number, blob) for blob in self.blobs)
        return STORY in set(tried), SPEAKER in set(numbers)

    def _opened(self, open_it, *sealed):
        try:
            return open_it(*sealed)
        except SealBroken:
            return None

    def _reads_backup(self, rows):
        owner = self.years.drill.owner
        if owner is None:
            self._reads(f"sqlite:///{rows}")
            return
        on_server(owner, "CREATE DATABASE taken")
        taken = owner.set(database="taken")
        (rows.parent / "into").mkdir(exist_ok=True)
        dumps.load(taken, TOOLS, rows)
        self._reads(taken)
        on_server(owner, "DROP DATABASE taken WITH (FORCE)")

    def _reads(self, url):
        engine = create_engine(url)
        with engine.connect() as link:
            self.stories += link.scalars(select(Story.sealed)).all()
            keys = link.execute(select(CaseKey.key_id, CaseKey.wrapped))
            self.keys += [tuple(row) for row in keys]
            for table in metadata.sorted_tables:
                for row in link.execute(select(*table.columns)):
                    self.blobs += [bytes(one) for one in row if isinstance(one, bytes | memoryview)]
        engine.dispose()


@pytest.fixture
def years(drill, monkeypatch):
    return Years(drill, monkeypatch)


def tells(years):
    stage = years.stage
    case_id = int(stage.files(SPEAKER, answer="sms")["case"])
    with stage.store.work(Gateway()) as work:
        case = work.session.get_one(Case, case_id)
        stories.keep(work, stage.house.sealer, case, Words("said", STORY), stage.now)
    return case_id


def test_a_thief_reads_what_is_there_while_the_case_is_open(years, tmp_path):
    tells(years)
    years.backs_up()
    assert Thief(years).takes_all(tmp_path).finds() == (True, True)


def test_once_its_time_is_over_no_backup_gives_back_story_or_number(years, tmp_path):
    case_id = tells(years)
    years.backs_up()
    years.pass_to(CLOSED)
    stage = years.stage
    stage.change(Case, {"id": case_id}, status="answered", answered_at=stage.now)
    stage.does("satisfied", {"case": str(case_id)})
    for day in (CLOSED + DAY, PURGED - 20 * DAY, PURGED - timedelta(hours=1)):
        years.pass_to(day)
        years.backs_up()
    years.pass_to(PURGED)
    with stage.store.work(Job("test")) as work:
        assert work.session.get(Case, case_id) is None
    years.pass_to(PURGED + timedelta(hours=1))
    years.backs_up()
    years.pass_to(PURGED + WORDS_LIVE)
    assert (len(years.rows()), len(years.words())) == (3, 1)  # the oldest and the newest
    assert Thief(years).takes_all(tmp_path).finds() == (False, False)


def words_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.words")
