"""A number that is not theirs, and one that never was, read the same to whoever tries it."""

import pytest
from sqlalchemy import select

from flows.numbers import item_number
from models.case import Case
from models.db import Job
from models.person import Person
from tests import referral_world
from tests.factories import TESSIT, make_person, staged

VERBS = (
    "VOIR {}",
    "{}",
    "{} 1",
    "{} 2",
    "{} 3",
    "{} 4",
    "PRIS {}",
    "DIRE {} on vient",
    "FINI {} c'est fait",
    "FINI {}",
    "RENVOI {} pas moi",
    "RENVOI {}",
    "NOTE {} vu",
    "ANNULE {}",
    "VENUE {}",
    "DONNE {} 3",
    "DONNE {}",
    "PAS {} 1",
    "PAS {}",
    "ORIENTE {}",
)


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    """A programme in which there is one of everything, none of it the curious ones'."""
    with staged(sqlite_store, tmp_path, now) as one:
        referral_world.settle(one)
        with one.store.work(Job("test")) as work:
            for number, role in (("P0301", "operator"), ("R130", "relay"), ("P0171", "supervisor")):
                person = make_person(one.vault, one.house.sealer, number, "ngo-b")
                person.role, person.area_pcode = role, TESSIT
                work.session.add(person)
        yield one


def numbers(stage):
    """Return a number of each kind, open, ended, sealed; none of it that of the curious."""
    found = {}
    stage.files(phone="+22370000011")
    stage.files(phone="+22370000012", category="16", about="chief")
    stage.files(phone="+22370000013", category="93", private=True)
    gone = stage.files(phone="+22370000014")
    stage.does("withdraw", {"case": gone["case"]}, "+22370000014")
    danger = {"category": "61", "about": "unknown"}
    stage.files(phone="+22370000015", **danger)
    stage.files(phone="+22370000016", **danger)
    stage.writes("R129", "EVAC 6143 1")
    with stage.store.work(Job("test")) as work:
        for case in work.session.scalars(select(Case)):
            found[f"{case.kind} {case.case_class} {case.status}"] = case.number
    found["referral ended"] = stage.writes("R129", "REF 6143 24").split()[0]
    stage.writes("R129", f"ANNULE {found['referral ended']}")
    return found


def free_number(stage, taken):
    while True:
        number = item_number(stage.house.draw, 5)
        if number not in taken:
            return number


@pytest.mark.parametrize("who", ["P0212", "R130", "P0301", "P0171", "P0122", "P0154"])
def test_what_is_not_theirs_reads_like_what_never_was(stage, who):
    known = numbers(stage)
    with stage.store.work(Job("test")) as work:
        mine = {
            one.number
            for one in work.session.scalars(select(Case))
            if one.holder_person is not None
            and work.session.get(Person, one.holder_person).number == who
        }
    never = free_number(stage, set(known.values()))
    told = {}
    for name, number in known.items():
        if number in mine:
            continue
        for verb in VERBS:
            stage.asked.clear()
            got = (stage.writes(who, verb.format(number)) or "").replace(number, "#")
            stage.asked.clear()
            wanted = (stage.writes(who, verb.format(never)) or "").replace(never, "#")
            if got != wanted:
                told[name, verb] = (got, wanted)
    assert told == {}
