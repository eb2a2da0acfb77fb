"""What is decided on an alert, and who hears it: every source, unless a text could kill (D4).

The words of a decision stand in no outbox: the keeper puts them in as it sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from flows.alert_kinds import KINDS
from flows.deadlines import due
from flows.directory import Directory, Seat
from flows.policy import SENSITIVE
from flows.ringing import may_take, named_instead
from models.alert import Alert, AlertSource
from models.case import Case, CaseEvent, Story
from models.db import Work
from models.person import Person
from models.services import cases, clusters
from models.services.alert_texts import organisation_name
from models.services.routing import policy, snapshot
from models.services.scene import House
from models.services.telling import Notice, tell

ANSWERS = ("answer", "resolved")


@dataclass(frozen=True, slots=True)
class _Saying:
    """One text on an alert, and what the keeper puts into it."""

    case: Case
    event: CaseEvent
    text: str
    fills: Mapping[str, str] | None = None


def acknowledged(work: Work, case: Case, now: datetime | None) -> None:
    """Note that the holder took an alert; None once that was taken back."""
    alert = work.session.get(Alert, case.id)
    if alert is not None and (now is None or alert.acknowledged_at is None):
        alert.acknowledged_at = now


def decided(work: Work, house: House, case: Case, story: Story, event: CaseEvent) -> list[Case]:
    """Tell every source what was decided; return the speakers' cases that are answered with it."""
    alert = work.session.get(Alert, case.id)
    if alert is None or case.case_class in SENSITIVE:
        return []
    alert.decided_at = alert.decided_at or event.at
    _tell(work, house, _decision(house, case, story, event), _told(work, alert))
    return clusters.joined(work, case)


def answer_joined(work: Work, case: Case, now: datetime, how: str) -> CaseEvent:
    """Let a speaker's own case be answered by what was said to the one it joined."""
    event = cases.move(work, case, "answered", now, how=how)
    case.answered_at = now
    return event


def tell_late(work: Work, house: House, case: Case, person_id: int, now: datetime) -> None:
    """Tell a source who came after the decision what it was."""
    said = (
        select(Story)
        .where(Story.case_id == case.id, Story.what.in_(ANSWERS), Story.status == "kept")
        .order_by(Story.id.desc())
        .limit(1)
    )
    story, alert = work.session.scalar(said), work.session.get_one(Alert, case.id)
    person = work.session.get_one(Person, person_id)
    if story is not None and not KINDS[alert.kind].quiet:
        event = cases.record(work, case, "told", now)
        _tell(work, house, _decision(house, case, story, event), [person])


def named(work: Work, case: Case, words: str, by: Person, now: datetime) -> Seat | None:
    """Return who is meant by the words of a refusal: never its own organisation again."""
    return named_instead(words, cases.facts_of(work, case), _others(work, case, by, now), policy())


def takers(work: Work, case: Case, by: Person, now: datetime) -> dict[str, Seat]:
    """Return who may be named by a refusal: one of each organisation, the nearest first."""
    found: dict[str, Seat] = {}
    for seat in may_take(cases.facts_of(work, case), _others(work, case, by, now), policy()):
        found.setdefault(seat.organisation, seat)
    return found


def place_of(seat: Seat) -> dict[str, Any]:
    """Return a seat as an event keeps it, for ``pass_on``."""
    return {
        "person": seat.person_id,
        "function": seat.function,
        "organisation": seat.organisation,
    }


def pass_on(work: Work, house: House, case: Case, to: Mapping[str, Any], now: datetime) -> bool:
    """Give a refused alert to whoever was named; False if they may no longer have it."""
    person = work.session.get(Person, to["person"])
    if person is None or not person.usable:
        return False
    case.holder_person, case.holder_function = person.id, to["function"]
    case.holder_organisation = to["organisation"]
    case.why = [f"rendu, et nomme: {organisation_name(work, to['organisation'])}"]
    cases.wind(case, now, due(case.case_class, now))
    event = cases.record(work, case, "passed", now, to=to["organisation"])
    cases.announce(work, house, case, event, now)
    alert = work.session.get(Alert, case.id)
    if alert is not None:
        alert.passed_to = to["organisation"]
        # Not to whom: a text found on a relay's phone names no State service (field.md 1, row 13).
        text = house.say("alert_passed", n=case.number, usd=house.service_code)
        _tell(work, house, _Saying(case, event, text), _told(work, alert))
    return True


def _others(work: Work, case: Case, by: Person, now: datetime) -> Directory:
    known = snapshot(work, now)
    others = (one for one in known.seats if one.organisation != case.holder_organisation)
    return replace(known, seats=tuple(one for one in others if one.person_id != by.id))


def _decision(house: House, case: Case, story: Story, event: CaseEvent) -> _Saying:
    values = {"n": case.number, "usd": house.service_code, "decision": "{decision}"}
    text = house.say("alert_decided", **values)
    return _Saying(case, event, text, {"decision": f"story:{story.id}"})


def _told(work: Work, alert: Alert) -> list[Person]:
    """Return the registered phones that hear of an alert: none of a quiet kind."""
    if KINDS[alert.kind].quiet:
        return []
    ids = select(AlertSource.person_id).where(AlertSource.case_id == alert.case_id)
    persons = select(Person).where(Person.id.in_(ids)).order_by(Person.id)
    return [one for one in work.session.scalars(persons) if one.usable]


def _tell(work: Work, house: House, saying: _Saying, persons: Sequence[Person]) -> None:
    for person in persons:
        notice = Notice(
            purpose="alert_decided",
            text=saying.text,
            cause=f"case-event:{saying.event.id}:{person.id}",
            case_id=saying.case.id,
            fills=saying.fills,
        )
        tell(work, house, person.id, notice, saying.event.at)
