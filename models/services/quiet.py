"""What nobody asked for rings no phone by night, and not without end (product 8).

Harm, shocks and evacuations (the classes that are counted in hours) are told at once and always;
so is whatever answers somebody.
"""

from datetime import datetime

from flows.deadlines import HOURS
from models.case import Case
from models.db import Work
from models.person import Person
from models.services import flood
from models.services.programme import daytime

ANNOUNCED = frozenset({"case_new"})


def heard_at(work: Work, case: Case, at: datetime) -> datetime:
    """Return when staff hear of a case, at that time or on the morning after."""
    return at if case.case_class in HOURS else daytime(work, at)


def is_told_enough(work: Work, case: Case, now: datetime) -> bool:
    """Return whether whoever holds the case was told of so many within the hour that LISTE does.

    A flood of cases shall not become one of texts, which cost money and hide what matters.
    """
    if case.case_class in HOURS:
        return False
    holder = None if case.holder_person is None else work.session.get(Person, case.holder_person)
    if holder is None or holder.pseudonym is None:  # told nothing by text
        return False
    return flood.told(work, holder.pseudonym, now, ANNOUNCED) >= flood.REGISTERED
