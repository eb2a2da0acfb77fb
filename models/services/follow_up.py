"""What a speaker does with a case once filed: add words, judge the answer, stop everything."""

from collections.abc import Mapping, Sequence
from typing import Any

from flows.case_lifecycle import OPEN, allows
from flows.deadlines import due
from flows.directory import Subject as Concerned
from flows.policy import SENSITIVE
from flows.sensitivity import class_of
from models.area import Area
from models.case import Case, Subject, Tally
from models.db import Work
from models.services import alerts, consents, questions, stories
from models.services.cases import answer_date, close, reclass, record, wind
from models.services.cases import reopen as take_up_again
from models.services.counting import count_up
from models.services.filing import accuses_nobody, heard
from models.services.receipts import case_in_hand
from models.services.routing import barred, where
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.sensing import sense
from models.services.stories import Words

# Only ever up: fraud, then harm, then harm by those who work for aid.
GRAVITY = {"C5": 1, "C7": 2, "C6": 3}

CHILD = frozenset({"me_minor", "child"})
HARM, HARM_BY_AID, HARM_TO_CHILD = "93", "92", "94"


def add_words(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Keep words for a case, and read from them whether fewer people may know than was thought."""
    case = case_in_hand(work, answers)
    if case is None or not allows(case.kind, case.status, "withdrawn"):
        return Outcome("added")
    words = str(answers["words"])
    said = Words("said", heard(case.kind, words))
    stories.keep(work, scene.house.sealer, case, said, scene.now)
    record(work, case, "added", scene.now, **questions.replied(work, case, scene.now))
    sensed = sense(work, scene.house, words, case.area_pcode)
    accusing = not accuses_nobody(case.kind, case.category, case.about)
    named = _concern(case, sensed.named(accusing=accusing))
    found = sensed.class_of(case.category, case.about, accusing=accusing)
    if GRAVITY.get(found, 0) <= GRAVITY.get(case.case_class, 0):
        _press(case, found)
        _give_elsewhere(work, scene, case, named)
        return Outcome("added")
    was_ordinary = case.case_class not in SENSITIVE
    case.case_class = found
    alerts.leave(work, scene.house, case, scene.now)
    reclass(work, scene.house, case, scene.now)
    return Outcome("private" if was_ordinary else "added")


def _concern(case: Case, named: Sequence[Concerned]) -> list[Concerned]:
    """Bar whoever words name; return all whom the case is about if any is new."""
    known = [(one.kind, one.ref) for one in case.subjects]
    new = [one for one in named if one not in known]
    case.subjects.extend(Subject(kind=kind, ref=ref) for kind, ref in new)
    return [*known, *new] if new else []


def _give_elsewhere(work: Work, scene: Scene, case: Case, named: Sequence[Concerned]) -> None:
    """Give a case away from who has it if words name them, or somebody near to them."""
    work.session.flush()
    if named and case.holder_person in barred(work, named):
        reclass(work, scene.house, case, scene.now)


def _press(case: Case, found: str) -> None:
    """Shorten the clock of an ordinary case whose words weigh more than its topic."""
    if case.kind == "complaint" and case.case_class == "C3" and found == "C4":
        case.case_class = found
        wind(case, case.opened_at, min(case.due_at, due(found, case.opened_at)))


def allow_repair(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Note whether a repair may be asked for this one household (R6)."""
    case = case_in_hand(work, answers)
    if case is not None:
        case.repair_allowed = answers["repair"] == "yes"
        record(work, case, "repair", scene.now, allowed=case.repair_allowed)
        if case.repair_allowed:
            consents.agree(work, scene, case, "repair", answers)
        else:
            consents.take_back(work, case, scene.now, "repair")
    return Outcome("noted")


def satisfied(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Close a case whose speaker is content with the answer. Saying it twice is harmless."""
    case = case_in_hand(work, answers)
    if case is not None and case.status == "answered":
        close(work, case, scene.now, why="satisfied")
    return Outcome("done")


def reopen(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Take up again what did not satisfy; one level up, with a check, what never arrived."""
    case = case_in_hand(work, answers)
    if case is None:
        return Outcome("reopened", {"date": ""})
    if case.status == "answered":
        up = answers.get("how") == "not_arrived"
        take_up_again(work, scene.house, case, scene.now, up=up)
        if case.answer_wanted == "sms" and scene.contact == case.contact:
            case.address = scene.seal_sender()  # an answer is owed again
    return Outcome("reopened", {"date": answer_date(case)})


def withdraw(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Stop everything: words, number and unsent texts are gone. Twice is harmless."""
    case = case_in_hand(work, answers)
    if case is not None and allows(case.kind, case.status, "withdrawn"):
        alerts.withdraw(work, case, scene.now)
    return Outcome("done")


def refine_private(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Use what the private path says (harm, who, by whom, which zone): each may move the case.

    Never out of its compartment: a class is only raised here.
    """
    case = case_in_hand(work, answers)
    if case is None or case.status not in OPEN:
        return Outcome("noted")
    before = (case.category, case.area_pcode)
    age_group, aid_worker = str(answers.get("age_group", "")), str(answers.get("aid_worker", ""))
    harm = str(answers.get("category") or "")
    case.category = _refined(case, harm, age_group, aid_worker)
    case.area_pcode = case.area_pcode or _zone(work, scene, answers)
    record(work, case, "refined", scene.now, age_group=age_group, aid_worker=aid_worker)
    if (case.category, case.area_pcode) != before:
        found = class_of(case.category, case.about)
        case.case_class = max(case.case_class, found, key=lambda one: GRAVITY.get(one, 0))
        reclass(work, scene.house, case, scene.now)
    return Outcome("noted")


def _zone(work: Work, scene: Scene, answers: Mapping[str, Any]) -> str | None:
    """Return the cercle chosen, or that of the code dialled through; never the village."""
    zone = str(answers.get("zone") or "")
    if zone:
        return where(work, zone if ":" in zone else f"z:{zone}")[0]
    code = str(answers.get("dialled") or "")
    place = scene.house.places(work).by_code(code) if code else None
    commune = None if place is None else work.session.get(Area, place.commune_pcode)
    return None if commune is None else commune.parent_pcode


def _refined(case: Case, harm: str, age_group: str, aid_worker: str) -> str:
    """Return the category; what words alone made sensitive is harm once it is called so (P2)."""
    harms = {HARM, HARM_TO_CHILD}
    if case.case_class == "C6" or (case.case_class != "C7" and not {case.category, harm} & harms):
        return case.category
    if aid_worker == "yes":
        return HARM_BY_AID
    if age_group in CHILD or harm == HARM_TO_CHILD:
        return HARM_TO_CHILD
    return harm if harm in harms and case.category not in harms else case.category


def tally(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Count one thing that happened, with nothing of who it was."""
    count_up(work, Tally, {"day": scene.now.date().isoformat(), "what": str(answers["what"])})
    return Outcome("counted")


FOLLOW_UP_EFFECTS: Mapping[str, EffectFunction] = {
    "add_words": add_words,
    "allow_repair": allow_repair,
    "satisfied": satisfied,
    "reopen": reopen,
    "withdraw": withdraw,
    "refine_private": refine_private,
    "tally": tally,
}
