"""`jaabi route`: what would happen to a case like this, and why."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from flows.case_lifecycle import LIFECYCLES
from flows.concerned import UNKNOWN, Told, subjects
from flows.directory import Directory, Subject
from flows.routing import CaseFacts
from flows.sensitivity import CLASS_OF, class_of
from gateway.cli_base import iso
from gateway.cli_directory import opened
from models.area import Area, Facility, PlaceCode
from models.db import Work
from models.organisation import Organisation
from models.services.alerts import ALERT_CLASS
from models.services.directory import DirectoryRefused
from models.services.filing import accuses_nobody
from models.services.routing import Routed, policy, snapshot, where
from models.services.routing import route as decide

# What an organisation of this kind is on the lists of W1 to W6.
ANSWERS = {"ngo": "ngo", "cscom": "staff", "csref": "csref", "asaco": "asaco", "sldses": "state"}


@click.command()
@click.option("--kind", type=click.Choice(sorted(LIFECYCLES)), required=True)
@click.option("--category", required=True, help="digits of the menus, e.g. 12")
@click.option("--area", default="", help="p-code or place code; none = not said")
@click.option("--about", default="", help="organisation, facility, function[@area], person (P0151)")
@click.option("--registered", is_flag=True, help="raised by a registered phone (ALERTE)")
@click.option("--json", "as_json", is_flag=True)
def route(kind: str, category: str, area: str, about: str, registered: bool, as_json: bool) -> None:
    """Say who would receive a case, until when, and why."""
    now = datetime.now(UTC)
    with opened() as (work, _):
        known = snapshot(work, now)
        pcode = _area(work, area)
        answer, accused = _accused(work, known, Told(category, about, pcode))
        if not about and accuses_nobody(kind, category, answer):
            accused = ()
        facts = CaseFacts(
            kind=kind,
            category=category,
            case_class=_class(category, answer, always=registered or kind == "evacuation"),
            area_pcode=pcode or None,
            about=answer,
            subjects=accused,
            registered=registered,
        )
        routed = decide(work, facts, now)
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


def _class(category: str, answer: str, *, always: bool) -> str:
    if category not in CLASS_OF:
        raise DirectoryRefused([f"no category {category}"])
    return ALERT_CLASS if always else class_of(category, answer)


def _area(work: Work, said: str) -> str:
    code = work.session.get(PlaceCode, said)
    if code is not None:
        return where(work, code.ref)[0] or ""
    if said and work.session.get(Area, said) is None:
        raise DirectoryRefused([f"no area {said}"])
    return said


def _accused(work: Work, known: Directory, asked: Told) -> tuple[str, tuple[Subject, ...]]:
    """Read ``asked.about`` as what it names: how W1 to W6 would have said it, and the subjects."""
    name, at, _ = asked.about.partition("@")
    told = Told(asked.category, UNKNOWN, asked.area)
    if not name:
        return UNKNOWN, subjects(told, known, policy())
    if work.session.get(Organisation, name) is not None:
        answer = ANSWERS.get(known.kind(name), UNKNOWN)
        chosen = Told(asked.category, answer, asked.area, organisation=name)
        return answer, subjects(chosen, known, policy())
    if work.session.get(Facility, name) is not None:
        centre = Told(asked.category, "staff", asked.area, facility=name)
        return "staff", subjects(centre, known, policy())
    if name in policy().functions:
        ref = asked.about if at else "@".join(filter(None, (name, asked.area)))
        return name if name in policy().concerned else UNKNOWN, (("function", ref),)
    if any(seat.person == name.upper() for seat in known.seats):
        return UNKNOWN, (("person", name.upper()),)
    raise DirectoryRefused([f"{asked.about} is no organisation, facility, function or person"])
