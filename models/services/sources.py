"""How many voices say the same: same topic, same place, lately; one phone is one voice."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.case import Case
from models.db import Work
from models.services.visibility import countable_cases

LATELY = timedelta(days=30)
COUNTED = ("routed", "taken", "answered", "reopened", "closed")


def sources(work: Work, case: Case, now: datetime) -> int:
    """Return how many voices named this topic in this place, of those the actor may count."""
    alike = countable_cases(
        work,
        Case.category == case.category,
        Case.area_pcode == case.area_pcode,
        Case.opened_at > now - LATELY,
        Case.status.in_(COUNTED),
    ).subquery()
    named = func.count(func.distinct(alike.c.contact))
    nameless = func.count() - func.count(alike.c.contact)
    return int(work.session.scalar(select(named + nameless).select_from(alike)) or 0)
