"""No page asks more than twelve questions of the database, whoever looks, however much there is."""

import itertools

import pytest

from tests.console.counting import statements
from tests.console.entering import Browser
from tests.console.one_of_each import ENTRIES, LEADS_ON, NO_PAGE, VIEWERS, full

MOST = 12
WORDS = ("Le forage est en panne", "Rien depuis deux mois", "Les sacs sont mouillés")


@pytest.fixture
def everything(console):
    with full(console, itertools.cycle(WORDS)) as found:
        yield found


def asked_for(store, browser, address):
    """Return the status of a page and what it asked."""
    with statements(store) as asked:
        page = browser.get(address)
    page.close()
    assert page.status_code < 500, address
    return page.status_code, list(asked)


def test_no_page_of_anybody_asks_more_than_twelve_questions(everything):
    reached, wrong = set(), {}
    known = everything.browser("supervisor")
    for _, address in everything.addresses():
        known.get(address).close()  # what a process then keeps
    for name in VIEWERS:
        browser = everything.browser(name)
        for rule, address in everything.addresses():
            status, asked = asked_for(everything.store, browser, address)
            if status == 200:
                reached.add(rule)
            if len(asked) > MOST and rule not in NO_PAGE:
                wrong[name, rule] = asked
    assert wrong == {}, "\n".join(f"{where}: {len(asked)}" for where, asked in wrong.items())
    rules = {rule for rule, _ in everything.addresses()}
    assert rules - reached - {LEADS_ON} <= ENTRIES


def test_no_page_before_somebody_is_known_asks_more_than_twelve_questions(console):
    console.account("triager")
    stranger, half, back = (Browser(console) for _ in range(3))
    half.give_password("triager@example.org")
    counted = {
        address: asked_for(console.store, browser, address)
        for address, browser in (
            ("/entrer", stranger),
            ("/retrouver", stranger),
            ("/entrer/authentificateur", half),
            ("/entrer/carre.svg", half),
        )
    }
    half.set_up()
    back.give_password("triager@example.org")
    counted["/entrer/code"] = asked_for(console.store, back, "/entrer/code")
    assert set(counted) == ENTRIES
    for address, (status, asked) in counted.items():
        assert (status, len(asked) <= MOST) == (200, True), address
