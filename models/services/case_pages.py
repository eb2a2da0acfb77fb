"""An item as its page shows it: all that its handler needs, in few questions, and no words.

Words are opened by the keeper alone, for an entry of the audit (models/services/readings.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import aliased, joinedload, lazyload

from flows.case_lifecycle import HELD
from flows.policy import SENSITIVE
from models.area import Area
from models.audit import AuditEntry
from models.case import Case, CaseEvent, Story
from models.db import Handler, Job, Work
from models.lowering import Lowering
from models.organisation import Organisation
from models.person import Person
from models.repair import Check, Repair, RepairCase
from models.services import answer_templates, break_glass
from models.services.audit import GLASS
from models.services.case_acts import is_supervisor
from models.services.visibility import seen_by, visible_cases
from models.triage import AnswerTemplate
from models.voice_note import VoiceNote

GLASS_ACTOR = Job("break_glass")
ALIKE_FOR = timedelta(days=30)
ALIKE_SHOWN = 12
EVENTS_SHOWN = 60
STORY, REPAIR, CHECK = "story", "repair", "check"
CERCLE = 2  # of the levels of areas: 0 country to 3 commune

Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, repr=False)
class Place:
    """Where it is: the commune, or the cercle when nothing finer was said."""

    pcode: str
    name: str
    cercle: str  # p-code
    cercle_name: str
    is_cercle: bool


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """One item and what belongs to it. ``last`` names the state that its forms were made for."""

    case: Case
    place: Place | None
    organisation: str | None
    holder: str | None
    events: Sequence[CaseEvent]
    attached: Sequence[Line]
    alike: Sequence[Line]
    lowering: Lowering | None
    templates: Sequence[AnswerTemplate]
    supervised: bool  # by whoever looks
    broken: bool = False

    @property
    def last(self) -> int:
        """Return the row id of the last thing done to it."""
        return max((one.id for one in self.events), default=0)

    @property
    def stories(self) -> list[Line]:
        """Return its words: id, what, by, at, status, due_at (when they leave), why (a sound's)."""
        return [one for one in self.attached if one.of == STORY]

    @property
    def repairs(self) -> list[Line]:
        """Return its repair requests."""
        return [one for one in self.attached if one.of == REPAIR]

    @property
    def checks(self) -> list[Line]:
        """Return its checks: what is who looks, by is how, status the result."""
        return [one for one in self.attached if one.of == CHECK]

    @property
    def is_sensitive(self) -> bool:
        """Whether it lives in a compartment."""
        return self.case.case_class in SENSITIVE


def find(work: Work, number: str, now: datetime) -> Page | None:
    """Return the page of an item that whoever looks may see; None for all else."""
    me = _me(work)  # held, so that it is looked up once
    return _page(work, visible_cases(work), number, me, now)


def find_to_give(work: Work, number: str) -> tuple[Case, int] | None:
    """Return an item that whoever looks may see, and its state as ``Page.last`` names it."""
    me = _me(work)  # held, so that it is looked up once
    last = select(func.max(CaseEvent.id)).where(CaseEvent.case_id == Case.id).scalar_subquery()
    asked = visible_cases(work).options(joinedload(Case.subjects)).add_columns(last)
    with seen_by(work):
        row = work.session.execute(asked.where(Case.number == number)).unique().one_or_none()
    return None if row is None or me is None else (row[0], row[1] or 0)


def find_broken(work: Work, number: str, now: datetime) -> Page | None:
    """Return the page of somebody else's item that whoever works opened with a reason, lately.

    ``work`` is one of the service; None unless they did, and still may.
    """
    person = _opener(work, number, now)
    if person is None:
        return None
    service = replace(work, actor=GLASS_ACTOR)
    page = _page(service, visible_cases(service), number, person, now)
    if page is None or not break_glass.is_broken(work, person, page.case, now):
        return None
    return replace(page, broken=True, alike=())


def _opener(work: Work, number: str, now: datetime) -> Person | None:
    """Return who works, if they opened this number; nothing else is asked for anybody else."""
    if not isinstance(work.actor, Handler):
        return None
    asked = select(AuditEntry.id).where(
        AuditEntry.act == GLASS,
        AuditEntry.actor == str(work.actor),
        AuditEntry.number == number,
        AuditEntry.at > now - break_glass.LASTS,
    )
    if work.session.scalar(asked.limit(1)) is None:
        return None
    return work.session.get(Person, work.actor.person_id)


def _me(work: Work) -> Person | None:
    actor = work.actor
    return work.session.get(Person, actor.person_id) if isinstance(actor, Handler) else None


def _page(
    work: Work, seen: Select[Case], number: str, me: Person | None, now: datetime
) -> Page | None:
    row = work.session.execute(_one(seen.where(Case.number == number))).one_or_none()
    if row is None:
        return None
    case = row[0]
    return Page(
        case=case,
        place=None if row[1] is None else _place(*row[1:6]),
        organisation=row[6],
        holder=row[7],
        events=_events(work, case),
        attached=_attached(work, case),
        alike=_alike(work, seen, case, now),
        lowering=_lowering(work, case),
        templates=answer_templates.offered(work, case.category, case.language),
        supervised=me is not None and is_supervisor(me),
    )


def _one(seen: Select[Case]) -> Select[*tuple[Any, ...]]:
    """Return a case with its place, above it, and who has it."""
    cercle = aliased(Area)
    return (
        seen.options(lazyload(Case.subjects))
        .outerjoin(Area, Area.pcode == Case.area_pcode)
        .outerjoin(cercle, cercle.pcode == Area.parent_pcode)
        .outerjoin(Organisation, Organisation.id == Case.holder_organisation)
        .outerjoin(Person, Person.id == Case.holder_person)
        .add_columns(Area.pcode, Area.name, Area.level, cercle.pcode, cercle.name)
        .add_columns(Organisation.name, Person.number)
    )


def _place(pcode: str, name: str, level: int, above: str | None, above_name: str | None) -> Place:
    is_cercle = level == CERCLE
    if is_cercle or above is None:
        return Place(pcode, name, pcode, name, is_cercle)
    return Place(pcode, name, above, above_name or "", is_cercle)


def _events(work: Work, case: Case) -> Sequence[CaseEvent]:
    asked = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc())
    return work.session.scalars(asked.limit(EVENTS_SHOWN)).all()


def _attached(work: Work, case: Case) -> Sequence[Line]:
    """Return its words without what they say, its repair requests and its checks.

    All are of one shape, so that one question finds them.
    """
    nothing, never = cast(null(), String), cast(null(), Check.asked_at.type)
    looks = (
        select(literal(CHECK), Check.id, nothing, Check.who, Check.how, Check.why)
        .add_columns(Check.result, Check.asked_at, never, Check.done_at)
        .where(Check.case_id == case.id)
    )
    said = (
        select(literal(STORY), Story.id, nothing, Story.what, Story.by, VoiceNote.kind)
        .add_columns(Story.status, Story.at, Story.leaves_at, never)
        .outerjoin(VoiceNote, VoiceNote.story_id == Story.id)
        .where(Story.case_id == case.id, Story.status != "cancelled")
    )
    rows = work.session.execute(union_all(_repairs(case), looks, said)).all()
    return sorted(rows, key=lambda row: (row.at, row.id))


def _repairs(case: Case) -> Select[*tuple[Any, ...]]:
    mine = select(RepairCase.repair_id).where(RepairCase.case_id == case.id)
    nothing = cast(null(), String)
    return (
        select(literal(REPAIR).label("of"), Repair.id, Repair.number)
        .add_columns(nothing.label("what"), nothing.label("by"), Repair.why.label("why"))
        .add_columns(Repair.status, Repair.asked_at.label("at"), Repair.due_at)
        .add_columns(Repair.answered_at.label("done_at"))
        .where(Repair.id.in_(mine))
    )


def _alike(work: Work, seen: Select[Case], case: Case, now: datetime) -> Sequence[Line]:
    """Return what else the viewer has of the same topic and place, the newest first."""
    if case.area_pcode is None or case.case_class in SENSITIVE:
        return ()
    same = seen.where(
        Case.category == case.category,
        Case.area_pcode == case.area_pcode,
        Case.kind == case.kind,
        Case.case_class.not_in(SENSITIVE),
        Case.status.in_(HELD),
        Case.opened_at > now - ALIKE_FOR,
        Case.id != case.id,
    )
    shown = same.with_only_columns(
        Case.number, Case.status, Case.opened_at, Case.holder_person, Case.subject_line
    )
    return work.session.execute(shown.order_by(Case.id.desc()).limit(ALIKE_SHOWN)).all()


def _lowering(work: Work, case: Case) -> Lowering | None:
    if case.case_class not in SENSITIVE:
        return None
    asked = select(Lowering).where(Lowering.case_id == case.id, Lowering.decided_at.is_(None))
    return work.session.scalar(asked)
