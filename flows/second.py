"""Who else judges whether a case may leave its compartment, and what it is then. Pure."""

from flows.directory import Directory, Seat
from flows.policy import Desk, Policy
from flows.routing import CaseFacts, seats_of
from flows.sensitivity import UNKNOWN, CaseClass, class_of, is_sensitive

OTHER = "8"  # "autre": read by a triager, who knows what it is about
REASONS = ("misheard", "mischosen", "nobody")
OUTSIDE_KIND = "outside"
CALL_BACK = "call_back"
CALL_CLASS: CaseClass = "C1"


def seconds(
    facts: CaseFacts, directory: Directory, policy: Policy, first: int, function: str | None
) -> list[Seat]:
    """Return who may say the second word, the likeliest first: never the one who asks.

    Officers of the compartment, of the holder's ``function`` before others; the outside body after
    them. Nobody whom the case is about, nor who is near to them.
    """
    officers = policy.officers[facts.case_class]
    named = sorted(officers, key=lambda one: (one != function, one))
    desks = [*map(Desk, named), Desk(policy.outside, kinds=(OUTSIDE_KIND,))]
    found = [seat for desk in desks for seat in seats_of(desk, facts, directory, policy)]
    return [one for one in found if one.person_id != first]


def ordinary(kind: str, category: str, about: str) -> tuple[str, CaseClass]:
    """Return category and class of a case that left its compartment.

    A topic that is itself one of a compartment says nothing true any more: it is read anew.
    """
    if kind == CALL_BACK:
        return OTHER, CALL_CLASS
    found = class_of(category, about)
    return (OTHER, UNKNOWN) if is_sensitive(found) else (category, found)
