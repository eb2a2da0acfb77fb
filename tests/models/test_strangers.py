"""Over every door of a phone whoever a case is about hears what a stranger hears (T2).

The same words for a number that is not theirs to know and for one that nobody has; nothing
changes in a case because they asked.
"""

import pytest
from sqlalchemy import select

from flows import numbers
from models.case import CaseEvent, Subject
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from models.services import agent_menu
from tests.factories import PEOPLE, phone_of

ACCUSED = "P0151"
LINES = (
    "LISTE", "VOIR", "AIDE", "FAIT", "OUI",
    "{n}", "VOIR {n}", "PRIS {n}", "DIRE {n} c'est fait", "DIRE {n}", "FINI {n} c'est fait",
    "FINI {n}", "RENVOI {n} pas pour moi", "RENVOI {n}", "NOTE {n} vu", "ANNULE {n}", "VENUE {n}",
    "DONNE {n} 3", "PAS {n} 1", "ORIENTE {n}", "{n} 2", "{n} merci", "je prends {n}",
)  # fmt: skip
EFFECTS = (
    ("open_item", {}),
    ("take_item", {}),
    ("answer_item", {"how": "answer", "words": "c'est fait"}),
    ("answer_item", {"how": "resolved", "words": "c'est fait"}),
    ("return_item", {"why": "1"}),
    ("return_item", {"why": "3"}),
    ("propose_lowering", {"reason": "misheard"}),
    ("judge_lowering", {"verdict": "lower"}),
)


def free_number(stage, unlike):
    """Return a number of the right form that names nothing."""
    while (number := numbers.item_number(stage.house.draw)) in unlike:
        pass
    return number


def replies(stage, who, number):
    said = []
    for line in LINES:
        stage.asked.pop(who, None)
        told = stage.writes(who, line.replace("{n}", number))
        said.append((line, None if told is None else told.replace(number, "{n}")))
    return said


def looks(stage, who, number):
    found = []
    for effect, said in EFFECTS:
        told = stage.signed_in(who, effect, item=number, **said)
        values = {name: str(value).replace(number, "{n}") for name, value in told.values.items()}
        found.append((effect, told.name, values))
    with stage.store.work(Job("test")) as work:
        begin, _ = agent_menu.AGENT_READS["read_words"]
        answers = {"agent": who, "item": number}
        found.append(("read", begin(work, stage.scene(phone_of(who)), answers), {}))
    return found


def accuse(stage, case_id, who):
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=case_id, kind="person", ref=who))


def history(stage):
    """Return all that is known of every case, and all that was written to anybody."""
    with stage.store.work(Job("test")) as work:
        events = select(CaseEvent.id, CaseEvent.transition, CaseEvent.details)
        texts = select(OutboundMessage.id, OutboundMessage.person_id, OutboundMessage.status)
        return [tuple(one) for rows in (events, texts) for one in work.session.execute(rows)]


CASES = {
    "ordinary": {"category": "12"},
    "integrity": {"category": "17"},
    "harm": {"category": "93"},
    "child": {"category": "94"},
    "by words": {"category": "12", "words": "un agent de l'ONG demande des filles pour le riz"},
}


# Every kind of case to one role, and one kind of case to every other.
PAIRS = [(what, "focal_point") for what in CASES] + [
    ("ordinary", role) for role in ("operator", "relay", "supervisor")
]


@pytest.mark.parametrize(("what", "role"), PAIRS)
def test_the_accused_hears_what_a_stranger_hears_to_a_number_that_nobody_has(stage, what, role):
    stage.change(Person, {"number": ACCUSED}, role=role)
    case = stage.case(stage.files(**CASES[what])["case"])
    accuse(stage, case.id, ACCUSED)
    before = history(stage)
    absent = free_number(stage, {case.number})
    assert replies(stage, ACCUSED, case.number) == replies(stage, ACCUSED, absent)
    assert looks(stage, ACCUSED, case.number) == looks(stage, ACCUSED, absent)
    assert history(stage) == before


@pytest.mark.parametrize("number", [one[0] for one in PEOPLE])
def test_everybody_but_its_officer_is_a_stranger_to_a_compartment(stage, number):
    case = stage.case(stage.files(category="17")["case"])
    if stage.holder(case.id) == number:
        return
    absent = free_number(stage, {case.number})
    assert replies(stage, number, case.number) == replies(stage, number, absent)
    assert looks(stage, number, case.number) == looks(stage, number, absent)


def test_nothing_that_anybody_is_told_changes_when_a_case_about_them_is_filed(stage):
    absent = free_number(stage, set())
    before = {one[0]: replies(stage, one[0], absent) for one in PEOPLE}
    filed = stage.files(category="17", about="ngo")
    holder = stage.holder(filed["case"])
    assert absent != filed["n"]
    for number, said in before.items():
        if number != holder:
            assert replies(stage, number, absent) == said


def test_a_number_that_nobody_has_is_looked_for_like_one_that_somebody_has(stage, monkeypatch):
    """The same code path: what takes as long tells nothing."""
    case = stage.case(stage.files(category="17")["case"])
    absent = free_number(stage, {case.number})
    asked = []
    monkeypatch.setattr(
        "models.services.handling.visible_cases",
        lambda work, real=agent_menu.handling.visible_cases: asked.append(1) or real(work),
    )
    counts = []
    for number in (case.number, absent):
        asked.clear()
        for line in LINES:
            stage.asked.pop(ACCUSED, None)
            stage.writes(ACCUSED, line.replace("{n}", number))
        counts.append(len(asked))
    assert counts[0] == counts[1]
