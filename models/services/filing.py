"""Filing an item: number, subjects, holder, clock, announcement; all of it in one unit of work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from flows import numbers
from flows.armed import without_armed
from flows.case_lifecycle import FIRST
from flows.directory import Subject as Concerned
from flows.sensitivity import is_sensitive
from models.case import CallBack, Case, ItemNumber, Subject
from models.db import Work
from models.services import stories
from models.services.cases import ANNOUNCED_AFTER, announce, record, seat
from models.services.hearing import heard_in
from models.services.routing import Routed, subjects_of, where
from models.services.scene import House, Scene
from models.services.sensing import UNHEARD, Sensed, sense
from models.services.stories import Words
from models.services.upsert import insert

CROWDED = 4000  # live items, above which numbers have seven digits (contract.md, "Words")
DRAWS = 200
OTHER = "8"
TASKS = frozenset({"stock_out", "referral", "evacuation"})  # to be done, which accuses nobody
SHOCK = "6"  # first digit of what happens to people: water, fire, flight, attack, sickness
UNACCUSED = frozenset({"nobody", "unknown", "unsaid"})


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What a dialogue gives to be filed, read once from its answers."""

    kind: str
    category: str
    case_class: str
    place: str
    about: str = "unknown"
    about_org: str = ""
    answer: str = "code"
    private: bool = False
    words: str = ""
    call: Mapping[str, str] = field(default_factory=dict)
    named: tuple[Concerned, ...] = ()

    @classmethod
    def read(cls, answers: Mapping[str, Any], sensed: Sensed = UNHEARD) -> "Asked":
        """Read the answers of open_case; doubt about what was meant is a case to be read.

        ``sensed``: what the words among them say (see `heard_out`).
        """
        category = str(answers.get("category") or OTHER)
        about = str(answers.get("about") or "unknown")
        kind = str(answers.get("kind") or ("alert" if category.startswith("6") else "complaint"))
        accusing = not accuses_nobody(kind, category, about)
        case_class = sensed.class_of(category, about, accusing=accusing)
        private = bool(answers.get("private")) or is_sensitive(case_class)
        answer = str(answers.get("answer") or "code")
        return cls(
            kind=kind,
            category=category,
            case_class=case_class,
            place=str(answers.get("place") or ""),
            about=about,
            about_org=str(answers.get("about_org") or ""),
            answer="code" if private and answer == "sms" else answer,
            private=private,
            words=_words(answers),
            named=sensed.named(accusing=accusing),
            call={key: str(answers[key]) for key in answers if key.startswith("call_")},
        )

    @property
    def calls(self) -> bool:
        """Whether a person shall call, and the speaker agreed to it (K1, P9)."""
        return self.kind == "call_back" and self.answer == "call"

    @property
    def owed(self) -> bool:
        """Whether a number must be kept: an SMS was chosen, or a call agreed to."""
        return self.answer == "sms" or self.calls


def heard_out(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Asked:
    """Read the answers of open_case with what their words say, before any person sees them."""
    words = _words(answers)
    if not words:  # most is filed by digits alone: listening to nothing took a third of it
        return Asked.read(answers)
    area, _ = where(work, str(answers.get("place") or ""))
    return Asked.read(answers, sense(work, scene.house, words, area))


def _words(answers: Mapping[str, Any]) -> str:
    return str(answers.get("words") or "").strip()


def file(
    work: Work, scene: Scene, asked: Asked, beside: Callable[[Case], object] = lambda _case: None
) -> tuple[Case, Routed]:
    """Write the case with all that belongs to it, announced to whom it was routed; no receipt.

    ``beside`` writes what a case of its kind has beside its row, before anybody is told of it.
    """
    case = unfiled(work, scene, asked)
    case.number = free_number(work, scene.house, "case")
    if asked.owed:
        case.address = scene.seal_sender()
    case.subjects = [Subject(kind=kind, ref=ref) for kind, ref in _subjects(work, asked)]
    wish = _wish(asked.call, scene.now) if asked.call else None
    routed = seat(work, case, scene.now, asked=wish)
    work.session.add(case)
    work.session.flush()
    if wish is not None and asked.calls:
        wish.case_id = case.id
        work.session.add(wish)
    if asked.words:
        said = Words("said", heard(asked.kind, asked.words))
        stories.keep(work, scene.house.sealer, case, said, scene.now)
    beside(case)
    event = record(work, case, "opened", scene.now, due=case.due_at.isoformat())
    announce(work, scene.house, case, event, scene.now + ANNOUNCED_AFTER)
    return case, routed


def heard(kind: str, words: str) -> str:
    """Return words as they may be kept: of a danger, not where armed people are."""
    return without_armed(words) if kind == "alert" else words


def _subjects(work: Work, asked: Asked) -> list[Concerned]:
    found: list[Concerned] = []
    if not accuses_nobody(asked.kind, asked.category, asked.about):
        found = subjects_of(work, asked.category, asked.place, asked.about, asked.about_org)
    return list(dict.fromkeys([*found, *asked.named]))


def accuses_nobody(kind: str, category: str, about: str) -> bool:
    """Return whether nobody is concerned: else who helps where there is a shock would be barred."""
    return kind in TASKS or (category.startswith(SHOCK) and about in UNACCUSED)


def _wish(call: Mapping[str, str], now: datetime) -> CallBack:
    return CallBack(
        language=str(call.get("call_language") or "fr"),
        hour=str(call.get("call_when") or "any"),
        voice=str(call.get("call_voice") or "any"),
        consent_at=now,
    )


def free_number(work: Work, house: House, kind: str) -> str:
    """Draw a free item number: five digits, seven once more than 4,000 are live."""
    live = work.session.scalar(select(func.count()).select_from(ItemNumber)) or 0
    digits = 5 if live <= CROWDED else 7
    for _ in range(DRAWS):
        number = numbers.item_number(house.draw, digits)
        drawn = work.session.execute(
            insert(work, ItemNumber)
            .values(number=number, kind=kind)
            .on_conflict_do_nothing(index_elements=["number"])
            .returning(ItemNumber.number)
        )
        if drawn.scalar() is not None:
            return number
    raise RuntimeError("no free item number")


def unfiled(work: Work, scene: Scene, asked: Asked) -> Case:
    """Return what was asked as a row that nothing has been decided about yet."""
    return Case(
        kind=asked.kind,
        category=asked.category,
        case_class=asked.case_class,
        area_pcode=where(work, asked.place)[0],
        place_ref=None if asked.private else asked.place or None,
        source=scene.kind,
        channel=scene.channel,
        language=heard_in(work, scene, asked.words, private=asked.private),
        about=asked.about,
        answer_wanted=asked.answer,
        status=FIRST[asked.kind],
        level=0,
        opened_at=scene.now,
    )
