"""What every answer says to a browser, on every route of every application we have."""

import re
from contextlib import closing

import pytest
from flask import Flask

from gateway.acceptor import Acceptor
from gateway.app import public_app
from gateway.headers import HEADERS, TLS, harden
from gateway.spool import Spool
from models.services.conversing import Conversing
from tests.console.building import console_of
from tests.gateway.service import serving

TOKENS = {"at": ["a" * 40]}
ARGUMENTS = {"channel": "at", "token": "b" * 40, "event": "sms", "filename": "page.js"}
ROW, NUMBER = re.compile(r"<int:\w+>"), re.compile(r"<(?:string:)?\w+>")
METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD")


@pytest.fixture
def apps(sqlite_store, tmp_path):
    with serving(sqlite_store.url, tmp_path) as one:
        settings = one.settings.model_copy(update={"demo": "force"})
        house = one.stage.house
        conversing = Conversing(one.stage.store, house)
        acceptor = harden(Flask(__name__, static_folder=None))
        spool = Spool(tmp_path / "spool", house.transit)
        acceptor.register_blueprint(Acceptor(spool, TOKENS).blueprint())
        yield {
            "public": public_app(settings, conversing),
            "console": console_of(settings, one.stage.store),
            "acceptor": acceptor,
        }


def answers(app):
    """Give what each route answers to each method, and what is nowhere."""
    client = app.test_client()
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    for rule in (*sorted(paths), "/nowhere"):
        for name, value in ARGUMENTS.items():
            rule = rule.replace(f"<{name}>", value).replace(f"<path:{name}>", value)
        rule = ROW.sub("1", rule)
        rule = NUMBER.sub("P0151", rule)
        assert "<" not in rule, rule
        for method in METHODS:
            with closing(client.open(rule, method=method)) as reply:
                yield f"{method} {rule}", reply


@pytest.mark.parametrize("name", ["public", "console", "acceptor"])
def test_every_route_says_them(apps, name):
    seen = dict(answers(apps[name]))
    assert len(seen) >= 2 * len(METHODS)
    for asked, reply in seen.items():
        missing = {one for one in HEADERS if one not in reply.headers}
        assert missing == set(), asked
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, asked
        assert "unsafe" not in policy, asked
        assert "frame-ancestors 'none'" in policy, asked
        assert "Set-Cookie" not in reply.headers or name == "console", asked


def test_what_nobody_wrote_a_page_for_says_nothing_of_what_was_asked(apps):
    for name, app in apps.items():
        reply = app.test_client().get("/<script>x</script>?22370000001")
        assert reply.status_code == 404, name
        assert b"script" not in reply.data, name
        assert b"7000" not in reply.data, name


def test_an_error_says_them_too():
    app = harden(Flask(__name__))

    @app.get("/breaks")
    def breaks():
        raise RuntimeError("70000001")

    reply = app.test_client().get("/breaks")
    assert reply.status_code == 500
    assert b"7000" not in reply.data
    assert {name: reply.headers[name] for name in HEADERS} == dict(HEADERS)


def test_a_page_may_allow_itself_more():
    app = harden(Flask(__name__))

    @app.get("/page")
    def page():
        return "", {"Content-Security-Policy": "default-src 'self'"}

    assert app.test_client().get("/page").headers["Content-Security-Policy"] == "default-src 'self'"


@pytest.mark.parametrize(("url", "told"), [("https://jaabi.example", 1), ("http://127.0.0.1", 0)])
def test_over_https_browsers_are_told_to_come_by_no_other_way(url, told):
    reply = harden(Flask(__name__), url).test_client().get("/")
    assert (len(TLS.keys() & set(reply.headers.keys()))) == told
