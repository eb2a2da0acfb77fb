"""What would happen to a case like this: nothing is filed, and nobody is told."""

from dataclasses import dataclass
from datetime import datetime

from flows.concerned import UNKNOWN, Told, subjects
from flows.directory import Directory, Subject
from flows.policy import Policy
from flows.routing import CaseFacts
from flows.sensitivity import CLASS_OF, class_of
from models.area import Area, Facility, PlaceCode
from models.db import Work
from models.organisation import Organisation
from models.services.alerts import ALERT_CLASS
from models.services.directory import DirectoryRefused
from models.services.filing import accuses_nobody
from models.services.routing import Routed, policy, route, snapshot, where

# What an organisation of this kind is on the lists of W1 to W6.
ANSWERS = {"ngo": "ngo", "cscom": "staff", "csref": "csref", "asaco": "asaco", "sldses": "state"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as somebody imagines it.

    ``area``: p-code, place code or empty; ``about``: organisation, facility, function[@area],
    person (P0151) or empty; ``registered``: raised by a registered phone (ALERTE).
    """

    kind: str
    category: str
    area: str = ""
    about: str = ""
    registered: bool = False


def ask(work: Work, asked: Asked, now: datetime) -> Routed:
    """Return who would receive it, until when, and why. Raises DirectoryRefused."""
    known = snapshot(work, now)
    pcode = _area(work, asked.area)
    told = Told(asked.category, asked.about, pcode)
    answer, accused = _accused(work, known, told, policy())
    if not asked.about and accuses_nobody(asked.kind, asked.category, answer):
        accused = ()
    always = asked.registered or asked.kind == "evacuation"
    facts = CaseFacts(
        kind=asked.kind,
        category=asked.category,
        case_class=_class(asked.category, answer, always=always),
        area_pcode=pcode or None,
        about=answer,
        subjects=accused,
        registered=asked.registered,
    )
    return route(work, facts, now)


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


def _accused(
    work: Work, known: Directory, asked: Told, policy: Policy
) -> tuple[str, tuple[Subject, ...]]:
    """Read ``asked.about`` as what it names: how W1 to W6 would have said it, and the subjects."""
    name, at, _ = asked.about.partition("@")
    told = Told(asked.category, UNKNOWN, asked.area)
    if not name:
        return UNKNOWN, subjects(told, known, policy)
    if work.session.get(Organisation, name) is not None:
        answer = ANSWERS.get(known.kind(name), UNKNOWN)
        chosen = Told(asked.category, answer, asked.area, organisation=name)
        return answer, subjects(chosen, known, policy)
    if work.session.get(Facility, name) is not None:
        centre = Told(asked.category, "staff", asked.area, facility=name)
        return "staff", subjects(centre, known, policy)
    if name in policy.functions:
        ref = asked.about if at else "@".join(filter(None, (name, asked.area)))
        return name if name in policy.concerned else UNKNOWN, (("function", ref),)
    if any(seat.person == name.upper() for seat in known.seats):
        return UNKNOWN, (("person", name.upper()),)
    raise DirectoryRefused([f"{asked.about} is no organisation, facility, function or person"])
