"""Which cases a repair request speaks for; nobody but the handlers of a case learns of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select

from models.case import Case
from models.db import Job, Work
from models.repair import Repair, RepairCase
from models.services import messages
from models.services.visibility import visible_cases

UNANSWERED = ("asked", "taken", "late")
ENOUGH = 3  # voices after which a request points at no household


def cause_of(repair: Repair) -> str:
    """Return the cause of the text that asks."""
    return f"repair:{repair.id}"


def link(work: Work, repair: Repair, case: Case) -> None:
    """Let a request speak for a case."""
    work.session.add(RepairCase(repair_id=repair.id, case_id=case.id))


def spoken_for(work: Work, repair: Repair) -> Sequence[Case]:
    """Return the cases a request speaks for, whoever has them, locked."""
    own = replace(work, actor=Job("repairs"))  # the organisation asked may see none of them
    linked = select(RepairCase.case_id).where(RepairCase.repair_id == repair.id)
    wanted = visible_cases(own).where(Case.id.in_(linked)).order_by(Case.id)
    return work.session.scalars(wanted.with_for_update(of=Case)).all()


def let_go(work: Work, case: Case, now: datetime) -> None:
    """Speak no longer for a case: it became somebody else's business, or was stopped.

    A request that spoke for nothing else ends; if it has not left, it never will.
    """
    mine = select(RepairCase.repair_id).where(RepairCase.case_id == case.id)
    asked = select(Repair).where(Repair.id.in_(mine), Repair.status.in_(UNANSWERED))
    requests = work.session.scalars(asked.with_for_update()).all()
    work.session.execute(delete(RepairCase).where(RepairCase.case_id == case.id))
    for repair in requests:
        _let_go_of(work, repair, now)


def _let_go_of(work: Work, repair: Repair, now: datetime) -> None:
    of_repair = RepairCase.repair_id == repair.id
    left = work.session.scalar(select(func.count()).select_from(RepairCase).where(of_repair)) or 0
    if left and (repair.why != "sources" or left >= ENOUGH):
        return
    unsent = messages.withhold_cause(work, cause_of(repair), "let go", now)
    if not left:
        repair.status = "closed"
    elif unsent:
        # Too few speak now: those left wait for others, and are asked for anew.
        repair.status = "closed"
        work.session.execute(delete(RepairCase).where(of_repair))
