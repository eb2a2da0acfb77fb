"""Words of others in every page there is, in a real browser: none of them does anything."""

import ast
import re
from pathlib import Path

import pytest
from selenium.webdriver.support.wait import WebDriverWait

from gateway.simulator.phones import PHONES, Phone
from tests.gateway.hostile import NASTY
from tests.gateway.test_phone_page import Demo, Hand, chromium, needs_browser
from tests.rules.sources import modules

ROOT = Path(__file__).parents[2]
# Every one is shown below, and those of the console in tests/console/test_hostile_browser.py.
PAGES = {"gateway/simulator/templates/simulator/phone.html"}
CONSOLE = "gateway/console/templates/"
WATCH = """
window.broken = [];
document.addEventListener('securitypolicyviolation', function (event) {
  window.broken.push(event.violatedDirective + ' ' + event.blockedURI);
});
window.alert = window.confirm = window.prompt = function () { window.pwned = 1; };
"""
HOLDERS = tuple(
    Phone(f"{9000 + place}", text, text[::-1], f"{text} {place // 8}")
    for place, text in enumerate(NASTY)
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = chromium(tmp_path_factory.mktemp("hostile"))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def demo():
    running = Demo(lambda fields: f"CON {running.shown}", (*PHONES, *HOLDERS))
    running.shown = "Jaabi"
    yield running
    running.close()


@pytest.fixture
def hand(browser, demo):
    """Lend the first phone of the page; afterwards nothing has run and nothing was refused."""
    browser.get_log("browser")
    browser.get(demo.url)
    first = Hand(browser, 0)
    first.shows("Composez *123#")
    yield first
    assert browser.execute_script("return [window.pwned || 0, window.broken]") == [0, []]
    assert browser.get_log("browser") == []
    assert browser.current_url.partition("#")[0] == demo.url


def test_every_page_there_is_is_shown_here():
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "gateway").rglob("*.html")}
    assert {name for name in found if not name.startswith(CONSOLE)} == PAGES


@needs_browser
def test_who_holds_a_phone_is_words_in_the_list_on_the_card_and_in_the_choice(hand, browser):
    rows = "return [].map.call(document.querySelectorAll('.book b'), b => b.textContent)"
    shown = browser.execute_script(rows)
    assert [plain(text) for text in shown[-len(NASTY) :]] == [plain(text) for text in NASTY]
    for phone in HOLDERS:
        browser.execute_script(
            "var one = document.querySelector('#phones .choice'); one.value = arguments[0];"
            "one.dispatchEvent(new Event('change', {bubbles: true}))",
            phone.short,
        )
        card = "return document.querySelector('#phones .card .name').textContent"
        assert plain(browser.execute_script(card)) == plain(phone.name)


@needs_browser
def test_what_the_service_says_is_words_on_the_screen(hand, browser, demo):
    for place, text in enumerate(NASTY):
        demo.shown = f"n{place}: {text}"
        hand.press("green")
        until_shown(browser, f"n{place}: ")
        hand.press("red")


@needs_browser
def test_what_is_written_to_a_phone_is_words_in_its_box(hand, browser, demo):
    for place, text in enumerate(NASTY):
        demo.send(f"s{place}: {text}", "+22370000001")
    hand.shows(f"{len(NASTY)} messages")
    for place in range(len(NASTY)):
        hand.press("soft")
        until_shown(browser, f"s{place}: ")
        hand.press("red")
    hand.press("soft")
    for place in range(len(NASTY)):
        until_shown(browser, f"s{place}: ")  # one under the other in the list


def until_shown(browser, words):
    said = "return document.querySelector('#phones .place .text').textContent"
    WebDriverWait(browser, 15, 0.05).until(
        lambda _: words in browser.execute_script(said), message=words
    )


def plain(text):
    """Return the letters of a text: HTML makes one kind of line end of the others."""
    return re.sub(r"\s+", " ", text).strip()


# What no page and no statement of ours may hold, wherever it is shown.

STATIC = sorted(
    path
    for path in (ROOT / "gateway").rglob("*")
    if path.suffix in {".html", ".js", ".svg", ".css", ".txt", ".xml"}
)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<meta[^>]*refresh",
    re.IGNORECASE,
)
TEMPLATED = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)  # is not in the page
# What writes SVG or HTML by a writer that escapes: tests/console/test_hostile_browser.py shows it.
WRITERS = {
    "gateway/console/alert_map.py",
    "gateway/console/charts.py",
    "gateway/console/figures.py",
}
UNESCAPED = re.compile(r"\|\s*(?:safe|tojson)\b|autoescape|\bMarkup\b|render_template_string")
MADE = re.compile(
    r"\beval\(|new Function|document\.write|outerHTML|insertAdjacentHTML"
    r"|innerHTML\s*=(?!\s*'')|setTimeout\(\s*['\"]"
)
STATEMENT = re.compile(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|ALTER|CREATE|DROP|TRUNCATE|GRANT|SET|PRAGMA)\b"
)
# Where names of tables and settings of ours stand in statements; nobody's words come here.
OUR_NAMES = {
    "models/agreed_only.py",
    "models/append_only.py",
    "models/db.py",
    "models/identity.py",
    "models/keeper_file.py",
    "models/migrating.py",
    "models/objets.py",
    "models/rights.py",
    "models/rights_functions.py",
    "models/services/dialogues.py",
    "gateway/dumps.py",
}


@pytest.mark.parametrize("path", STATIC, ids=lambda path: path.name)
def test_no_page_holds_a_script_or_a_style_in_itself(path):
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        assert not INLINE.search(TEMPLATED.sub("", source))
    assert not UNESCAPED.search(source)
    assert not MADE.search(source)


def test_no_module_of_ours_writes_past_the_escaping():
    found = {name for name, source, _ in modules() if UNESCAPED.search(source)}
    assert {name for name in found if not name.startswith("models/")} == WRITERS


def composed(tree):
    """Give every statement that is put together: f-strings, + and % and format on one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and any(
            isinstance(one, ast.FormattedValue) for one in node.values
        ):
            parts = [one.value for one in node.values if isinstance(one, ast.Constant)]
            yield node, parts[0] if isinstance(node.values[0], ast.Constant) else ""
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
                yield node, node.left.value
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
            said = node.func.value
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield node, said.value


def test_no_statement_is_put_together_but_of_our_own_names():
    found = {
        f"{name}:{node.lineno}"
        for name, _, tree in modules()
        if name not in OUR_NAMES
        for node, said in composed(tree)
        if STATEMENT.match(said)
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        'f"SELECT * FROM case_ WHERE number = {number}"',
        '"DELETE FROM case_ WHERE number = " + number',
        '"UPDATE case_ SET status = %s" % status',
        '"INSERT INTO case_ VALUES ({})".format(number)',
    ],
)
def test_a_statement_put_together_is_seen(source):
    assert [said for _, said in composed(ast.parse(source)) if STATEMENT.match(said)]
