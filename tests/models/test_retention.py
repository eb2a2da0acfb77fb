"""Time travel: at each boundary there is what the table of retention says, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.case import Case, CaseKey, ItemNumber, Story, Tally
from models.db import Job
from models.erasure import Erasure
from models.outbound import OutboundMessage
from models.referral import Referral
from models.schema import metadata
from models.services import ended_cases, privacy, uprooting
from tests.models.retention_world import CASES, World, left_of
from tests.oracles import retention as oracle
from workers.duties import Duties
from workers.timetable import TIMETABLE

SECOND = timedelta(seconds=1)
HID = {"C5", "C6", "C7"}
ENDS = {"end referrals", "close answered"}
LINES = [one for one in TIMETABLE if one.name in ENDS or one.name.startswith("forget ")]


@pytest.fixture
def midnight(stage):
    stage.later(hours=12)
    return stage.now


@pytest.fixture
def world(stage, midnight):
    with stage.store.work(Job("test")) as work:
        return World(work, stage, midnight)


def pass_to(stage, at):
    """Let the timetable do all that forgets, at this moment."""
    stage.clock[0] = at
    for line in LINES:
        line.do(Duties(stage.store, stage.house, None), at)


def there(stage, world):
    with stage.store.work(Job("test")) as work:
        return world.there(work)


def expected(world, age, **rules):
    return {name for name in world.looks if oracle.stays(name, age, **rules)}


def test_the_table_knows_everything_that_the_world_holds(world):
    assert set(world.looks) == set(oracle.KEPT)


def test_for_three_years_there_is_what_the_table_says_at_each_boundary(stage, world, midnight):
    for age in [*oracle.boundaries(), timedelta(days=3 * 365)]:
        for moment in (age - SECOND, age + SECOND):
            pass_to(stage, midnight + moment)
            assert there(stage, world) == expected(world, moment), moment


@pytest.mark.parametrize("days", [1, 45, 730])
def test_the_protection_rule_alone_says_how_long_the_compartments_are_kept(
    stage, world, midnight, days
):
    with stage.store.work(Job("test")) as work:
        ended_cases.set_protection_days(work, days)
    for moment in (timedelta(days=days) - SECOND, timedelta(days=days) + SECOND):
        pass_to(stage, midnight + moment)
        known = expected(world, moment, protected=timedelta(days=days))
        assert there(stage, world) == known


@pytest.mark.parametrize("days", [0, -1, 731])
def test_no_protection_rule_is_longer_than_two_years(stage, days):
    with stage.store.work(Job("test")) as work, pytest.raises(ValueError, match="730"):
        ended_cases.set_protection_days(work, days)


def test_nothing_is_left_of_a_case_but_that_texts_left(stage, world, midnight):
    with stage.store.work(Job("test")) as work:
        words = work.session.scalars(select(Story.id)).all()
        texts = work.session.scalars(select(OutboundMessage.id)).all()
    pass_to(stage, midnight + timedelta(days=91))
    with stage.store.work(Job("test")) as work:
        hanging = uprooting.taken_along(Case) | uprooting.taken_along(Referral)
        tables = [metadata.tables[name] for name in sorted(hanging | {"item_number"})]
        assert {table.name: left_of(work, table) for table in tables} == {
            table.name: 0 for table in tables
        }
        rows = work.session.scalars(select(OutboundMessage)).all()
        assert {row.id for row in rows} == set(texts)
        assert {row.case_id for row in rows} == {None}
        named = [row.cause for row in rows if ":" in row.cause]
        assert named == [f"purged:{row.id}" for row in rows if row.cause != "test"]
        # The keeper is told to destroy each key, and writes down that it must stay gone.
        noted = work.session.scalars(select(Erasure.ref).where(Erasure.what == "words"))
        assert {int(ref.partition(":")[0]) for ref in noted} == set(words)


def test_the_keys_of_words_go_with_their_case(stage, world, midnight):
    pass_to(stage, midnight + timedelta(days=89))
    with stage.store.work(Job("test")) as work:
        ordinary = {world.ids[name] for name, _, case_class, _ in CASES if case_class not in HID}
        assert set(work.session.scalars(select(CaseKey.case_id))) == ordinary
    pass_to(stage, midnight + timedelta(days=91))
    with stage.store.work(Job("test")) as work:
        assert work.session.scalars(select(CaseKey)).all() == []


def test_a_number_is_free_again_once_its_item_is_gone(stage, world, midnight):
    with stage.store.work(Job("test")) as work:
        number = work.session.get_one(Case, world.ids["complaint"]).number
    pass_to(stage, midnight + timedelta(days=91))
    with stage.store.work(Job("test")) as work:
        assert work.session.get(ItemNumber, number) is None
        work.session.add(ItemNumber(number=number, kind="case"))


def test_a_case_filed_after_a_purge_is_announced_though_its_row_ids_were_used_before(
    stage, world, midnight
):
    pass_to(stage, midnight + timedelta(days=91))
    case = stage.case(stage.files()["case"])
    assert len(stage.outbox("case_new")) == 1
    assert case.holder_person is not None


def test_what_was_answered_is_closed_after_thirty_days_and_gone_ninety_after_that(stage, midnight):
    case_id = int(stage.files()["case"])
    stage.change(Case, {"id": case_id}, status="answered", answered_at=midnight)
    closed = midnight + oracle.ANSWERED_STAYS_OPEN
    pass_to(stage, closed)
    assert stage.case(case_id).closed_at == closed
    pass_to(stage, closed + oracle.KEPT["complaint"] - SECOND)
    assert stage.case(case_id).status == "closed"
    pass_to(stage, closed + oracle.KEPT["complaint"])
    with stage.store.work(Job("test")) as work:
        assert work.session.get(Case, case_id) is None


def test_what_nobody_answered_stays_and_so_does_the_way_back(stage, midnight):
    case_id = int(stage.files(answer="sms")["case"])
    pass_to(stage, midnight + timedelta(days=3 * 365))
    assert stage.case(case_id).address is not None


def test_an_event_stays_while_a_speaker_who_joined_it_waits(stage, world, midnight):
    stage.change(Case, {"id": world.ids["alert joined"]}, status="joined", closed_at=None)
    pass_to(stage, midnight + timedelta(days=91))
    assert {"alert", "alert joined"} <= there(stage, world)


def test_a_case_that_cannot_be_purged_keeps_no_other(stage, world, midnight, monkeypatch):
    first = world.ids["complaint"]
    erase = ended_cases.stories.erase

    def fail(work, case):
        if case.id == first:
            raise ValueError
        erase(work, case)

    monkeypatch.setattr(ended_cases.stories, "erase", fail)
    pass_to(stage, midnight + timedelta(days=91))
    gone = {name for name, *_ in CASES} - {"complaint"}
    assert not gone & there(stage, world)
    assert "complaint" in there(stage, world)


def test_each_day_says_how_much_was_forgotten(stage, world, midnight):
    pass_to(stage, midnight + timedelta(days=91))
    with stage.store.work(Job("test")) as work:
        rows = work.session.scalars(select(Tally).where(Tally.what.startswith(privacy.PROOF)))
        counts = {row.what.removeprefix(privacy.PROOF): row.count for row in rows}
    # Of the compartments nobody is told how many there were.
    assert counts["cases"] == len([one for one in CASES if one[2] not in HID])
    assert "private cases" not in counts
    assert counts["referrals"] == 4
    assert all(len(f"{privacy.PROOF}{one.name}") <= Tally.what.type.length for one in privacy.RULES)


def test_a_purged_case_is_counted_as_long_as_its_table_is_not_published(stage, world, midnight):
    pass_to(stage, midnight + timedelta(days=91))
    with stage.store.work(Job("test")) as work:
        departed = metadata.tables["departed"]
        assert left_of(work, departed) > 0


def test_every_column_is_forgotten_by_a_rule_or_says_by_what_else():
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if privacy.forgotten_by(table.name, column.info["keep"]) is None
    ]
    assert silent == []


def test_rules_name_no_table_that_does_not_exist():
    named = {table for one in privacy.RULES for table in one.tables}
    assert named <= set(metadata.tables)


def test_what_was_said_to_be_kept_somewhere_is_said_of_some_column():
    said = {column.info["keep"] for table in metadata.sorted_tables for column in table.columns}
    rules = {keep for one in privacy.RULES for keep in one.keeps}
    assert rules | set(privacy.ELSEWHERE) == said
