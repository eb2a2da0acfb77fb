"""A demo in real processes, full of voices, and browsers in which its accounts are signed in."""

import itertools
import json
import os
from contextlib import closing
from datetime import UTC, datetime, timedelta

import requests
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import update

from gateway.console.sessions import COOKIE
from gateway.demo_words import HOST, read_password
from models.case import Story
from models.db import Job, Store
from models.inbound import InboundMessage
from models.services.inbox import TRIES
from tests.gateway.running import Running, jaabi, make_demo

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
        make_demo(home, programme.environment)
        programme.sessions, programme.codes = {}, {}
        programme.start()
        programme.until(programme.is_ready)
        [phone] = map(json.loads, programme.jaabi("channels", "--json").stdout.splitlines())
        programme.hook, programme.letterbox = (
            phone["hooks"][road]["url"] for road in ("ussd", "sms")
        )
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

    def write(self, words, number):
        """Let a phone send an SMS, and return it as soon as it was received."""
        name = os.urandom(8).hex()
        said = {"id": name, "from": number, "to": "36123", "text": words}
        said["date"] = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        assert requests.post(self.letterbox, data=said, timeout=20).status_code == 200
        self.until(lambda: self.received(name))
        return name

    def received(self, name):
        """Return a message received, as the command line lists it; None while there is none."""
        listed = self.jaabi("messages", "--json", "--direction", "in").stdout.splitlines()
        return next((row for row in map(json.loads, listed) if row["provider_id"] == name), None)

    def give_up(self, words):
        """Let a text be tried five times in vain, and return it as it is listed then.

        It waits behind an earlier one of the same phone, which is made to wait.
        """
        number, now = next(self.numbers), datetime.now(UTC)
        first = self.write("Bonjour", number)
        self.until(lambda: self.received(first)["status"] == "processed")
        self._change(first, status="waiting", due_at=now + timedelta(hours=1), settled_at=None)
        second = self.write(words, number)
        self._change(second, tries=TRIES, due_at=now)
        self.until(lambda: self.received(second)["status"] == "dead")
        self._change(first, status="processed", settled_at=now)
        return self.received(second)

    def _change(self, name, **facts):
        with self._store() as store, store.work(Job("test")) as work:
            row = update(InboundMessage).where(InboundMessage.provider_id == name)
            work.session.execute(row.values(**facts))

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
        """Sign in as a person does, the first time; then by the session, which is quicker."""
        if name not in self.sessions:
            self.sign_in(driver, name)
            return
        self._stand_at_the_door(driver)
        driver.add_cookie({"name": COOKIE, "value": self.sessions[name], "secure": True})
        driver.get(f"{self.console}/")

    def _stand_at_the_door(self, driver):
        driver.get(f"{self.console}/entrer")
        driver.delete_all_cookies()
        driver.get(f"{self.console}/entrer")

    def sign_in(self, driver, name):
        """Sign in by password and authenticator, whose code serves once."""
        self._stand_at_the_door(driver)
        driver.find_element(By.NAME, "email").send_keys(f"{name}@{HOST}")
        driver.find_element(By.NAME, "password").send_keys(read_password(self.home))
        press(driver, "main form button")
        self.until(lambda: self.code(name) != self.codes.get(name))
        self.codes[name] = self.code(name)
        driver.find_element(By.NAME, "code").send_keys(self.codes[name])
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
    """Ask until it holds; a page that is being left may answer neither yes nor no."""
    asking = WebDriverWait(driver, PATIENCE_S, 0.05, ignored_exceptions=[WebDriverException])
    return asking.until(holds)
