"""Sessions end: by leaving, by idleness, by the day, by somebody; a copied cookie with them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.console.sessions import UNASKED
from models.db import Operator
from models.services import accounts
from models.sign_in import ConsoleSession
from tests.console.conftest import PASSWORD
from tests.console.entering import Browser, account_of, code_of

EMAIL = "triager@example.org"
ANSWERED = (200, 302, 303, 304, 308, 400, 404, 405)
FILLS = (("<int:", "1"), ("<path:", "console.css"), ("<", "P0151"))
# Of no person: for whoever watches over the service, and files.
OPEN = {"/health/live", "/health/ready", "/metrics", "/static/<path:filename>"}
# Before somebody is known.
ENTRIES = {
    "/entrer",
    "/entrer/code",
    "/entrer/authentificateur",
    "/entrer/carre.svg",
    "/entrer/cle",
    "/entrer/cle/defi",
    "/retrouver",
    "/langue/<language>",
}


@pytest.fixture
def browser(console):
    console.account("triager")
    one = Browser(console)
    one.enter(EMAIL)
    return one


def address(rule):
    for shape, value in FILLS:
        rule = re.sub(re.escape(shape) + r"[^>]*>", value, rule)
    return rule


def rules(console, *, writing):
    return [
        (rule.rule, address(rule.rule), method)
        for rule in console.app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if (method != "GET") == writing
    ]


def test_after_leaving_a_copied_cookie_gives_nothing(browser):
    name = browser.name
    answer = browser.post("/sortir")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.name is None
    assert not browser.copied(name).is_in


def test_ten_idle_minutes_end_a_session(browser):
    name = browser.name
    browser.console.clock.pass_by(minutes=9)
    assert browser.is_in
    browser.console.clock.pass_by(minutes=9)
    assert browser.is_in  # somebody was there
    browser.console.clock.pass_by(minutes=10)
    assert not browser.copied(name).is_in


def test_a_page_that_renews_itself_keeps_nobody_in(browser):
    for _ in range(5):
        browser.console.clock.pass_by(minutes=2)
        browser.client.get("/", headers={UNASKED: "1"})
    assert not browser.is_in


def test_eight_hours_end_a_session_of_the_busiest(browser):
    for _ in range(53):
        browser.console.clock.pass_by(minutes=9)
        assert browser.is_in
    browser.console.clock.pass_by(minutes=3)
    assert not browser.is_in


def test_one_sees_ones_sessions_and_ends_the_one_left_somewhere(browser):
    console = browser.console
    console.clock.pass_by(seconds=60)
    elsewhere = Browser(console)
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 Firefox/131.0"
    elsewhere.enter(EMAIL, browser.secret)
    page = browser.get("/moi").text
    assert "Firefox" in page
    [digest] = re.findall(r'name="digest" value="(\w+)"', page)
    browser.post("/moi/sessions/fermer", digest=digest)
    assert not elsewhere.is_in
    assert browser.is_in


def test_nobody_ends_a_session_of_another(browser):
    console = browser.console
    console.account("auditor")
    other = Browser(console)
    other.enter("auditor@example.org")
    with console.store.reading(Operator()) as work:
        account = account_of(console, "auditor@example.org").id
        digest = work.session.scalar(
            select(ConsoleSession.digest).where(ConsoleSession.account_id == account)
        )
    browser.post("/moi/sessions/fermer", digest=digest)
    assert other.is_in


def test_another_password_ends_every_other_session(browser):
    console = browser.console
    console.clock.pass_by(seconds=60)
    elsewhere = Browser(console)
    elsewhere.enter(EMAIL, browser.secret)
    new = "neuf pirogues passent le fleuve"
    said = {"before": PASSWORD, "password": new, "again": new}
    wrong = browser.post("/moi/mot-de-passe", **{**said, "before": "wrong"})
    assert "pas le mot de passe" in wrong.text
    assert browser.post("/moi/mot-de-passe", **said).headers["Location"] == "/moi"
    assert browser.is_in
    assert not elsewhere.is_in
    with console.store.reading(Operator()) as work:
        assert accounts.identify(work, EMAIL, new)
        assert accounts.identify(work, EMAIL, PASSWORD) is None


def test_another_authenticator_is_asked_for_at_once(browser):
    browser.console.clock.pass_by(seconds=60)
    old = browser.secret
    page = browser.get("/moi/authentificateur").text
    new = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1]
    assert new != old
    browser.post("/moi/authentificateur", code=code_of(new, browser.console))
    browser.console.clock.pass_by(seconds=60)
    other = Browser(browser.console)
    other.give_password(EMAIL)
    assert other.give_code(old).status_code == 200
    assert other.give_code(new).status_code == 303


def test_what_is_sensitive_is_asked_for_again_after_a_while(browser):
    clock = browser.console.clock
    assert browser.get("/moi/cles").status_code == 200
    for _ in range(2):
        clock.pass_by(minutes=8)
        assert browser.is_in
    asked = browser.get("/moi/cles")
    assert asked.headers["Location"] == "/verifier?vers=/moi/cles"
    wrong = browser.post("/verifier?vers=/moi/cles", password="wrong", code="000000")  # noqa: S106
    assert wrong.status_code == 200
    code = code_of(browser.secret, browser.console)
    answer = browser.post("/verifier?vers=/moi/cles", password=PASSWORD, code=code)
    assert answer.headers["Location"] == "/moi/cles"
    assert browser.get("/moi/cles").status_code == 200


def test_who_was_here_when_is_known_at_the_next_sign_in(browser):
    clock = browser.console.clock
    clock.pass_by(minutes=5)
    assert browser.is_in
    seen = clock.now
    clock.now += timedelta(hours=3)
    Browser(browser.console).enter(EMAIL, browser.secret)
    assert account_of(browser.console, EMAIL).left_at == seen
    clock.pass_by(minutes=1)
    again = Browser(browser.console)
    again.enter(EMAIL, browser.secret)
    again.post("/sortir")
    assert account_of(browser.console, EMAIL).left_at == clock.now


def test_an_officer_is_offered_a_key_and_others_are_not(console):
    console.account("psea")
    officer = Browser(console)
    officer.give_password("psea@example.org")
    assert officer.set_up().headers["Location"] == "/moi/cles?vers=/"
    assert "Plus tard" in officer.get("/moi/cles?vers=/").text


def test_every_page_is_kept_by_nobody_and_closed_to_strangers(console):
    stranger = Browser(console)
    known = Browser(console)
    console.account("triager")
    known.enter(EMAIL)
    for rule, path, _ in rules(console, writing=False):
        if rule in OPEN:
            continue
        for one in (stranger, known):
            page = one.get(path)
            assert page.status_code in ANSWERED, rule
            assert "no-store" in page.headers["Cache-Control"], rule
        if rule not in ENTRIES:
            assert stranger.get(path).headers.get("Location", "").startswith("/entrer"), rule


def test_nothing_is_changed_by_a_form_of_elsewhere(console):
    console.account("triager")
    known = Browser(console)
    known.enter(EMAIL)
    console.app.config["WTF_CSRF_ENABLED"] = True
    writing = rules(console, writing=True)
    assert len(writing) > 10
    for rule, path, method in writing:
        answer = known.client.open(path, method=method, data={"csrf_token": "wrong"})
        assert answer.status_code == 400, rule
        assert "Page trop ancienne" in answer.text, rule
    assert known.is_in  # not even signed out


def test_a_form_of_ours_carries_its_mark(console):
    console.account("triager")
    console.app.config["WTF_CSRF_ENABLED"] = True
    known = Browser(console)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', known.get("/entrer").text)[1]
    assert known.give_password(EMAIL).status_code == 400
    answer = known.post("/entrer", email=EMAIL, password=PASSWORD, csrf_token=token)
    assert answer.status_code == 303
    # The mark of before is none of the session that follows.
    assert known.post("/entrer/code", code="000000", csrf_token=token).status_code == 400


def test_a_language_that_was_chosen_is_spoken_at_the_next_sign_in(browser):
    browser.post("/langue/en")
    assert account_of(browser.console, EMAIL).language == "en"
    browser.console.clock.pass_by(seconds=60)
    other = Browser(browser.console)
    other.enter(EMAIL, browser.secret)
    assert '<html lang="en">' in other.get("/moi").text


def test_one_can_leave_from_every_page(browser):
    pages = [path for rule, path, _ in rules(browser.console, writing=False) if rule not in OPEN]
    for path in pages:
        page = browser.get(path)
        if page.status_code == 200 and page.mimetype == "text/html":
            assert 'action="/sortir"' in page.text, path
