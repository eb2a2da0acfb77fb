"""Which pages somebody has: those that their menu names, and one of each kind behind them."""

import re

from selenium.webdriver.common.by import By

from tests.console.programme import go

FILES = (".csv", ".svg", ".pdf", "/fichier")
KIND = re.compile(r"\d+|(?<=/ecrans/)[a-z_]+|(?<=/carte/)\w+")


def in_language(driver, language):
    other = driver.find_elements(By.CSS_SELECTOR, f"button[lang={language}]")
    if other:
        go(driver, other[0].click)


def pages_of(programme, driver):
    """Return the addresses that the menu names, and one of each kind that they lead to."""
    menu = [one.get_attribute("href") for one in driver.find_elements(By.CSS_SELECTOR, ".top a")]
    found = dict.fromkeys(menu)
    for address in menu:
        driver.get(address)
        for one in driver.find_elements(By.CSS_SELECTOR, "main a[href]"):
            href = one.get_attribute("href")
            if href.startswith(programme.console) and not href.endswith(FILES):
                found.setdefault(KIND.sub("#", re.split(r"[?#]", href)[0]), href)
    return [href or where for where, href in found.items()]
