"""The conversations in the console: searched, listed in each language, drawn, walked, unwritten."""

import re
from html import unescape

import pytest

from flows.effects import EFFECTS
from flows.loader import load
from flows.rehearsal import EXAMPLES, example, rehearse
from flows.words import ENTRIES
from tests.console.counting import statements

FLOWS = load()


@pytest.fixture
def browser(console):
    return console.as_role("focal_point")


def test_every_conversation_and_language_stands_on_one_page(console, browser):
    with statements(console.store) as asked:
        page = browser.get("/ecrans")
    assert len(asked) <= 12
    text = unescape(page.text)
    assert "Dire un problème" in text
    assert "Bambara" in text
    assert len(page.text) < 30_000


@pytest.mark.parametrize("role", ["triager", "operator", "administrator", "auditor", "psea"])
def test_all_staff_may_look(console, role):
    assert console.as_role(role).get("/ecrans").status_code == 200


def test_each_screen_is_shown_at_its_longest_with_its_length_and_state(browser):
    french = unescape(browser.get("/ecrans/menu").text)
    assert re.search(r"\d+ septets", french)
    assert "relu" in french
    bambara = unescape(browser.get("/ecrans/menu?langue=bm").text)
    assert "manque" in bambara or "brouillon" in bambara
    assert browser.get("/ecrans/messages").status_code == 200
    assert browser.get("/ecrans/nothing").status_code == 404


def test_a_search_finds_words_whatever_their_accents(browser):
    page = unescape(browser.get("/ecrans?q=Problème").text)
    assert "<mark" not in page
    assert page.count('class="text-card"') >= 1
    nothing = unescape(browser.get("/ecrans?q=xyzzy").text)
    assert "0 texte" in nothing


def test_a_conversation_is_drawn_with_a_policy_that_lets_its_own_style_through(browser):
    drawn = browser.get("/ecrans/complaint.svg")
    assert drawn.content_type.startswith("image/svg+xml")
    assert "style-src 'sha256-" in drawn.headers["Content-Security-Policy"]
    assert browser.get("/ecrans/messages.svg").status_code == 404


def test_a_conversation_is_walked_by_addresses_alone(console, browser):
    with statements(console.store) as asked:
        first = unescape(browser.get("/ecrans/jouer").text)
    assert not [one for one in asked if one.startswith(("INSERT INTO", "DELETE"))]
    assert "menu.main" in first
    second = unescape(browser.get("/ecrans/jouer?dit=1").text)
    assert "Revenir en arrière" in second
    assert 'name="p" value="r:1"' in second
    assert browser.get("/ecrans/jouer?depuis=nowhere").status_code == 404
    assert browser.get("/ecrans/jouer?p=e:filed&p=zz").status_code == 200


def test_a_walk_asks_how_an_effect_would_end():
    steps, seen = [], set()
    walk = rehearse(FLOWS, "menu.main", {"usd": "*123#"}, steps)
    for _ in range(40):
        if walk.screen is not None and walk.screen.over:
            break
        if walk.effect:
            seen.add(walk.effect)
            steps.append(f"e:{walk.outcomes[0]}")
        else:
            steps.append("r:1")
        walk = rehearse(FLOWS, "menu.main", {"usd": "*123#"}, steps)
        assert len(walk.steps) == len(steps)
    assert seen
    assert len(walk.past) == len(steps)


@pytest.mark.parametrize("at", ENTRIES)
def test_every_door_can_be_walked_through(at):
    walk = rehearse(FLOWS, at, {"usd": "*123#", "registered": True}, [])
    assert walk.screen is not None or walk.effect


def test_everything_that_an_effect_gives_has_an_example():
    given = {
        name for rule in EFFECTS.values() for outcome in rule.outcomes.values() for name in outcome
    }
    assert [name for name in sorted(given) if example(name) == name] == []
    assert EXAMPLES["place_name"] == "Tessit"
