"""Booklets of slips: numbers nobody has to guess, codes that stand on paper only."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from flows.numbers import is_receipt
from models.db import Job
from models.errors import NotFound
from models.person import Person
from models.services import privacy, slips, waiting
from models.services.slips import SlipsRefused
from models.slip import Booklet, Slip
from tests.factories import make_person, staged

OPERATOR = "P0301"


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        with one.store.work(Job("test")) as work:
            for number in (OPERATOR, "P0302"):
                person = make_person(one.vault, one.house.sealer, number, "cell")
                person.role = "operator"
                work.session.merge(person)
        yield one


def issue(stage, count=3, operator=OPERATOR, house=None):
    with stage.store.work(Job("test")) as work:
        booklet, printed = slips.issue(work, house or stage.house, operator, count, stage.now)
        return booklet.id, printed


def rows(stage):
    with stage.store.work(Job("test")) as work:
        return work.session.scalars(select(Slip).order_by(Slip.id)).all()


def found(stage, number, operator=OPERATOR):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person.id).where(Person.number == operator))
        return slips.find(work, person, number)


def use_up(stage, *numbers):
    with stage.store.work(Job("test")) as work:
        for row in work.session.scalars(select(Slip).where(Slip.number.in_(numbers))):
            row.used_at, row.receipt_long = stage.now, None


def test_a_booklet_has_numbered_slips_each_with_a_good_long_code(stage):
    _, printed = issue(stage, 50)
    assert [one.number for one in printed] == [f"{number:02d}" for number in range(1, 51)]
    assert all(len(one.digits) == 12 and is_receipt(one.digits) for one in printed)
    assert len({one.digits for one in printed}) == 50


def test_what_is_kept_of_a_code_is_its_digest(stage):
    _, printed = issue(stage)
    for slip, one in zip(rows(stage), printed, strict=True):
        assert slip.receipt_long == stage.vault.digests(None, one.digits)[1]
        assert slip.receipt_sealed is None
        assert one.digits not in repr(one)


def test_a_code_read_out_before_its_call_is_logged_is_not_called_wrong(stage):
    _, [first, other] = issue(stage, 2)
    assert stage.follows(first.digits).name == "away"  # the screen says: later
    assert stage.follows(first.digits, kind="sms").name == "waiting"
    use_up(stage, first.number)
    assert stage.follows(first.digits).name == "unknown"
    assert stage.follows(other.digits).name == "away"


def test_while_the_keeper_is_away_a_code_waits_sealed_for_its_digest(stage, keeperless):
    _, printed = issue(stage, 2, house=keeperless)
    assert [slip.receipt_long for slip in rows(stage)] == [None, None]
    with stage.store.work(Job("keeper")) as work:
        assert waiting.fill(work, stage.vault).named == 2
    for slip, one in zip(rows(stage), printed, strict=True):
        assert slip.receipt_long == stage.vault.digests(None, one.digits)[1]
        assert slip.receipt_sealed is None


def test_the_next_booklet_goes_on_where_the_last_one_ended(stage):
    issue(stage, 60)
    _, printed = issue(stage, 39)
    assert (printed[0].number, printed[-1].number) == ("61", "99")


def test_no_number_is_out_twice(stage):
    issue(stage, 98)
    with pytest.raises(SlipsRefused, match="1 numbers free"):
        issue(stage, 2)
    use_up(stage, "01", "02")
    with pytest.raises(SlipsRefused):
        issue(stage, 2)  # they may still be freed by ANNULE
    stage.later(minutes=11)
    _, printed = issue(stage, 3)
    assert [one.number for one in printed] == ["99", "01", "02"]
    assert found(stage, "01").used_at is None  # the new one, not the one used up


def test_each_operator_has_numbers_of_their_own(stage):
    issue(stage, 3)
    _, others = issue(stage, 3, "P0302")
    assert [one.number for one in others] == ["01", "02", "03"]
    assert found(stage, "02").id != found(stage, "02", "P0302").id
    assert found(stage, "04") is None


@pytest.mark.parametrize("who", ["P0151", "R999"])
def test_only_operators_have_slips(stage, who):
    with pytest.raises((SlipsRefused, NotFound)):
        issue(stage, 3, who)


def test_a_revoked_booklet_opens_nothing_and_frees_its_numbers(stage):
    booklet, _ = issue(stage, 3)
    with stage.store.work(Job("test")) as work:
        slips.revoke(work, booklet, stage.now)
    assert found(stage, "01") is None
    assert [slip.receipt_long for slip in rows(stage)] == [None, None, None]
    assert [one.number for one in issue(stage, 97)[1]][:2] == ["04", "05"]


def test_no_booklet_of_this_number_is_said_so(stage):
    with stage.store.work(Job("test")) as work, pytest.raises(NotFound, match="no booklet 7"):
        slips.revoke(work, 7, stage.now)


def test_the_list_says_how_many_are_used(stage):
    issue(stage, 3)
    use_up(stage, "02")
    with stage.store.work(Job("test")) as work:
        [one] = slips.booklets(work)
    assert (one.operator, one.first, one.last, one.slips, one.used) == (OPERATOR, "01", "03", 3, 1)


def test_after_a_year_a_booklet_is_forgotten(stage):
    issue(stage, 3)
    for passed, left in ((timedelta(days=364), 3), (timedelta(days=1), 0)):
        stage.clock[0] += passed
        with stage.store.work(Job("timetable")) as work:
            privacy.purge(work, stage.now)
            assert len(work.session.scalars(select(Slip)).all()) == left
            assert len(work.session.scalars(select(Booklet)).all()) == (1 if left else 0)
