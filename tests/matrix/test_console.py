"""What the console shows to whom, against the decision written from the documents.

Whoever may not know of an item finds, wherever they look, what they find in a world without it.
"""

import itertools
import os
import random
import re

import pytest

from models.db import Job
from tests.console.conftest import Console
from tests.matrix import console as doors
from tests.matrix import world
from tests.oracles import access

ROLES = {
    "triager": "triager",
    "supervisor": "supervisor",
    "integrity": "integrity",
    "psea": "psea",
    "gbv": "gbv",
    "child": "focal_point",
    "outside": "focal_point",
    "meal": "focal_point",
    "mcd": "focal_point",
    "cscom_head": "focal_point",
    "drs": "focal_point",
    "rrm": "focal_point",
    "operator": "operator",
}
LISTED = re.compile(r'href="/cas/(\d+)')
NEXT = re.compile(r'rel="next" href="(/file\?[^"]*)"')
NOBODYS = "9999999"
PRIVATE = ("C5", "C6", "C7")
SEED, BY_ADDRESS, CELLS = 2026, 24, 2000
EACH = int(os.environ.get("MATRIX", "1"))
# What changes by itself between two readings of the same page.
VOLATILE = re.compile(r'(name="csrf_token"[^>]*value=")[^"]*|(content=")[^"]*(" name="csrf)')


@pytest.fixture
def people():
    return {kind: one for kind, one in world.standings().items() if kind in ROLES}


@pytest.fixture
def ids(stage, people):
    return world.populate(stage, people)


@pytest.fixture
def console(stage, tmp_path, people, ids):
    """The console, with a browser for each kind of person."""
    made = Console(tmp_path / "console", stage.store)
    made.clock.now = stage.now
    made.browsers = {
        kind: made.as_role(ROLES[kind], person=one.viewer.number, email=f"{kind}@example.org")
        for kind, one in people.items()
    }
    return made


def drawn(standing, each=EACH):
    """Draw some of each relation and holder, and all that is over."""
    chance = random.Random(SEED)
    for _, group in itertools.groupby(world.items(standing), key=lambda one: one[0][1:3]):
        group = list(group)
        yield from chance.sample(group, min(each, len(group)))


def write(stage, named, ids, serial):
    """Write items; return what the oracle knows by item number."""
    found = {}
    with stage.store.work(Job("matrix")) as work:
        for name, item in named:
            number = str(next(serial))
            world.write(work, item, number, ids, stage.now)
            found[number] = (name, item)
    return found


def listed(browser):
    """Return every number that the queue shows, page by page."""
    found, address = [], "/file"
    while address:
        page = browser.get(address)
        assert page.status_code == 200
        found += LISTED.findall(page.text)
        more = NEXT.search(page.text)
        address = more and more.group(1).replace("&amp;", "&")
    return found


def test_every_address_of_the_console_has_its_entry(console):
    rules = {rule.rule for rule in console.app.url_map.iter_rules()}
    assert rules == {*doors.LISTS, *doors.ITEMS, *doors.ACTS, *doors.BLIND}


def test_the_queue_and_the_address_of_an_item_show_what_the_documents_say(
    stage, people, ids, console
):
    serial = itertools.count(1_000_000)
    written = {}
    for standing in people.values():
        written |= write(stage, drawn(standing), ids, serial)
    known = world.oracle_world(people)
    cells = 0
    for kind, standing in people.items():
        if kind == "operator":
            continue  # logs and calls, and has no queue
        seen = set(listed(console.browsers[kind]))
        expected = {
            number
            for number, (_, item) in written.items()
            if access.may_know(standing.viewer, item, known)
        }
        wrong = {written[number][0] for number in seen ^ expected if number in written}
        assert wrong == set(), kind
        cells += len(written)
    assert cells >= CELLS


def asked(browser, method, address, number):
    """Return what an address answers about a number, without what differs between any two."""
    reply = getattr(browser, method)(address.format(n=number))
    said = VOLATILE.sub("", reply.text).replace(number, NOBODYS)
    headers = {name: value.replace(number, NOBODYS) for name, value in reply.headers.items()}
    headers.pop("Set-Cookie", None)
    return reply.status_code, said, headers


def test_an_item_one_may_not_know_of_is_none_by_every_address(stage, people, ids, console):
    """The same status, body, length and headers as for a number that nobody has."""
    serial = itertools.count(1_000_000)
    known = world.oracle_world(people)
    cells = 0
    for kind, standing in people.items():
        chance, browser = random.Random(SEED), console.browsers[kind]
        hidden = [
            one for one in drawn(standing) if not access.may_know(standing.viewer, one[1], known)
        ]
        tried = chance.sample(hidden, min(BY_ADDRESS, len(hidden)))
        for method, doors_of in (("get", doors.ITEMS), ("post", doors.ACTS)):
            for address in itertools.chain(*doors_of.values()):
                nothing = asked(browser, method, address, NOBODYS)
                for number in write(stage, chance.sample(tried, EACH), ids, serial):
                    assert asked(browser, method, address, number) == nothing, (kind, address)
                    cells += 1
    assert cells > len(people)


def pages(browser, numbers):
    """Return what every page that lists, counts or searches says to somebody."""
    found = {}
    for address in itertools.chain(*doors.LISTS.values()):
        for number in numbers if "{n}" in address else [""]:
            found[address, number] = asked(browser, "get", address, number or NOBODYS)
    return found


def counted(viewer, item, known):
    """Tell whether somebody may count an item all the same: an ordinary one, and not about them."""
    return item.case_class not in PRIVATE and access.may_know(viewer, item, known, access.BARS)


def differences(one, other):
    """Return the lines in which two answers differ, for whoever has to find out why."""
    lines = itertools.zip_longest(one[1].splitlines(), other[1].splitlines())
    said = [(was, now) for was, now in lines if was != now]
    return said or ([] if one == other else [(one[0], one[2]), (other[0], other[2])])


def test_every_page_is_that_of_a_world_without_what_one_may_not_know_of(
    stage, people, ids, console
):
    serial = itertools.count(1_000_000)
    known = world.oracle_world(people)
    for kind, standing in people.items():
        browser = console.browsers[kind]
        items = list(drawn(standing))
        mine = [one for one in items if access.may_know(standing.viewer, one[1], known)]
        hidden = [
            one for one in items if one not in mine and not counted(standing.viewer, one[1], known)
        ]
        write(stage, mine[:6], ids, serial)
        before = pages(browser, [NOBODYS])
        written = write(stage, hidden, ids, serial)
        after = pages(browser, [next(iter(written))])
        for (address, _), said in before.items():
            (now,) = (value for (where, _), value in after.items() if where == address)
            assert differences(said, now) == [], (kind, address)
