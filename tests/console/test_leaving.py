"""After leaving, idle time or revocation a real browser has nothing to go back to, nor a copy."""

import pytest
from selenium.webdriver.common.by import By

from models.account import Account
from models.db import Operator
from models.services import accounts
from tests.conftest import NOON
from tests.console.browsing import chromium, enter, needs_browser, served
from tests.console.lists import put_case
from tests.console.programme import press, wait

pytestmark = needs_browser
NUMBER, SAID = "15736", "Sacs restes au magasin"


def leaves(console, driver, account):
    press(driver, ".who form[action='/sortir'] button")


def is_idle(console, driver, account):
    console.clock.pass_by(minutes=10)


def is_revoked(console, driver, account):
    with console.store.work(Operator()) as work:
        accounts.revoke(work, work.session.get_one(Account, account).email, console.clock())


def asked_who_it_is(driver):
    """Tell whether the browser stands before the door, with nothing of what was behind it."""
    wait(driver, lambda _: driver.find_elements(By.NAME, "email"))
    return SAID not in driver.page_source


@pytest.mark.parametrize("ends", [leaves, is_idle, is_revoked])
def test_the_back_button_and_a_copied_cookie_give_nothing(console, ends):
    account = console.account("triager")
    put_case(console.store, NUMBER, NOON, subject_line=SAID)
    name = console.session(account)
    with served(console.app) as url, chromium() as driver:
        enter(driver, url, name)
        for path in ("/file", f"/cas/{NUMBER}"):
            driver.get(url + path)
            assert SAID in driver.page_source
        driver.get(f"{url}/moi")
        assert driver.find_element(By.CSS_SELECTOR, ".who form[action='/sortir']")
        ends(console, driver, account)
        driver.back()
        assert asked_who_it_is(driver)
        driver.back()
        assert asked_who_it_is(driver)
        enter(driver, url, name)
        driver.get(f"{url}/cas/{NUMBER}")
        assert asked_who_it_is(driver)
