"""Words of strangers and of staff on every page of the console, in a real browser: none of them
does anything, and the policy of the pages had nothing to forbid."""

import itertools

import pytest
from flask import template_rendered
from selenium.webdriver.common.by import By

from tests.console.browsing import chromium, complaints, enter, needs_browser, served
from tests.console.one_of_each import ENTRIES, NO_PAGE, VIEWERS, full
from tests.console.programme import go
from tests.gateway.hostile import NASTY
from tests.gateway.test_hostile_text import WATCH
from tests.rules.sources import ROOT

pytestmark = needs_browser
TEMPLATES = ROOT / "gateway" / "console" / "templates" / "console"
# What such words would have become, had a page taken them for more than words.
MADE = ",".join(
    (
        "#bait,iframe,base,meta[http-equiv],video,math,main style,[href^='//'],[action^='//']",
        "[href^='javascript'],[onload],[onerror],[onmouseover],[onfocus],[ontoggle]",
    )
)
LOOK = """
const typed = [...document.querySelectorAll('input,textarea')].map((one) => one.value);
const said = document.documentElement.textContent + typed.join();
const made = [...document.querySelectorAll(arguments[0])].map((one) => one.outerHTML);
return [window.pwned || 0, window.broken || [], made, said.includes('window.pwned=1')];
"""
# Fills the fields of one form and sends it, whatever they ask for.
SEND = """
for (const one of arguments[0].querySelectorAll('input,textarea'))
  if (['text', 'email', 'search', 'textarea'].includes(one.type)) one.value = arguments[1];
HTMLFormElement.prototype.submit.call(arguments[0]);
"""
FORMS = "main form:is(:has(textarea,input:is([type=text],[type=email],:not([type]))),{})".format(
    "[action$='/R128/pin'],#to-private"  # what is shown once, and what is told in private
)
TYPED = f"{NASTY[1]}{NASTY[20]}{NASTY[21]}"
# Templates in which nobody's words stand: parts of others, and what is asked before one is known.
WORDLESS = {"code.html", "form_too_old.html", "intake_pause.html"}
PARTS = {"page.html", "fields.html", "proofs.html", "rows.html", "case_parts.html"} | {
    one.name
    for one in TEMPLATES.glob("*_*.html")
    if one.stem.endswith(("_frame", "_parts", "_fields"))
}


@pytest.fixture
def hostile(console):
    """A console full of such words, and a browser that tells what they did."""
    nasty = itertools.cycle(NASTY)
    with full(console, nasty) as found, served(console.app) as url, chromium() as driver:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        found.url, found.driver, found.name = url, driver, None
        yield found


def pages(found):
    """Give each page with the first who has it, and the first page with all who have one."""
    had = set()
    for name in VIEWERS:
        client = found.browser(name)
        for rule, address in found.addresses():
            page = client.get(address)
            is_page = page.status_code == 200 and page.mimetype in {"text/html", "image/svg+xml"}
            page.close()
            if is_page and rule not in NO_PAGE | ENTRIES and (rule not in had or rule == "/"):
                had.add(rule)
                yield name, address
    yield from (("", "/entrer"), ("", "/retrouver"))


def opened(found, name, address):
    """Open a page as one of the viewers, or as nobody."""
    if found.name != name:
        found.driver.delete_all_cookies()
        session = found.console.session(found.accounts[name]) if name else "nobody's"
        enter(found.driver, found.url, session)
        found.name = name
    found.driver.get(found.url + address)


def wrong_on(driver):
    """Return what words did on the page that is open, and whether they are read there."""
    pwned, broken, made, is_said = driver.execute_script(LOOK, MADE)
    done = [*(["a script ran"] if pwned else []), *broken, *made, *complaints(driver)]
    return [one for one in done if "Failed to load resource" not in one], is_said


def each_form(found, address):
    """Send each form of a page with such words in its fields; give where that led."""
    driver = found.driver
    for place in range(len(driver.find_elements(By.CSS_SELECTOR, FORMS))):
        driver.get(found.url + address)
        form = driver.find_elements(By.CSS_SELECTOR, FORMS)[place]
        go(driver, lambda form=form: driver.execute_script(SEND, form, TYPED))
        yield f"form {place} of {address}"


def test_on_every_page_such_words_are_read_and_do_nothing(hostile):
    shown, wrong, said, driver = set(), {}, set(), hostile.driver

    def note(_sender, template, **_):
        shown.add(str(template.name).rpartition("/")[2])

    with template_rendered.connected_to(note, hostile.console.app):
        for name, address in [*pages(hostile)]:
            opened(hostile, name, address)
            for where in itertools.chain([address], each_form(hostile, address)):
                found, is_said = wrong_on(driver)
                wrong |= {(name, where): found} if found else {}
                said |= {address} if is_said else set()
    assert wrong == {}
    assert len(said) > len([*TEMPLATES.glob("*.html")]) / 2
    every = {one.name for one in TEMPLATES.glob("*.html")}
    assert every - shown - PARTS == WORDLESS
