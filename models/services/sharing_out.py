"""Several items given to one person at once: to whoever asks, or to a colleague of the same desk.

What belongs to a compartment is never done by the dozen: each is looked at.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, String, and_, literal, select, union_all

from flows.policy import SENSITIVE
from models.case import Case
from models.db import Work
from models.person import Hat, Person
from models.services import case_acts
from models.services.case_acts import Refused
from models.services.handling import Desk
from models.services.saved_filters import Saved, saved_by
from models.services.visibility import seen_by, visible_cases

MOST = 50


@dataclass(frozen=True, slots=True)
class Shared:
    """What became of it: numbers given, and numbers that somebody else has or that are over."""

    given: Sequence[str]
    refused: Sequence[str]


def share_out(desk: Desk, numbers: Collection[str], to: str) -> Shared:
    """Give items to the person of this number. What they may not have, or see, is refused."""
    wanted = list(dict.fromkeys(numbers))[:MOST]
    given = [one.number for one in _found(desk, wanted) if _gives(desk, one, to)]
    return Shared(given, [one for one in wanted if one not in given])


def aside(
    work: Work, account_id: int, person_id: int | None, page: str
) -> tuple[list[Saved], list[str]]:
    """Return what stands beside a list: filters kept, and whom items may be given to."""
    nobody = literal(None, String)
    others = _colleagues(person_id or 0).subquery()
    asked = union_all(
        saved_by(account_id, page), select(literal(0), others.c.number, nobody).select_from(others)
    )
    rows = sorted(work.session.execute(asked), key=lambda row: str(row[1]))
    return (
        [Saved(*row) for row in rows if row[2] is not None],
        [str(row[1]) for row in rows if row[2] is None],
    )


def _colleagues(person_id: int) -> Select[str]:
    """Return the numbers of who wears a hat of this person's."""
    mine = select(Hat.function, Hat.organisation_id).where(Hat.person_id == person_id).subquery()
    same = and_(Hat.function == mine.c.function, Hat.organisation_id == mine.c.organisation_id)
    found = (
        select(Person.number)
        .join(Hat, Hat.person_id == Person.id)
        .join(mine, same)
        .where(Person.usable, Person.id != person_id, Hat.on_duty)
    )
    return found.distinct()


def _found(desk: Desk, numbers: Sequence[str]) -> Sequence[Case]:
    asked = visible_cases(desk.work).where(
        Case.number.in_(numbers), Case.case_class.not_in(SENSITIVE)
    )
    with seen_by(desk.work):
        found = asked.order_by(Case.id).with_for_update(of=Case)
        return desk.work.session.scalars(found).all()


def _gives(desk: Desk, case: Case, to: str) -> bool:
    try:
        if to == desk.person.number:
            case_acts.take(desk, case)
        else:
            case_acts.assign(desk, case, to)
    except Refused:
        return False
    return True
