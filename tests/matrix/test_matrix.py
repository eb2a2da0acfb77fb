"""Every person, item and road against the decision written from the documents: 0 wrong cells."""

import itertools
import os
import random
from dataclasses import replace

import pytest
from sqlalchemy import text

from flows import bars
from flows.numbers import item_number
from models.case import Case
from models.db import Handler, Job
from models.services import commanding, visibility
from models.services.agent_menu import AGENT_READS
from models.services.effects import EFFECTS
from models.services.visibility import visible_cases
from tests.factories import phone_of
from tests.matrix import doors, world
from tests.oracles import access

# Places and classes drawn of each relation and holder; more by MATRIX=4 pytest tests/matrix.
EACH = int(os.environ.get("MATRIX", "1"))
BY_NUMBER = 6  # items tried by number, of each person
SEED = 2026
CELLS = 2000


@pytest.fixture
def people():
    return world.standings()


@pytest.fixture
def ids(stage, people):
    return world.populate(stage, people)


def drawn(standing, each=EACH):
    """Draw some of each relation and holder, and all that is over."""
    chance = random.Random(SEED)
    every = itertools.groupby(world.items(standing), key=lambda one: one[0][1:3])
    for _, group in every:
        group = list(group)
        yield from chance.sample(group, min(each, len(group)))


@pytest.fixture
def written(stage, people, ids):
    """Write the items of everybody; return their names and what the oracle knows, by row id."""
    found = {}
    with stage.store.work(Job("matrix")) as work:
        serial = itertools.count(1_000_000)
        for standing in people.values():
            for name, item in drawn(standing):
                row = world.write(work, item, str(next(serial)), ids, stage.now)
                found[row] = (name, item)
    return found


def handler(viewer, ids):
    return Handler(ids[viewer.number], viewer.number)


def shown_by_python(stage, actor):
    """Return what the query layer shows; the database behind it knows of no person."""
    with stage.store.work(Job("matrix")) as work:
        return set(
            work.session.scalars(
                visible_cases(replace(work, actor=actor)).with_only_columns(Case.id)
            )
        )


def shown_by_database(stage, actor):
    """Return what the application's role shows in plain SQL."""
    with stage.store.work(actor) as work:
        return set(work.session.scalars(text("SELECT id FROM case_")))


def all_shown(stage, people, ids, shown):
    """Return what a door shows to each kind of person."""
    return {one.kind: shown(stage, handler(one.viewer, ids)) for one in people.values()}


def wrong(people, written, seen, rules=access.RULES):
    """Return the cells in which a door and the decision differ."""
    known = access_world(people)
    return [
        (standing.kind, name, row in seen[standing.kind])
        for standing in people.values()
        for row, (name, item) in written.items()
        if (row in seen[standing.kind]) != access.may_know(standing.viewer, item, known, rules)
    ]


def access_world(people):
    return world.oracle_world(people)


def test_the_query_layer_shows_what_the_documents_say(stage, people, ids, written):
    seen = all_shown(stage, people, ids, shown_by_python)
    assert wrong(people, written, seen) == []
    assert len(people) * len(written) >= CELLS
    # And every rule of the decision is needed: without it some cell is wrong.
    for rule in access.RULES:
        rules = tuple(one for one in access.RULES if one is not rule)
        if rule is not access.is_registered:  # nobody here has left: see below
            assert wrong(people, written, seen, rules), rule.__name__


def test_the_database_shows_what_the_documents_say(stage, people, ids, written):
    if stage.store.is_sqlite:
        return  # one wall there: rights by row are PostgreSQL's
    assert wrong(people, written, all_shown(stage, people, ids, shown_by_database)) == []


MUTANTS = {
    **{
        f"bars without {name}": (bars, "RULES", {k: v for k, v in bars.RULES.items() if k != name})
        for name in bars.RULES
        if name != "hats"  # here a seat is its person; routing needs it (tests/flows)
    },
    "areas do not matter": (visibility, "_inside", lambda area: visibility.true()),
    "everybody is cleared": (visibility, "clearance", lambda person: frozenset({"C5", "C6", "C7"})),
    "what is over is shown": (visibility, "HELD", visibility.HELD | set(world.OVER)),
    "nobody is barred": (visibility, "_unbarred", lambda *_: visibility.true()),
}


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_every_rule_of_ours_is_needed(stage, people, ids, written, monkeypatch):
    """Break one rule of ours at a time: some cell is then wrong."""
    for name, (where, what, broken) in MUTANTS.items():
        with monkeypatch.context() as changed:
            changed.setattr(*_without(broken) if what == "RULES" else (where, what, broken))
            seen = all_shown(stage, people, ids, shown_by_python)
        assert wrong(people, written, seen), name


def _without(rules):
    known = bars.bars
    return visibility, "bars", lambda subjects, directory: known(subjects, directory, rules)


def test_whoever_left_or_lost_the_phone_sees_nothing(stage, people, ids, written):
    known = access_world(people)
    for kind, column in (("triager", "blocked_at"), ("mcd", "revoked_at")):
        viewer = people[kind].viewer
        with stage.store.work(Job("matrix")) as work:
            setattr(world.row_of(work, viewer.number), column, stage.now)
        gone = replace(viewer, is_known=False)
        assert not any(access.may_know(gone, item, known) for _, item in written.values())
        assert shown_by_python(stage, handler(viewer, ids)) == set()
        if not stage.store.is_sqlite:
            assert shown_by_database(stage, handler(viewer, ids)) == set()


class Undone(Exception):
    """Ends a work whose changes nobody wants."""


def tried(stage, viewer, number, write=None):
    """Return what each door says to somebody about a number, each in a world of its own."""
    said = {}
    for name, ask in asked(stage, viewer, number).items():
        try:
            with stage.store.work(Job("converse")) as work:
                if write is not None:
                    write(work)
                said[name] = ask(work)
                undo()
        except Undone:
            continue
    return said


def undo():
    raise Undone


def asked(stage, viewer, number):
    phone = phone_of(viewer.number)
    sms, ussd = stage.scene(phone, "sms"), stage.scene(phone, "ussd")

    def line(words):
        return lambda work: heard(commanding.hear(work, sms, words))

    def effect(name, **answers):
        given = {"agent": viewer.number, "item": number, **answers}
        return lambda work: (out := EFFECTS[name](work, ussd, given)).name + str(out.values)

    found = {f"sms {verb}": line(form.format(n=number)) for verb, form in doors.LINES.items()}
    found["sms number alone"] = line(doors.BARE.format(n=number))
    found |= {f"sms {word} alone": line(word) for word in doors.LISTS}
    found |= {f"ussd {name}": effect(name, **said) for name, said in doors.ON_ITEM.items()}
    found |= {f"ussd {name}": effect(name) for name in doors.COUNTS}
    given = {"agent": viewer.number, "item": number}
    for name, (begin, _) in AGENT_READS.items():
        found[f"ussd {name}"] = lambda work, begin=begin: begin(work, ussd, given) is not None
    return found


def heard(answered):
    return None if answered is None else (answered.replies, len(answered.asked))


def chosen(standing, known):
    """Draw items to be tried by number: as many that are theirs to know as not, all that bar."""
    chance = random.Random(SEED)
    # No evacuation is of a compartment.
    every = [
        one
        for one in world.items(standing)
        if not one[1].rung or one[1].case_class in access.ORDINARY
    ]
    yes = [one for one in every if access.may_know(standing.viewer, one[1], known)]
    held = [one for one in every if access.is_theirs(standing.viewer, one[1], known)]
    barred = [one for one in held if one not in yes]
    return [*chance.sample(yes, min(2, len(yes))), *chance.sample(barred, BY_NUMBER - 2)]


@pytest.mark.parametrize("kind", world.KINDS)
def test_what_is_not_theirs_and_what_is_not_there_are_answered_alike(stage, people, ids, kind):
    """By every door, letter by letter: with the item in the database and without it."""
    if not stage.store.is_sqlite and kind not in {"triager", "mcd", "integrity"}:
        return  # the same code; a few on the other engine, where the second wall stands too
    standing, known = people[kind], access_world(people)
    number = item_number(random.Random(SEED).randrange)
    nothing = tried(stage, standing.viewer, number)
    for name, item in chosen(standing, known):
        there = tried(
            stage,
            standing.viewer,
            number,
            lambda work, item=item: world.write(work, item, number, ids, stage.now),
        )
        same = {door for door in nothing if nothing[door] == there[door]}
        if access.may_know(standing.viewer, item, known):
            assert not {"sms VOIR", "ussd open_item"} & same, name
        else:
            assert same == set(nothing), (name, {d: there[d] for d in set(there) - same})


def test_every_road_has_its_entry():
    """A new command or effect says first whether it may show an item, and is then tried."""
    on_cases = {verb for kind, verb in commanding.ON_ITEM if kind not in doors.OTHER_NUMBERS}
    assert on_cases == set(doors.LINES)
    assert set(commanding.FRESH) == {*doors.LISTS, *doors.BLIND_VERBS}
    said = {*doors.ON_ITEM, *doors.COUNTS, *doors.BLIND_EFFECTS}
    assert set(EFFECTS) == said
    assert len(doors.BLIND_EFFECTS) + len(doors.ON_ITEM) + len(doors.COUNTS) == len(said)
