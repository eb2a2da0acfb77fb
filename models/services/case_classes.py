"""What an item is about and who may know of it: put right, raised at once, lowered by two.

A class is only ever raised here; out of a compartment it takes two people (lowering.py).
"""

from flows.case_lifecycle import allows
from flows.policy import SENSITIVE
from flows.sensitivity import CATEGORY_OF, CLASS_OF, COMPARTMENTS, class_of
from models.case import Case
from models.services import alerts, cases, lowering
from models.services.audit import about_case, note
from models.services.case_acts import Refused, check_giving, stop_leaving, take
from models.services.follow_up import GRAVITY
from models.services.handling import Desk


def recategorise(desk: Desk, case: Case, category: str) -> None:
    """Say what an item is really about; its class follows, never out of a compartment."""
    check_giving(desk, case)
    if case.kind != "complaint" or category not in CLASS_OF:
        raise Refused("kind")
    found: str = class_of(category, case.about)
    if GRAVITY.get(found, 0) < GRAVITY.get(case.case_class, 0):
        found = case.case_class  # lowering takes two people (lowering.py)
    before = (case.category, case.case_class)
    if (category, found) == before:
        return
    case.category = category
    if found in SENSITIVE and case.case_class not in SENSITIVE:
        _raise(desk, case, found)
        return
    case.case_class = found
    cases.record(desk.work, case, "recategorised", desk.now, before=before[0], since=category)
    choice = cases.choose(desk.work, case, desk.now, returned=False)
    stays = (choice.organisation, choice.function) == (
        case.holder_organisation,
        case.holder_function,
    )
    if found != before[1] or not stays:
        cases.reclass(desk.work, desk.house, case, desk.now)


def make_private(desk: Desk, case: Case, compartment: str) -> None:
    """Raise an item into a compartment: whoever does it sees it no longer, unless its officer."""
    if compartment not in COMPARTMENTS or not allows(case.kind, case.status, "reclassed"):
        raise Refused("over")
    if GRAVITY[compartment] <= GRAVITY.get(case.case_class, 0):
        raise Refused("lower")
    if case.case_class not in SENSITIVE and case.kind == "complaint":
        case.category = CATEGORY_OF[compartment]
    _raise(desk, case, compartment)


def _raise(desk: Desk, case: Case, compartment: str) -> None:
    note(desk.work, about_case("raise", case, before=case.case_class), desk.now)
    stop_leaving(desk, case, everybodys=True)
    case.case_class, case.subject_line = compartment, None
    alerts.leave(desk.work, desk.house, case, desk.now)
    cases.reclass(desk.work, desk.house, case, desk.now)


def ask_lowering(desk: Desk, case: Case, reason: str) -> None:
    """Ask a second person whether an item may leave its compartment."""
    take(desk, case)
    if case.case_class not in SENSITIVE or lowering.ask(desk, case, reason) is None:
        raise Refused("alone")


def judge_lowering(desk: Desk, case: Case, *, agrees: bool) -> None:
    """Say the second word."""
    if not lowering.decide(desk, case, agrees=agrees):
        raise Refused("late")
