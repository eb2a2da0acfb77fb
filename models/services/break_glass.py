"""A case of somebody else's, opened for half an hour: with a reason, and a second person told.

Never by whom it is about, nor by whom its compartment is closed to: they find what strangers do.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from flows.case_lifecycle import HELD
from flows.deadlines import shown
from flows.directory import within
from flows.policy import SENSITIVE
from models.audit import AuditEntry
from models.case import Case
from models.db import Job, Work
from models.organisation import Organisation
from models.person import Hat, Person
from models.services.audit import GLASS, about_case, note
from models.services.handling import Desk
from models.services.routing import barred, policy
from models.services.telling import Notice, tell
from models.services.visibility import in_service

ACTOR = Job("break_glass")
LASTS = timedelta(minutes=30)
REASONS = ("absent", "urgent", "misplaced", "asked")  # why it cannot wait for whoever has it
SKEW = timedelta(minutes=1)  # by so much two clocks may differ
CELL = "cell"
SUPERVISOR, TRIAGER = "cell_supervisor", "cell_triager"
WEEK = timedelta(days=7)


def break_open(desk: Desk, number: str, reason: str) -> AuditEntry | None:
    """Note that a person opens a case that is not theirs, and tell a second one at once.

    None where they may not, where nobody can be told, and where there is no such case. Raises
    ValueError for a reason that is none of REASONS.
    """
    if reason not in REASONS:
        raise ValueError("no such reason")
    # Who is not given a case does not see it: the service looks in their stead, and judges.
    with in_service(desk.work, ACTOR):
        return _broken(desk, number, reason)


def _broken(desk: Desk, number: str, reason: str) -> AuditEntry | None:
    case = desk.work.session.scalar(select(Case).where(Case.number == number))
    if case is None or not may_break(desk.work, desk.person, case):
        return None
    second = _second(desk.work, desk.person, case)
    if second is None:
        return None
    entry = note(desk.work, about_case(GLASS, case, reason, second=second.number), desk.now)
    notice = Notice(
        purpose="glass_broken",
        text=desk.say("glass_broken", n=case.number, date=shown(desk.now)),
        cause=f"audit:{entry.id}",
        case_id=case.id,
        sensitive=case.case_class in SENSITIVE,
    )
    tell(desk.work, desk.house, second.id, notice, desk.now)
    return entry


def may_break(work: Work, person: Person, case: Case) -> bool:
    """Say whether a person may open a case that is not theirs, for a reason."""
    if not person.usable or case.status not in HELD:
        return False
    wears = any(
        hat.function in _functions(case) and _covers(hat, case) and _sits_right(work, hat, case)
        for hat in person.hats
    )
    return wears and person.id not in _barred(work, case)


def is_broken(work: Work, person: Person, case: Case, now: datetime) -> bool:
    """Say whether a person opened this case less than half an hour ago, and still may."""
    asked = select(AuditEntry.id).where(
        AuditEntry.act == GLASS,
        AuditEntry.actor == person.number,
        AuditEntry.row_id == case.id,
        AuditEntry.number == case.number,
        AuditEntry.at > now - LASTS,
        AuditEntry.at < now + SKEW,
    )
    return work.session.scalar(asked.limit(1)) is not None and may_break(work, person, case)


def of_week(work: Work, until: datetime) -> Sequence[AuditEntry]:
    """Return what was opened so within the week before ``until``, oldest first."""
    asked = select(AuditEntry).where(
        AuditEntry.act == GLASS, AuditEntry.at > until - WEEK, AuditEntry.at <= until
    )
    return work.session.scalars(asked.order_by(AuditEntry.id)).all()


def _functions(case: Case) -> Collection[str]:
    """Return which functions may: of a compartment its officers, else who triages."""
    if case.case_class in SENSITIVE:
        return policy().officers[case.case_class]
    return (SUPERVISOR, TRIAGER)


def _sits_right(work: Work, hat: Hat, case: Case) -> bool:
    if case.case_class in SENSITIVE:
        return True
    body = work.session.get(Organisation, hat.organisation_id)
    return body is not None and body.kind == CELL


def _covers(hat: Hat, case: Case) -> bool:
    return case.area_pcode is None or within(hat.area_pcode, case.area_pcode)


def _barred(work: Work, case: Case) -> set[int]:
    return barred(work, [(one.kind, one.ref) for one in case.subjects])


def _second(work: Work, person: Person, case: Case) -> Person | None:
    """Return who is told: a supervisor of the cell first, of a compartment another officer.

    Where there is none left, whoever answers for the outside body.
    """
    out = _barred(work, case) | {person.id}
    for functions in (*_ranks(case), (policy().outside,)):
        for one in _wearing(work, functions):
            if one.id not in out and one.phone_sealed is not None and one.stopped_at is None:
                return one
    return None


def _ranks(case: Case) -> Iterator[Collection[str]]:
    if case.case_class in SENSITIVE:
        yield _functions(case)
    else:
        yield (SUPERVISOR,)
        yield (TRIAGER,)


def _wearing(work: Work, functions: Collection[str]) -> Sequence[Person]:
    worn = select(Hat.person_id).where(Hat.function.in_(functions), Hat.on_duty)
    asked = select(Person).where(Person.id.in_(worn), Person.usable).order_by(Person.id)
    return work.session.scalars(asked).all()
