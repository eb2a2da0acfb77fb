"""The outside body: somebody who judges everybody here. Without it a programme is not open."""

from collections.abc import Sequence

from sqlalchemy import select

from models.db import Work
from models.organisation import Coverage, Organisation
from models.person import Hat, Person
from models.services.routing import policy

KIND = "outside"


def missing(work: Work) -> list[str]:
    """Return what keeps anybody outside from judging, one sentence each; none = nothing does."""
    outside = select(Organisation.id).where(Organisation.kind == KIND).order_by("id")
    return _missing(work, list(work.session.scalars(outside)))


def _missing(work: Work, ids: Sequence[str]) -> list[str]:
    if not ids:
        return ["There is no outside body: import an organisation of kind outside."]
    function = policy().outside
    worn = (
        select(Hat.id)
        .join(Person, Person.id == Hat.person_id)
        .where(Hat.function == function, Hat.organisation_id.in_(ids))
        .where(Person.usable)
        .limit(1)
    )
    found = []
    if work.session.scalar(worn) is None:
        found.append(
            "Nobody answers for the outside body: jaabi people add --role focal_point"
            f" --phone ... --organisation {ids[0]} --function {function}"
        )
    active = select(Coverage.organisation_id).where(Coverage.organisation_id.in_(ids)).distinct()
    return found + [
        f"The outside body {one} works in the field itself (coverage): it cannot judge."
        for one in work.session.scalars(active)
    ]
