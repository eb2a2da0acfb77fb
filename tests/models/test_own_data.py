"""What a person may ask in person: erased by the long receipt, and nobody learns what it opened."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.case import Case, CaseKey
from models.db import Gateway, Job
from models.errors import KeeperAway
from models.services import own_data, stories
from models.services.stories import Words
from tests.factories import NEIGHBOUR


def told(stage, **said):
    """File a case with words; return its id and the twelve digits of its receipt."""
    filed = stage.files(**said)
    case_id = int(filed["case"])
    with stage.store.work(Gateway()) as work:
        case = work.session.get_one(Case, case_id)
        stories.keep(work, stage.house.sealer, case, Words("said", "Rien"), stage.now)
    return case_id, (filed["c6"] + filed["c6b"]).replace(" ", "")


def erase(stage, code, house=None):
    with stage.store.work(Job("own data")) as work:
        return own_data.erase(work, house or stage.house, code, stage.now)


def is_erased(stage, case_id):
    with stage.store.work(Job("test")) as work:
        case = work.session.get_one(Case, case_id)
        left = (case.contact, case.address, case.receipt_short, case.receipt_long)
        keys = work.session.scalars(select(CaseKey).where(CaseKey.case_id == case_id)).all()
        return left == (None, None, None, None) and keys == []


def test_an_open_case_is_stopped_as_its_speaker_would(stage):
    case_id, code = told(stage, answer="sms")
    erase(stage, code)
    assert is_erased(stage, case_id)
    assert stage.case(case_id).status == "withdrawn"


@pytest.mark.parametrize("status", ["answered", "closed"])
def test_a_case_that_is_over_is_erased_too_and_stays_over(stage, status):
    case_id, code = told(stage)
    stage.change(Case, {"id": case_id}, status=status, closed_at=stage.now)
    erase(stage, code)
    assert is_erased(stage, case_id)
    assert stage.follows(code).name == "unknown"


def test_a_compartment_too(stage):
    case_id, code = told(stage, category="93", private=True, place="")
    erase(stage, code)
    assert is_erased(stage, case_id)


def test_it_is_noted_before_who_erased_what(stage):
    case_id, code = told(stage)
    erase(stage, code)
    with stage.store.work(Job("test")) as work:
        marks = select(AuditEntry).where(AuditEntry.act == "erase")
        assert [one.row_id for one in work.session.scalars(marks)] == [case_id]


NOTHING = ["", "123456", "123456789012", "x" * 12, "48217306154\N{SUPERSCRIPT TWO}"]


@pytest.mark.parametrize("code", NOTHING)
def test_whatever_opens_nothing_says_nothing_and_erases_nothing(stage, code):
    case_id, _ = told(stage)
    assert erase(stage, code) is None
    assert not is_erased(stage, case_id)


def test_codes_are_guessed_here_as_seldom_as_from_a_phone(stage):
    case_id, code = told(stage)
    other, wrong = told(stage, phone=NEIGHBOUR)
    erase(stage, wrong)
    for _ in range(5):
        erase(stage, wrong)
    erase(stage, code)
    assert is_erased(stage, other)
    assert not is_erased(stage, case_id)
    stage.later(days=1)
    erase(stage, code)
    assert is_erased(stage, case_id)


def test_while_the_keeper_is_away_nothing_is_erased(stage, keeperless):
    case_id, code = told(stage)
    with pytest.raises(KeeperAway):
        erase(stage, code, keeperless)
    assert not is_erased(stage, case_id)


def test_notes_hold_no_number(stage):
    with stage.store.work(Job("test")) as work:
        own_data.note(work, "authority", "Le tribunal demande qui est +223 70 00 00 01", stage.now)
        own_data.note(work, "incident", "x" * 900, stage.now + timedelta(days=1))
        [asked, long] = own_data.notes(work)
    assert "70" not in asked.words
    assert asked.words.startswith("Le tribunal demande")
    assert len(long.words) == own_data.LONGEST
