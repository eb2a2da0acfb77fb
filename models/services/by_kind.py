"""What else it means to take an item of a special kind, to take that back, or to refuse it."""

from datetime import datetime

from models.case import Case
from models.db import Work
from models.person import Person
from models.services import decisions, rings
from models.services.scene import House

ALERT, EVACUATION = "alert", "evacuation"


def taken(work: Work, house: House, case: Case, person: Person, now: datetime) -> None:
    """Let follow what taking brings: an alert is acknowledged, nobody else is rung."""
    if case.kind == ALERT:
        decisions.acknowledged(work, case, now)
    elif case.kind == EVACUATION:
        rings.taken(work, house, case, person, now)


def undone(work: Work, house: House, case: Case, now: datetime) -> None:
    """Let follow what taking back brings: nobody acknowledged it, somebody else is rung."""
    if case.kind == ALERT:
        decisions.acknowledged(work, case, None)
    elif case.kind == EVACUATION:
        rings.released(work, house, case, now)


def refused(work: Work, house: House, case: Case, person: Person, now: datetime) -> bool:
    """Return whether a refusal took effect at once, because minutes count."""
    if case.kind != EVACUATION:
        return False
    rings.refused(work, house, case, person, now)
    return True
