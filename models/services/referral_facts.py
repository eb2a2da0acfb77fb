"""Referrals as lists and figures take them: their steps read once, what was undone left out."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flows.referral_figures import Told
from flows.referral_lifecycle import REFERRAL
from models.db import Work
from models.referral import Referral
from models.services.referrals import standing

BATCH = 500
MOVES = {transition for ways in REFERRAL.values() for transition in ways} - {
    "consented",
    "accepted",
}


def every_referral(work: Work, since: datetime | None = None) -> Iterator[Referral]:
    """Give the referrals of a cohort, sent then or later, oldest first."""
    wanted = select(Referral).options(selectinload(Referral.steps)).order_by(Referral.id)
    if since is not None:
        wanted = wanted.where(Referral.sent_at >= since)
    yield from work.session.scalars(wanted.execution_options(yield_per=BATCH))


def told(referral: Referral) -> Told:
    """Return what figures need of a referral."""
    return Told(
        source=referral.source,
        wish=referral.wish,
        given=referral.given,
        reason=referral.reason,
        steps=frozenset(step.transition for step in standing(referral)),
    )


def times(referral: Referral) -> dict[str, datetime]:
    """Return when a referral first reached each of its statuses."""
    found: dict[str, datetime] = {}
    for step in standing(referral):
        if step.transition in MOVES:
            found.setdefault(step.status, step.at)
    return found
