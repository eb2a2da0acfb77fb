"""`jaabi referrals` and `jaabi stock` as operators script them."""

import json

import pytest
from click.testing import CliRunner

from gateway.cli import commands
from tests import referral_world as world
from tests.factories import staged
from tests.referral_world import refers


@pytest.fixture
def loop(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as stage:
        world.settle(stage)
        yield stage


@pytest.fixture
def jaabi(loop, tmp_path):
    home, url = str(tmp_path), str(loop.store.url)
    environment = {"JAABI_HOME": home, "JAABI_DATABASE_URL": url, "JAABI_DEMO": "off"}

    def run(*words):
        done = CliRunner(env=environment).invoke(commands, words)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def rows(said):
    return [json.loads(line) for line in said.splitlines()]


def test_referrals_are_listed_with_the_times_of_their_statuses(loop, jaabi):
    code = refers(loop)
    loop.later(days=1)
    loop.writes("P0222", f"DONNE {code} 3")
    loop.later(minutes=1)
    refers(loop, "REF 6143 19")
    first, second = rows(jaabi("referrals", "--json"))
    assert first == {
        "number": code,
        "source": "relay",
        "facility": "F3",
        "wish": "3",
        "given": "3",
        "status": "served",
        "times": {
            "sent": "2026-11-23T12:00:00Z",
            "redirected": "2026-11-24T12:00:00Z",
            "arrived": "2026-11-24T12:00:00Z",
            "served": "2026-11-24T12:00:00Z",
        },
        "reason": None,
    }
    assert (second["status"], second["wish"], set(second["times"])) == ("sent", None, {"sent"})
    assert len(rows(jaabi("referrals", "--json", "--since", "2026-11-24"))) == 1
    assert code in jaabi("referrals")


def test_what_was_undone_has_no_time(loop, jaabi):
    code = refers(loop)
    loop.writes("P0202", f"{code} 1")
    loop.writes("P0202", f"ANNULE {code}")
    [one] = rows(jaabi("referrals", "--json"))
    assert set(one["times"]) == {"sent"}


def test_the_summary_gives_every_numerator_and_denominator(loop, jaabi):
    served, refused, _, mistake = (refers(loop) for _ in range(4))
    loop.writes("P0202", f"DONNE {served} 2")
    loop.writes("P0202", f"PAS {refused} 1")
    loop.writes("R128", f"ANNULE {mistake}")
    loop.writes("P0202", "VENUE 24")
    [found] = rows(jaabi("referrals", "--summary", "--json"))
    assert found == {
        "referred": 3,
        "arrival": {"numerator": 2, "denominator": 3},
        "service": {"numerator": 1, "denominator": 2},
        "completion": {"numerator": 1, "denominator": 3},
        "counter_referral": {"numerator": 2, "denominator": 2},
        "stock_out": {"numerator": 1, "denominator": 2},
        "stock_out_by_wish": {"3": {"numerator": 1, "denominator": 2}},
        "not_served": {"stock_out": 1},
        "asked": {"3": 3},
        "received": {"2": 1},
        "redirected": 0,
        "expired": 0,
        "withdrawn": 0,
        "walk_ins": {"arrived": 1, "served": 0},
    }
    table = jaabi("referrals", "--summary")
    assert "served / referred" in table
    assert "1 / 3" in table


def test_stock_is_listed_with_the_age_of_its_figures(loop, jaabi):
    loop.writes("P0203", "STOCK 2 40 3 0")
    assert rows(jaabi("stock", "--json")) == [
        {"facility": "F1", "product": "2", "quantity": 40, "as_of": "2026-11-23T12:00:00Z"},
        {"facility": "F1", "product": "3", "quantity": 0, "as_of": "2026-11-23T12:00:00Z"},
    ]
    assert "F1  2  40" in jaabi("stock")
