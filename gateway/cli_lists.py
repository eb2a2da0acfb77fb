"""`jaabi channels`, `cases`, `messages`: one row a line, no words, no phones."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from sqlalchemy import func, select

from flows.case_lifecycle import LIFECYCLES
from flows.policy import SENSITIVE
from gateway import assembly
from gateway.cli_base import Moment, Unusable, iso, load_settings
from models.case import Case
from models.db import Actor, Job, Operator, Work
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.person import Person
from models.services.timeliness import Share, share_in_time
from models.services.visibility import visible_cases

Row = Mapping[str, Any]

as_json = click.option("--json", "as_json", is_flag=True, help="one JSON object a line")


@click.command(name="channels")
@as_json
def channels(as_json: bool) -> None:
    """List the channels and the addresses to give to their providers."""
    settings = load_settings()
    adapters = assembly.build_channels(settings)
    for name, table in settings.channel.items():
        base = f"{settings.public_url}/hooks/{name}/{table.tokens[0]}"
        hooks = {
            event: {"method": method, "url": f"{base}/{event}"}
            for event, method in adapters[name].hooks.items()
        }
        if as_json:
            row = {"channel": name, "provider": table.provider, "hooks": hooks}
            click.echo(json.dumps(row))
            continue
        click.echo(f"{name}  {table.provider}")
        for event, hook in hooks.items():
            click.echo(f"  {event:<9} {hook['method']} {hook['url']}")


@click.command(name="cases")
@as_json
@click.option("--since", type=Moment(), help="opened then or later")
@click.option("--kind", type=click.Choice(sorted(LIFECYCLES)))
@click.option("--sensitive", is_flag=True, help="print how many are hidden (demo only)")
@click.option("--summary", is_flag=True, help="by class: received, answered in time, late")
def cases(
    as_json: bool, since: datetime | None, kind: str | None, sensitive: bool, summary: bool
) -> None:
    """List the cases. C5 to C7 never appear."""
    if sensitive:
        _count_sensitive(as_json=as_json)
        return
    with looking() as work:
        if summary:
            shares = share_in_time(work, assembly.clock(), since)
            print_rows(map(_share, shares), as_json=as_json)
            return
        asked = visible_cases(work).order_by(Case.id)
        if since is not None:
            asked = asked.where(Case.opened_at >= since)
        if kind is not None:
            asked = asked.where(Case.kind == kind)
        found = work.session.execute(select(Person.id, Person.number))
        persons = {row: number for row, number in found}
        print_rows((_case(one, persons) for one in work.session.scalars(asked)), as_json=as_json)


@click.command(name="messages")
@as_json
@click.option("--direction", type=click.Choice(["in", "out"]))
def messages(as_json: bool, direction: str | None) -> None:
    """List the messages received and sent."""
    with looking() as work:
        rows: list[Row] = []
        if direction != "out":
            received = select(InboundMessage).order_by(InboundMessage.id)
            rows += map(_inbound, work.session.scalars(received))
        if direction != "in":
            sent = select(OutboundMessage).order_by(OutboundMessage.id)
            rows += map(_outbound, work.session.scalars(sent))
    print_rows(sorted(rows, key=lambda row: row["created_at"]), as_json=as_json)


@contextmanager
def looking(actor: Actor | None = None) -> Iterator[Work]:
    """Look at the database as the operator, or as somebody else, and change nothing."""
    store = assembly.open_store(load_settings(), wakes=False)
    try:
        with store.reading(actor or Operator()) as work:
            yield work
    finally:
        store.close()


def _count_sensitive(*, as_json: bool) -> None:
    if not load_settings().is_demo:
        raise Unusable(["how many sensitive cases there are is told in the demo only"])
    with looking(Job("count")) as work:
        hidden = visible_cases(work).where(Case.case_class.in_(SENSITIVE)).subquery()
        count = work.session.scalar(select(func.count()).select_from(hidden))
    click.echo(json.dumps({"sensitive": count}) if as_json else f"{count} sensitive")


def _share(one: Share) -> Row:
    return {
        "class": one.case_class,
        "received": one.received,
        "answered_in_time": one.in_time,
        "late": one.late,
        "waiting": one.waiting,
        "withdrawn": one.withdrawn,
        "share": one.share,
    }


def _case(case: Case, persons: Mapping[int, str]) -> Row:
    return {
        "number": case.number,
        "kind": case.kind,
        "category": case.category,
        "class": case.case_class,
        "area_pcode": case.area_pcode,
        "organisation": case.holder_organisation,
        "person": None if case.holder_person is None else persons.get(case.holder_person),
        "status": case.status,
        "channel": case.channel,
        "language": case.language,
        "opened_at": iso(case.opened_at),
        "due_at": iso(case.due_at),
        "why": case.why,
    }


def _inbound(row: InboundMessage) -> Row:
    return {
        "id": row.id,
        "direction": "in",
        "channel": row.channel,
        "provider_id": row.provider_id,
        "status": row.status,
        "tries": row.tries,
        "segments": None,
        "cause": row.cause,
        "created_at": iso(row.received_at),
        "settled_at": row.settled_at and iso(row.settled_at),
    }


def _outbound(row: OutboundMessage) -> Row:
    return {
        "id": row.id,
        "direction": "out",
        "channel": row.channel,
        "provider_id": row.provider_id,
        "status": row.status,
        "tries": row.tries,
        "segments": row.segments,
        "cause": row.cause,
        "created_at": iso(row.created_at),
        "settled_at": row.settled_at and iso(row.settled_at),
        "reason": row.reason,
    }


def print_rows(rows: Iterable[Row], *, as_json: bool) -> None:
    """Print rows, one JSON object a line or their values side by side."""
    for row in rows:
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            click.echo("  ".join(map(_shown, row.values())))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return " ".join(f"{name}={said}" for name, said in value.items())
    return "-" if value is None else str(value)
