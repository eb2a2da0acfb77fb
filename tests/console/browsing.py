"""Chromium at a console: signed in, wide or narrow, with a script or without, fast or slow."""

import contextlib
import shutil
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from gateway.cli_console import serve
from gateway.console.sessions import COOKIE
from tests.gateway.running import free_port

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None or not AXE.exists(),
    reason="no Chromium or no axe-core here: make system-deps",
)
WIDE, NARROW = (1280, 800), (360, 740)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOK = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}}).then(
  found => done(found.violations.map(
    one => one.id + ': ' + one.nodes.map(n => n.html).join(' | '))),
  broken => done(['axe: ' + broken]));
"""


@contextlib.contextmanager
def chromium(size=WIDE, *, script=True):
    """Start a browser; what it complains of is kept for ``complaints``."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=fr"):
        options.add_argument(one)
    options.add_argument(f"--window-size={size[0]},{size[1]}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        shape(driver, size)
        if not script:
            driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        yield driver
    finally:
        driver.quit()


def shape(driver, size):
    """Make the window so wide and high."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False},
    )


@contextlib.contextmanager
def served(app):
    """Serve a console on this machine; give where."""
    port = free_port()
    stop = serve(app, "127.0.0.1", port)
    try:
        yield f"http://localhost:{port}"
    finally:
        stop()


def enter(driver, url, name):
    """Put the session of this name (conftest.Console.session) into the browser."""
    driver.get(f"{url}/health/live")
    driver.add_cookie({"name": COOKIE, "value": name, "secure": True, "path": "/"})


def violations(driver):
    """Return what axe-core finds against WCAG 2.2 A and AA on the page that is open."""
    if not driver.execute_script("return 'axe' in window"):
        driver.execute_script(AXE.read_text(encoding="utf-8"))
    return driver.execute_async_script(LOOK, RULES)


def complaints(driver):
    """Return what the browser said of the page: blocked by the policy, broken, not found."""
    return [one["message"] for one in driver.get_log("browser") if one["level"] == "SEVERE"]


def overflows(driver):
    """Tell whether one must scroll sideways to read the page."""
    return driver.execute_script(
        "return document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


def texts(driver, selector):
    return [one.text for one in driver.find_elements(By.CSS_SELECTOR, selector)]
