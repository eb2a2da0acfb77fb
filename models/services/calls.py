"""Calling somebody back: which entry of the audit opens their number, once, and how a call ended.

The number is opened by the keeper alone, for whoever took the call, after the entry that says so
was committed. One taking opens one number once; who got no answer from the keeper may ask again.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, delete, func, select

from flows.case_lifecycle import OPEN
from models.audit import AuditEntry
from models.case import CallBack, Case, CaseEvent, Story
from models.db import Handler, Work
from models.person import Person
from models.services import handling
from models.services.audit import CASE, COMPARTMENT, about_case, note
from models.services.cases import record
from models.services.handling import LEAVES, Desk
from models.services.visibility import seen_by, visible_cases

CALL = "call"  # opens the number of whoever agreed to be called
UNHEARD = "call_unheard"  # the keeper was away: no number was shown
BEGINS = ("taken", "call_agreed")  # after these a number may be asked for anew


@dataclass(frozen=True, slots=True)
class Wish:
    """One call as its agent sees it: how it is wished, and whether its number was shown."""

    case: Case
    language: str
    voice: str
    hour: str
    consent_at: datetime
    about: str | None
    is_mine: bool
    shown: bool
    ended: bool

    @property
    def may_call(self) -> bool:
        """Whether its number may be asked for now."""
        return self.is_mine and not (self.shown or self.ended)


def wish_of(work: Work, number: str) -> Wish | None:
    """Return a call of this number that whoever works may make; None for any other."""
    if not isinstance(work.actor, Handler):
        return None
    found = visible_cases(work).join(CallBack, CallBack.case_id == Case.id)
    wanted = found.where(Case.number == number, Case.status.in_(OPEN)).add_columns(CallBack)
    with seen_by(work):
        row = work.session.execute(wanted).first()
        if row is None:
            return None
        case, wish = row
        return Wish(
            case=case,
            language=wish.language,
            voice=wish.voice,
            hour=wish.hour,
            consent_at=wish.consent_at,
            about=None if wish.about_id is None else _number(work, wish.about_id),
            is_mine=case.status == "taken" and case.holder_person == work.actor.person_id,
            shown=_shown(work, case, work.actor.number) > 0,
            ended=_ended(work, case),
        )


def begin(work: Work, case: Case, now: datetime) -> int:
    """Note that whoever works is about to call; return the entry's row id, to be committed."""
    return note(work, about_case(CALL, case), now).id


def unheard(work: Work, case: Case, now: datetime) -> None:
    """Note that the keeper gave no number: it may be asked for again."""
    note(work, about_case(UNHEARD, case), now)


def case_called_by(work: Work, entry: AuditEntry, person: Person) -> Case | None:
    """Return the case whose number an entry may open; None where its actor may not call.

    ``person`` is its actor.
    """
    if entry.act != CALL or entry.about not in (CASE, COMPARTMENT):
        return None
    own = replace(work, actor=Handler(person.id, person.number))
    agreed = select(CallBack.case_id)
    taken = and_(
        Case.id == entry.row_id,
        Case.number == entry.number,  # row ids are given anew once a case is gone
        Case.status == "taken",
        Case.holder_person == person.id,
        Case.address.is_not(None),
        Case.id.in_(agreed),
    )
    case = work.session.scalar(visible_cases(own).where(taken))
    if case is None or _ended(work, case) or _shown(work, case, person.number, before=entry.id):
        return None
    return case


def reached(desk: Desk, case: Case) -> None:
    """Note that they were spoken to: of a call nothing more is owed."""
    _end(desk, case, "answer", "call_made")


def missed(desk: Desk, case: Case) -> None:
    """Note that nobody was reached: nobody rings again without a new request (field.md 4.4)."""
    _end(desk, case, "missed", "call_missed")


def _end(desk: Desk, case: Case, what: str, of_case: str) -> None:
    if case.kind == "call_back":  # takes effect in ten minutes, as FINI does
        handling.leave(desk, case, what, "")
        return
    case.address = None
    desk.work.session.execute(delete(CallBack).where(CallBack.case_id == case.id))
    record(desk.work, case, of_case, desk.now)


def _ended(work: Work, case: Case) -> bool:
    """Tell whether how the call ended was said already, and is only about to take effect."""
    if case.kind != "call_back":
        return False
    said = select(Story.id).where(
        Story.case_id == case.id, Story.what.in_(LEAVES), Story.status == "leaving"
    )
    return work.session.scalar(said.limit(1)) is not None


def _shown(work: Work, case: Case, by: str, before: int | None = None) -> int:
    """Return how often its number was opened to somebody since the call is theirs."""
    since = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_id == case.id, CaseEvent.transition.in_(BEGINS)
    )
    acts = select(AuditEntry.act).where(
        AuditEntry.about.in_((CASE, COMPARTMENT)),
        AuditEntry.row_id == case.id,
        AuditEntry.number == case.number,
        AuditEntry.actor == by,
        AuditEntry.act.in_((CALL, UNHEARD)),
        AuditEntry.at >= since.scalar_subquery(),
    )
    if before is not None:
        acts = acts.where(AuditEntry.id < before)
    found = work.session.scalars(acts).all()
    return found.count(CALL) - found.count(UNHEARD)


def _number(work: Work, case_id: int) -> str | None:
    wanted = visible_cases(work).where(Case.id == case_id).with_only_columns(Case.number)
    return work.session.scalar(wanted)
