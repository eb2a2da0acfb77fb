"""How many voices say the same: same topic, same place, lately; one phone is one voice."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.alert import Alert
from models.case import Case
from models.db import Work
from models.services.alert_texts import voices_of
from models.services.visibility import countable_cases

LATELY = timedelta(days=30)
COUNTED = ("routed", "taken", "answered", "reopened", "closed")


def sources(work: Work, case: Case, now: datetime) -> int:
    """Return how many voices named this topic in this place, of those the actor may count."""
    if work.session.get(Alert, case.id) is not None:
        return voices_of(work, case)
    return told_of(work, case.category, case.area_pcode, now)


def told_of(work: Work, category: str, area: str | None, now: datetime) -> int:
    """Return how many voices named a topic in an area lately, of those the actor may count."""
    alike = countable_cases(
        work,
        Case.category == category,
        Case.area_pcode == area,
        Case.opened_at > now - LATELY,
        Case.status.in_(COUNTED),
    ).subquery()
    named = func.count(func.distinct(alike.c.contact))
    nameless = func.count() - func.count(alike.c.contact)
    return int(work.session.scalar(select(named + nameless).select_from(alike)) or 0)
