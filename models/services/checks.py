"""Looks on the spot, or calls, at what was said: asked here, known to whoever handles the case."""

from datetime import datetime

from sqlalchemy import select

from flows.deadlines import HOURS
from flows.policy import SENSITIVE
from models.case import Case, CaseEvent
from models.db import Work
from models.repair import Check
from models.services.programme import daytime
from models.services.scene import House
from models.services.telling import Notice, tell

WHO = ("meal", "third_party", "pair")
HOW = ("visit", "call", "unannounced")
RESULTS = ("confirmed", "partly", "not", "no_access")
WISHED = "wished"  # by whoever handles the case


def ask(work: Work, house: House, case: Case, why: str, event: CaseEvent) -> None:
    """Ask for a check and tell the holder, unless one is still open for the same reason.

    ``why`` is not_arrived (the speaker says so) or few_sources (no repair may be asked for);
    ``event`` is what brings it about.
    """
    still_open = select(Check.id).where(
        Check.case_id == case.id, Check.why == why, Check.done_at.is_(None)
    )
    if work.session.scalar(still_open.limit(1)) is not None:
        return
    work.session.add(Check(case_id=case.id, why=why, asked_at=event.at))
    notice = Notice(
        purpose="check_asked",
        text=house.say("check_asked", n=case.number),
        cause=f"case-event:{event.id}",
        due_at=event.at if case.case_class in HOURS else daytime(work, event.at),
        case_id=case.id,
        sensitive=case.case_class in SENSITIVE,
    )
    tell(work, house, case.holder_person, notice, event.at)


def order(work: Work, case: Case, who: str, how: str, now: datetime) -> Check:
    """Say who shall look, and how. Raises ValueError for words that are none of ours."""
    if who not in WHO or how not in HOW:
        raise ValueError("no such check")
    row = Check(case_id=case.id, why=WISHED, asked_at=now, who=who, how=how)
    work.session.add(row)
    return row


def settle(row: Check, result: str, at: datetime) -> None:
    """Write down what was found, and when. Raises ValueError for what is no result."""
    if result not in RESULTS:
        raise ValueError("no such result")
    row.result, row.done_at = result, at
