"""Who counts in which published table, and as what: a row into the few facts a table needs.

Left out are those who said stop: withdrawn is "do not count me" (docs/decisions/0031).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from flows.case_lifecycle import ANSWERED, JOINED
from flows.deadlines import due
from flows.policy import SENSITIVE
from flows.publications import (
    ALERTS,
    COMPARTMENTS,
    COMPLAINTS,
    DAYS,
    EVACUATIONS,
    INCOMPLETE,
    OTHER,
    REFERRALS,
    UNSAID,
    WALK_INS,
    Publication,
    Traits,
)
from flows.referral_figures import WALK_IN
from models.case import Case, CaseEvent
from models.referral import Referral
from models.services.referrals import standing

PASS_ON = timedelta(hours=24)  # domain.md 4.3: sensitive ones, passed on within it
DECIDE = timedelta(hours=72)
ACCEPT = timedelta(hours=48)
UNCOUNTED = frozenset({"withdrawn", JOINED})  # one event, one item
LONGEST = tuple(DAYS)[-1]
TAKEN_UP = frozenset({"taken", "answered"})


Steps = Mapping[str, datetime]  # when each was first done


class Counted(NamedTuple):
    """One who counts: in which table, of which place and moment, as what."""

    publication: Publication
    area: str | None
    at: datetime
    traits: Traits


def case_counted(case: Case, now: datetime) -> Counted | None:
    """Return how a case counts as things stand now; None if it does not."""
    if case.status in UNCOUNTED:
        return None
    told = _case(case, now)
    return None if told is None else Counted(told[0], case.area_pcode, case.opened_at, told[1])


def referral_counted(referral: Referral) -> Counted | None:
    """Return how a referral counts; None if it was a mistake, or she asked for it to stop."""
    steps = {step.transition: step.at for step in reversed(standing(referral))}
    if {"cancelled", "withdrawn"} & steps.keys():
        return None
    publication = WALK_INS if referral.source == WALK_IN else REFERRALS
    traits = dict(_met(referral, steps))
    return Counted(publication, referral.area_pcode, referral.sent_at, traits)


def _case(case: Case, now: datetime) -> tuple[Publication, Traits] | None:
    if case.case_class in SENSITIVE:
        # A call, or a task that followed, is no second case.
        if case.kind not in {"complaint", "alert"} or case.status == "incomplete":
            return None
        return COMPARTMENTS[case.case_class], {"passed_on": _passed_on(case)}
    if case.status == "incomplete":
        return INCOMPLETE, {}
    if case.kind == "complaint":
        return COMPLAINTS, _complaint(case, now)
    if case.kind == "alert":
        return ALERTS, {"kind": case.category, "decided": _decided(case, now)}
    if case.kind == "evacuation":
        return EVACUATIONS, {"taken": "no" if _first(case, TAKEN_UP) is None else "yes"}
    return None


def _complaint(case: Case, now: datetime) -> Traits:
    return {
        "topic": case.category[0],
        "class": case.case_class,
        "source": case.source,
        "sex": case.sex or UNSAID,
        "answered": _answered(case, now),
        "said_of_answer": _said_of_answer(case),
    }


def _answered(case: Case, now: datetime) -> str:
    """Judge by the date its speaker was told at first, as timeliness does."""
    opened = next((one for one in case.events if one.transition == "opened"), None)
    written = None if opened is None else opened.details.get("due")
    limit = (
        due(case.case_class, case.opened_at) if written is None else datetime.fromisoformat(written)
    )
    return _in_time(_first(case, ANSWERED), limit, now)


def _decided(case: Case, now: datetime) -> str:
    return _in_time(_first(case, frozenset({"answered"})), case.opened_at + DECIDE, now)


def _in_time(done: datetime | None, limit: datetime, now: datetime) -> str:
    if done is None:
        return "late" if now > limit else "waiting"
    return "in_time" if done <= limit else "late"


def _passed_on(case: Case) -> str:
    taken = _first(case, TAKEN_UP)
    return "in_time" if taken is not None and taken <= case.opened_at + PASS_ON else "late"


def _said_of_answer(case: Case) -> str:
    said = UNSAID
    for event in case.events:
        if event.transition == "reopened":
            said = "not_content"
        elif _is_content(event):
            said = "content"
    return said


def _is_content(event: CaseEvent) -> bool:
    return event.transition == "closed" and event.details.get("why") == "satisfied"


def _first(case: Case, transitions: frozenset[str]) -> datetime | None:
    return next((one.at for one in case.events if one.transition in transitions), None)


def _met(referral: Referral, steps: Steps) -> Iterator[tuple[str, str]]:
    yield "sent_by", referral.source or OTHER
    yield "age", referral.age_band
    yield "asked", referral.wish or UNSAID
    accepted = steps.get("accepted")
    in_time = accepted is not None and accepted <= referral.sent_at + ACCEPT
    yield "accepted", "no" if accepted is None else "48_h" if in_time else "later"
    came = steps.get("arrived")
    yield "arrived", "no" if came is None else "yes"
    if came is not None:
        yield "days_to_arrival", _days(came - referral.sent_at)
        yield from _received(referral, steps)


def _received(referral: Referral, steps: Steps) -> Iterator[tuple[str, str]]:
    if "served" in steps:
        yield "served", "yes"
        yield "given", referral.given or UNSAID
        yield "counter_referred", "yes" if "counter_sent" in steps else "no"
    elif "not_served" in steps:
        yield "served", "no"
        yield "not_served", referral.reason or UNSAID
    else:
        yield "served", "waiting"


def _days(passed: timedelta) -> str:
    return next((name for name, days in DAYS.items() if passed.days <= days), LONGEST)
