"""Filing what was said, and what its speaker is told: receipt and date, unless none is wanted."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flows.policy import SENSITIVE
from models.case import Case
from models.conversation import Contact
from models.db import Job, Work
from models.services import consents
from models.services.alerts import hear_danger
from models.services.cases import answer_date, record
from models.services.filing import Asked, file, free_number, heard_out, unfiled
from models.services.receipts import RECEIPT_EFFECTS, issue, shown_receipt
from models.services.scene import EffectFunction, Outcome, Scene
from models.services.sources import sources
from models.services.upsert import insert

SOURCES_ENOUGH = 3  # voices after which a repair points at no household (field.md 7.2)


def open_case(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """File what was said and return its receipt, unless no answer is wanted."""
    asked = heard_out(work, scene, answers)
    if asked.kind == "alert" and not asked.private:
        case, repair = hear_danger(work, scene, asked)
    else:
        case, routed = file(work, scene, asked)
        repair = routed.repair
    values: dict[str, Any] = {
        "case": case.id,
        "n": case.number,
        "date": answer_date(case),
        "ask_repair": repair == "ask" and _few(work, case, scene.now),
    }
    if case.case_class in SENSITIVE:
        values["private"] = True  # whatever is asked next stays inside the compartment
    if asked.answer != "none":
        values |= shown_receipt(issue(work, scene, case))
        if scene.person_id is not None and case.case_class in SENSITIVE:
            case.contact = None  # a registered phone has a name: only its code leads back
        _remember(work, scene, case, answers)
    if asked.answer == "sms":
        consents.agree(work, scene, case, "sms", answers)
    return Outcome("filed", values)


def keep_incomplete(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Case | None:
    """Keep topic and commune of what was dropped before filing, without any way back; else None.

    Nothing of a sensitive topic is kept: whoever hung up there did not consent (field.md 1, 29).
    """
    asked = Asked.read({**answers, "answer": "none", "words": ""})
    case = unfiled(work, scene, asked)
    if asked.private or case.area_pcode is None or not answers.get("category"):
        return None
    case.status, case.place_ref, case.about = "incomplete", None, "unknown"
    case.due_at, case.why = scene.now, []
    case.number = free_number(work, scene.house, "case")
    work.session.add(case)
    work.session.flush()
    record(work, case, "incomplete", scene.now)
    return case


def _few(work: Work, case: Case, now: datetime) -> bool:
    counting = replace(work, actor=Job("sources"))  # the speaker is told no number
    return sources(counting, case, now) < SOURCES_ENOUGH


def _remember(work: Work, scene: Scene, case: Case, answers: Mapping[str, Any]) -> None:
    """Remember commune and notice for this phone's next complaint, for ordinary classes only."""
    # A case of a compartment has no place finer than its commune, so none to remember either.
    place, said = case.area_pcode, case.place_ref
    if scene.contact is None or place is None or said is None or said.startswith("z:"):
        return
    kept = {"last_commune": place, "last_place_at": scene.now, "seen_at": scene.now}
    if scene.kind == "ussd":  # M3 stood before the first question; by SMS it is noted when told
        kept |= consents.heard_notice(work, scene, answers)
    work.session.execute(
        insert(work, Contact)
        .values(pseudonym=scene.contact, **kept)
        .on_conflict_do_update(index_elements=["pseudonym"], set_=kept)
    )


CASE_EFFECTS: Mapping[str, EffectFunction] = {"open_case": open_case, **RECEIPT_EFFECTS}
