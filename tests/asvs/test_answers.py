"""What every address of every application answers, to every method: the same walls everywhere."""

import re
import shutil
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from gateway.acceptor import Acceptor
from gateway.app import public_app
from gateway.channels.forms import read_form
from gateway.headers import harden
from gateway.settings import Settings
from gateway.spool import Spool
from models.inbound import InboundMessage
from tests.console.building import console_of
from tests.gateway import africastalking_posts as posts
from tests.gateway.service import CHANNEL, FORM, TOKEN, serving

METHODS = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
)
LISTENED_TO = {"GET", "HEAD", "POST", "OPTIONS"}
BESIDE = (
    "/.git/config",
    "/.env",
    "/var/jaabi.db",
    "/keys/keeper/pepper.key",
    "/channels.toml",
    "/wsgi.py",
    "/static/",
    "/hooks/",
    "/phone/static/",
    "/phone/static/../page.py",
    "/phone/static/%2e%2e/page.py",
    "/phone/templates/simulator/phone.html",
    "/docs",
    "/openapi.json",
    "/console",
)
BODY = posts.sms("bonjour")
FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/x",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example",
}


CONSOLE = "console: "  # what begins where of an answer of the console
MARKS = re.compile(rb'(name="csrf_token"[^>]*value=)"[^"]+"')


def _fill(rule, key, values):
    """Return what stands for a part of an address: a row, or a number as people say it."""
    is_row = isinstance(rule._converters.get(key), IntegerConverter)
    return values.get(key, 1 if is_row else "P0151")


@dataclass
class Sides:
    """The applications of one programme, and its service for what comes of posts."""

    apps: dict[str, Flask]
    service: object

    def addresses(self, name):
        """Every address of an application, its blanks filled in, and some that are none."""
        fills = {"channel": CHANNEL, "token": TOKEN, "filename": "page.js"}
        app = self.apps[name]
        with app.test_request_context():
            for rule in app.url_map.iter_rules():
                for event in ("sms", "ussd", "nothing"):
                    values = {**fills, "event": event}
                    yield rule.build({key: _fill(rule, key, values) for key in rule.arguments})[1]
        yield from BESIDE

    def answers(self, methods=METHODS):
        """Every answer: whose, to what, and the response."""
        for name, app in self.apps.items():
            with app.test_client() as client:
                for path in dict.fromkeys(self.addresses(name)):
                    for method in methods:
                        reply = client.open(
                            path, method=method, data=BODY, content_type=FORM, buffered=True
                        )
                        yield f"{name}: {method} {path}", reply


@pytest.fixture(scope="module")
def sides(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sides")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    with serving(f"sqlite:///{folder / 'jaabi.db'}", folder) as service:
        settings = service.settings
        demo = Settings.load(
            home=folder / "home",
            database_url=settings.database_url,
            demo="on",
            channel={},
        )
        acceptor = harden(Flask("acceptor", static_folder=None))
        spool = Spool(folder / "spool", service.conversing.house.transit)
        acceptor.register_blueprint(Acceptor(spool, {CHANNEL: [TOKEN]}).blueprint())
        yield Sides(
            {
                "public": service.app,
                "demo": public_app(demo, service.conversing),
                "console": console_of(settings, service.store),
                "acceptor": acceptor,
            },
            service,
        )


@pytest.fixture(scope="module")
def answers(sides):
    return list(sides.answers())


def paths(app):
    return {rule.rule for rule in app.url_map.iter_rules()}


def test_every_answer_says_its_type_and_charset(answers):
    for where, reply in answers:
        kind = reply.headers.get("Content-Type", "")
        if (reply.data and kind.startswith("text/")) or kind.endswith("xml"):
            assert "charset=utf-8" in kind.lower(), where
        assert kind or not reply.data, where


def test_no_answer_may_be_taken_for_something_else(answers):
    for where, reply in answers:
        assert reply.headers.get("X-Content-Type-Options") == "nosniff", where


def test_no_answer_opens_itself_to_other_origins(answers):
    for where, reply in answers:
        told = [name for name, _ in reply.headers if name.lower().startswith("access-control-")]
        assert told == [], where


def test_no_answer_sets_a_cookie_but_the_consoles(answers):
    for where, reply in answers:
        for cookie in reply.headers.getlist("Set-Cookie"):
            name, _, facts = cookie.partition("=")
            assert where.startswith(CONSOLE), where
            assert name.startswith("__Host-"), where
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(facts.split("; "))


def test_nobody_is_sent_elsewhere_but_to_the_consoles_sign_in(answers):
    for where, reply in answers:
        if 300 <= reply.status_code < 400:
            there = reply.headers["Location"]
            assert (where.startswith(CONSOLE), there.split("?")[0].split("/")[1]) == (
                True,
                "entrer",
            ), where


def test_only_named_methods_are_listened_to(answers):
    for where, reply in answers:
        method = where.split()[1]
        if method not in LISTENED_TO:
            assert reply.status_code in {404, 405}, where


def test_what_lies_beside_the_code_is_nowhere(answers):
    for where, reply in answers:
        _, method, path = where.split()
        if path in BESIDE and method != "OPTIONS":
            assert reply.status_code in {404, 405}, where


def test_headers_of_a_proxy_change_nothing(sides):
    for name, app in sides.apps.items():
        with app.test_client() as client:
            for path in dict.fromkeys(sides.addresses(name)):
                plain = client.get(path, buffered=True)
                told = client.get(path, headers=FORWARDED, buffered=True)
                assert plain.status_code == told.status_code, path
                if not path.startswith("/metrics"):  # whose figures are of the moment
                    assert _said(plain) == _said(told), path


def _said(reply):
    """Return an answer without the mark that each form has anew."""
    headers = [one for one in reply.headers if one[0] not in {"Set-Cookie", "Content-Length"}]
    return MARKS.sub(rb"\1", reply.data), headers


def test_what_is_asked_by_get_changes_nothing(sides):
    before = len(sides.service.rows(InboundMessage))
    with sides.service.app.test_client() as client:
        for hook in ("sms", "ussd", "delivery", "optout", "voice"):
            address = f"/hooks/{CHANNEL}/{TOKEN}/{hook}?{BODY.decode()}"
            assert client.get(address).status_code == 404
    assert len(sides.service.rows(InboundMessage)) == before


def test_a_field_said_twice_has_one_meaning():
    assert read_form(b"from=a&from=b&text=c") == {"from": "b", "text": "c"}


def test_the_two_applications_share_no_address_but_their_health(sides):
    shared = paths(sides.apps["public"]) & paths(sides.apps["console"])
    assert shared == {"/health/live", "/health/ready"}
    with sides.apps["public"].test_client() as client:
        assert client.get("/metrics").status_code == 404


def test_without_the_demo_there_is_no_phone_page(sides):
    extra = paths(sides.apps["demo"]) - paths(sides.apps["public"])
    assert extra
    assert all(path.startswith("/phone") for path in extra)


def test_an_error_of_ours_says_nothing(sides):
    def break_down(**_):
        raise RuntimeError("+22370000001 asked SELECT * FROM person")

    for name, app in sides.apps.items():
        views = dict(app.view_functions)
        try:
            app.view_functions.update(dict.fromkeys(views, break_down))
            with app.test_client() as client:
                for path in dict.fromkeys(sides.addresses(name)):
                    reply = client.get(path)
                    assert reply.status_code in {404, 405, 500}, (name, path)
                    assert "70000001" not in reply.text
                    assert "SELECT" not in reply.text
                    assert "Traceback" not in reply.text
        finally:
            app.view_functions.update(views)
