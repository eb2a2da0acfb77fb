"""What can happen to a case once it is filed: each step along its table, each written down."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from flows.case_lifecycle import OPEN, after
from flows.deadlines import act_by, remind_at, told
from flows.policy import SENSITIVE
from flows.routing import CaseFacts
from models.case import CallBack, Case, CaseEvent
from models.conversation import Contact
from models.db import Work
from models.person import Person
from models.services import checks, consents, counters, erasures, messages, questions, stories
from models.services.announcing import text_of
from models.services.quiet import heard_at, is_told_enough
from models.services.repair_links import let_go
from models.services.routing import Routed, barred, route
from models.services.scene import House
from models.services.telling import Notice, tell

ANNOUNCED_AFTER = timedelta(minutes=5)  # or at the end of the session (field.md 4.3)
VOICES = frozenset({"woman", "man"})
UNSENT = ("case_new", "answer_ready")  # what a case may still have to say to somebody
STAFF = ("reminder", "moved_up", "check_asked", "repair_came", "repair_late", "alert_decided")
UNCALLED = frozenset({"alert", "evacuation"})  # an event, which nobody asked to be called about
"""What staff may still have to hear of a case: by night it waits, and the case may be gone."""


def record(work: Work, case: Case, transition: str, now: datetime, **details: Any) -> CaseEvent:
    """Write down something done to a case that leaves its status as it is."""
    counters.mark(case, transition, now, details)
    event = CaseEvent(
        case_id=case.id,
        transition=transition,
        status=case.status,
        by=str(work.actor),
        at=now,
        details=details,
    )
    work.session.add(event)
    work.session.flush()
    return event


def move(work: Work, case: Case, transition: str, now: datetime, **details: Any) -> CaseEvent:
    """Take a case one step along its table and write it down. Raises TransitionRefused."""
    case.status = after(case.kind, case.status, transition)
    return record(work, case, transition, now, **details)


def announce(work: Work, house: House, case: Case, event: CaseEvent, due_at: datetime) -> None:
    """Tell whoever holds the case that it is theirs (A1): number and date, nothing else.

    Nobody is told when no registered person holds it: the organisation has none on duty.
    """
    if case.holder_person is None:
        return
    if is_told_enough(work, case, event.at):
        record(work, case, "untold", event.at)
        return
    notice = Notice(
        purpose="case_new",
        text=text_of(work, house, case),
        cause=f"case-event:{event.id}",
        due_at=heard_at(work, case, due_at),
        case_id=case.id,
        sensitive=case.case_class in SENSITIVE,
    )
    tell(work, house, case.holder_person, notice, event.at)


def answer_date(case: Case) -> str:
    """Return the date told to the speaker and to staff, dd/mm: the answer is there before it."""
    return told(case.due_at)


def seat(
    work: Work,
    case: Case,
    now: datetime,
    *,
    returned: bool = False,
    asked: CallBack | None = None,
) -> Routed:
    """Choose who receives the case as it stands now, never whom it is about; its clock starts.

    ``returned`` says that it goes the way of what was given back (RENVOI), of which ``level`` is
    then a step; ``asked`` is the wish for a call of a case that has no row yet.
    """
    choice = choose(work, case, now, returned=returned, asked=asked)
    sit(case, choice, now)
    return choice


def choose(
    work: Work, case: Case, now: datetime, *, returned: bool, asked: CallBack | None = None
) -> Routed:
    """Return who would receive the case as it stands now, in the words of ``seat``."""
    return route(work, facts_of(work, case, asked, returned=returned), now)


def sit(case: Case, choice: Routed, now: datetime) -> None:
    """Give the case to whoever was chosen; their clock starts."""
    case.holder_organisation = choice.organisation
    case.holder_function = choice.function
    case.holder_person = choice.person
    case.why = list(choice.why)
    case.level = choice.level
    wind(case, now, choice.due_at)


def wind(case: Case, since: datetime, due_at: datetime) -> None:
    """Start the clock of a desk that has the case since then, with its one reminder to come."""
    case.due_at, case.act_by = due_at, act_by(case.case_class, since)
    case.reminded_at = None
    aim(case, since, min(case.act_by, due_at))


def aim(case: Case, since: datetime, limit: datetime) -> None:
    """Set when its holder, who has until ``limit``, is reminded."""
    case.remind_at = remind_at(case.case_class, since, limit)


def facts_of(
    work: Work, case: Case, asked: CallBack | None = None, *, returned: bool = False
) -> CaseFacts:
    """Return what routing needs of a case as it stands now."""
    language, voice = _wished(work, case, asked)
    return CaseFacts(
        kind=case.kind,
        category=case.category,
        case_class=case.case_class,
        area_pcode=case.area_pcode,
        about=case.about,
        subjects=tuple((one.kind, one.ref) for one in case.subjects),
        level=case.level,
        tried=_had_it(work, case),
        returned=returned,
        voice=voice,
        language=language,
        registered=case.source == "relay",
    )


def _had_it(work: Work, case: Case) -> frozenset[int]:
    """Return the row ids of those who gave it back, or from whom it was taken."""
    if case.id is None:
        return frozenset()
    details = select(CaseEvent.details).where(CaseEvent.case_id == case.id)
    return frozenset(one["had"] for one in work.session.scalars(details) if one.get("had"))


def _wished(work: Work, case: Case, asked: CallBack | None) -> tuple[str, str]:
    """Return in which language who shall call, a woman or a man; empty where nobody asked."""
    if case.kind in UNCALLED:
        return "", ""
    wish = asked if case.id is None else work.session.get(CallBack, case.id)
    if wish is None:
        return "", ""
    return wish.language, wish.voice if wish.voice in VOICES else ""


def reclass(work: Work, house: House, case: Case, now: datetime) -> None:
    """Give a case whose class or place was just changed to whoever that concerns.

    What was not yet sent is withheld. A class C5 to C7 drops the SMS choice, the place finer than
    the commune, and the phone's last place: nothing leads back from the phone to what was said.
    """
    messages.withhold(work, case.id, (*UNSENT, *STAFF), "reclassed", now)
    questions.end(work, case, now)  # whoever has it next asks anew
    let_go(work, case, now)
    if case.case_class in SENSITIVE:
        _hush(work, case, now)
    case.level = 0
    seat(work, case, now)
    event = move(work, case, "reclassed", now, case_class=case.case_class)
    announce(work, house, case, event, now + ANNOUNCED_AFTER)


def _hush(work: Work, case: Case, now: datetime) -> None:
    if case.answer_wanted == "sms":
        case.answer_wanted, case.address = "code", None
    case.place_ref = None
    for item in _calls_about(work, case):
        _bring_in(work, case, item, now)
    if case.contact is not None:
        work.session.execute(
            update(Contact)
            .where(Contact.pseudonym == case.contact)
            .values(last_commune=None, last_place_at=None)
        )


def _calls_about(work: Work, case: Case) -> Sequence[Case]:
    about = select(CallBack.case_id).where(CallBack.about_id == case.id)
    return work.session.scalars(select(Case).where(Case.id.in_(about), Case.status.in_(OPEN))).all()


def _bring_in(work: Work, case: Case, item: Case, now: datetime) -> None:
    """Let the compartment itself make the call that was asked of the cell."""
    wish = work.session.get_one(CallBack, item.id)
    case.address = item.address
    own = CallBack(
        case_id=case.id,
        language=wish.language,
        hour=wish.hour,
        voice=wish.voice,
        consent_at=wish.consent_at,
    )
    work.session.merge(own)
    withdraw(work, item, now)


def withdraw(work: Work, case: Case, now: datetime) -> None:
    """Stop everything for a case, as its speaker asked: words, number and unsent texts are gone.

    Raises TransitionRefused once it is closed.
    """
    move(work, case, "withdrawn", now)
    erasures.case_withdrawn(work, case)
    consents.take_back(work, case, now)
    stories.erase(work, case)
    messages.withhold(work, case.id, (*UNSENT, *STAFF), "withdrawn", now)
    let_go(work, case, now)
    forget_speaker(work, case, now)
    case.closed_at = now


def forget_speaker(work: Work, case: Case, now: datetime) -> None:
    """Owe the speaker of a case nothing more: no way back, no call, no text about to leave."""
    for item in _calls_about(work, case):
        withdraw(work, item, now)
    messages.withhold(work, case.id, ("answer_ready",), "withdrawn", now)
    work.session.execute(delete(CallBack).where(CallBack.case_id == case.id))
    erasures.speaker_forgotten(work, case)
    case.contact = case.receipt_short = case.receipt_long = None
    case.address = case.sender_sealed = case.receipt_sealed = None


def close(work: Work, case: Case, now: datetime, *, why: str) -> None:
    """End an answered case: the speaker's number is no longer owed. Raises TransitionRefused."""
    move(work, case, "closed", now, why=why)
    messages.withhold(work, case.id, UNSENT, "closed", now)
    case.address = None
    case.closed_at = now


def reopen(work: Work, house: House, case: Case, now: datetime, *, up: bool) -> None:
    """Take an answered case up again: with who had it, or one level ``up`` with a check asked.

    Raises TransitionRefused unless it is answered.
    """
    had = case.holder_person if up else None
    event = move(work, case, "reopened", now, check=up, had=had)
    messages.withhold(work, case.id, UNSENT, "reopened", now)
    before = (case.holder_organisation, case.holder_function, case.holder_person)
    if up:
        case.level += 1
    seat(work, case, now)
    if not up and _still_works(work, case, before[2]):
        case.holder_organisation, case.holder_function, case.holder_person = before
    case.answered_at = case.escalated_at = None
    announce(work, house, case, event, now + ANNOUNCED_AFTER)
    if up:
        checks.ask(work, house, case, "not_arrived", event)


def _still_works(work: Work, case: Case, person_id: int | None) -> bool:
    """Tell whether who had it may have it again: still here, and not concerned meanwhile."""
    person = None if person_id is None else work.session.get(Person, person_id)
    subjects = [(one.kind, one.ref) for one in case.subjects]
    return person is not None and person.usable and person.id not in barred(work, subjects)
