"""`jaabi route`: what would happen to a case like this, and why."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from flows.case_lifecycle import LIFECYCLES
from gateway.cli_base import iso
from gateway.cli_directory import opened
from models.services.asked_route import Asked, ask
from models.services.routing import Routed


@click.command()
@click.option("--kind", type=click.Choice(sorted(LIFECYCLES)), required=True)
@click.option("--category", required=True, help="digits of the menus, e.g. 12")
@click.option("--area", default="", help="p-code or place code; none = not said")
@click.option("--about", default="", help="organisation, facility, function[@area], person (P0151)")
@click.option("--registered", is_flag=True, help="raised by a registered phone (ALERTE)")
@click.option("--json", "as_json", is_flag=True)
def route(kind: str, category: str, area: str, about: str, registered: bool, as_json: bool) -> None:
    """Say who would receive a case, until when, and why."""
    with opened() as (work, _):
        routed = ask(work, Asked(kind, category, area, about, registered), datetime.now(UTC))
    said = as_words(routed)
    click.echo(json.dumps(said) if as_json else "\n".join(_explained(said)))


def as_words(routed: Routed) -> dict[str, Any]:
    """Return a choice as the contract names its parts, persons by the number said aloud."""
    said = asdict(routed)
    said["person"] = said.pop("number")
    said["class"] = said.pop("case_class")
    said["due_at"] = iso(routed.due_at)
    said["promised_at"] = iso(routed.promised_at)
    return said


def _explained(said: dict[str, Any]) -> Iterator[str]:
    yield from said["why"]
    yield f"-> {said['person'] or 'personne'} ({said['function']}, {said['organisation']})"
    yield f"classe {said['class']}, avant le {said['due_at']}"
    yield from (f"informe: {one}" for one in said["informed"])
    yield from (f"ecarte: {one}" for one in said["barred"])
