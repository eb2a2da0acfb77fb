"""Every page of the console, in both languages, against WCAG 2.2 A and AA and on a telephone."""

import itertools
import re

import pytest

from tests.console.browsing import (
    NARROW,
    WIDE,
    chromium,
    complaints,
    enter,
    needs_browser,
    overflows,
    served,
    shape,
    violations,
)
from tests.console.one_of_each import NO_PAGE, VIEWERS, full
from tests.console.pages import in_language

pytestmark = needs_browser
LANGUAGES = ("fr", "en")
WORDS = ("Le forage est en panne", "Rien depuis deux mois, les enfants attendent", "Sacs mouillés")
TAG = re.compile(r"<(\w+)([^>]*?)/?>")
NAMED = re.compile(r'(?:class|type|role)="([^"]*)"')


@pytest.fixture
def everything(console):
    with full(console, itertools.cycle(WORDS)) as found, served(console.app) as found.url:
        yield found


def parts(page):
    """Return of what a page is made: its tags with their classes, types and roles."""
    body = page.text[page.text.index("<body") :]
    return {(tag, *NAMED.findall(rest)) for tag, rest in TAG.findall(body)}


def pages(found):
    """Give each page with the first who has it, and with whoever finds something new on it."""
    looked_at = {}
    for name in VIEWERS:
        client = found.browser(name)
        for rule, address in found.addresses():
            page = client.get(address)
            is_page = page.status_code == 200 and page.mimetype == "text/html"
            made = parts(page) if is_page and rule not in NO_PAGE else set()
            page.close()
            if made - looked_at.get(rule, set()):
                looked_at.setdefault(rule, set()).update(made)
                yield name, address


def wrong_on(driver):
    """Return what is wrong with the page that is open, drawn narrow and then wide."""
    shape(driver, NARROW)
    narrow = ["one must scroll sideways on a telephone"] if overflows(driver) else []
    shape(driver, WIDE)
    return narrow + violations(driver) + complaints(driver)


def go_in(found, driver, name, language):
    """Sign one of the viewers in, who speaks this language."""
    enter(driver, found.url, found.console.session(found.accounts[name]))
    driver.get(f"{found.url}/moi")
    in_language(driver, language)
    complaints(driver)  # of what came before the pages


def test_no_page_breaks_a_rule_of_wcag_or_asks_to_scroll_sideways(everything):
    wrong = {}
    of_each = itertools.groupby([*pages(everything)], key=lambda one: one[0])
    with chromium() as driver:
        for (name, group), language in itertools.product(
            [(name, [*group]) for name, group in of_each], LANGUAGES
        ):
            go_in(everything, driver, name, language)
            for _, address in group:
                driver.get(everything.url + address)
                assert f'<html lang="{language}">' in driver.page_source
                found = wrong_on(driver)
                wrong |= {(name, language, address): found} if found else {}
    assert wrong == {}, "\n".join(f"{where}: {what}" for where, what in wrong.items())
