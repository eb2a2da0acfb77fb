"""One event told by many: same place, same kind, within the kind's window, is one item.

Each voice adds a source and may raise the estimate; nobody learns who else spoke. A speaker who
joins keeps a case of their own, behind their own receipt, which waits for the one that is handled.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from flows.alert_kinds import AlertKind, Estimate, highest
from flows.case_lifecycle import HELD, allows
from flows.policy import SENSITIVE
from models.alert import Alert, AlertSource
from models.area import Area
from models.case import Case, Story
from models.db import Gateway, Work
from models.services import stories
from models.services.cases import forget_speaker, record, withdraw
from models.services.scene import Scene

RELAY = "relay"  # source of what a registered phone raised
APART = frozenset({"64"})  # of these the public ones go elsewhere than the registered ones


@dataclass(frozen=True, slots=True, repr=False)
class Voice:
    """One telling of an event: whose, how many, since when. ``own`` is a speaker's own case."""

    estimate: Estimate
    happened_on: datetime | None
    person_id: int | None = None
    contact: str | None = None
    own: int | None = None


def find_open(
    work: Work, kind: AlertKind, category: str, area: str | None, *, scene: Scene
) -> Case | None:
    """Return the item that already stands for this event, locked; None if it is a new one."""
    if area is None:
        return None  # without a place nothing says that it is the same
    # Two first voices at once would make two items: they wait for one another at their place.
    here = select(Area.pcode).where(Area.pcode == area)
    work.session.execute(here.with_for_update(key_share=True))
    still = (Case.status.in_(HELD), Case.opened_at > scene.now - kind.window)
    same = (Alert.kind == kind.name, Case.category == category, Case.area_pcode == area)
    alike = (
        select(Case)
        .join(Alert, Alert.case_id == Case.id)
        .where(*same, *still, Case.case_class.not_in(SENSITIVE))
        .order_by(Case.id)
        .limit(1)
        .with_for_update(of=Case)
    )
    if category in APART:
        registered = Case.source == RELAY
        alike = alike.where(registered if scene.kind == RELAY else ~registered)
    return work.session.scalar(alike)


def begin(work: Work, case: Case, kind: AlertKind, voice: Voice) -> None:
    """Let a case just filed stand for an event, with its first voice."""
    work.session.add(_alert(case, kind.name, voice))
    _add(work, case, voice, case.opened_at)


def join(work: Work, case: Case, voice: Voice, now: datetime) -> None:
    """Add a voice to an event: the estimate is raised, its beginning may lie earlier."""
    alert = work.session.get_one(Alert, case.id)
    said = highest(Estimate(alert.households, alert.persons, alert.size), voice.estimate)
    alert.households, alert.persons, alert.size = said.households, said.persons, said.size
    if voice.happened_on is not None:
        alert.happened_on = min(alert.happened_on or voice.happened_on, voice.happened_on)
    if voice.person_id is None or not _spoke(work, case, voice.person_id):
        _add(work, case, voice, now)
        record(work, case, "joined", now)


def lead_of(work: Work, case: Case) -> Case | None:
    """Return the item that a speaker's case has joined and waits for; None once it stands alone."""
    if case.status != "joined":
        return None
    lead = select(AlertSource.case_id).where(AlertSource.own_id == case.id)
    return work.session.scalar(select(Case).where(Case.id.in_(lead)))


def joined(work: Work, case: Case) -> list[Case]:
    """Return the speakers' cases that wait for what is said to this one, or heard it before."""
    own = select(AlertSource.own_id).where(AlertSource.case_id == case.id)
    waiting = select(Case).where(Case.id.in_(own)).order_by(Case.id)
    # Their speakers may stop them or take them up again at this moment: as they stand after that.
    waiting = waiting.with_for_update(of=Case).execution_options(populate_existing=True)
    return [
        one
        for one in work.session.scalars(waiting)
        if one.status in {"joined", "answered"} and allows(one.kind, one.status, "answered")
    ]


def part(work: Work, case: Case, now: datetime) -> None:
    """Let a speaker's own case leave the event it joined; without any voice left, that one ends."""
    source = select(AlertSource).where(AlertSource.own_id == case.id)
    found = work.session.scalar(source)
    if found is None:
        return
    lead = work.session.get_one(Case, found.case_id, with_for_update=True)
    work.session.delete(found)
    _end_if_silent(work, lead, now)


def is_shared(work: Work, case: Case) -> bool:
    """Return whether somebody beside the first speaker of an event told it too."""
    others = select(AlertSource.id).where(AlertSource.case_id == case.id)
    own = AlertSource.own_id.is_not(None) | AlertSource.person_id.is_not(None)
    return work.session.scalar(others.where(own).limit(1)) is not None


def step_aside(work: Work, case: Case, now: datetime) -> None:
    """Forget the speaker by whom an event became known first; it stays, for the others' sake."""
    theirs = (Story.case_id == case.id, Story.by == str(Gateway()), Story.what == "said")
    said = work.session.scalars(select(Story).where(*theirs)).all()
    stories.erase_words(work, said)
    work.session.execute(
        delete(AlertSource).where(
            AlertSource.case_id == case.id,
            AlertSource.person_id.is_(None),
            AlertSource.own_id.is_(None),
        )
    )
    forget_speaker(work, case, now)
    case.answer_wanted = "code"
    record(work, case, "left", now)


def inherit(work: Work, case: Case, heir: Case, voice: Voice) -> None:
    """Let another item stand for an event, with all its voices but the speaker's of the first."""
    alert = work.session.get_one(Alert, case.id)
    work.session.add(_alert(heir, alert.kind, voice))
    work.session.flush()
    others = AlertSource.own_id.is_not(None) | AlertSource.person_id.is_not(None)
    work.session.execute(
        update(AlertSource)
        .where(AlertSource.case_id == case.id, others)
        .values(case_id=heir.id)
        .execution_options(synchronize_session=False)
    )


def _alert(case: Case, kind: str, voice: Voice) -> Alert:
    said = voice.estimate
    return Alert(
        case_id=case.id,
        kind=kind,
        households=said.households,
        persons=said.persons,
        size=said.size,
        happened_on=voice.happened_on,
    )


def told_by(work: Work, number: str, person_id: int) -> Case | None:
    """Return the alert of this number if this registered person told of it."""
    own = select(AlertSource.case_id).where(AlertSource.person_id == person_id)
    wanted = select(Case).where(Case.number == number, Case.id.in_(own))
    return work.session.scalar(wanted.with_for_update(of=Case))


def retract(work: Work, case: Case, person_id: int, now: datetime, within: timedelta) -> bool:
    """Take back what a registered person told; False once its time is over.

    Without any voice left there is no event.
    """
    own = select(AlertSource).where(
        AlertSource.case_id == case.id,
        AlertSource.person_id == person_id,
        AlertSource.at > now - within,
    )
    found = work.session.scalar(own)
    if found is None:
        return False
    work.session.delete(found)
    _end_if_silent(work, case, now)
    return True


def _end_if_silent(work: Work, case: Case, now: datetime) -> None:
    work.session.flush()
    left = select(AlertSource.id).where(AlertSource.case_id == case.id).limit(1)
    if work.session.scalar(left) is None and allows(case.kind, case.status, "withdrawn"):
        withdraw(work, case, now)


def _add(work: Work, case: Case, voice: Voice, now: datetime) -> None:
    work.session.flush()
    work.session.add(
        AlertSource(
            case_id=case.id,
            person_id=voice.person_id,
            contact=voice.contact,
            own_id=voice.own,
            at=now,
        )
    )
    work.session.flush()


def _spoke(work: Work, case: Case, person_id: int) -> bool:
    known = select(AlertSource.id).where(
        AlertSource.case_id == case.id, AlertSource.person_id == person_id
    )
    return work.session.scalar(known.limit(1)) is not None
