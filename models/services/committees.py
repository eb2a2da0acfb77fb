"""Tells those who need not act: a shock, its place and size, never who told of it (D3).

The administration's committee hears of it a day later, and only where the switch of its cercle is
on; who must know at once (the centre of the cercle of an epidemic) at once.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from flows.alert_kinds import KINDS
from flows.case_lifecycle import OPEN
from flows.policy import SENSITIVE
from flows.routing import informed
from models.alert import Alert
from models.case import Case, CaseEvent
from models.db import Work
from models.services import cases
from models.services.alert_texts import committee_text
from models.services.routing import policy, snapshot
from models.services.scene import House
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice, tell

AFTER = timedelta(days=1)
SHOCKS = "6"  # first digit of their categories: no complaint ever goes this way


def tell_committees(work: Work, house: House, now: datetime) -> int:
    """Tell the committees of shocks of yesterday; return of how many. Again at AT_ONCE."""
    waiting = (
        select(Case)
        .join(Alert, Alert.case_id == Case.id)
        .where(
            Alert.committee_told_at.is_(None),
            Case.opened_at <= now - AFTER,
            Case.status.in_(OPEN | {"answered"}),
            Case.id.not_in(work.passed),
        )
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )

    def inform(case: Case) -> None:
        work.session.get_one(Alert, case.id).committee_told_at = now
        event = cases.record(work, case, "told", now)
        tell_informed(work, house, case, event, administration=True)

    return each(work, work.session.scalars(waiting).all(), inform)


def tell_informed(
    work: Work, house: House, case: Case, event: CaseEvent, *, administration: bool
) -> None:
    """Tell those of the policy's row who are only told: the administration, or the others.

    The others with the announcement, which a session's end lets go and graver words hold back.
    """
    if not _is_told(work, case):
        return
    facts = cases.facts_of(work, case)
    known = snapshot(work, event.at)
    for seat in informed(facts, known, policy(), administration=administration):
        if seat.person_id == case.holder_person:
            continue
        notice = Notice(
            purpose="alert_committee" if administration else "case_new",
            text=committee_text(work, house, case),
            cause=f"case-event:{event.id}:{seat.person_id}",
            due_at=event.at if administration else event.at + cases.ANNOUNCED_AFTER,
            case_id=case.id,
        )
        tell(work, house, seat.person_id, notice, event.at)


def _is_told(work: Work, case: Case) -> bool:
    alert = work.session.get(Alert, case.id)
    ordinary = case.category.startswith(SHOCKS) and case.case_class not in SENSITIVE
    return ordinary and alert is not None and not KINDS[alert.kind].quiet
