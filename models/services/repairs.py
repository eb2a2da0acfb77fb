"""Repair requests: what is broken and where, asked of who can mend it; no case, no source.

A request may leave when everybody sees the fact, when three voices say the same, or with the
speaker's yes (field.md 7.2). Never for C5 to C7. Waiting for voices has an end: a check.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from flows.bars import RULES, bars
from flows.case_lifecycle import OPEN
from flows.deadlines import told, working_days_after
from flows.directory import Directory, Seat, within
from flows.policy import Policy, Row
from models.case import Case, Subject
from models.db import Work
from models.organisation import Organisation
from models.repair import Check, Repair, RepairCase
from models.services import cases, checks
from models.services.cases import ANNOUNCED_AFTER
from models.services.facts import commune
from models.services.filing import free_number
from models.services.leases import alone
from models.services.policy_in_force import in_force
from models.services.programme import daytime
from models.services.repair_links import ENOUGH, UNANSWERED, cause_of, link
from models.services.routing import policy, snapshot
from models.services.scene import House
from models.services.sources import COUNTED, LATELY
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice, tell
from models.services.visibility import countable_cases

DAYS = 5  # working ones: for an answer, and for waiting for voices
AGAIN_AFTER = timedelta(days=7)  # what was answered lately is not asked again
DOERS = frozenset({"distributes", "implements"})
NEAR = {name: RULES[name] for name in ("person", "tie", "hats")}
"""Who is asked may work for whom it is about, but be neither the one named nor kin."""
MEAL = "meal"  # apart from the distributing team (field.md 7.1)


@dataclass(frozen=True, slots=True)
class _Round:
    """One round of asking, with the directory as it stands."""

    work: Work
    house: House
    directory: Directory
    now: datetime


def seek(work: Work, house: House, now: datetime) -> int:
    """Ask for every repair that may be asked for now; return for how many cases.

    Call it again while it returns AT_ONCE. A case for which nobody can be asked gets a check.
    """
    wanted = _askable(work, now).with_for_update(of=Case, skip_locked=True)
    found = {one: _why(visible, number) for one, visible, number in work.session.execute(wanted)}
    if not found:
        return 0
    turn = _Round(work, house, snapshot(work, now), now)
    return each(work, found, lambda one: _ask_for(turn, one, found[one]))


def ask_now(work: Work, house: House, one: Case, now: datetime) -> bool:
    """Ask for the repair of one case, as ``seek`` would; False where it may not be asked for."""
    row = work.session.execute(_askable(work, now).where(Case.id == one.id)).one_or_none()
    if row is None:
        return False
    _ask_for(_Round(work, house, snapshot(work, now), now), one, _why(row[1], row[2]))
    return True


def give_up_waiting(work: Work, house: House, now: datetime) -> int:
    """Ask for a check of what waited five working days for voices; return how many.

    Call it again while it returns AT_ONCE.
    """
    waiting = (
        _unasked(work, now)
        .where(_how(in_force(work)) == "ask", Case.opened_at <= now - timedelta(days=DAYS))
        .order_by(Case.opened_at)
        .limit(AT_ONCE)
        .with_for_update(of=Case, skip_locked=True)
    )
    found = [
        one
        for one in work.session.scalars(waiting)
        if working_days_after(one.opened_at, DAYS) <= now
    ]
    return each(work, found, lambda one: _check(work, house, one, now))


def _askable(work: Work, now: datetime) -> Select[Case, str, int]:
    """Return what may be asked for now, with how, and how many say the same."""
    how, voices = _how(in_force(work)), _voices(work, now)
    loud = or_(voices.c.number >= ENOUGH, Case.repair_allowed.is_(True))
    return (
        _unasked(work, now)
        .join(voices, _alike(voices))
        .add_columns(how, voices.c.number)
        .where(or_(how == "visible", and_(how == "ask", loud)))
        .order_by(Case.id)
        .limit(AT_ONCE)
    )


def _unasked(work: Work, now: datetime) -> Select[Case]:
    """Return what somebody has, no request speaks for and no check was asked of for want of one.

    Only once its session is over: its words, which may move it elsewhere, are in by then.
    """
    linked = exists().where(RepairCase.case_id == Case.id)
    checked = exists().where(Check.case_id == Case.id, Check.why == "few_sources")
    return countable_cases(
        work,
        Case.kind == "complaint",
        Case.status.in_(OPEN),
        Case.area_pcode.is_not(None),
        Case.opened_at <= now - ANNOUNCED_AFTER,
        Case.opened_at > now - LATELY,
        Case.repair_allowed.is_not(False),
        Case.id.not_in(work.passed),
        ~linked,
        ~checked,
    )


def _voices(work: Work, now: datetime) -> Subquery:
    """Return how many voices said the same of one place and of the same organisations.

    But those who wish it kept for us. Three of whom each means another body are one voice each.
    """
    said = countable_cases(
        work,
        Case.opened_at > now - LATELY,
        Case.status.in_(COUNTED),
        Case.repair_allowed.is_not(False),
    ).subquery()
    named = func.count(func.distinct(said.c.contact))
    nameless = func.count() - func.count(said.c.contact)
    meant = _meant(said.c.id).label("meant")
    return (
        select(said.c.category, said.c.area_pcode, meant, (named + nameless).label("number"))
        .group_by(said.c.category, said.c.area_pcode, "meant")
        .subquery()
    )


def _meant(case_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[str]:
    """Return of which organisations a case is: the one named, else all that work there."""
    refs = func.min(Subject.ref) + "+" + func.max(Subject.ref)
    of_case = (Subject.case_id == case_id, Subject.kind == "organisation")
    return select(func.coalesce(refs, "")).where(*of_case).scalar_subquery()


def _alike(voices: Subquery) -> ColumnElement[bool]:
    return and_(
        voices.c.category == Case.category,
        voices.c.area_pcode == Case.area_pcode,
        voices.c.meant == _meant(Case.id),
    )


def _how(policy: Policy) -> ColumnElement[str]:
    """Return, as the database sees it, when the policy lets a repair be asked for."""
    rows = [(_fits(row), literal(row.repair)) for row in policy.rows]
    return case(*rows, else_=literal(""))


def _fits(row: Row) -> ColumnElement[bool]:
    columns = {
        "kind": Case.kind,
        "category": Case.category,
        "class": Case.case_class,
        "about": Case.about,
    }
    found: list[ColumnElement[bool]] = [true()]
    for key, wanted in row.when.items():
        if key == "place":
            known = Case.area_pcode.is_not(None)
            found.append(known if wanted == "known" else ~known)
        elif key in columns:
            found.append(columns[key].in_(wanted if isinstance(wanted, frozenset) else {wanted}))
        elif wanted:  # given back, or raised by a registered phone: no complaint as it was said
            found.append(false())
    return and_(*found)


def _why(visible: str, voices: int) -> str:
    if visible == "visible":
        return visible
    return "sources" if voices >= ENOUGH else "allowed"


def _ask_for(turn: _Round, one: Case, why: str) -> None:
    menders = list(_menders(turn.directory, one))
    if not menders:
        _check(turn.work, turn.house, one, turn.now)
    for seat in menders:
        repair = _asked_lately(turn, one, seat) or _ask(turn, one, seat, why)
        link(turn.work, repair, one)
        cases.record(turn.work, one, "repair_asked", turn.now, repair=repair.number, why=why)


def _menders(directory: Directory, one: Case) -> Iterable[Seat]:
    """Return whom to ask: the MEAL of each organisation concerned that works there, or of all."""
    area = one.area_pcode or ""
    there = directory.covering(policy().sectors_of(one.category), area)
    doers = {cover.organisation for cover in there if cover.role in DOERS}
    concerned = {subject.ref for subject in one.subjects if subject.kind == "organisation"}
    accused = [("person", subject.ref) for subject in one.subjects if subject.kind == "person"]
    near = {seat.person for seat in bars(accused, directory, NEAR)}
    for organisation in sorted((concerned & doers or concerned) if concerned else doers):
        seats = [
            seat
            for seat in directory.seats
            if (seat.function, seat.organisation, seat.receives) == (MEAL, organisation, True)
            and within(seat.area, area)
            and seat.person not in near
        ]
        yield from sorted(seats, key=lambda seat: (-len(seat.area or ""), seat.person))[:1]


def _asked_lately(turn: _Round, one: Case, seat: Seat) -> Repair | None:
    """Return the request that already asks this, or was answered too lately to ask again."""
    alone(turn.work, Organisation, seat.organisation)
    fresh = or_(Repair.status.in_(UNANSWERED), Repair.answered_at > turn.now - AGAIN_AFTER)
    alike = select(Repair).where(
        Repair.organisation_id == seat.organisation,
        Repair.category == one.category,
        Repair.area_pcode == one.area_pcode,
        fresh,
    )
    return turn.work.session.scalar(alike.order_by(Repair.id.desc()).limit(1))


def _ask(turn: _Round, one: Case, seat: Seat, why: str) -> Repair:
    work, house, now = turn.work, turn.house, turn.now
    repair = Repair(
        number=free_number(work, house, "repair"),
        category=one.category,
        area_pcode=one.area_pcode,
        organisation_id=seat.organisation,
        function=seat.function,
        person_id=seat.person_id,
        status="asked",
        why=why,
        asked_at=now,
        due_at=working_days_after(now, DAYS),
    )
    work.session.add(repair)
    work.session.flush()
    tell(work, house, seat.person_id, _notice(work, house, repair), now)
    return repair


def _notice(work: Work, house: House, repair: Repair) -> Notice:
    say = house.say
    text = say(
        "repair_new",
        n=repair.number,
        facts=say(f"category_{repair.category}"),
        place=commune(work, repair),
        date=told(repair.due_at),
    )
    return Notice("repair_new", text, cause_of(repair), daytime(work, repair.asked_at))


def _check(work: Work, house: House, one: Case, now: datetime) -> None:
    event = cases.record(work, one, "check_asked", now)
    checks.ask(work, house, one, "few_sources", event)
