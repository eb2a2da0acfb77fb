"""A demo in real processes, full of voices, and browsers in which its accounts are signed in."""

import itertools
import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import update

from gateway.console.sessions import COOKIE
from gateway.demo_words import HOST, read_password
from models.case import Story
from models.db import Job, Store
from tests.gateway.running import Running, jaabi

PATIENCE_S = 30
# What people type: food that is not enough, late or bad, a pump, a school; at Tessit, nobody named.
ROADS = ("1*1*1*2", "1*1*1*3", "1*1*1*4", "1*1*1*1")
ENDING = "6143*1*1*1*2*1"
WORDS = (
    "On a donné la moitié à ma famille",
    "Les sacs sont arrivés mouillés",
    "Rien depuis deux mois, les enfants attendent",
    "Le camion est passé sans s'arrêter",
)


class Programme(Running):
    """The demo, started once; its console in French at first."""

    @classmethod
    def begun(cls, home):
        """Make it and start it."""
        programme = cls(home)
        made = programme.jaabi("init", "--demo")
        assert made.returncode == 0, made.stderr
        programme.sessions = {}
        programme.start()
        programme.until(programme.is_ready)
        [phone] = map(json.loads, programme.jaabi("channels", "--json").stdout.splitlines())
        programme.hook = phone["hooks"]["ussd"]["url"]
        programme.numbers = (f"+2237000{n}" for n in itertools.count(1000))
        return programme

    @property
    def console(self):
        """Where the console is; by name, because browsers trust it so."""
        return f"http://localhost:{self.environment['JAABI_CONSOLE_PORT']}"

    def dial(self, keys, number=None):
        """Let a phone dial and press so many keys; return its number and every screen."""
        number, session = number or next(self.numbers), os.urandom(8).hex()
        said = {"sessionId": session, "serviceCode": "*123#", "phoneNumber": number}
        pressed, screens = keys.split("*"), []
        for count in range(len(pressed) + 1):
            answer = requests.post(
                self.hook, data={**said, "text": "*".join(pressed[:count])}, timeout=20
            )
            assert answer.status_code == 200
            screens.append(answer.text)
        return number, screens

    def fill(self, count):
        """Let so many people complain, each from a phone of their own; return their numbers."""
        roads, words = itertools.cycle(ROADS), itertools.cycle(WORDS)
        filed = [self.dial(f"{next(roads)}*{ENDING}*{next(words)}")[0] for _ in range(count)]
        self.until(lambda: len(self.cases()) >= count)
        return filed

    def cases(self):
        """Return the ordinary cases, as the command line lists them."""
        return [json.loads(line) for line in self.jaabi("cases", "--json").stdout.splitlines()]

    def _store(self):
        return closing(Store(f"sqlite:///{self.home / 'jaabi.db'}"))

    def let_leave(self):
        """Let the ten minutes be over in which what was written may be taken back."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        with self._store() as store, store.work(Job("test")) as work:
            work.session.execute(
                update(Story).where(Story.status == "leaving").values(leaves_at=past)
            )

    def code(self, name):
        """Return what an account's authenticator shows now."""
        done = jaabi(self.environment, "accounts", "code", f"{name}@{HOST}")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def enter(self, driver, name):
        """Sign in as a person does, the first time; a code serves once, so then by the session."""
        driver.get(f"{self.console}/entrer")
        driver.delete_all_cookies()
        driver.get(f"{self.console}/entrer")
        if name in self.sessions:
            driver.add_cookie({"name": COOKIE, "value": self.sessions[name], "secure": True})
            driver.get(f"{self.console}/")
            return
        driver.find_element(By.NAME, "email").send_keys(f"{name}@{HOST}")
        driver.find_element(By.NAME, "password").send_keys(read_password(self.home))
        press(driver, "main form button")
        driver.find_element(By.NAME, "code").send_keys(self.code(name))
        press(driver, "main form button")
        wait(driver, lambda _: driver.find_elements(By.CSS_SELECTOR, ".top nav"))
        self.sessions[name] = driver.get_cookie(COOKIE)["value"]


def go(driver, act):
    """Do what leads to another page, and wait until it is there."""
    page = driver.find_element(By.TAG_NAME, "html")
    act()
    wait(driver, staleness_of(page))


def press(driver, selector):
    """Press what leads to another page."""
    go(driver, driver.find_element(By.CSS_SELECTOR, selector).click)


def wait(driver, holds):
    return WebDriverWait(driver, PATIENCE_S, poll_frequency=0.05).until(holds)
