"""Which share was answered in time, counted from the history: what was done, and when."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from flows.case_lifecycle import ANSWERED, JOINED
from flows.deadlines import due
from models.case import Case, CaseEvent
from models.db import Work
from models.services.visibility import visible_cases

TOLD = ("opened", "withdrawn", *sorted(ANSWERED))


@dataclass(frozen=True, slots=True)
class Share:
    """The cases of one class. What was withdrawn before its date is neither in time nor late."""

    case_class: str
    received: int
    in_time: int
    late: int
    waiting: int
    withdrawn: int

    @property
    def share(self) -> float | None:
        """Return the share in time of what was answered or is late; None while there is nothing."""
        judged = self.in_time + self.late
        return round(self.in_time / judged, 4) if judged else None


def share_in_time(work: Work, now: datetime, since: datetime | None = None) -> list[Share]:
    """Return the share of each class, of the cases opened since then that the actor may see.

    In time is what was first answered before the date its speaker was told at first: giving a case
    back, or its moving up, makes nobody's wait shorter.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for case_class, history in _histories(work, since):
        counts[case_class]["received"] += 1
        counts[case_class][_fate(history, now)] += 1
    return [
        Share(
            case_class=name,
            received=found["received"],
            in_time=found["in_time"],
            late=found["late"],
            waiting=found["waiting"],
            withdrawn=found["withdrawn"],
        )
        for name, found in sorted(counts.items())
    ]


@dataclass(slots=True)
class _History:
    due_at: datetime
    answered_at: datetime | None = None
    withdrawn_at: datetime | None = None


def _fate(history: _History, now: datetime) -> str:
    if history.answered_at is not None:
        return "in_time" if history.answered_at <= history.due_at else "late"
    ended = history.withdrawn_at or now
    if ended > history.due_at:
        return "late"
    return "waiting" if history.withdrawn_at is None else "withdrawn"


def _histories(work: Work, since: datetime | None) -> Iterable[tuple[str, _History]]:
    seen = visible_cases(work).where(Case.status != "incomplete")
    if since is not None:
        seen = seen.where(Case.opened_at >= since)
    classes = {
        row.id: (row.case_class, _History(due(row.case_class, row.opened_at)))
        for row in work.session.scalars(seen)
    }
    told = select(CaseEvent).where(CaseEvent.transition.in_(TOLD)).order_by(CaseEvent.id)
    for event in work.session.scalars(told):
        if event.status == JOINED:  # one event, one item: it is counted as what it joined
            classes.pop(event.case_id, None)
        elif event.case_id in classes:
            _add(classes[event.case_id][1], event)
    return classes.values()


def _add(history: _History, event: CaseEvent) -> None:
    if event.transition == "opened":
        if "due" in event.details:  # written down since clocks act; before, the class says it
            history.due_at = datetime.fromisoformat(event.details["due"])
    elif event.transition == "withdrawn":
        history.withdrawn_at = event.at
    elif history.answered_at is None:
        history.answered_at = event.at
