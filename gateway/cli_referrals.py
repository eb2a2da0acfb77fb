"""`jaabi referrals` and `jaabi stock`: one row a line, or the completion table; nobody's name."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from flows.referral_figures import summary
from gateway.cli_base import Moment, iso
from gateway.cli_lists import Row, as_json, looking, print_rows
from models.referral import Referral
from models.services.referral_facts import every_referral, times, told
from models.stock import Stock

SHARES: Mapping[str, str] = {
    "arrival": "arrived / referred",
    "service": "served / arrived",
    "completion": "served / referred",
    "counter_referral": "counter-referred / served or not served",
    "stock_out": "stock-out / arrived",
}
COUNTS = ("referred", "redirected", "expired", "withdrawn")
MIXES: Mapping[str, str] = {
    "asked": "asked, by digit of the card",
    "received": "received, by digit of the card",
    "not_served": "not served, by reason",
}


@click.command(name="referrals")
@as_json
@click.option("--since", type=Moment(), help="sent then or later")
@click.option("--summary", "summed", is_flag=True, help="completion, method mix and stock-outs")
def referrals(as_json: bool, since: datetime | None, summed: bool) -> None:
    """List the referrals, or sum them up with numerators and denominators."""
    with looking() as work:
        found = every_referral(work, since)
        if summed:
            _print_summary(summary(map(told, found)), as_json=as_json)
        else:
            print_rows(map(_referral, found), as_json=as_json)


@click.command(name="stock")
@as_json
def stock(as_json: bool) -> None:
    """List what each centre last said it has, by product digit, and when."""
    with looking() as work:
        rows = work.session.scalars(select(Stock).order_by(Stock.facility_id, Stock.product))
        print_rows(map(_level, rows), as_json=as_json)


def _referral(one: Referral) -> Row:
    return {
        "number": one.number,
        "source": one.source,
        "facility": one.facility_id,
        "wish": one.wish,
        "given": one.given,
        "status": one.status,
        "times": {status: iso(at) for status, at in times(one).items()},
        "reason": one.reason,
    }


def _level(row: Stock) -> Row:
    return {
        "facility": row.facility_id,
        "product": row.product,
        "quantity": row.quantity,
        "as_of": iso(row.as_of),
    }


def _print_summary(found: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: Mapping[str, Any]) -> Iterable[str]:
    for name in COUNTS:
        yield f"{name:<42} {found[name]}"
    for name, words in SHARES.items():
        yield f"{words:<42} {found[name]['numerator']} / {found[name]['denominator']}"
    for name, words in MIXES.items():
        mix = ", ".join(f"{key}: {count}" for key, count in found[name].items())
        yield f"{words:<42} {mix or '-'}"
    walked = found["walk_ins"]
    words = "came without being sent: arrived, served"
    yield f"{words:<42} {walked['arrived']}, {walked['served']}"
