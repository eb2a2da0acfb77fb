"""Looks on the spot, or calls, at what was said: asked here, known to whoever handles the case."""

from datetime import datetime

from sqlalchemy import select

from models.case import Case
from models.db import Work
from models.repair import Check


def ask(work: Work, case: Case, why: str, now: datetime) -> bool:
    """Ask for a check, unless one is open for the same reason; return whether it is new.

    ``why`` is not_arrived (the speaker says so) or few_sources (nobody may be asked to repair).
    """
    still_open = select(Check.id).where(
        Check.case_id == case.id, Check.why == why, Check.done_at.is_(None)
    )
    if work.session.scalar(still_open.limit(1)) is not None:
        return False
    work.session.add(Check(case_id=case.id, why=why, asked_at=now))
    return True
