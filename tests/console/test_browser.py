"""The main path in a real browser: signing in, triage, an answer that arrives, with and without a
script, wide and narrow, and on a line as slow as those of the field."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from tests.console.browsing import (
    NARROW,
    chromium,
    complaints,
    needs_browser,
    overflows,
    violations,
)
from tests.console.programme import Programme, go, press, wait
from tests.gateway.running import temporary_home

pytestmark = needs_browser
TRIAGED, ACTIONS = 50, 4
SLOW = {"offline": False, "latency": 600, "downloadThroughput": 6250, "uploadThroughput": 6250}
PAINT_S = 4.0
QUEUE_COLD, QUEUE_WARM, CASE_COLD = 60_000, 15_000, 80_000  # bytes on the line


@pytest.fixture(scope="module")
def programme():
    one = Programme.begun(temporary_home())
    one.fill(TRIAGED + 4)
    yield one
    one.close()


@pytest.fixture
def driver():
    with chromium() as one:
        yield one


def keys(driver, pressed):
    driver.find_element(By.TAG_NAME, "body").send_keys(pressed)


def numbers(driver):
    return re.findall(r'href="/cas/(\d+)', driver.page_source)


def test_fifty_cases_are_taken_by_four_keys_each_at_most(programme, driver):
    programme.enter(driver, "triager")
    driver.get(f"{programme.console}/file?pour=nobody")
    taken = actions = 0
    while taken < TRIAGED:
        keys(driver, "j")
        go(driver, lambda: keys(driver, "t"))
        actions, taken = actions + 2, taken + 1
    assert actions <= ACTIONS * TRIAGED
    assert sum(case["status"] == "taken" for case in programme.cases()) == TRIAGED
    assert complaints(driver) == []


def code_of(screens):
    """Return the six digits that the last screen shows in pairs."""
    return "".join(re.search(r"\d\d \d\d \d\d", screens[-1]).group().split())


def test_an_answer_written_in_the_console_is_heard_on_the_phone(programme, driver):
    before = {case["number"] for case in programme.cases()}
    number, screens = programme.dial("1*1*1*2*6143*1*1*1")
    [case] = [one for one in programme.cases() if one["number"] not in before]
    programme.enter(driver, "triager")
    driver.get(f"{programme.console}/cas/{case['number']}")
    go(driver, lambda: keys(driver, "t"))
    field = driver.find_element(By.NAME, "words")
    field.send_keys("Le camion revient jeudi.")
    assert "24" in driver.find_element(By.CSS_SELECTOR, "#size").text
    press(driver, "#repondre form button:not(.second)")
    assert complaints(driver) == []
    programme.let_leave()
    heard = []

    def arrived():
        heard[:] = programme.dial(f"4*{code_of(screens)}*1", number)[1]
        return any("Le camion revient jeudi." in screen for screen in heard)

    programme.until(arrived)


def written_in(driver):
    """Return the name of the field that what is typed now goes into."""
    return driver.execute_script("return document.activeElement.id")


def asking_form(driver):
    return driver.find_element(By.CSS_SELECTOR, "form[action$='/questionner']")


def test_one_key_leads_to_asking_from_the_case_the_list_and_the_morning(programme, driver):
    phone, screens = programme.dial("1*1*1*2*6143*1*1*1")
    case = max(programme.cases(), key=lambda one: one["opened_at"])["number"]
    programme.enter(driver, "triager")
    driver.get(f"{programme.console}/cas/{case}")
    go(driver, lambda: keys(driver, "t"))
    keys(driver, "q")
    wait(driver, lambda _: written_in(driver) == "question-words")
    driver.switch_to.active_element.send_keys("Quel jour ?")
    assert asking_form(driver).find_element(By.CSS_SELECTOR, ".size").text == "11"
    assert "Quel jour ?" in asking_form(driver).find_element(By.CSS_SELECTOR, ".glass").text
    assert driver.find_element(By.CSS_SELECTOR, "#size").text == "0"  # of the answer
    assert violations(driver) == []
    driver.get(f"{programme.console}/file?pour=me")
    keys(driver, "j")
    go(driver, lambda: keys(driver, "q"))
    assert driver.current_url.endswith("#question")
    driver.get(f"{programme.console}/cas/{case}#question")
    wait(driver, lambda _: written_in(driver) == "question-words")
    driver.switch_to.active_element.send_keys("Quel jour ?")
    go(driver, asking_form(driver).find_element(By.CSS_SELECTOR, "button:not(.second)").click)
    programme.let_leave()
    code = code_of(screens)
    programme.until(lambda: "Quel jour ?" in programme.dial(f"4*{code}", phone)[1][-1])
    programme.dial(f"4*{code}*9*1*Jeudi", phone)
    driver.get(f"{programme.console}/")
    keys(driver, "j")
    go(driver, lambda: keys(driver, "q"))
    assert driver.current_url.endswith(f"/cas/{case}#question")
    assert status_of(programme, case) == "taken"
    assert complaints(driver) == []


def filed(programme):
    """Let somebody complain and return the number of the case."""
    before = {case["number"] for case in programme.cases()}
    programme.dial("1*1*1*2*6143*1*1*1")
    [case] = [one for one in programme.cases() if one["number"] not in before]
    return case["number"]


def status_of(programme, number):
    [case] = [one for one in programme.cases() if one["number"] == number]
    return case["status"]


def opened(driver, act):
    """Open the fold that holds the form of an act, and return the form."""
    form = driver.find_element(By.CSS_SELECTOR, f"form[action$='/{act}']")
    driver.execute_script(
        "const fold = arguments[0].closest('details'); if (fold) fold.open = true", form
    )
    return form


def test_a_case_is_assigned_answered_closed_or_reopened_and_moved_up(programme, driver):
    number = filed(programme)
    case = f"{programme.console}/cas/{number}"
    programme.enter(driver, "triager")
    driver.get(f"{case}/confier")
    Select(driver.find_element(By.NAME, "person")).select_by_value("P0152")
    press(driver, "form:has([name=person]) button")
    programme.enter(driver, "supervisor")
    driver.get(case)
    driver.find_element(By.NAME, "words").send_keys("Le camion revient jeudi.")
    press(driver, "#repondre form button:not(.second)")
    programme.let_leave()
    programme.until(lambda: status_of(programme, number) == "answered")
    driver.get(case)
    press(driver, "form[action$='/rouvrir'] button")
    assert status_of(programme, number) == "reopened"
    press(driver, "form[action$='/monter'] button")
    assert status_of(programme, number) == "routed"


def test_an_answered_case_is_closed_with_what_came_of_it(programme, driver):
    number = filed(programme)
    programme.enter(driver, "triager")
    driver.get(f"{programme.console}/cas/{number}")
    go(driver, lambda: keys(driver, "t"))
    driver.find_element(By.NAME, "words").send_keys("Les sacs sont remplaces.")
    press(driver, "#repondre form button:not(.second)")
    programme.let_leave()
    programme.until(lambda: status_of(programme, number) == "answered")
    driver.get(f"{programme.console}/cas/{number}")
    form = opened(driver, "clore")
    go(driver, form.find_element(By.TAG_NAME, "button").click)
    assert status_of(programme, number) == "closed"


def test_a_case_given_away_is_anothers_after_ten_minutes(programme, driver):
    number = filed(programme)
    programme.enter(driver, "triager")
    driver.get(f"{programme.console}/cas/{number}/confier")
    driver.find_element(By.NAME, "why").click()
    to = Select(driver.find_element(By.NAME, "to"))
    taker = to.options[1].get_attribute("value")
    to.select_by_value(taker)
    press(driver, "form:has([name=why]) button")
    assert held_by(programme, number) == "cell"  # until then it may be taken back
    assert driver.find_elements(By.CSS_SELECTOR, "form[action$='/reprendre']")
    assert complaints(driver) == []
    programme.let_leave()
    programme.until(lambda: held_by(programme, number) == taker)
    driver.get(f"{programme.console}/cas/{number}")
    assert "404" in driver.title


def held_by(programme, number):
    [case] = [one for one in programme.cases() if one["number"] == number]
    return case["organisation"]


def test_what_nobody_could_read_is_tried_again_and_handled(programme, driver):
    row = programme.give_up("pas assez de mil a Tessit")
    programme.enter(driver, "admin")
    driver.get(f"{programme.console}/non-traites?genre=inbox")
    press(driver, f"form[action$='/inbox/{row['id']}'] button")
    assert driver.find_elements(By.CSS_SELECTOR, ".said:not(.error)")
    programme.until(lambda: programme.received(row["provider_id"])["status"] == "processed")
    driver.refresh()
    assert not driver.find_elements(By.CSS_SELECTOR, "form[action*='/inbox']")
    assert programme.jaabi("dead-letters", "--json").stdout == ""
    assert complaints(driver) == []


def test_coverage_is_brought_looked_at_and_confirmed(programme, driver, tmp_path):
    file = tmp_path / "coverage.csv"
    programme.jaabi("directory", "export", "coverage", str(file))
    rows = file.read_text("utf-8-sig").splitlines()
    file.write_text("\n".join([*rows, rows[-1].replace("ML0507", "ML0602")]), "utf-8")
    programme.enter(driver, "admin")
    driver.get(f"{programme.console}/annuaire/fichiers")
    Select(driver.find_element(By.NAME, "kind")).select_by_value("coverage")
    driver.find_element(By.NAME, "file").send_keys(str(file))
    press(driver, "form[enctype] button")
    assert driver.find_element(By.CSS_SELECTOR, ".big.good").text == "1"
    programme.jaabi("directory", "export", "coverage", str(file))
    assert len(file.read_text("utf-8-sig").splitlines()) == len(rows)
    press(driver, "form:has([name=mark]) button")
    programme.jaabi("directory", "export", "coverage", str(file))
    assert len(file.read_text("utf-8-sig").splitlines()) == len(rows) + 1


def numbers_of(programme, driver, address):
    driver.get(f"{programme.console}{address}")
    return numbers(driver)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_on_a_small_screen_the_same_path_is_walked_by_buttons(programme, script):
    with chromium(NARROW, script=script) as driver:
        programme.sign_in(driver, "triager")
        assert not overflows(driver)
        number = numbers_of(programme, driver, "/file?pour=nobody")[0]
        assert not overflows(driver)
        driver.get(f"{programme.console}/cas/{number}")
        assert not overflows(driver)
        press(driver, "form[action$='/prendre'] button")
        driver.find_element(By.NAME, "words").send_keys("On revient vendredi.")
        press(driver, "#repondre form button:not(.second)")
        assert "dix minutes" in driver.page_source or "ten minutes" in driver.page_source
        assert not overflows(driver)
        assert status_of(programme, number) == "taken"


def of_the_field(driver):
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", SLOW)


def on_the_line(driver):
    """Return how many bytes the page that is open cost, all that it loaded counted."""
    return driver.execute_script(
        "return performance.getEntriesByType('navigation').concat("
        "performance.getEntriesByType('resource')).reduce((n, one) => n + one.transferSize, 0)"
    )


def painted(driver):
    """Return after how many seconds words were seen: a page may have loaded before it is drawn."""
    first = "performance.getEntriesByName('first-contentful-paint')[0]"
    wait(driver, lambda _: driver.execute_script(f"return {first} !== undefined"))
    return driver.execute_script(f"return {first}.startTime") / 1000


def test_the_queue_is_light_and_soon_there_on_a_slow_line(programme, driver):
    programme.enter(driver, "triager")
    address = f"{programme.console}/file"
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get(address)
    assert len(set(numbers(driver))) == 50
    assert on_the_line(driver) <= QUEUE_COLD
    of_the_field(driver)
    driver.get(address)
    assert on_the_line(driver) <= QUEUE_WARM
    assert painted(driver) <= PAINT_S


def test_a_case_is_light(programme, driver):
    programme.enter(driver, "triager")
    number = numbers_of(programme, driver, "/file")[0]
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    driver.get(f"{programme.console}/cas/{number}")
    assert on_the_line(driver) <= CASE_COLD
