"""Alerts raised by registered phones, or told as a danger by speakers: one item for one event.

An alert that accuses somebody is no alert: it becomes a complaint of the compartment, and nothing
in it says that a relay spoke, because in a commune there is one relay.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from flows.alert_kinds import AlertKind, Estimate, kind_of
from flows.case_lifecycle import OPEN
from flows.policy import SENSITIVE
from flows.sensitivity import CATEGORY_OF, Compartment
from models.alert import Alert
from models.case import Case
from models.db import Gateway, Job, Work
from models.person import Person
from models.services import cases, clusters, committees, decisions, filing, stories
from models.services.clusters import RELAY, Voice
from models.services.filing import Asked
from models.services.routing import where
from models.services.scene import House, Scene
from models.services.sensing import listen, sense
from models.services.stories import Words

ALERT_CLASS = "C9"  # whatever its topic: a day to take it, three to decide
ACTOR = Job("alerts")  # who reads the history does not learn who raised it


@dataclass(frozen=True, slots=True, repr=False)
class Raised:
    """What a registered phone raises. ``place`` is a reference, or empty when it was not said."""

    kind: AlertKind
    category: str
    place: str
    estimate: Estimate
    happened_on: datetime | None = None
    words: str = ""


def raise_alert(work: Work, scene: Scene, person: Person, raised: Raised) -> Case:
    """File an alert, or add a voice to the one that stands for the same event; return that one.

    Words that accuse make a sealed complaint of it, which is returned instead.
    """
    said = raised.words
    accusing = listen(work, scene.house, said).compartment if said else None
    if accusing is not None:
        return accuse(work, scene, raised.place, raised.words, accusing)
    own = replace(work, actor=ACTOR)
    area, _ = where(own, raised.place)
    voice = Voice(raised.estimate, raised.happened_on, person.id, person.pseudonym)
    lead = clusters.find_open(own, raised.kind, raised.category, area, scene=_relay(scene))
    if lead is not None:
        _join(own, scene, lead, voice, raised)
        return lead
    lead, _ = filing.file(
        own,
        _relay(scene),
        _asked(raised.place, raised.words, "alert", raised.category, ALERT_CLASS),
        lambda case: clusters.begin(own, case, raised.kind, voice),
    )
    _inform(own, scene, lead)
    return lead


def accuse(work: Work, scene: Scene, place: str, words: str, compartment: Compartment) -> Case:
    """File what a registered phone accuses somebody of, with nothing that leads back to it."""
    named = sense(work, scene.house, words, where(work, place)[0]).named()
    asked = _asked(place, words, "complaint", CATEGORY_OF[compartment], compartment)
    asked = replace(asked, private=True, answer="none", named=named)
    return filing.file(replace(work, actor=Gateway()), scene, asked)[0]


def hear_danger(work: Work, scene: Scene, asked: Asked) -> tuple[Case, str]:
    """File a danger told by a speaker, alone or joined to what is known of it already.

    Return the case behind the speaker's receipt, and how a repair may be asked for it. What
    accuses somebody stands alone: those who told the event, or have it, may be whom it is about.
    """
    if not filing.accuses_nobody(asked.kind, asked.category, asked.about):
        case, routed = filing.file(work, scene, asked)
        return case, routed.repair
    kind = kind_of(asked.category)
    area, _ = where(work, asked.place)
    contact = None if asked.answer == "none" else scene.contact  # nameless: nothing leads back
    voice = Voice(Estimate(), None, contact=contact)
    lead = clusters.find_open(work, kind, asked.category, area, scene=scene)
    if lead is None:
        case, routed = filing.file(
            work, scene, asked, lambda one: clusters.begin(work, one, kind, voice)
        )
        _inform(work, scene, case)
        return case, routed.repair
    case = _own_case(work, scene, asked, lead)
    clusters.join(work, lead, replace(voice, own=case.id), scene.now)
    if lead.status == "answered":
        decisions.answer_joined(work, case, scene.now, "joined")
    return case, ""


def leave(work: Work, house: House, case: Case, now: datetime) -> None:
    """Let a case that is about to leave the ordinary queue leave the event it stood for too."""
    if case.kind == "alert" and case.case_class in SENSITIVE:
        part_ways(work, house, case, now, case.area_pcode)


def part_ways(work: Work, house: House, case: Case, now: datetime, area: str | None) -> None:
    """Let a case go on alone, and what others told of the event in this area without it."""
    clusters.part(work, case, now)
    if case.kind == "alert" and case.status in OPEN and clusters.is_shared(work, case):
        _hand_on(work, house, case, now, area)


def withdraw(work: Work, case: Case, now: datetime) -> None:
    """Stop everything for a speaker; an event that others told too stays, without this voice."""
    if case.kind == "alert" and clusters.is_shared(work, case):
        clusters.step_aside(work, case, now)
        return
    clusters.part(work, case, now)
    cases.withdraw(work, case, now)


def _inform(work: Work, scene: Scene, case: Case) -> None:
    event = cases.record(work, case, "informed", scene.now)
    committees.tell_informed(work, scene.house, case, event, administration=False)


def _relay(scene: Scene) -> Scene:
    return replace(scene, kind=RELAY)


def _asked(place: str, words: str, kind: str, category: str, case_class: str) -> Asked:
    return Asked(
        kind=kind,
        category=category,
        case_class=case_class,
        place=place,
        words=words,
    )


def _join(work: Work, scene: Scene, lead: Case, voice: Voice, raised: Raised) -> None:
    clusters.join(work, lead, voice, scene.now)
    if raised.words:
        said = Words("said", filing.heard(lead.kind, raised.words))
        stories.keep(work, scene.house.sealer, lead, said, scene.now)
    if lead.status == "answered" and voice.person_id is not None:
        decisions.tell_late(work, scene.house, lead, voice.person_id, scene.now)


def _own_case(work: Work, scene: Scene, asked: Asked, lead: Case) -> Case:
    """Write the case that waits, behind a speaker's own receipt, for what is said to another."""
    case = filing.unfiled(work, scene, asked)
    case.number = filing.free_number(work, scene.house, "case")
    if asked.owed:
        case.address = scene.seal_sender()
    case.status, case.due_at, case.why = "joined", lead.due_at, []
    work.session.add(case)
    work.session.flush()
    if asked.words:
        said = Words("said", filing.heard(asked.kind, asked.words))
        stories.keep(work, scene.house.sealer, case, said, scene.now)
    cases.record(work, case, "opened", scene.now)
    return case


def _hand_on(work: Work, house: House, case: Case, now: datetime, area: str | None) -> None:
    """Let another item stand for an event whose first speaker said what few may know."""
    alert = work.session.get_one(Alert, case.id)
    heir = Case(
        number=filing.free_number(work, house, "case"),
        kind=case.kind,
        category=case.category,
        case_class=ALERT_CLASS,
        area_pcode=area,
        source=RELAY,
        channel=case.channel,
        language=case.language,
        about="unknown",
        answer_wanted="code",
        status="routed",
        level=0,
        opened_at=now,
    )
    cases.seat(work, heir, now)
    work.session.add(heir)
    work.session.flush()
    said = Estimate(alert.households, alert.persons, alert.size)
    clusters.inherit(work, case, heir, Voice(said, alert.happened_on))
    event = cases.record(work, heir, "opened", now, due=heir.due_at.isoformat())
    cases.announce(work, house, heir, event, now)
