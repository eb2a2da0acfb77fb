"""Receipts: issued once, kept as digests only, and the speaker's own door to a case.

Guessing is limited, and what is unknown, erased, somebody else's or tried too often looks the same.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, or_, select

from flows import numbers
from flows.case_lifecycle import ANSWERED, OPEN
from flows.policy import SENSITIVE
from flows.rendering import answer_pages
from models.case import Case
from models.db import Work
from models.errors import KeeperAway, KeeperRefused
from models.services import guessing, questions, referral_codes, slips
from models.services.cases import answer_date, record
from models.services.clusters import lead_of
from models.services.guessing import Try
from models.services.scene import EffectFunction, Outcome, Scene

# Built once: building a statement costs more than running it.
OF_RECEIPT = {
    is_short: select(Case).where(column == bindparam("digest"), column.is_not(None))
    for is_short, column in ((True, Case.receipt_short), (False, Case.receipt_long))
}
PENDING = select(Case.id).where(Case.receipt_sealed.is_not(None)).limit(1)
DRAWS = 20  # a free receipt is found at the first draw but for one time in millions


def issue(work: Work, scene: Scene, case: Case) -> str:
    """Give a case its receipt and return the twelve digits, kept nowhere but as digests.

    While the keeper is away the receipt waits, sealed, in the case's row.
    """
    case.contact = scene.contact
    for _ in range(DRAWS):
        digits = numbers.receipt(scene.house.draw)
        if _settled(work, scene, case, digits):
            return digits
    raise RuntimeError("no free receipt")


def _settled(work: Work, scene: Scene, case: Case, digits: str) -> bool:
    if scene.contact is None:
        case.receipt_sealed, case.sender_sealed = _sealed(scene, digits), scene.seal_sender()
        return True
    try:
        short, long = scene.house.keeper.digests(scene.contact, digits)
    except KeeperAway:
        case.receipt_sealed = _sealed(scene, digits)
        return True
    taken = select(Case.id).where(or_(Case.receipt_short == short, Case.receipt_long == long))
    if work.session.scalar(taken) is not None:
        return False
    case.receipt_short, case.receipt_long = short, long
    return True


def _sealed(scene: Scene, digits: str) -> bytes:
    return scene.house.sealer.receipt(digits)


def shown_receipt(digits: str) -> dict[str, str]:
    """Return a receipt as screens show it: two halves, each in pairs."""
    short, long = numbers.pairs(digits)
    return {"c6": short, "c6b": long}


def case_in_hand(work: Work, answers: Mapping[str, Any]) -> Case | None:
    """Return the case this dialogue filed or opened by its receipt: the speaker's own door."""
    case_id = answers.get("case")
    if not case_id:
        return None
    return work.session.get(Case, int(case_id), with_for_update=True)


def open_code(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Open a case by its receipt: six digits from the phone that made it, twelve from any.

    Outcomes: asked (a question waits), waiting, late, answered, closed; referral for the five
    digits of a woman on her way, where a good guess counts as a try too; unknown for everything
    else; away while the keeper cannot say (screen N1).
    """
    code = str(answers["code"])
    if scene.contact is None:
        return Outcome("away")
    anywhere = len(code) != numbers.SHORT_RECEIPT
    guess = guessing.begin(work, scene.contact, scene.now, anywhere=anywhere)
    if guess is None:
        return Outcome("unknown")
    if len(code) in numbers.ITEM_DIGITS:
        seen = referral_codes.seen(work, scene, code)
        if seen is None:
            return _missed(work, guess)
        guessing.right_but_short(work, guess)
        return seen
    try:
        outcome = _opened(work, scene, code)
    except KeeperAway:
        guessing.right(work, guess)
        return Outcome("away")
    if outcome is None:
        return _missed(work, guess)
    guessing.right(work, guess)
    return outcome


def _opened(work: Work, scene: Scene, code: str) -> Outcome | None:
    """Return what a receipt opens; None for one that is nobody's."""
    if not numbers.is_receipt(code):
        return None
    short, long = scene.house.keeper.digests(scene.contact, code)
    is_short = len(code) == numbers.SHORT_RECEIPT
    case = work.session.scalar(OF_RECEIPT[is_short], {"digest": short if is_short else long})
    if case is not None:
        return _seen(work, scene, case, code)
    if not slips.is_out(work, long):
        return None
    # Read out during a call whose SMS is still on its way: N1 on a screen, T12 by SMS.
    return Outcome("away" if scene.kind == "ussd" else "waiting")


def _seen(work: Work, scene: Scene, case: Case, code: str) -> Outcome | None:
    had = lead_of(work, case) or case  # whoever joined an event waits for what is said to it
    values: dict[str, Any] = {
        "case": case.id,
        "sentence": _sentence(scene, had),
        "date": answer_date(had),
        "pages": [],
        "private": case.case_class in SENSITIVE,
    }
    if case.status in ANSWERED or case.status == "closed":
        values["pages"] = _pages(work, scene, case, code)
        return Outcome("answered" if case.status == "answered" else "closed", values)
    values["pages"] = _question(work, scene, case, code)
    if values["pages"]:
        return Outcome("asked", values)
    late = had.escalated_at is not None
    return Outcome("late" if late else "waiting", values)


def _pages(work: Work, scene: Scene, case: Case, code: str) -> list[str]:
    """Return the answers as pages of one screen; an SMS only learns that there is one (T12)."""
    if scene.kind != "ussd" or case.kind == "call_back":
        return []
    try:
        texts = scene.house.keeper.answer(case.id, scene.contact, code)
    except KeeperRefused:
        return []
    if case.address is not None and case.answer_wanted == "sms":
        case.address = None  # heard: no SMS is owed any more
    record(work, case, "heard", scene.now)
    return [page for text in reversed(texts) for page in answer_pages(text)]


def _question(work: Work, scene: Scene, case: Case, code: str) -> list[str]:
    """Return the question that waits for the speaker as pages of one screen; none by SMS (T12)."""
    story = questions.asked(work, case)
    if story is None or scene.kind != "ussd" or case.status not in OPEN:
        return []
    try:
        texts = scene.house.keeper.question(case.id, scene.contact, code)
    except KeeperRefused:
        return []
    record(work, case, "heard", scene.now, question=story.id)
    return [page for text in texts for page in answer_pages(text)]


def _sentence(scene: Scene, case: Case) -> str:
    """Return one of the four sentences a speaker may be told, the same for every topic."""
    if case.status == "closed" or case.status in ANSWERED - {"answered"}:
        name = "status_closed"
    elif case.status == "answered":
        name = "status_answered"
    else:
        name = "status_received" if case.status in {"routed", "asked"} else "status_in_hand"
    return scene.house.speaking(scene.language, scene.channel).texts.say(name)


def _missed(work: Work, guess: Try) -> Outcome:
    guessing.wrong(work, guess)
    # It may be the code of a case whose digest the keeper has still to write: N1, not F4.
    return Outcome("unknown" if work.session.scalar(PENDING) is None else "away")


def issue_receipt(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Give a nameless case a receipt after all, because its speaker asked for one (R2b)."""
    case = case_in_hand(work, answers)
    if case is None:
        return Outcome("filed", {"c6": "", "c6b": "", "date": ""})
    digits = issue(work, scene, case)
    case.answer_wanted = "code"
    record(work, case, "receipt", scene.now)
    return Outcome("filed", {**shown_receipt(digits), "date": answer_date(case)})


RECEIPT_EFFECTS: Mapping[str, EffectFunction] = {
    "open_code": open_code,
    "issue_receipt": issue_receipt,
}
