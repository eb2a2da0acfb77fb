"""Keys of devices, with the virtual authenticator of a real Chromium; and what no browser sends."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import select

from models.db import Job, Operator
from models.services import passkeys
from models.sign_in import Passkey
from tests.conftest import NOON
from tests.console.browsing import chromium, complaints, needs_browser, served
from tests.console.conftest import PASSWORD
from tests.console.entering import Browser, account_of, code_of

EMAIL = "gbv@example.org"


class Person:
    """An officer at a browser, with an authenticator on the phone and a key in the laptop."""

    def __init__(self, driver, console, url):
        self.driver, self.console, self.url = driver, console, url
        self.wait = WebDriverWait(driver, 20)

    def at(self, path):
        self.wait.until(lambda driver: driver.current_url.split("?")[0] == f"{self.url}{path}")

    def open(self, path):
        self.driver.get(f"{self.url}{path}")

    def fill(self, **said):
        for name, value in said.items():
            self.driver.find_element(By.NAME, name).send_keys(value)

    def press(self, form="main form:not(.passkey)"):
        self.driver.find_element(By.CSS_SELECTOR, f"{form} button").click()

    def give_password(self):
        self.open("/entrer")
        self.fill(email=EMAIL, password=PASSWORD)
        self.press()


@pytest.fixture
def person(console):
    console.app.config["WTF_CSRF_ENABLED"] = True
    console.account("gbv")
    with served(console.app) as url, chromium() as driver:
        key = VirtualAuthenticatorOptions(
            has_resident_key=True, has_user_verification=True, is_user_verified=True
        )
        driver.add_virtual_authenticator(key)
        yield Person(driver, console, url)


@needs_browser
def test_an_officer_adds_a_key_comes_in_with_it_and_proves_again_with_it(person):
    person.give_password()
    person.at("/entrer/authentificateur")
    square = person.driver.find_element(By.CSS_SELECTOR, "img.square")
    assert int(square.get_property("naturalWidth")) > 100
    person.fill(code=code_of(person.driver.find_element(By.TAG_NAME, "code").text, person.console))
    person.press()
    person.at("/moi/cles")
    person.fill(name="bâton bleu")
    person.press("form.passkey")
    person.at("/")
    person.press(".who form[action='/sortir']")
    person.at("/entrer")

    person.give_password()
    person.at("/entrer/code")
    person.press("form.passkey")
    person.at("/")

    for _ in range(2):
        person.console.clock.pass_by(minutes=8)
        person.driver.refresh()
    person.open("/moi/cles")
    person.at("/verifier")
    person.press("form.passkey")
    person.at("/moi/cles")
    assert "bâton bleu" in person.driver.page_source
    assert complaints(person.driver) == []


def test_a_key_answers_only_what_was_asked_of_it(console):
    console.account("gbv")
    owner = Browser(console)
    owner.enter(EMAIL)
    forged = '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'
    for said in ("", "{}", forged, "x" * 30_000):
        answer = owner.post("/moi/cles", name="k", credential=said)
        assert answer.status_code == 200
        assert "pas pu être ajoutée" in answer.text
        assert owner.post("/verifier/cle?vers=/moi", credential=said).headers["Location"] == (
            "/verifier?vers=/moi"
        )
    stranger = Browser(console)
    assert stranger.post("/entrer/cle", credential=forged).headers["Location"] == "/entrer/code"
    assert stranger.post("/entrer/cle/defi").status_code == 404
    with console.store.reading(Operator()) as work:
        assert work.session.scalar(select(Passkey.id)) is None


def test_a_copy_of_a_key_is_noticed_and_nobody_takes_away_anothers(console):
    account, other = console.account("gbv"), console.account("psea")
    with console.store.work(Job("sign_in")) as work:
        key = Passkey(
            account_id=account,
            credential_id=b"k",
            public_key=b"p",
            sign_count=7,
            transports=[],
            device_type="single_device",
            backup_state=False,
            usage="secondary",
            name="bleu",
            used_at=NOON,
        )
        passkeys.add(work, key, NOON)
        assert passkeys.used(work, key.id, 8, NOON)
        assert not passkeys.used(work, key.id, 8, NOON)
        assert not passkeys.used(work, key.id, 3, NOON)
        row = key.id
    console.browser(other).post(f"/moi/cles/{row}/retirer")
    mine = console.browser(account)
    assert re.search("bleu", mine.get("/moi/cles").text)
    mine.post(f"/moi/cles/{row}/retirer")
    assert "Aucune clé" in mine.get("/moi/cles").text
    assert account_of(console, EMAIL)
