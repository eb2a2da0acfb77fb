"""Whatever the service tells by itself about an item goes to nobody whom the item is about."""

import itertools

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from models.services import clocks
from tests.factories import ANSONGO, TESSIT
from tests.matrix import world
from tests.oracles import access

CATEGORIES = ("12", "13", "16", "17", "22", "26", "33", "41", "61", "62", "7", "92", "93", "94")
ABOUT = ("unknown", "ngo", "staff", "csref", "committee")
PLACES = (f"c:{TESSIT}", f"z:{ANSONGO}")
DAYS = 12


@pytest.fixture
def people():
    return world.standings()


def told(stage):
    """Return each text to a registered person that speaks of a case: (purpose, number, case)."""
    with stage.store.work(Job("matrix")) as work:
        asked = (
            select(OutboundMessage.purpose, Person.number, Case)
            .join(Person, Person.id == OutboundMessage.person_id)
            .join(Case, Case.id == OutboundMessage.case_id)
        )
        return [
            (purpose, number, case.case_class, [(one.kind, one.ref) for one in case.subjects])
            for purpose, number, case in work.session.execute(asked)
        ]


def test_no_text_and_no_clock_reaches_whom_it_is_about(stage, people):
    world.populate(stage, people)
    for category, about, place in itertools.product(CATEGORIES, ABOUT, PLACES):
        stage.files(category=category, about=about, place=place)
    for _ in range(DAYS):
        stage.later(days=1)
        for act in (clocks.remind, clocks.hand_over, clocks.rehome):
            with stage.store.work(Job("matrix")) as work:
                while act(work, stage.house, stage.now):
                    pass
    known = world.oracle_world(people)
    by_number = {one.number: one for one in known.people}
    found = told(stage)
    for purpose, number, case_class, subjects in found:
        item = access.Item(case_class, TESSIT, "", "", person=number, subjects=tuple(subjects))
        barred = [rule.__name__ for rule in access.BARS if not rule(by_number[number], item, known)]
        assert barred == [], (purpose, number, subjects)
        if case_class not in access.ORDINARY:
            assert access.is_cleared(by_number[number], item, known), (purpose, number)
    assert len(found) > len(CATEGORIES) * len(ABOUT)
    assert len({purpose for purpose, *_ in found}) > 1
