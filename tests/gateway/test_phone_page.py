"""The page of phones: as a file for old browsers, and played in a real one."""

import os
import re
import shutil
import threading
from pathlib import Path

import pytest
import requests
from africastalking.SMS import SMSService
from flask import Flask
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from gateway.simulator.network import Network, NetworkSettings
from gateway.simulator.page import blueprint
from gateway.simulator.phones import PHONES
from tests.gateway.fake_service import FakeService

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="no Chromium here: make system-deps"
)
STATIC = Path(__file__).parents[2] / "gateway" / "simulator" / "static"
MENU = "Jaabi. Tapez un chiffre:\n1 Dire un probleme\n0 Sortir"


def dialogue(fields):
    """Play a service: a menu, a question for words, a receipt."""
    answers = fields["text"].split("*") if fields["text"] else []
    screens = (f"CON {MENU}", "CON Ou?", "END Votre code: 48 21 73.")
    return screens[min(len(answers), 2)]


class Silent(WSGIRequestHandler):
    def log(self, *args):
        pass


class Demo:
    """A service, the phone network, and the page, as the demo runs them."""

    def __init__(self, screens=dialogue, phones=PHONES):
        self.service = FakeService(screens)
        self.network = Network(
            NetworkSettings(
                "127.0.0.1", 0, self.service.url, "t" * 40, "sandbox", "key", "36000", "*123#",
                report_seconds=0.0,
            )
        )  # fmt: skip
        self.network.start()
        app = Flask(__name__)
        app.register_blueprint(blueprint(self.network.url, phones))
        self.client = app.test_client()
        self._web = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
        self._thread = threading.Thread(target=self._web.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._web.port}/phone"

    def send(self, text, number):
        sdk = SMSService("sandbox", "key")
        sdk._baseUrl = f"{self.network.url}/version1"
        sdk.send(text, [number], sender_id="36000")

    def close(self):
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()
        self.network.close()
        self.service.close()


@pytest.fixture
def demo():
    running = Demo()
    yield running
    running.close()


# The page as it is served


def test_the_page_names_every_phone_without_a_script(demo):
    page = demo.client.get("/phone").get_data(as_text=True)
    for phone in PHONES:
        assert f'<th scope="row">{phone.short}</th>' in page
        assert phone.name.replace("'", "&#39;") in page
    assert "besoin de JavaScript" in re.search(r"<noscript>(.*?)</noscript>", page, re.S)[1]
    assert demo.client.get("/phone/").status_code == 200


def test_nothing_on_the_page_is_inline_and_the_policy_lets_only_the_network_in(demo):
    answer = demo.client.get("/phone")
    page = answer.get_data(as_text=True)
    assert not re.search(r"<script>|<style|\sstyle=|\son\w+=|javascript:", page)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'" in policy
    assert f"connect-src 'self' {demo.network.url};" in policy
    assert "unsafe" not in policy


def test_the_page_with_all_its_files_weighs_less_than_60_kb(demo):
    page = demo.client.get("/phone").get_data()
    files = [*re.findall(rb"/phone/static/([\w.]+)", page), b"band.svg", b"open.svg"]
    urls = [f"{demo.url}/static/{name.decode()}" for name in files]
    weights = [len(requests.get(url, timeout=10).content) for url in urls]
    assert len(weights) >= 7
    assert len(page) + sum(weights) < 60_000


@pytest.mark.parametrize("script", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_scripts_are_of_the_language_of_2015(script):
    code = re.sub(r"/\*.*?\*/|'(?:\\.|[^'\\])*'", "", script.read_text(), flags=re.S)
    newer = r"=>|\b(?:let|const|class|async|await|import|fetch|Promise)\b|`|\.\.\.|\?\.|includes\("
    assert not re.search(newer, code)
    assert "innerHTML = ''" in script.read_text() or "innerHTML" not in script.read_text()


# The page as it is played


def chromium(profile, **preferences):
    """Start a browser of our own on an empty profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--window-size=1280,960")
    options.add_argument(f"--user-data-dir={profile}")
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options, Service(DRIVER, log_output=os.devnull))


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = chromium(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def browser_without_scripts(tmp_path):
    key = "profile.managed_default_content_settings.javascript"
    driver = chromium(tmp_path / "profile", **{key: 2})
    yield driver
    driver.quit()


class Hand:
    """One phone of the page, as a person holds it."""

    def __init__(self, browser, place):
        self.browser = browser
        self.place = place

    @property
    def root(self):
        return self.browser.find_elements(By.CSS_SELECTOR, "#phones .place")[self.place]

    def press(self, *keys):
        for key in keys:
            self.root.find_element(By.CSS_SELECTOR, f'[data-key="{key}"]').click()

    def part(self, name):
        return self.root.find_element(By.CSS_SELECTOR, f".{name}")

    def type(self, words):
        self.browser.switch_to.active_element.send_keys(words)

    def shows(self, words):
        """Wait until the screen holds these words."""
        loading = (IndexError, StaleElementReferenceException)  # the page is not there yet
        WebDriverWait(self.browser, 15, 0.05, loading).until(
            lambda _: words in self.part("text").text, message=words
        )
        return True


@pytest.fixture
def hands(browser, demo):
    browser.get_log("browser")  # what an earlier test left there is not ours
    browser.get(demo.url)
    hands = [Hand(browser, place) for place in range(3)]
    hands[0].shows("Composez *123#")
    yield hands
    assert browser.get_log("browser") == []


@needs_browser
def test_three_phones_lie_ready_with_the_names_of_who_holds_them(hands):
    cards = [hand.part("card").text for hand in hands]
    assert cards == [
        "Personne 1\n0001 · parle, sans nom",
        "CSRef d'Ansongo\n0111 · médecin-chef (MCD)",
        "Cellule indépendante\n0151 · tri, de garde",
    ]


@needs_browser
def test_the_page_fits_a_small_screen_without_a_sideways_scroll(hands, browser):
    width, bottom = browser.execute_script(
        "return [document.documentElement.scrollWidth,"
        " document.querySelector('#phones .line').getBoundingClientRect().bottom]"
    )
    assert width <= 1280
    assert bottom <= 800


@needs_browser
def test_a_dialogue_is_played_with_the_keys_of_the_phone(hands, demo):
    speaker = hands[0]
    speaker.press(*"*123#", "green")
    assert speaker.shows("1 Dire un probleme")
    assert re.fullmatch(r"\d+ s", speaker.part("clock").text)
    speaker.press("2", "C", "1", "green")
    assert speaker.shows("Ou?")
    speaker.press(*"6143", "green")
    assert speaker.shows("Votre code: 48 21 73.")
    assert [hop["text"] for hop in demo.service.of("ussd")] == ["", "1", "1*6143"]
    assert {hop["phoneNumber"] for hop in demo.service.of("ussd")} == {"+22370000001"}
    speaker.press("red")
    assert speaker.shows("Composez *123#")


@needs_browser
def test_a_dialogue_is_played_with_the_keyboard_alone(hands, demo):
    speaker = hands[0]
    speaker.type("*123*6143#" + Keys.ENTER)
    assert speaker.shows("Ou?")
    speaker.type("a Tessit" + Keys.ENTER)
    assert speaker.shows("Votre code")
    speaker.type(Keys.ESCAPE)
    assert speaker.shows("Composez *123#")
    assert [hop["text"] for hop in demo.service.of("ussd")] == ["6143", "6143*a Tessit"]


@needs_browser
def test_the_red_key_leaves_a_session_and_the_service_hears_it(hands, demo):
    hands[0].press("green")
    hands[0].shows("1 Dire un probleme")
    hands[0].press("red")
    [told] = demo.service.wait_for("ussd-end")
    assert told["status"] == "Incomplete"


@needs_browser
def test_an_sms_arrives_is_read_and_answered(hands, demo):
    chief = hands[1]
    demo.send("Jaabi: nouveau dossier 15736.", "+22370000111")
    assert chief.shows("1 message reçu")
    assert chief.part("mail").text.endswith("1")
    chief.press("soft")
    assert chief.shows("nouveau dossier 15736")
    assert chief.part("mail").text == ""
    chief.press("soft")
    chief.type("PRIS 15736" + Keys.ENTER)
    assert chief.shows("Message envoyé.")
    [posted] = demo.service.wait_for("sms")
    assert (posted["from"], posted["text"]) == ("+22370000111", "PRIS 15736")
    chief.press("red", "soft")
    assert chief.shows("1 Jaabi: nouveau dossier")


@needs_browser
def test_words_are_written_by_pressing_a_key_several_times(hands, demo):
    speaker = hands[0]
    speaker.press("soft", "soft", "2", "2", "3", "#", "5", "green")
    assert speaker.shows("Message envoyé.")
    assert demo.service.wait_for("sms")[0]["text"] == "bd5"


@needs_browser
def test_another_phone_is_taken_and_kept_when_the_page_is_loaded_again(hands, demo, browser):
    Select(hands[2].part("choice")).select_by_value("0201")
    hands[2].shows("7000 0201")
    row = browser.find_element(By.CSS_SELECTOR, 'tr[data-short="0159"] button')
    row.click()
    Hand(browser, 3).shows("7000 0159")
    hands[1].part("away").click()
    browser.refresh()
    Hand(browser, 2).shows("7000 0159")
    cards = [card.text for card in browser.find_elements(By.CSS_SELECTOR, "#phones .name")]
    assert cards == ["Personne 1", "Relais R128", "Organisme extérieur"]


@needs_browser
def test_an_open_session_survives_loading_the_page_again(hands, browser):
    hands[0].press("green")
    hands[0].shows("1 Dire un probleme")
    browser.refresh()
    assert Hand(browser, 0).shows("1 Dire un probleme")


@needs_browser
def test_the_line_can_be_told_to_misbehave(hands, demo):
    speaker = hands[0]
    speaker.press("green")
    speaker.shows("1 Dire un probleme")
    Select(speaker.part("mischief")).select_by_value("drop")
    subscriber = demo.network.board.phone("0001")
    WebDriverWait(speaker.browser, 15, 0.05).until(lambda _: subscriber.mischief.drop)
    speaker.press("1", "green")
    assert speaker.shows("Connexion perdue.")
    speaker.press("red")
    WebDriverWait(speaker.browser, 15, 0.05).until(
        lambda _: speaker.part("mischief").get_attribute("value") == "none"
    )


@needs_browser
def test_the_page_says_when_the_network_is_away(browser, demo):
    browser.get(demo.url)
    hand = Hand(browser, 0)
    hand.shows("Composez")
    demo.network.close()
    hand.press("green")
    assert hand.shows("Pas de réseau.")


@needs_browser
def test_a_browser_without_a_script_still_shows_who_holds_which_phone(
    browser_without_scripts, demo
):
    browser = browser_without_scripts
    browser.get(demo.url)
    assert "besoin de JavaScript" in browser.find_element(By.CSS_SELECTOR, ".notice").text
    assert "CSRef d'Ansongo" in browser.find_element(By.CSS_SELECTOR, ".book").text
    assert not browser.find_element(By.CSS_SELECTOR, "#guide").is_displayed()
