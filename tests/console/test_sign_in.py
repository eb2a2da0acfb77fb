"""Signing in: two proofs, each code once, waits that grow, and the same answer to everybody."""

import re
from base64 import urlsafe_b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gateway.console.sessions import COOKIE, VISIT
from models.account import Account
from models.audit import AuditEntry
from models.db import Job, Operator
from models.services import accounts, sign_ins
from models.sign_in import ConsoleSession, SignInFailure
from tests.conftest import NOON
from tests.console.entering import Browser, account_of, code_of

EMAIL = "triager@example.org"


@pytest.fixture
def browser(console):
    console.account("triager")
    return Browser(console)


def rows(console, table):
    with console.store.reading(Operator()) as work:
        return work.session.scalar(select(func.count()).select_from(table))


def test_who_signs_in_first_sets_an_authenticator_up_and_its_secret_stands_sealed(browser):
    assert browser.give_password(EMAIL).headers["Location"] == "/entrer/code"
    assert browser.get("/entrer/code").headers["Location"] == "/entrer/authentificateur"
    square = browser.get("/entrer/carre.svg")
    assert square.status_code == 404  # none is drawn before its page was seen
    key = None
    assert browser.set_up().headers["Location"] == "/"
    key = browser.secret.replace(" ", "")
    assert browser.is_in
    sealed = account_of(browser.console, EMAIL).totp_secret
    assert sealed
    assert key not in sealed


def test_the_square_is_of_our_own_address_and_kept_by_nobody(browser):
    browser.give_password(EMAIL)
    page = browser.get("/entrer/authentificateur")
    assert 'src="/entrer/carre.svg"' in page.text
    assert "data:" not in page.text
    square = browser.get("/entrer/carre.svg")
    assert (square.status_code, square.mimetype) == (200, "image/svg+xml")
    assert square.headers["Cache-Control"] == "no-store"
    assert Browser(browser.console).get("/entrer/carre.svg").status_code == 404


def test_a_password_alone_opens_no_page(browser):
    browser.give_password(EMAIL)
    for path in ("/", "/moi", "/verifier"):
        assert browser.get(path).headers["Location"].startswith("/entrer")


def test_whoever_has_an_authenticator_sets_up_no_other_with_the_password_alone(browser):
    key = browser.enter(EMAIL)
    other = Browser(browser.console)
    other.give_password(EMAIL)
    assert other.get("/entrer/authentificateur").headers["Location"] == "/entrer"
    browser.console.clock.pass_by(seconds=60)
    assert other.give_code(key).headers["Location"] == "/"


def test_a_code_serves_once(browser):
    key = browser.enter(EMAIL)
    again = Browser(browser.console)
    again.give_password(EMAIL)
    assert "déjà servi" in again.give_code(key).text
    browser.console.clock.pass_by(seconds=30)
    assert again.give_code(key).status_code == 303
    third = Browser(browser.console)
    third.give_password(EMAIL)
    assert third.give_code(key).status_code == 200


def test_of_two_at_the_same_moment_one_code_lets_one_in(browser):
    browser.enter(EMAIL)
    account = account_of(browser.console, EMAIL)

    def use(_):
        with browser.console.store.work(Job("sign_in")) as work:
            return sign_ins.use_code(work, account.id, account.totp_counter + 1)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


def test_a_session_has_another_name_after_each_proof(browser):
    browser.client.set_cookie(COOKIE, "chosen-by-somebody-else", secure=True, domain="localhost")
    browser.give_password(EMAIL)
    first = browser.name
    browser.set_up()
    second = browser.name
    assert len({"chosen-by-somebody-else", first, second}) == 3
    assert not browser.copied(first).is_in
    browser.console.clock.pass_by(seconds=30)
    code = code_of(browser.secret, browser.console)
    password = "sept chameaux attendent au puits"  # noqa: S105 of the fixture
    answer = browser.post("/verifier?vers=/moi", password=password, code=code)
    assert answer.headers["Location"] == "/moi"
    assert browser.name not in {first, second}
    assert not browser.copied(second).is_in
    assert browser.is_in


def test_a_new_name_prolongs_no_session(browser):
    browser.enter(EMAIL)
    password = "sept chameaux attendent au puits"  # noqa: S105 of the fixture
    for _ in range(53):
        browser.console.clock.pass_by(minutes=9)
        code = code_of(browser.secret, browser.console)
        browser.post("/verifier", password=password, code=code)
        assert browser.is_in
    browser.console.clock.pass_by(minutes=4)
    assert not browser.is_in


def test_cookies_are_of_this_host_and_no_script_reads_them(browser):
    visit = browser.get("/entrer").headers.getlist("Set-Cookie")
    signed = browser.give_password(EMAIL).headers.getlist("Set-Cookie")
    for name, said in ((VISIT, visit), (COOKIE, signed)):
        [one] = [
            cookie for cookie in said if cookie.startswith(f"{name}=") and "Max-Age" not in cookie
        ]
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(one.split("; "))
        assert "Domain" not in one


def test_whoever_has_proven_nothing_fills_no_table(browser):
    for _ in range(20):
        visitor = Browser(browser.console)
        visitor.get("/entrer")
        visitor.post("/langue/en")
        visitor.give_password("nobody@example.org", "x")
    assert rows(browser.console, ConsoleSession) == 0


def test_wrong_tries_wait_longer_and_never_for_ever(browser):
    for _ in range(sign_ins.FREE):
        assert "faux" in browser.give_password(EMAIL, "wrong").text
    assert "Trop d" in browser.give_password(EMAIL).text  # even the right one waits
    browser.console.clock.now += sign_ins.FIRST_WAIT
    assert browser.give_password(EMAIL).status_code == 303
    assert sign_ins.wait_after(10_000) == sign_ins.LONGEST_WAIT


def test_one_address_keeps_nobody_out_who_comes_from_another(browser):
    for _ in range(sign_ins.FREE + 1):
        browser.give_password(EMAIL, "wrong")
    other = Browser(browser.console, "10.0.0.7")
    assert other.give_password(EMAIL).status_code == 303


def test_tries_at_once_are_counted_each(browser):
    tried = sign_ins.Tried.at("key", "enter", EMAIL)

    def attempt(_):
        with browser.console.store.work(Job("sign_in")) as work:
            return sign_ins.count_try(work, tried, NOON)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(20)))
    assert waits.count(timedelta()) == sign_ins.FREE


def test_an_unknown_e_mail_a_wrong_password_and_a_revoked_account_are_answered_alike(
    browser, monkeypatch
):
    console = browser.console
    console.account("auditor", email="gone@example.org")
    with console.store.work(Operator()) as work:
        accounts.revoke(work, "gone@example.org", NOON)
    checks = []
    verify = accounts._verify
    monkeypatch.setattr(accounts, "_verify", lambda *said: checks.append(1) or verify(*said))
    told = set()
    for email, password in (
        (EMAIL, "wrong"),
        ("nobody@example.org", "wrong"),
        ("gone@example.org", "sept chameaux attendent au puits"),
    ):
        somebody = Browser(console)
        texts = []
        for _ in range(sign_ins.FREE + 1):
            page = somebody.give_password(email, password)
            said = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page.text)
            texts.append((page.status_code, said.replace(email, "")))
        told.add(tuple(texts))
    assert len(told) == 1
    assert len(checks) == 3 * sign_ins.FREE  # as many hashes reckoned for each


def test_wrong_codes_wait_too(browser):
    key = browser.enter(EMAIL)
    browser.console.clock.pass_by(seconds=60)
    other = Browser(browser.console, "10.0.0.8")
    other.give_password(EMAIL)
    for _ in range(sign_ins.FREE):
        assert "maintenant" in other.post("/entrer/code", code="000000").text
    assert "Trop d" in other.give_code(key).text


def test_what_is_kept_of_tries_names_nobody(browser):
    browser.give_password("somebody@example.org", "wrong")
    with browser.console.store.reading(Operator()) as work:
        [digest] = work.session.scalars(select(SignInFailure.digest))
    assert len(digest) == 64
    assert "somebody" not in digest


def test_after_signing_in_one_goes_on_where_one_was_and_nowhere_else(browser):
    page = browser.get("/moi")
    assert page.headers["Location"] == "/entrer?vers=/moi"
    browser.give_password(EMAIL, path="/entrer?vers=/moi")
    assert browser.set_up().headers["Location"] == "/moi"
    for there in ("https://evil.example", "//evil.example", "/\\evil.example"):
        browser.console.clock.pass_by(seconds=60)
        other = Browser(browser.console)
        other.give_password(EMAIL, path=f"/entrer?vers={there}")
        assert other.give_code(browser.secret).headers["Location"] == "/"


def test_signing_in_stands_in_the_audit_log_by_whom(browser):
    browser.enter(EMAIL)
    with browser.console.store.reading(Operator()) as work:
        acts = work.session.execute(select(AuditEntry.actor, AuditEntry.act)).all()
        person = work.session.scalar(select(Account.person_id).where(Account.email == EMAIL))
    assert person
    signed = [actor for actor, act in acts if act in {"authenticator_set", "signed_in"}]
    assert len(signed) == 2
    assert all(actor.startswith("P") for actor in signed)


def test_what_failed_is_logged_without_saying_whose(browser, caplog):
    browser.give_password(EMAIL, "wrong")
    browser.give_password(EMAIL)
    browser.post("/entrer/code", code="000000")
    browser.set_up()
    [one] = [record for record in caplog.records if record.name == "gateway.console.entering"]
    assert (one.getMessage(), one.endpoint) == ("a sign-in failed", "security.login")
    assert EMAIL not in caplog.text


def test_a_code_is_of_now(browser):
    key = browser.enter(EMAIL)
    browser.console.clock.pass_by(minutes=10)
    code = code_of(key, browser.console)
    browser.console.clock.pass_by(seconds=90)
    late = Browser(browser.console)
    late.give_password(EMAIL)
    assert late.post("/entrer/code", code=code).status_code == 200
    assert late.post("/entrer/code", code=code_of(key, browser.console)).status_code == 303


def test_the_name_of_a_session_is_drawn_from_256_bits(browser):
    browser.enter(EMAIL)
    assert len(urlsafe_b64decode(browser.name + "=")) == 32


def test_passwords_are_hidden_and_may_be_kept_by_a_keeper(browser):
    pages = [browser.get("/entrer").text, browser.get("/retrouver").text]
    browser.enter(EMAIL)
    pages += [browser.get("/moi/mot-de-passe").text, browser.get("/verifier").text]
    for page in pages:
        fields = re.findall(r"<input[^>]*password[^>]*>", page)
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field)
        assert "onpaste" not in page
