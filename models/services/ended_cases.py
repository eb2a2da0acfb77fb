"""What becomes of cases once they are over: first the way back to the speaker goes, then all of it.

A case goes with its words, its history and what was made for its sake; its number is free again.
What was sent about it is no longer linked to it: row ids may be given anew, and a new text that
had the cause of an old one would never leave.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from flows.case_lifecycle import JOINED
from flows.policy import SENSITIVE
from models.alert import AlertSource
from models.case import Case, ItemNumber
from models.db import Work
from models.outbound import OutboundMessage
from models.repair import Repair, RepairCase
from models.services import counters, departed, stories
from models.services.programme import put_setting, setting
from models.services.purging import UPROOTED, delete_some
from models.services.repair_links import cause_of
from models.services.sweeping import each
from models.services.uprooting import take_out
from models.voice_note import VoiceNote

ORDINARY = timedelta(days=90)
PROTECTED = 30  # days for C5 to C7 where the programme wrote no rule of its own: the shortest
MOST_PROTECTED = 730
RULE = "protection_days"
REACHABLE = timedelta(days=30)
OVER = ("closed", "withdrawn", "incomplete")
GONE = "purged:"


def protection_days(work: Work) -> int:
    """Return for how many days after closing a case of C5 to C7 is kept."""
    return min(int(setting(work, RULE) or PROTECTED), MOST_PROTECTED)


def set_protection_days(work: Work, days: int) -> None:
    """Set it, as the programme's protection rule says. Raises ValueError beyond two years."""
    if not 1 <= days <= MOST_PROTECTED:
        raise ValueError(f"{days} days: 1 to {MOST_PROTECTED}")
    put_setting(work, RULE, str(days))


def purge_cases(work: Work, now: datetime) -> int:
    """Take out ordinary cases over their time after closing; incomplete ones, after they came."""
    return _purge_some(work, ~_is_private(), now - ORDINARY)


def purge_private(work: Work, now: datetime) -> int:
    """Take out what compartments kept as long as the protection rule says."""
    return _purge_some(work, _is_private(), now - timedelta(days=protection_days(work)))


def purge_repairs(work: Work, now: datetime) -> int:
    """Take out repair requests that speak for no case any more, as long after their own end."""
    spoken_for = exists().where(RepairCase.repair_id == Repair.id)
    over = func.coalesce(Repair.answered_at, Repair.due_at) <= now - ORDINARY
    found = (
        select(Repair)
        .where(over, ~spoken_for, Repair.id.not_in(work.passed))
        .order_by(Repair.id)
        .limit(UPROOTED)
        .with_for_update(of=Repair, skip_locked=True)
    )
    return each(work, work.session.scalars(found).all(), lambda one: _purge_repair(work, one))


def purge_sounds(work: Work, now: datetime) -> int:
    """Forget the notes of sounds that never came to belong to a case."""
    homeless = VoiceNote.case_id.is_(None)
    return delete_some(work, VoiceNote.id, homeless, VoiceNote.received_at <= now - ORDINARY)


def forget_addresses(work: Work, now: datetime) -> int:
    """Forget the numbers of cases closed a while ago, should any still be there."""
    late = (Case.address.is_not(None), Case.closed_at <= now - REACHABLE)
    gone = update(Case).where(*late).values(address=None).returning(Case.id)
    return len(work.session.execute(gone.execution_options(synchronize_session=False)).all())


def unlink(work: Work, *which: ColumnElement[bool]) -> None:
    """Let texts name neither the case nor the row that made them."""
    nothing = GONE + cast(OutboundMessage.id, String)
    work.session.execute(
        update(OutboundMessage)
        .where(*which)
        .values(case_id=None, cause=nothing)
        .execution_options(synchronize_session=False)
    )


def _is_private() -> ColumnElement[bool]:
    return Case.case_class.in_(SENSITIVE)


def _purge_some(work: Work, which: ColumnElement[bool], limit: datetime) -> int:
    over = func.coalesce(Case.closed_at, Case.opened_at) <= limit
    found = (
        select(Case)
        .where(which, Case.status.in_(OVER), over, ~_is_waited_for())
        .where(Case.id.not_in(work.passed))
        .order_by(Case.id)
        .limit(UPROOTED)
        .with_for_update(of=Case, skip_locked=True)
    )
    return each(work, work.session.scalars(found).all(), lambda one: _purge(work, one))


def _is_waited_for() -> ColumnElement[bool]:
    """Tell whether a speaker who joined this event still waits for what is said to it."""
    own = aliased(Case)
    waits = AlertSource.own_id.in_(select(own.id).where(own.status == JOINED))
    return exists().where(AlertSource.case_id == Case.id, waits)


def _purge(work: Work, case: Case) -> None:
    departed.cases(work, [case])
    counters.depart(work, case)
    stories.erase(work, case)
    unlink(work, OutboundMessage.case_id == case.id)
    work.session.execute(delete(VoiceNote).where(VoiceNote.case_id == case.id))
    take_out(work, Case, [case.id])
    take_out(work, ItemNumber, [case.number])


def _purge_repair(work: Work, repair: Repair) -> None:
    unlink(work, OutboundMessage.cause == cause_of(repair))
    take_out(work, Repair, [repair.id])
    take_out(work, ItemNumber, [repair.number])
