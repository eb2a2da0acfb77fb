"""Reading that is not as usual, told once to the independent supervisor (threat model, T11).

Many cases within an hour, a case outside one's own area, an ordinary case at night. And each week
what was opened by whom it was not given to. The texts name nobody: the audit log does.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from flows.daytime import hours_of, is_daytime, is_monday, week_of
from flows.deadlines import HOURS, shown
from flows.directory import within
from models.audit import AuditEntry
from models.case import Case
from models.db import Work
from models.person import Hat, Person
from models.services import break_glass
from models.services.audit import GLASS, READ, Mark, note
from models.services.programme import DAYTIME, daytime, setting
from models.services.routing import barred, policy
from models.services.scene import House
from models.services.telling import Notice, tell

ACT = "unusual"
MANY = 30  # openings within the hour
HOUR = timedelta(hours=1)
ONCE_IN = timedelta(hours=24)  # of the same person and kind
LISTED = 8  # item numbers in one text


@dataclass(frozen=True, slots=True)
class _Opening:
    """One opening of words: by whom, of what, when."""

    entry: AuditEntry
    person: Person
    case: Case | None


def report(work: Work, house: House, now: datetime) -> None:
    """Tell of what was unusual within the hour. Doing it twice tells nothing twice."""
    found = list(_openings(work, now))
    for kind, is_so in KINDS.items():
        for number in sorted(is_so(work, found)):
            if not _is_told(work, number, kind, now):
                mark = Mark(ACT, "person", number=number, reason=kind)
                entry = note(work, mark, now)
                _tell(work, house, entry, now)


def tell_week(work: Work, house: House, now: datetime) -> None:
    """On Mondays tell which cases were opened by whom they were not given to in the week."""
    entries = break_glass.of_week(work, now) if is_monday(now) else ()
    if not entries:
        return
    for person in _supervisors(work, ""):
        numbers = list(dict.fromkeys(one.number or "" for one in _unbarred(work, entries, person)))
        if numbers:
            said = ", ".join(numbers[:LISTED])
            text = house.say("glass_week", k=len(numbers), list=said)
            cause = f"glass:{week_of(now)}:{person.id}"
            notice = Notice("glass_week", text, cause, due_at=daytime(work, now))
            tell(work, house, person.id, notice, now)


def _openings(work: Work, now: datetime) -> Iterable[_Opening]:
    asked = (
        select(AuditEntry, Person, Case)
        .join(Person, Person.number == AuditEntry.actor)
        .outerjoin(Case, Case.id == AuditEntry.row_id)
        .where(AuditEntry.act.in_((READ, GLASS)), AuditEntry.at > now - HOUR)
        .order_by(AuditEntry.id)
    )
    for row in work.session.execute(asked):
        yield _Opening(*row)


def _many(_work: Work, found: Sequence[_Opening]) -> set[str]:
    counts = Counter(one.person.number for one in found)
    return {number for number, count in counts.items() if count > MANY}


def _elsewhere(_work: Work, found: Sequence[_Opening]) -> set[str]:
    return {one.person.number for one in found if not _is_inside(one)}


def _by_night(work: Work, found: Sequence[_Opening]) -> set[str]:
    hours = hours_of(setting(work, DAYTIME))
    late = (one for one in found if not is_daytime(one.entry.at, hours))
    return {one.person.number for one in late if not _must_act(one)}


KINDS: Mapping[str, Callable[[Work, Sequence[_Opening]], set[str]]] = {
    "many": _many,
    "elsewhere": _elsewhere,
    "night": _by_night,
}


def _is_inside(one: _Opening) -> bool:
    place = None if one.case is None else one.case.area_pcode
    areas = {hat.area_pcode for hat in one.person.hats} or {one.person.area_pcode}
    return place is None or any(within(area, place) for area in areas)


def _must_act(one: _Opening) -> bool:
    """Tell whether harm or a shock waits for its first act, which is counted in hours."""
    case = one.case
    if case is None or case.case_class not in HOURS or case.act_by is None:
        return False
    return one.entry.at <= case.act_by


def _is_told(work: Work, number: str, kind: str, now: datetime) -> bool:
    told = select(AuditEntry.id).where(
        AuditEntry.act == ACT,
        AuditEntry.number == number,
        AuditEntry.reason == kind,
        AuditEntry.at > now - ONCE_IN,
    )
    return work.session.scalar(told.limit(1)) is not None


def _tell(work: Work, house: House, entry: AuditEntry, now: datetime) -> None:
    text = house.say(f"unusual_{entry.reason}", date=shown(now))
    for person in _supervisors(work, entry.number or ""):
        notice = Notice("unusual", text, f"audit:{entry.id}:{person.id}")
        tell(work, house, person.id, notice, now)


def _supervisors(work: Work, reader: str) -> Sequence[Person]:
    """Return who answers for the outside body; if that is the reader, the cell's supervisors."""
    for function in (policy().outside, break_glass.SUPERVISOR):
        worn = select(Hat.person_id).where(Hat.function == function)
        asked = select(Person).where(
            Person.id.in_(worn),
            Person.usable,
            Person.number != reader,
            Person.phone_sealed.is_not(None),
        )
        found = work.session.scalars(asked.order_by(Person.id)).all()
        if found:
            return found
    return ()


def _unbarred(work: Work, entries: Sequence[AuditEntry], person: Person) -> Iterable[AuditEntry]:
    for entry in entries:
        case = None if entry.row_id is None else work.session.get(Case, entry.row_id)
        subjects = [] if case is None else [(one.kind, one.ref) for one in case.subjects]
        if person.id not in barred(work, subjects):
            yield entry
