"""An item's page: what it shows to whom, and what may be done with it."""

import pytest

from tests.console.case_world import World
from tests.console.counting import statements


@pytest.fixture
def world(console):
    with World.around(console) as world:
        yield world


@pytest.fixture
def case(world):
    case = world.file(words="pas assez de mil", answer="sms")
    world.give(case, "P0151")
    return case


def read(world, number, case):
    """Open the words as somebody and return the page."""
    return world.browser(number).post(f"/cas/{case.number}/lire", follow_redirects=True)


def test_a_page_says_in_one_glance_what_it_is_and_why_it_came_here(world, case):
    with statements(world.console.store) as asked:
        page = world.browser("P0151").get(f"/cas/{case.number}")
    assert page.status_code == 200
    for said in (case.number, "Vivres, pas assez", "Tessit", "Ansongo", "à vous", "Regle", "avant"):
        assert said in page.text
    assert "pas assez de mil" not in page.text
    assert "+223" not in page.text
    with statements(world.console.store) as asked:
        world.browser("P0151").get(f"/cas/{case.number}")
    assert len(asked) <= 12, "\n".join(asked)
