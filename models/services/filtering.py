"""How a list of items is narrowed: a filter that stands in an address, and what it asks for.

Each condition is one that an index can serve: equality, membership, ranges of dates and p-codes.
``startswith`` is none: where rows have rights, PostgreSQL uses no index for it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
)

from flows.case_lifecycle import HELD, LIFECYCLES, OPEN, WAITING
from flows.policy import SENSITIVE
from flows.sensitivity import CLASS_OF
from models.case import Case, CaseEvent, Story, Subject
from models.db import Handler, Job, Work
from models.outbound import OutboundMessage
from models.repair import Check, Repair, RepairCase
from models.services.questions import QUESTION, REPLIED
from models.services.repair_links import UNANSWERED
from models.services.visibility import in_service

LATELY = timedelta(days=7)  # how long what came back is told of
BEYOND = "Z"  # sorts behind every digit, in every collation
LONGEST = 80  # characters of what is searched for
MOST = 500  # rows of the outbox that are looked at
STATUSES: Mapping[str, frozenset[str]] = {
    "": OPEN,
    "waiting": WAITING,
    "taken": frozenset({"taken"}),
    "reopened": frozenset({"reopened"}),
    "answered": frozenset({"answered"}),
    "all": HELD,
}
PRIVATE = "private"  # every compartment that its viewer is cleared for
CLASSES = (*(f"C{digit}" for digit in range(10)), PRIVATE)
HOLDERS = ("me", "us", "nobody")
TERMS = ("late", "today", "days")
AGES = ("1", "3", "7", "14", "30")
RETURNS = ("replied", "reopened", "returned", "undelivered")
PENDING = ("repair", "check")
# How each part of a filter is called in an address.
NAMES: Mapping[str, str] = {
    "q": "q",
    "kind": "type",
    "category": "categorie",
    "case_class": "classe",
    "area": "lieu",
    "organisation": "organisation",
    "status": "etat",
    "language": "langue",
    "channel": "canal",
    "age": "age",
    "holder": "pour",
    "term": "terme",
    "since": "depuis",
    "story": "recit",
    "returned": "retour",
    "pending": "attente",
}
_CHOICES: Mapping[str, tuple[str, ...] | frozenset[str]] = {
    "kind": frozenset(LIFECYCLES),
    "case_class": CLASSES,
    "status": tuple(STATUSES),
    "age": AGES,
    "holder": HOLDERS,
    "term": TERMS,
    "story": ("1",),
    "returned": RETURNS,
    "pending": PENDING,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to; empty parts narrow nothing, and no status means open."""

    q: str = ""
    kind: str = ""
    category: str = ""  # digits that it begins with
    case_class: str = ""
    area: str = ""  # p-code, of whatever level
    organisation: str = ""  # concerned, or having it
    status: str = ""
    language: str = ""
    channel: str = ""  # a road (ussd, sms, call) or a channel by name
    age: str = ""  # days at least
    holder: str = ""
    term: str = ""  # of the promise: late, today, within two days
    since: str = ""  # filed after: ISO time
    story: str = ""  # words were said
    returned: str = ""  # what came back
    pending: str = ""  # what waits for others

    @classmethod
    def from_query(cls, said: Mapping[str, str]) -> "Filter":
        """Read a filter from an address; what cannot be read narrows nothing."""
        found = {one: str(said.get(name, "")).strip()[:LONGEST] for one, name in NAMES.items()}
        for one, allowed in _CHOICES.items():
            if found[one] not in allowed:
                found[one] = ""
        if not found["category"].isdecimal():
            found["category"] = ""
        if found["since"] and _moment(found["since"]) is None:
            found["since"] = ""
        return cls(**found)

    def to_query(self) -> str:
        """Return the filter as it stands in an address, always in the same order."""
        return urlencode({NAMES[one]: value for one, value in asdict(self).items() if value})

    def parts(self) -> list[tuple[str, str]]:
        """Return what narrows: name and value."""
        return [(one, value) for one, value in asdict(self).items() if value]

    def without(self, part: str) -> "Filter":
        """Return the filter without one of its parts."""
        return replace(self, **{part: ""})


@dataclass(frozen=True, slots=True)
class Asking:
    """By whom and when a list is asked for."""

    work: Work
    now: datetime

    @property
    def person_id(self) -> int | None:
        """Row id of the registered person who asks, if it is one."""
        actor = self.work.actor
        return actor.person_id if isinstance(actor, Handler) else None


def conditions(asking: Asking, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a filter asks of a case, but for its search (models/services/searching.py)."""
    found = [one_of("open", STATUSES[wanted.status])]
    for part, _ in wanted.parts():
        if part in _CONDITIONS:
            found.append(_CONDITIONS[part](asking, wanted))
    return found


def one_of(name: str, statuses: frozenset[str]) -> ColumnElement[bool]:
    """Return that a case stands at one of these; written out, so that partial indexes serve."""
    said: BindParameter[Any] = bindparam(
        f"st_{name}", sorted(statuses), expanding=True, literal_execute=True
    )
    return Case.status.in_(said)


def inside(pcode: str) -> ColumnElement[bool]:
    """Return that a case is of an area or of one in it: p-codes nest by their digits."""
    return and_(Case.area_pcode >= pcode, Case.area_pcode < pcode + BEYOND)


def concerns(organisation: str) -> ColumnElement[bool]:
    """Return that a case is about an organisation, or that it has it."""
    about = select(Subject.case_id).where(
        Subject.kind == "organisation", Subject.ref == organisation
    )
    return or_(Case.holder_organisation == organisation, Case.id.in_(about))


def came_back(asking: Asking, how: str) -> ColumnElement[bool]:
    """Return that a case came back: with a reply, reopened, given back, or its text is lost."""
    if how == "replied":
        said = select(Story.case_id).where(Story.status == REPLIED, Story.what == QUESTION)
        return and_(Case.status == "taken", Case.id.in_(said))
    if how == "reopened":
        return Case.status == "reopened"
    if how == "returned":
        # Written out: only the few rows of this transition are in its index.
        events = select(CaseEvent.case_id).where(
            CaseEvent.transition == literal_column("'returned'"),
            CaseEvent.at > asking.now - LATELY,
        )
        return and_(Case.id.in_(events), one_of("back", WAITING))
    return Case.id.in_(undelivered(asking))


def undelivered(asking: Asking) -> list[int]:
    """Return of which cases a text to the speaker failed lately.

    The outbox is nobody's to read: the service looks, and the viewer's rights decide of the cases.
    """
    with in_service(asking.work, Job("console")):
        found = asking.work.session.scalars(failed_texts(asking.now))
        return [one for one in found if one is not None]


def failed_texts(now: datetime) -> Select[int | None]:
    """Return, as a question to the service, whose texts failed lately."""
    return (
        select(OutboundMessage.case_id)
        .where(
            OutboundMessage.status == "failed",
            OutboundMessage.due_at > now - LATELY,
            OutboundMessage.person_id.is_(None),
            OutboundMessage.case_id.is_not(None),
        )
        .limit(MOST)
    )


def end_of_day(now: datetime) -> datetime:
    """Return when today ends; Mali keeps UTC."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    return midnight + timedelta(days=1)


def _of_class(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    if wanted.case_class == PRIVATE:
        return Case.case_class.in_(sorted(SENSITIVE))
    return Case.case_class == wanted.case_class


def _of_category(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    return Case.category.in_([one for one in CLASS_OF if one.startswith(wanted.category)])


def _of_organisation(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    return true() if wanted.pending == "repair" else concerns(wanted.organisation)


def _held_by(asking: Asking, wanted: Filter) -> ColumnElement[bool]:
    if wanted.holder == "nobody":
        return one_of("nobodys", WAITING)
    if asking.person_id is None:
        return false()
    if wanted.holder == "me":
        return Case.holder_person == asking.person_id
    return and_(Case.status == "taken", Case.holder_person != asking.person_id)


def _due(asking: Asking, wanted: Filter) -> ColumnElement[bool]:
    if wanted.term == "late":
        return Case.due_at <= asking.now
    today = end_of_day(asking.now)
    return Case.due_at <= (today if wanted.term == "today" else today + timedelta(days=2))


def _pending(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    if wanted.pending == "check":
        return exists().where(Check.case_id == Case.id, Check.done_at.is_(None))
    asked = select(RepairCase.case_id).join(Repair, Repair.id == RepairCase.repair_id)
    if wanted.organisation:  # then it is the one that was asked
        asked = asked.where(Repair.organisation_id == wanted.organisation)
    return Case.id.in_(asked.where(Repair.status.in_(UNANSWERED)))


def _has_words(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    del wanted
    return exists().where(Story.case_id == Case.id, Story.what.in_(("said", "voice")))


def _filed_after(_: Asking, wanted: Filter) -> ColumnElement[bool]:
    return Case.opened_at > (_moment(wanted.since) or datetime.max.replace(tzinfo=UTC))


def _moment(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_CONDITIONS: Mapping[str, Any] = {
    "kind": lambda _, wanted: Case.kind == wanted.kind,
    "category": _of_category,
    "case_class": _of_class,
    "area": lambda _, wanted: inside(wanted.area),
    "organisation": _of_organisation,
    "language": lambda _, wanted: Case.language == wanted.language,
    "channel": lambda _, wanted: or_(Case.source == wanted.channel, Case.channel == wanted.channel),
    "age": lambda asking, wanted: Case.opened_at <= asking.now - timedelta(days=int(wanted.age)),
    "holder": _held_by,
    "term": _due,
    "since": _filed_after,
    "story": _has_words,
    "returned": lambda asking, wanted: came_back(asking, wanted.returned),
    "pending": _pending,
}
