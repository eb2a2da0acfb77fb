"""`make screens`: a picture of every page of the console, as each role sees it, in both languages.

Pictures lie in build/screens/LANGUAGE/WIDTH/ROLE-PAGE.png; look at each.
"""

import itertools
import re
from pathlib import Path

from tests.console.browsing import NARROW, WIDE, chromium, shape
from tests.console.pages import in_language, pages_of
from tests.console.programme import Programme
from tests.gateway.running import temporary_home

FOLDER = Path("build") / "screens"
ROLES = ("triager", "supervisor", "integrity", "focal", "operator", "auditor", "admin")
LANGUAGES = ("fr", "en")
TALLEST = 3000  # pixels


def main():
    programme = Programme.begun(temporary_home())
    try:
        programme.fill(16)
        for size, language in itertools.product((WIDE, NARROW), LANGUAGES):
            for name in ROLES:
                take(programme, name, language, size)
    finally:
        programme.close()


def take(programme, name, language, size):
    folder = FOLDER / language / str(size[0])
    folder.mkdir(parents=True, exist_ok=True)
    with chromium(size) as driver:
        programme.enter(driver, name)
        in_language(driver, language)
        for address in pages_of(programme, driver):
            driver.get(address)
            page = re.sub(r"\W+", "-", address.removeprefix(programme.console)).strip("-") or "home"
            shape(driver, (size[0], whole(driver)))
            driver.save_screenshot(str(folder / f"{name}-{page}.png"))


def whole(driver):
    return min(TALLEST, driver.execute_script("return document.documentElement.scrollHeight"))


if __name__ == "__main__":
    main()
