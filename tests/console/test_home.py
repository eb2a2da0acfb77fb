"""The frame of every page: who may enter, in which language, and what it tells a browser."""

import pytest

from tests.console.conftest import ROLES


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_first_page(console, role):
    page = console.as_role(role).get("/")
    assert page.status_code == 200
    assert "Ce matin" in page.text


def test_nobody_enters_without_signing_in(console):
    page = console.app.test_client().get("/", base_url="https://localhost")
    assert (page.status_code, page.headers["Location"]) == (302, "/entrer")


def test_no_page_is_kept_by_the_browser_and_nothing_from_elsewhere_runs_in_it(console):
    page = console.as_role("triager").get("/")
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'"
    )
    assert "unsafe" not in page.headers["Content-Security-Policy"]
