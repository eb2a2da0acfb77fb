"""`jaabi accounts` as an operator types it: the password on standard input, never in the line."""

import json

from tests.gateway.test_cli_directory import jaabi, said

__all__ = ["jaabi"]

GOOD = "quatre vaches au puits\n"


def test_an_account_is_made_listed_and_ended(jaabi):
    number = said(jaabi("accounts add --email Awa@example.org --role triager", GOOD)).strip()
    said(jaabi("accounts add --email mcd@example.org --role focal_point --person P0111", GOOD))
    said(jaabi("accounts add --email audit@example.org --role auditor", GOOD))
    rows = [json.loads(line) for line in said(jaabi("accounts list --json")).splitlines()]
    assert [(one["email"], one["role"], one["person"]) for one in rows] == [
        ("audit@example.org", "auditor", None),
        ("awa@example.org", "triager", number),
        ("mcd@example.org", "focal_point", "P0111"),
    ]
    assert rows[1]["functions"] == ["cell_triager"]
    listed = [json.loads(line) for line in said(jaabi("people list --json")).splitlines()]
    assert [one["phone"] for one in listed if one["person"] == number] == [None]
    assert said(jaabi("accounts revoke awa@example.org")) == "awa@example.org is revoked\n"
    assert number not in said(jaabi("people list"))
    assert "awa@example.org" not in said(jaabi("accounts list"))


def test_what_is_wrong_is_said_with_exit_code_2(jaabi):
    add = "accounts add --email awa@example.org --role triager"
    for given, why in (
        ("short\n", "12 characters"),
        ("password1234\n", "tried first"),
        ("", "nothing came"),
    ):
        done = jaabi(add, given)
        assert (done.exit_code, why in done.output) == (2, True), done.output
    assert jaabi("accounts revoke nobody@example.org").exit_code == 2
    assert jaabi("people pin P0999").exit_code == 2


def test_an_account_is_reset_where_no_two_administrators_are(jaabi):
    said(jaabi("accounts add --email awa@example.org --role administrator", GOOD))
    assert jaabi("accounts reset awa@example.org", "short\n").exit_code == 2
    other = "neuf pirogues sur le fleuve\n"
    assert "sets an authenticator up" in said(jaabi("accounts reset awa@example.org", other))
    noted = said(jaabi("audit list --json"))
    assert "sessions_ended" in noted


def test_a_code_is_said_in_the_demo_only(jaabi):
    said(jaabi("accounts add --email awa@example.org --role administrator", GOOD))
    done = jaabi("accounts code awa@example.org")
    assert (done.exit_code, "only in the demo" in done.output) == (2, True)
